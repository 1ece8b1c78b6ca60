//! Turns of a conversation: begun, then completed or abandoned. Every statement is keyed by the person, like the conversation itself.

use agent_bill_domain::ids::PersonId;
use sqlx::Row;

use super::{Store, StoreError, WriteTx};

/// Also takes the row's lock on PostgreSQL, so that two requests cannot begin a turn together.
const TOUCH: &str = "UPDATE conversations SET updated_at = $3 WHERE id = $1 AND person_id = $2";

const FIND_BY_KEY: &str = "SELECT number, state, lease_until, first_sequence FROM turns WHERE conversation_id = $1 AND request_key = $2";

const LATEST: &str = "SELECT number, state, lease_until, first_sequence FROM turns WHERE conversation_id = $1 ORDER BY number DESC LIMIT 1";

const RENAME_INTERRUPTED: &str = "UPDATE turns SET state = 'interrupted', request_key = $3 WHERE conversation_id = $1 AND number = $2";

const INTERRUPT: &str = "UPDATE turns SET state = 'interrupted' WHERE conversation_id = $1 AND number = $2";

const LAST_SEQUENCE: &str = "SELECT CAST(COALESCE(MAX(sequence), 0) AS BIGINT) AS last FROM messages WHERE conversation_id = $1";

const INSERT: &str = "INSERT INTO turns (conversation_id, number, request_key, holder, state, lease_until, sight, first_sequence)
     VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)";

const SAY: &str = "INSERT INTO messages (conversation_id, sequence, at, body, answer) VALUES ($1, $2, $3, $4, $5)";

const COMPLETE: &str =
    "UPDATE turns SET state = 'answered' WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'
     AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = $1 AND c.person_id = $4)";

const RENEW: &str = "UPDATE turns SET lease_until = $4 WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'";

const FORGET: &str = "DELETE FROM turns WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'";

const UNSAY: &str = "DELETE FROM messages WHERE conversation_id = $1 AND sequence >= $2";

const QUESTION: &str = "SELECT body FROM messages WHERE conversation_id = $1 AND sequence = $2";

const ANSWER: &str = "SELECT answer FROM messages WHERE conversation_id = $1 AND sequence > $2 AND answer <> '' ORDER BY sequence LIMIT 1";

const PAST: &str = "SELECT m.sequence, m.body, COALESCE(t.number, 0) AS number, COALESCE(t.sight, '') AS sight
     FROM messages m JOIN conversations c ON c.id = m.conversation_id
     LEFT JOIN turns t ON t.conversation_id = m.conversation_id AND t.first_sequence =
       (SELECT MAX(f.first_sequence) FROM turns f WHERE f.conversation_id = m.conversation_id AND f.first_sequence <= m.sequence)
     WHERE c.id = $1 AND c.person_id = $2 AND m.sequence < $3 ORDER BY m.sequence";

pub(super) const STATEMENTS: &[&str] = &[
    TOUCH,
    FIND_BY_KEY,
    LATEST,
    RENAME_INTERRUPTED,
    INTERRUPT,
    LAST_SEQUENCE,
    INSERT,
    SAY,
    COMPLETE,
    FORGET,
    UNSAY,
    QUESTION,
    ANSWER,
    PAST,
];

/// A message that asks to be answered.
#[derive(Debug, Clone)]
pub struct NewTurn {
    pub conversation: String,
    pub request_key: String,
    pub holder: String,
    /// Wall-clock time, ISO 8601: leases run whatever day the service lives in.
    pub wall_now: String,
    pub lease_until: String,
    pub sight: String,
    /// By the service's clock.
    pub at: String,
    /// JSON of the question's message.
    pub question: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is ours to answer.
    Started(OpenTurn),
    /// Another message, or this very one, is being answered.
    Busy,
    /// This request was answered before: JSON of its question's message and of the answer.
    Answered { question: String, answer: String },
    /// Not there, or somebody else's.
    NoConversation,
}

/// A turn that was begun and must be completed or abandoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTurn {
    pub conversation: String,
    pub number: i64,
    pub holder: String,
    pub first_sequence: i64,
}

/// A message of an earlier turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMessage {
    /// 0 for messages from before turns were kept.
    pub turn: i64,
    pub sight: String,
    /// JSON of the message.
    pub body: String,
}

struct Known {
    number: i64,
    state: String,
    lease_until: String,
    first_sequence: i64,
}

impl Known {
    fn is_running(&self, wall_now: &str) -> bool {
        self.state == "running" && self.lease_until.as_str() > wall_now
    }
}

