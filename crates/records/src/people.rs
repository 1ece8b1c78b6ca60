//! People: who a token's subject is. What they may see is not decided here (see `crate::scope`).

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::names::{fold_name, same_name};
use agent_bill_domain::role::Role;
use async_trait::async_trait;
use sqlx::Row;

use super::{Store, StoreError, WriteTx};
use agent_bill_identity::{People, PeopleError, PersonRecord};

const FIND_BY_SUB: &str = "SELECT id, name FROM people WHERE sub = $1";

const LINK: &str = "UPDATE people SET sub = $2 WHERE email = $1 AND sub IS NULL
     AND NOT EXISTS (SELECT 1 FROM people other WHERE other.sub = $2) RETURNING id, name";

const LIST: &str = "SELECT p.id, p.name, p.email, p.sub, g.role, n.name AS node, n.level
     FROM people p JOIN grants g ON g.person_id = p.id JOIN nodes n ON n.id = g.node_id ORDER BY p.name, p.id, g.role, n.name";

const GRANTS_OVER: &str = "SELECT g.role AS role, g.node_id AS node_id, CASE WHEN c.descendant_id IS NULL THEN 0 ELSE 1 END AS covers
     FROM grants g LEFT JOIN node_closure c ON c.ancestor_id = g.node_id AND c.descendant_id = $2
     WHERE g.person_id = $1 ORDER BY g.role, g.node_id";

pub(super) const STATEMENTS: &[&str] = &[FIND_BY_SUB, LINK, LIST, GRANTS_OVER];

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
    /// Whether an operator may mean this person by `text`: e-mail, full name, first name, family name or id.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        WAYS_TO_MEAN.iter().any(|means| means(self, text))
    }

    fn first_name(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }

    fn family_name(&self) -> &str {
        self.name.split(' ').next_back().unwrap_or_default()
    }
}

/// The most exact first: two people whose names differ in an accent are told apart by the one who writes it.
const WAYS_TO_MEAN: [fn(&ListedPerson, &str) -> bool; 5] = [
    |person, text| fold_name(text) == person.email || fold_name(text) == fold_name(person.id.as_str()),
    |person, text| person.name == text.trim() || person.first_name() == text.trim(),
    |person, text| same_name(&person.name, text),
    |person, text| same_name(person.first_name(), text),
    |person, text| same_name(person.family_name(), text),
];

/// Of `people`, those an operator may mean by `text`, by the most exact way that fits any of them.
#[must_use]
pub fn meant<'a>(people: &'a [ListedPerson], text: &str) -> Vec<&'a ListedPerson> {
    let by_way = WAYS_TO_MEAN.iter().map(|means| people.iter().filter(|person| means(person, text)).collect::<Vec<_>>());
    by_way.into_iter().find(|called| !called.is_empty()).unwrap_or_default()
}

/// The people an operator may mean by `text`; see [`meant`].
///
/// # Errors
/// When the database fails.
pub async fn list_meant(store: &Store, text: &str) -> Result<Vec<ListedPerson>, StoreError> {
    let everybody = list(store).await?;
    Ok(meant(&everybody, text).into_iter().cloned().collect())
}

/// A grant, and whether it reaches the node that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldGrant {
    pub role: Role,
    pub node: NodeId,
    pub covers: bool,
}

impl WriteTx {
    /// The person's grants as they are now, each with whether it reaches `node`; an unknown node is reached by none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_grants_over(&mut self, person: &PersonId, node: &NodeId) -> Result<Vec<HeldGrant>, StoreError> {
        let rows = sqlx::query(GRANTS_OVER).bind(person.0.clone()).bind(node.0.clone()).fetch_all(self.connection()).await?;
        rows.iter()
            .map(|row| {
                let role: String = row.try_get("role")?;
                Ok(HeldGrant {
                    role: role.parse().map_err(|_| StoreError::corrupt("role", &role))?,
                    node: NodeId(row.try_get("node_id")?),
                    covers: row.try_get::<i64, _>("covers")? == 1,
                })
            })
            .collect()
    }
}

