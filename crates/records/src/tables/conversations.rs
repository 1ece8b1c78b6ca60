//! Conversations and their messages. Every statement is keyed by the person: somebody else's conversation and one that never was look the same.

use agent_bill_domain::ids::PersonId;
use sqlx::Row;

use super::{Store, StoreError};

const CREATE: &str = "INSERT INTO conversations (id, person_id, created_at, updated_at) VALUES ($1, $2, $3, $3)";

const FIND: &str = "SELECT id, created_at, updated_at FROM conversations WHERE id = $1 AND person_id = $2";

const LIST: &str = "SELECT id, created_at, updated_at FROM conversations WHERE person_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2";

const MESSAGES: &str = "SELECT m.sequence, m.at, m.body, m.answer FROM messages m JOIN conversations c ON c.id = m.conversation_id
     WHERE c.id = $1 AND c.person_id = $2 ORDER BY m.sequence";

pub(super) const STATEMENTS: &[&str] = &[CREATE, FIND, LIST, MESSAGES];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: String,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    pub sequence: i64,
    pub at: String,
    /// JSON of one model message.
    pub body: String,
    /// JSON of the finished answer on the last message of a turn, else empty.
    pub answer: String,
}

/// # Errors
/// When the database fails.
pub async fn create(store: &Store, person: &PersonId, id: &str, now: &str) -> Result<(), StoreError> {
    sqlx::query(CREATE).bind(id.to_owned()).bind(person.0.clone()).bind(now.to_owned()).execute(store.pool()).await?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub async fn find(store: &Store, person: &PersonId, id: &str) -> Result<Option<Conversation>, StoreError> {
    let row = sqlx::query(FIND).bind(id.to_owned()).bind(person.0.clone()).fetch_optional(store.pool()).await?;
    row.as_ref().map(conversation).transpose()
}

/// Newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(store: &Store, person: &PersonId, limit: i64) -> Result<Vec<Conversation>, StoreError> {
    let rows = sqlx::query(LIST).bind(person.0.clone()).bind(limit).fetch_all(store.pool()).await?;
    rows.iter().map(conversation).collect()
}

/// In order; empty for a conversation that is not the person's.
///
/// # Errors
/// When the database fails.
pub async fn messages(store: &Store, person: &PersonId, id: &str) -> Result<Vec<StoredMessage>, StoreError> {
    let rows = sqlx::query(MESSAGES).bind(id.to_owned()).bind(person.0.clone()).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredMessage {
                sequence: row.try_get("sequence")?,
                at: row.try_get("at")?,
                body: row.try_get("body")?,
                answer: row.try_get("answer")?,
            })
        })
        .collect()
}

fn conversation(row: &sqlx::any::AnyRow) -> Result<Conversation, StoreError> {
    Ok(Conversation { id: row.try_get("id")?, created_at: row.try_get("created_at")?, updated_at: row.try_get("updated_at")? })
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::*;
    use crate::testing::for_each_database;

    const NOW: &str = "2026-11-23T09:00:00Z";

    async fn two_people(store: &Store) -> (PersonId, PersonId) {
        store.pool().execute("INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL), ('bob','Bob','bob@x.io',NULL)").await.unwrap();
        (PersonId::from("ann"), PersonId::from("bob"))
    }

    #[tokio::test]
    async fn another_persons_conversation_and_a_missing_one_look_the_same() {
        for_each_database(|store| async move {
            let (ann, bob) = two_people(&store).await;
            create(&store, &ann, "c1", NOW).await.unwrap();
            store.pool().execute("INSERT INTO messages VALUES ('c1', 1, '2026-11-23T09:00:00Z', 'hello', '')").await.unwrap();
            assert_eq!(find(&store, &bob, "c1").await.unwrap(), find(&store, &bob, "never").await.unwrap());
            assert_eq!(messages(&store, &bob, "c1").await.unwrap(), []);
            assert_eq!(list(&store, &bob, 10).await.unwrap(), []);
            assert_eq!(messages(&store, &ann, "c1").await.unwrap().len(), 1);
        })
        .await;
    }
}
