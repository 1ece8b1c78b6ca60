//! What sign-in needs from the people records; the store implements it.

use agent_bill_domain::ids::PersonId;
use async_trait::async_trait;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    pub id: PersonId,
    pub name: String,
}

#[derive(Debug, thiserror::Error)]
#[error("the people records cannot be read")]
pub struct PeopleError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

#[async_trait]
pub trait People: Send + Sync {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError>;

    /// Writes `sub` to the person whose e-mail is `email` (lower case) if that person has none yet, in one conditional statement, and returns
    /// the person; `None` when there is no such person or the person is linked already.
    async fn link_person_by_email(&self, email: &str, sub: &str) -> Result<Option<PersonRecord>, PeopleError>;
}
