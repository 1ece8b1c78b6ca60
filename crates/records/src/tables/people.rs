//! People: who a token's subject is. What they may see is not decided here (see `crate::scope`).

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::names::{fold_name, same_name};
use agent_bill_domain::role::Role;
use agent_bill_identity::{People, PeopleError, PersonRecord};
use async_trait::async_trait;
use sqlx::any::AnyRow;

use super::Table;
use crate::rows::{Columns, binds};
use crate::{Store, StoreError, WriteTx};

const FIND_BY_SUB: &str = "SELECT id, name FROM people WHERE sub = $1";

const LINK: &str = "UPDATE people SET sub = $2 WHERE email = $1 AND sub IS NULL
     AND NOT EXISTS (SELECT 1 FROM people other WHERE other.sub = $2) RETURNING id, name";

const LIST: &str = "SELECT p.id, p.name, p.email, p.sub, g.role, n.name AS node, n.level
     FROM people p JOIN grants g ON g.person_id = p.id JOIN nodes n ON n.id = g.node_id ORDER BY p.name, p.id, g.role, n.name";

const ANYBODY: &str = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT id FROM people LIMIT 1) anybody";

const PUT: &str = "INSERT INTO people (id, name, email, sub) VALUES ($1, $2, $3, $4)
     ON CONFLICT (email) DO UPDATE SET name = excluded.name, sub = COALESCE(excluded.sub, people.sub) RETURNING id";

pub(super) const TABLE: Table = Table::new("people", &[FIND_BY_SUB, LINK, LIST, ANYBODY, PUT]);

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
    let listed = store.rows(LIST, binds![], |row| {
        let node = if row.int("level")? == 0 { None } else { Some(row.text("node")?) };
        Ok(ListedPerson {
            id: row.id("id")?,
            name: row.text("name")?,
            email: row.text("email")?,
            sub: row.nullable_text("sub")?,
            grants: vec![(row.word("role")?, node)],
        })
    });
    let mut people: Vec<ListedPerson> = Vec::new();
    for person in listed.await? {
        match people.last_mut() {
            Some(last) if last.id == person.id => last.grants.extend(person.grants),
            _ => people.push(person),
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

/// Whether anybody is on record at all.
pub(super) async fn is_anybody(store: &Store) -> Result<bool, StoreError> {
    store.row(ANYBODY, binds![], |row| Ok(row.int("found")? > 0)).await
}

impl WriteTx {
    /// Inserts a person or renames the one with this e-mail; a `sub` given replaces the one known. Returns the person's id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the `sub` is another person's.
    pub async fn put_person(&mut self, id: &PersonId, name: &str, email: &str, sub: Option<&str>) -> Result<PersonId, StoreError> {
        self.row(PUT, binds![id, name, email, sub], |row| row.id("id")).await
    }
}

#[async_trait]
impl People for Store {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        self.find_row(FIND_BY_SUB, binds![sub], record).await.map_err(failed)
    }

    async fn link_person_by_email(&self, email: &str, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        match self.find_row(LINK, binds![email, sub], record).await {
            // Two sign-ins with one subject at the same instant: the other one was linked.
            Err(StoreError::Conflict(_)) => Ok(None),
            linked => linked.map_err(failed),
        }
    }
}

fn record(row: &AnyRow) -> Result<PersonRecord, StoreError> {
    Ok(PersonRecord { id: row.id("id")?, name: row.text("name")? })
}

fn failed(error: StoreError) -> PeopleError {
    PeopleError(Box::new(error))
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
