//! The two kinds of authenticator: for a user pool, and for the issuer inside this process.

use std::net::SocketAddr;
use std::sync::Arc;

use super::authenticator::{Authenticator, SignInRules};
use super::claims::Expected;
use super::http_jwks::HttpJwks;
use super::jwks::{JwksCache, JwksTimings};
use super::local_issuer::LocalIssuer;
use super::people::People;
use super::verifier::TokenVerifier;
use agent_bill_domain::clock::SharedClock;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SetupError {
    #[error("the local issuer lets anybody be anybody, and `{0}` is not a loopback address; set `identity` or listen on 127.0.0.1")]
    LocalIssuerBeyondLoopback(SocketAddr),
    #[error("`identity.jwks_url` is not an address")]
    NotAUrl,
    #[error("the TLS stack cannot be set up")]
    Tls,
}

impl Authenticator {
    /// For the tokens of a user pool, whose keys are fetched from `jwks_url` and nowhere else.
    ///
    /// # Errors
    /// `NotAUrl` or `Tls`; a validated configuration has neither.
    pub fn for_user_pool(
        jwks_url: &str,
        expected: Expected,
        rules: SignInRules,
        people: Arc<dyn People>,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        let url = reqwest::Url::parse(jwks_url).map_err(|_| SetupError::NotAUrl)?;
        let source = HttpJwks::new(url).map_err(|_| SetupError::Tls)?;
        let keys = Arc::new(JwksCache::new(Arc::new(source), JwksTimings::default()));
        Ok(Self::new(TokenVerifier::new(expected, keys, clock), people, rules))
    }

    /// For the tokens of the demo's own issuer, which may serve this machine only.
    ///
    /// # Errors
    /// `LocalIssuerBeyondLoopback`.
    pub fn for_local_issuer(
        issuer: &Arc<LocalIssuer>,
        listen: SocketAddr,
        people: Arc<dyn People>,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        if !listen.ip().to_canonical().is_loopback() {
            return Err(SetupError::LocalIssuerBeyondLoopback(listen));
        }
        // Nobody is linked: a local session must not take over somebody's first real sign-in.
        Ok(Self::new(issuer.verifier(clock), people, SignInRules::default()))
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_domain::clock::FixedClock;
    use async_trait::async_trait;

    use super::*;
    use crate::people::{PeopleError, PersonRecord};

    struct Nobody;

    #[async_trait]
    impl People for Nobody {
        async fn find_person_by_sub(&self, _sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
            Ok(None)
        }

        async fn link_person_by_email(&self, _email: &str, _sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
            Ok(None)
        }
    }

    #[test]
    fn the_local_issuer_is_refused_beyond_loopback() {
        let clock: SharedClock = Arc::new(FixedClock(jiff::Timestamp::now()));
        let issuer = Arc::new(LocalIssuer::new(Arc::clone(&clock)).unwrap());
        for (listen, allowed) in [
            ("0.0.0.0:8080", false),
            ("10.0.0.1:8080", false),
            ("[::]:8080", false),
            ("[::ffff:10.0.0.1]:80", false),
            ("192.168.1.5:80", false),
            ("127.0.0.1:8080", true),
            ("127.8.8.8:1", true),
            ("[::1]:8080", true),
            ("[::ffff:127.0.0.1]:80", true),
        ] {
            let made = Authenticator::for_local_issuer(&issuer, listen.parse().unwrap(), Arc::new(Nobody), Arc::clone(&clock));
            assert_eq!(made.is_ok(), allowed, "{listen}");
        }
    }
}