#[async_trait]
impl People for Store {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let found = sqlx::query(FIND_BY_SUB).bind(sub.to_owned()).fetch_optional(self.pool()).await.map_err(failed)?;
        found.as_ref().map(record).transpose().map_err(failed)
    }

    async fn link_person_by_email(&self, email: &str, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let linked = sqlx::query(LINK).bind(email.to_owned()).bind(sub.to_owned()).fetch_optional(self.pool()).await;
        match linked {
            Ok(row) => row.as_ref().map(record).transpose().map_err(failed),
            // Two sign-ins with one subject at the same instant: the other one was linked.
            Err(sqlx::Error::Database(cause)) if cause.is_unique_violation() => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

fn record(row: &sqlx::any::AnyRow) -> Result<PersonRecord, sqlx::Error> {
    Ok(PersonRecord { id: PersonId(row.try_get("id")?), name: row.try_get("name")? })
}

fn failed(error: sqlx::Error) -> PeopleError {
    PeopleError(Box::new(StoreError::from(error)))
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::*;
    use crate::testing::for_each_database;

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

    const PEOPLE: &str = "INSERT INTO people VALUES ('p1','Lena Fischer','lena@x.io',NULL),('p2','Tomás Silva','tomas@x.io','sub-t'),
                          ('p3','Lena Lind','lind@x.io',NULL)";

    #[tokio::test]
    async fn an_email_is_linked_to_the_first_subject_and_to_no_other() {
        for_each_database(|store| async move {
            store.pool().execute(PEOPLE).await.unwrap();
            let lena = PersonRecord { id: PersonId::from("p1"), name: "Lena Fischer".into() };
            assert_eq!(store.find_person_by_sub("sub-l").await.unwrap(), None);
            assert_eq!(store.link_person_by_email("lena@x.io", "sub-l").await.unwrap(), Some(lena.clone()));
            assert_eq!(store.find_person_by_sub("sub-l").await.unwrap(), Some(lena));
            assert_eq!(store.link_person_by_email("lena@x.io", "sub-other").await.unwrap(), None, "linked already");
            assert_eq!(store.link_person_by_email("lind@x.io", "sub-l").await.unwrap(), None, "the subject is somebody else");
            assert_eq!(store.link_person_by_email("nobody@x.io", "sub-n").await.unwrap(), None);
        })
        .await;
    }

    #[tokio::test]
    async fn of_two_concurrent_first_sign_ins_one_is_linked() {
        for_each_database(|store| async move {
            store.pool().execute(PEOPLE).await.unwrap();
            let (a, b) = tokio::join!(store.link_person_by_email("lena@x.io", "s1"), store.link_person_by_email("lena@x.io", "s2"));
            assert_eq!([a.unwrap(), b.unwrap()].iter().flatten().count(), 1);
            let (a, b) = tokio::join!(store.link_person_by_email("lind@x.io", "s3"), store.find_person_by_sub("s3"));
            assert!(a.unwrap().is_some());
            b.unwrap();
        })
        .await;
    }

    fn listed(name: &str) -> ListedPerson {
        let id = PersonId(name.to_lowercase());
        ListedPerson { id, name: name.to_owned(), email: "x@x.io".to_owned(), sub: None, grants: Vec::new() }
    }

    fn meant_of(names: &[&str], text: &str) -> Vec<String> {
        let people: Vec<ListedPerson> = names.iter().map(|name| listed(name)).collect();
        meant(&people, text).into_iter().map(|person| person.name.clone()).collect()
    }

    #[test]
    fn a_person_is_meant_by_any_spelling_of_a_name() {
        for text in ["juergen", "jurgen", "JÜRGEN", "weiss", "Juergen Weiß", "jürgen weiss"] {
            assert_eq!(meant_of(&["Jürgen Weiß", "Johann Weber"], text), ["Jürgen Weiß"], "{text}");
        }
        for text in ["jur", "jurgens", "web", ""] {
            assert!(meant_of(&["Jürgen Weiß", "Johann Weber"], text).is_empty(), "{text}");
        }
    }

    #[test]
    fn people_whose_spellings_meet_are_told_apart_by_the_exact_one_or_asked_about() {
        let both = ["Jurgen Lind", "Jürgen Weiß"];
        assert_eq!(meant_of(&both, "Jürgen"), ["Jürgen Weiß"]);
        assert_eq!(meant_of(&both, "Jurgen"), ["Jurgen Lind"]);
        assert_eq!(meant_of(&both, "jurgen"), both);
        assert_eq!(meant_of(&both, "juergen"), ["Jürgen Weiß"]);
        assert_eq!(meant_of(&["Lena Arnold", "Arnold Beck"], "arnold"), ["Arnold Beck"], "a first name before a family name");
    }

    #[tokio::test]
    async fn a_person_is_meant_by_id_email_full_or_first_name() {
        for_each_database(|store| async move {
            store.pool().execute(PEOPLE).await.unwrap();
            store.pool().execute("INSERT INTO nodes VALUES ('company',NULL,0,'Company','company')").await.unwrap();
            store.pool().execute("INSERT INTO grants SELECT id, 'admin', 'company' FROM people").await.unwrap();
            let meant = |text: &'static str| {
                let store = store.clone();
                async move { list_meant(&store, text).await.unwrap().into_iter().map(|person| person.id.0).collect::<Vec<_>>() }
            };
            assert_eq!(meant("TOMAS").await, ["p2"]);
            assert_eq!(meant("Lena").await, ["p1", "p3"]);
            assert_eq!(meant("lena fischer").await, ["p1"]);
            assert_eq!(meant("LIND@x.io").await, ["p3"]);
            assert_eq!(meant("p1").await, ["p1"]);
            assert!(meant("").await.is_empty());
        })
        .await;
    }
}
