//! Requesters for tests. They sign in like everybody else, with a token of a local issuer through the real checks: there is no other way to one.
//!
//! Used by unit tests of other packages; no command reaches it (a test reads the imports).
#![expect(clippy::expect_used, reason = "a test harness fails by panicking")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use agent_bill_domain::clock::{FixedClock, SharedClock};
use agent_bill_domain::ids::PersonId;
use agent_bill_domain::role::Role;
use async_trait::async_trait;

use super::authenticator::Authenticator;
use super::local_issuer::LocalIssuer;
use super::people::{People, PeopleError, PersonRecord};
use super::requester::Requester;

/// Knows one person, whatever the subject.
struct One(PersonRecord);

#[async_trait]
impl People for One {
    async fn find_person_by_sub(&self, _sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        Ok(Some(self.0.clone()))
    }

    async fn link_person_by_email(&self, _email: &str, _sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        Ok(None)
    }
}

/// The person as she would be after signing in with a token whose groups allow `roles`.
///
/// # Panics
/// When the sign-in fails.
pub fn sign_in(person: &str, name: &str, roles: &[Role]) -> Requester {
    // Its key is made once a process.
    static ISSUER: LazyLock<(SharedClock, Arc<LocalIssuer>)> = LazyLock::new(|| {
        let clock: SharedClock = Arc::new(FixedClock(jiff::Timestamp::now()));
        (Arc::clone(&clock), Arc::new(LocalIssuer::new(clock).expect("a local issuer can be made")))
    });
    let (clock, issuer) = &*ISSUER;
    let people = Arc::new(One(PersonRecord { id: PersonId::from(person), name: name.to_owned() }));
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let authenticator =
        Authenticator::for_local_issuer(issuer, loopback, people, Arc::clone(clock)).expect("a loopback address is allowed");
    let groups: Vec<&str> = roles.iter().map(|role| role.key()).collect();
    let token = issuer.token_for(person, &format!("{person}@example.com"), &groups).expect("a token can be signed");
    futures::executor::block_on(authenticator.authenticate(&token)).expect("the token is accepted")
}
