//! From a token to a [`Requester`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agent_bill_domain::role::Role;

use super::claims::Believed;
use super::people::{People, PeopleError, PersonRecord};
use super::refusal::Refusal;
use super::requester::Requester;
use super::verifier::TokenVerifier;

#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    #[error("the token is refused")]
    Refused(#[from] Refusal),
    /// The token is good, but the person is not in our records. The same for everyone it happens to.
    #[error("this account has no access to Agent Bill; ask an Admin for a grant")]
    NoAccess,
    #[error(transparent)]
    People(#[from] PeopleError),
}

/// How a token's claims relate to our records.
#[derive(Debug, Clone)]
pub struct SignInRules {
    /// Which group lets which roles take effect.
    pub roles_by_group: BTreeMap<String, BTreeSet<Role>>,
    /// Whether the first token of a person may be matched by e-mail, when its `username` is one. Only safe where people cannot choose their user names.
    pub link_by_email: bool,
}

impl Default for SignInRules {
    /// Groups are named like the roles' keys; nobody is linked by e-mail.
    fn default() -> Self {
        let roles_by_group = Role::ALL.into_iter().map(|role| (role.key().to_owned(), BTreeSet::from([role]))).collect();
        Self { roles_by_group, link_by_email: false }
    }
}

impl SignInRules {
    fn roles(&self, groups: &BTreeSet<String>) -> BTreeSet<Role> {
        groups.iter().filter_map(|group| self.roles_by_group.get(group)).flatten().copied().collect()
    }
}

pub struct Authenticator {
    verifier: TokenVerifier,
    people: Arc<dyn People>,
    rules: SignInRules,
}

impl Authenticator {
    #[must_use]
    pub fn new(verifier: TokenVerifier, people: Arc<dyn People>, rules: SignInRules) -> Self {
        Self { verifier, people, rules }
    }

    #[must_use]
    pub fn verifier(&self) -> &TokenVerifier {
        &self.verifier
    }

    /// Who sent this token.
    ///
    /// # Errors
    /// `Refused` for any fault of the token, `NoAccess` for a person not in the records, `People` when the records cannot be read.
    pub async fn authenticate(&self, token: &str) -> Result<Requester, AuthenticationError> {
        let believed = self.verifier.verify(token).await.inspect_err(|refusal| {
            tracing::debug!(reason = refusal.code(), "token refused");
        })?;
        let person = self.find_person(&believed).await?.ok_or(AuthenticationError::NoAccess)?;
        Ok(Requester::new(person.id, person.name, self.rules.roles(&believed.groups)))
    }

    async fn find_person(&self, believed: &Believed) -> Result<Option<PersonRecord>, PeopleError> {
        if let Some(person) = self.people.find_person_by_sub(&believed.subject).await? {
            return Ok(Some(person));
        }
        // ASCII only: outside it some letters fold into another person's address (the Kelvin sign into k).
        match believed.username.as_deref().filter(|name| self.rules.link_by_email && name.contains('@') && name.is_ascii()) {
            Some(email) => self.people.link_person_by_email(&email.to_ascii_lowercase(), &believed.subject).await,
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use agent_bill_domain::ids::PersonId;
    use async_trait::async_trait;

    use super::*;
    use crate::local_issuer::LocalIssuer;
    use agent_bill_domain::clock::{FixedClock, SharedClock};

    /// One person; the sub may come later.
    struct OnePerson {
        email: &'static str,
        sub: Mutex<Option<String>>,
    }

    impl OnePerson {
        fn record() -> PersonRecord {
            PersonRecord { id: PersonId::from("p-1"), name: "Lena Fischer".to_owned() }
        }
    }

    #[async_trait]
    impl People for OnePerson {
        async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
            Ok((self.sub.lock().unwrap().as_deref() == Some(sub)).then(Self::record))
        }

        async fn link_person_by_email(&self, email: &str, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
            let mut linked = self.sub.lock().unwrap();
            if linked.is_some() || email != self.email {
                return Ok(None);
            }
            *linked = Some(sub.to_owned());
            Ok(Some(Self::record()))
        }
    }

    struct House {
        issuer: Arc<LocalIssuer>,
        authenticator: Authenticator,
    }

    fn house(sub: Option<&str>, link_by_email: bool) -> House {
        let clock: SharedClock = Arc::new(FixedClock(jiff::Timestamp::now()));
        let issuer = Arc::new(LocalIssuer::new(Arc::clone(&clock)).unwrap());
        let people = OnePerson { email: "lena@example.com", sub: Mutex::new(sub.map(str::to_owned)) };
        let rules = SignInRules { link_by_email, ..SignInRules::default() };
        let authenticator = Authenticator::new(issuer.verifier(clock), Arc::new(people), rules);
        House { issuer, authenticator }
    }

    impl House {
        async fn sign_in(&self, sub: &str, username: &str, groups: &[&str]) -> Result<Requester, AuthenticationError> {
            self.authenticator.authenticate(&self.issuer.token_for(sub, username, groups).unwrap()).await
        }
    }

    #[tokio::test]
    async fn groups_limit_roles_and_unknown_groups_mean_nothing() {
        let house = house(Some("s-1"), false);
        let requester = house.sign_in("s-1", "lena", &["finance", "staff", "product_owner"]).await.unwrap();
        assert_eq!(requester.person().as_str(), "p-1");
        assert_eq!(requester.roles_allowed_by_groups(), &BTreeSet::from([Role::ProductOwner, Role::Finance]));
        assert!(house.sign_in("s-1", "lena", &[]).await.unwrap().roles_allowed_by_groups().is_empty());
    }

    #[tokio::test]
    async fn a_stranger_has_no_access() {
        let house = house(Some("s-1"), true);
        assert!(matches!(house.sign_in("s-2", "someone@example.com", &["admin"]).await, Err(AuthenticationError::NoAccess)));
    }

    #[tokio::test]
    async fn the_first_token_links_by_email_and_a_second_subject_cannot_take_over() {
        let house = house(None, true);
        assert!(matches!(house.sign_in("s-1", "lena", &[]).await, Err(AuthenticationError::NoAccess)));
        assert!(house.sign_in("s-1", "Lena@Example.com", &[]).await.is_ok());
        assert!(house.sign_in("s-1", "renamed", &[]).await.is_ok());
        assert!(matches!(house.sign_in("s-2", "lena@example.com", &[]).await, Err(AuthenticationError::NoAccess)));
    }

    #[tokio::test]
    async fn a_look_alike_address_links_to_nobody() {
        let clock: SharedClock = Arc::new(FixedClock(jiff::Timestamp::now()));
        let issuer = Arc::new(LocalIssuer::new(Arc::clone(&clock)).unwrap());
        let people = OnePerson { email: "kim@example.com", sub: Mutex::new(None) };
        let rules = SignInRules { link_by_email: true, ..SignInRules::default() };
        let authenticator = Authenticator::new(issuer.verifier(clock), Arc::new(people), rules);
        let token = issuer.token_for("s-1", "\u{212a}im@example.com", &[]).unwrap();
        assert!(matches!(authenticator.authenticate(&token).await, Err(AuthenticationError::NoAccess)));
    }

    #[tokio::test]
    async fn nobody_is_linked_by_email_unless_it_is_switched_on() {
        let house = house(None, false);
        assert!(matches!(house.sign_in("s-1", "lena@example.com", &[]).await, Err(AuthenticationError::NoAccess)));
    }

    #[tokio::test]
    async fn another_issuer_of_the_same_shape_is_not_believed() {
        let (ours, theirs) = (house(Some("s-1"), false), house(Some("s-1"), false));
        let token = theirs.issuer.token_for("s-1", "lena", &[]).unwrap();
        assert!(matches!(ours.authenticator.authenticate(&token).await, Err(AuthenticationError::Refused(Refusal::UnknownKey))));
    }

    #[test]
    fn no_token_survives_the_change_of_any_one_character() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let house = house(Some("s-1"), false);
        let token = house.issuer.token_for("s-1", "lena", &["finance"]).unwrap();
        runtime.block_on(async {
            assert!(house.authenticator.authenticate(&token).await.is_ok());
            for position in 0..token.len() {
                for replacement in [b'A', b'_'] {
                    let mut changed = token.clone().into_bytes();
                    if changed[position] == replacement {
                        continue;
                    }
                    changed[position] = replacement;
                    let changed = String::from_utf8(changed).unwrap();
                    assert!(house.authenticator.authenticate(&changed).await.is_err(), "position {position}");
                }
            }
        });
    }

    #[tokio::test]
    async fn the_local_issuers_tokens_verify_with_an_independent_library() {
        let house = house(Some("s-1"), false);
        let token = house.issuer.token_for("s-1", "lena", &["finance"]).unwrap();
        let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_value(house.issuer.jwks()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwks.keys[0]).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
        validation.set_issuer(&[LocalIssuer::expected().issuer]);
        let decoded = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation).unwrap();
        assert_eq!(decoded.claims["token_use"], "access");
    }
}
