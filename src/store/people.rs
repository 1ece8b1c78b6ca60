//! People: who a token's subject is. What they may see is not decided here (see `crate::scope`).

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::role::Role;
use async_trait::async_trait;
use sqlx::Row;

use super::{Store, StoreError};
use crate::identity::{People, PeopleError, PersonRecord};

const FIND_BY_SUB: &str = "SELECT id, name FROM people WHERE sub = $1";

const LINK: &str = "UPDATE people SET sub = $2 WHERE email = $1 AND sub IS NULL";

const LIST: &str = "SELECT p.id, p.name, p.email, p.sub, g.role, n.name AS node, n.level
     FROM people p JOIN grants g ON g.person_id = p.id JOIN nodes n ON n.id = g.node_id ORDER BY p.name, p.id, g.role, n.name";

pub(super) const STATEMENTS: &[&str] = &[FIND_BY_SUB, LINK, LIST];

/// A person with the grants in our records, for an operator's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPerson {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub sub: Option<String>,
    /// Role, and the name of the node; `None` for the company itself.
    pub grants: Vec<(Role, Option<String>)>,
}

/// Everybody with a grant, by name. For the operator of this machine only.
///
/// # Errors
/// When the database fails.
pub async fn list(store: &Store) -> Result<Vec<ListedPerson>, StoreError> {
    let mut people: Vec<ListedPerson> = Vec::new();
    for row in sqlx::query(LIST).fetch_all(store.pool()).await? {
        let id = PersonId(row.try_get("id")?);
        let role: String = row.try_get("role")?;
        let role = role.parse().map_err(|_| StoreError::corrupt("role", &role))?;
        let node: Option<String> = if row.try_get::<i64, _>("level")? == 0 { None } else { Some(row.try_get("node")?) };
        match people.last_mut() {
            Some(person) if person.id == id => person.grants.push((role, node)),
            _ => people.push(ListedPerson {
                id,
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                sub: row.try_get("sub")?,
                grants: vec![(role, node)],
            }),
        }
    }
    Ok(people)
}

impl ListedPerson {
    /// Whether an operator may mean this person by `text`: e-mail, full name, first name or id.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        let wanted = fold_name(text);
        let name = fold_name(&self.name);
        wanted == name || name.split(' ').next() == Some(wanted.as_str()) || wanted == self.email || wanted == fold_name(self.id.as_str())
    }
}

#[async_trait]
impl People for Store {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let found = sqlx::query(FIND_BY_SUB).bind(sub.to_owned()).fetch_optional(self.pool()).await.map_err(failed)?;
        let record = |row: sqlx::any::AnyRow| -> Result<PersonRecord, sqlx::Error> {
            Ok(PersonRecord { id: PersonId(row.try_get("id")?), name: row.try_get("name")? })
        };
        found.map(record).transpose().map_err(failed)
    }

    async fn link_person_by_email(&self, email: &str, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let linked = sqlx::query(LINK).bind(email.to_owned()).bind(sub.to_owned()).execute(self.pool()).await;
        match linked {
            Ok(done) if done.rows_affected() == 1 => self.find_person_by_sub(sub).await,
            Ok(_) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed(error: sqlx::Error) -> PeopleError {
    PeopleError(Box::new(StoreError::from(error)))
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::*;
    use crate::store::testing::for_each_database;

    #[tokio::test]
    async fn a_person_is_linked_once_and_never_taken_over() {
        for_each_database(|store| async move {
            store.pool().execute("INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL)").await.unwrap();
            let linked = store.link_person_by_email("ann@x.io", "sub-1").await.unwrap();
            assert_eq!(linked.map(|person| person.name), Some("Ann".to_owned()));
            assert_eq!(store.link_person_by_email("ann@x.io", "sub-2").await.unwrap(), None);
            assert_eq!(store.find_person_by_sub("sub-2").await.unwrap(), None);
            assert!(store.find_person_by_sub("sub-1").await.unwrap().is_some());
        })
        .await;
    }
}
