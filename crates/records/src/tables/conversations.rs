//! Conversations and their messages. Every statement is keyed by the person: somebody else's conversation and one that never was look the same.

use agent_bill_domain::ids::PersonId;
use sqlx::any::AnyRow;

use super::Table;
use crate::rows::{Columns, binds};
use crate::{Store, StoreError, WriteTx};

const CREATE: &str = "INSERT INTO conversations (id, person_id, created_at, updated_at) VALUES ($1, $2, $3, $3)";

const FIND: &str = "SELECT id, created_at, updated_at FROM conversations WHERE id = $1 AND person_id = $2";

const LIST: &str = "SELECT id, created_at, updated_at FROM conversations WHERE person_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2";

const MESSAGES: &str = "SELECT m.sequence, m.at, m.body, m.answer FROM messages m JOIN conversations c ON c.id = m.conversation_id
     WHERE c.id = $1 AND c.person_id = $2 ORDER BY m.sequence";

/// Also takes the row's lock on PostgreSQL, so that two requests cannot begin a turn together.
const TOUCH: &str = "UPDATE conversations SET updated_at = $3 WHERE id = $1 AND person_id = $2";

const LAST_SEQUENCE: &str = "SELECT CAST(COALESCE(MAX(sequence), 0) AS BIGINT) AS last FROM messages WHERE conversation_id = $1";

const SAY: &str = "INSERT INTO messages (conversation_id, sequence, at, body, answer) VALUES ($1, $2, $3, $4, $5)";

const UNSAY: &str = "DELETE FROM messages WHERE conversation_id = $1 AND sequence >= $2";

const QUESTION: &str = "SELECT body FROM messages WHERE conversation_id = $1 AND sequence = $2";

const ANSWER: &str = "SELECT answer FROM messages WHERE conversation_id = $1 AND sequence > $2 AND answer <> '' ORDER BY sequence LIMIT 1";

pub(super) const TABLE: Table = Table::new(
    "conversations",
    &[CREATE, FIND, LIST, MESSAGES, TOUCH, LAST_SEQUENCE, SAY, UNSAY, QUESTION, ANSWER],
)
.migrated_by(&[(4, "conversations", include_str!("../../../../migrations/0004_conversations.sql"))]);

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
    store.execute(CREATE, binds![id, person, now]).await?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub async fn find(store: &Store, person: &PersonId, id: &str) -> Result<Option<Conversation>, StoreError> {
    store.find_row(FIND, binds![id, person], conversation).await
}

/// Newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(store: &Store, person: &PersonId, limit: i64) -> Result<Vec<Conversation>, StoreError> {
    store.rows(LIST, binds![person, limit], conversation).await
}

/// In order; empty for a conversation that is not the person's.
///
/// # Errors
/// When the database fails.
pub async fn messages(store: &Store, person: &PersonId, id: &str) -> Result<Vec<StoredMessage>, StoreError> {
    store
        .rows(MESSAGES, binds![id, person], |row| {
            Ok(StoredMessage { sequence: row.int("sequence")?, at: row.text("at")?, body: row.text("body")?, answer: row.text("answer")? })
        })
        .await
}

fn conversation(row: &AnyRow) -> Result<Conversation, StoreError> {
    Ok(Conversation { id: row.text("id")?, created_at: row.text("created_at")?, updated_at: row.text("updated_at")? })
}

/// What a turn writes.
impl WriteTx {
    /// Whether the conversation is there and the person's.
    pub(super) async fn touch_conversation(&mut self, person: &PersonId, id: &str, at: &str) -> Result<bool, StoreError> {
        Ok(self.execute(TOUCH, binds![id, person, at]).await? > 0)
    }

    /// 0 for a conversation without messages.
    pub(super) async fn last_sequence(&mut self, id: &str) -> Result<i64, StoreError> {
        self.row(LAST_SEQUENCE, binds![id], |row| row.int("last")).await
    }

    pub(super) async fn say(&mut self, id: &str, message: &StoredMessage) -> Result<(), StoreError> {
        self.execute(SAY, binds![id, message.sequence, &message.at, &message.body, &message.answer]).await?;
        Ok(())
    }

    /// Takes back every message from `first` on.
    pub(super) async fn unsay(&mut self, id: &str, first: i64) -> Result<(), StoreError> {
        self.execute(UNSAY, binds![id, first]).await?;
        Ok(())
    }

    /// JSON of the question at `sequence` and of the answer that followed it; each empty when it is not there.
    pub(super) async fn question_and_answer(&mut self, id: &str, sequence: i64) -> Result<(String, String), StoreError> {
        let question = self.find_row(QUESTION, binds![id, sequence], |row| row.text("body")).await?;
        let answer = self.find_row(ANSWER, binds![id, sequence], |row| row.text("answer")).await?;
        Ok((question.unwrap_or_default(), answer.unwrap_or_default()))
    }
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