/// # Errors
/// When the database fails.
pub async fn begin(store: &Store, person: &PersonId, turn: &NewTurn) -> Result<Begun, StoreError> {
    let mut tx = store.begin_write().await?;
    let id = turn.conversation.as_str();
    let touched = sqlx::query(TOUCH).bind(id.to_owned()).bind(person.0.clone()).bind(turn.at.clone()).execute(tx.connection()).await?;
    if touched.rows_affected() == 0 {
        return Ok(Begun::NoConversation);
    }
    if let Some(same) = known(&mut tx, FIND_BY_KEY, &[id, &turn.request_key]).await? {
        if same.state == "answered" {
            let question = text(&mut tx, QUESTION, id, same.first_sequence, "body").await?;
            let answer = text(&mut tx, ANSWER, id, same.first_sequence, "answer").await?;
            return Ok(Begun::Answered { question, answer });
        }
        if same.is_running(&turn.wall_now) {
            return Ok(Begun::Busy);
        }
        // It was interrupted: the repeated request takes its key.
        sqlx::query(RENAME_INTERRUPTED)
            .bind(id.to_owned())
            .bind(same.number)
            .bind(format!("{} (interrupted {})", turn.request_key, same.number))
            .execute(tx.connection())
            .await?;
    }
    let latest = known(&mut tx, LATEST, &[id]).await?;
    if latest.as_ref().is_some_and(|latest| latest.is_running(&turn.wall_now)) {
        return Ok(Begun::Busy);
    }
    if let Some(latest) = latest.as_ref().filter(|latest| latest.state == "running") {
        sqlx::query(INTERRUPT).bind(id.to_owned()).bind(latest.number).execute(tx.connection()).await?;
    }
    let last: i64 = sqlx::query(LAST_SEQUENCE).bind(id.to_owned()).fetch_one(tx.connection()).await?.try_get("last")?;
    let open = OpenTurn {
        conversation: id.to_owned(),
        number: latest.map_or(1, |latest| latest.number + 1),
        holder: turn.holder.clone(),
        first_sequence: last + 1,
    };
    insert(&mut tx, turn, &open).await?;
    tx.commit().await?;
    Ok(Begun::Started(open))
}

async fn insert(tx: &mut WriteTx, turn: &NewTurn, open: &OpenTurn) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(open.conversation.clone())
        .bind(open.number)
        .bind(turn.request_key.clone())
        .bind(open.holder.clone())
        .bind(turn.lease_until.clone())
        .bind(turn.sight.clone())
        .bind(open.first_sequence)
        .execute(tx.connection())
        .await?;
    say(tx, &open.conversation, open.first_sequence, &turn.at, &turn.question, "").await
}

async fn say(tx: &mut WriteTx, conversation: &str, sequence: i64, at: &str, body: &str, answer: &str) -> Result<(), StoreError> {
    sqlx::query(SAY)
        .bind(conversation.to_owned())
        .bind(sequence)
        .bind(at.to_owned())
        .bind(body.to_owned())
        .bind(answer.to_owned())
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Appends what followed the question, all of it or nothing; the last message carries the answer.
///
/// # Errors
/// [`StoreError::Lost`] when the turn is no longer this holder's.
pub async fn complete(
    store: &Store,
    person: &PersonId,
    open: &OpenTurn,
    at: &str,
    bodies: &[String],
    answer: &str,
) -> Result<(), StoreError> {
    let mut tx = store.begin_write().await?;
    let completed = sqlx::query(COMPLETE)
        .bind(open.conversation.clone())
        .bind(open.number)
        .bind(open.holder.clone())
        .bind(person.0.clone())
        .execute(tx.connection())
        .await?;
    if completed.rows_affected() == 0 {
        return Err(StoreError::Lost);
    }
    for (at_index, (sequence, body)) in (open.first_sequence + 1..).zip(bodies).enumerate() {
        let answer = if at_index + 1 == bodies.len() { answer } else { "" };
        say(&mut tx, &open.conversation, sequence, at, body, answer).await?;
    }
    tx.commit().await
}

/// Says that the holder is still there.
///
/// # Errors
/// When the database fails.
pub async fn renew(store: &Store, open: &OpenTurn, lease_until: &str) -> Result<(), StoreError> {
    sqlx::query(RENEW)
        .bind(open.conversation.clone())
        .bind(open.number)
        .bind(open.holder.clone())
        .bind(lease_until.to_owned())
        .execute(store.pool())
        .await?;
    Ok(())
}

/// Leaves the conversation as it was before the turn; does nothing when the turn is no longer this holder's.
///
/// # Errors
/// When the database fails.
pub async fn abandon(store: &Store, open: &OpenTurn) -> Result<(), StoreError> {
    let mut tx = store.begin_write().await?;
    let forgotten =
        sqlx::query(FORGET).bind(open.conversation.clone()).bind(open.number).bind(open.holder.clone()).execute(tx.connection()).await?;
    if forgotten.rows_affected() > 0 {
        sqlx::query(UNSAY).bind(open.conversation.clone()).bind(open.first_sequence).execute(tx.connection()).await?;
    }
    tx.commit().await
}

/// Messages before `open`, in order, each with the turn it belongs to.
///
/// # Errors
/// When the database fails.
pub async fn past(store: &Store, person: &PersonId, open: &OpenTurn) -> Result<Vec<PastMessage>, StoreError> {
    let rows =
        sqlx::query(PAST).bind(open.conversation.clone()).bind(person.0.clone()).bind(open.first_sequence).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| Ok(PastMessage { turn: row.try_get("number")?, sight: row.try_get("sight")?, body: row.try_get("body")? }))
        .collect()
}

async fn known(tx: &mut WriteTx, statement: &'static str, binds: &[&str]) -> Result<Option<Known>, StoreError> {
    let mut query = sqlx::query(statement);
    for bind in binds {
        query = query.bind((*bind).to_owned());
    }
    let row = query.fetch_optional(tx.connection()).await?;
    row.map(|row| {
        Ok(Known {
            number: row.try_get("number")?,
            state: row.try_get("state")?,
            lease_until: row.try_get("lease_until")?,
            first_sequence: row.try_get("first_sequence")?,
        })
    })
    .transpose()
}

async fn text(tx: &mut WriteTx, statement: &'static str, id: &str, sequence: i64, column: &str) -> Result<String, StoreError> {
    let row = sqlx::query(statement).bind(id.to_owned()).bind(sequence).fetch_optional(tx.connection()).await?;
    row.map_or_else(|| Ok(String::new()), |row| Ok(row.try_get(column)?))
}

#[cfg(test)]
mod tests;
