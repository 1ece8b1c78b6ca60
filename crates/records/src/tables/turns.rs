//! Turns of a conversation: begun, then completed or abandoned. Every statement is keyed by the person, like the conversation itself.

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::words;
use sqlx::any::AnyRow;

use super::Table;
use super::conversations::StoredMessage;
use crate::rows::{Binds, Columns, binds};
use crate::{Store, StoreError};

const FIND_BY_KEY: &str = "SELECT number, state, lease_until, first_sequence FROM turns WHERE conversation_id = $1 AND request_key = $2";

const LATEST: &str = "SELECT number, state, lease_until, first_sequence FROM turns WHERE conversation_id = $1 ORDER BY number DESC LIMIT 1";

const RENAME_INTERRUPTED: &str = "UPDATE turns SET state = 'interrupted', request_key = $3 WHERE conversation_id = $1 AND number = $2";

const INTERRUPT: &str = "UPDATE turns SET state = 'interrupted' WHERE conversation_id = $1 AND number = $2";

const INSERT: &str = "INSERT INTO turns (conversation_id, number, request_key, holder, state, lease_until, sight, first_sequence)
     VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)";

const COMPLETE: &str =
    "UPDATE turns SET state = 'answered' WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'
     AND EXISTS (SELECT 1 FROM conversations c WHERE c.id = $1 AND c.person_id = $4)";

const RENEW: &str = "UPDATE turns SET lease_until = $4 WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'";

const FORGET: &str = "DELETE FROM turns WHERE conversation_id = $1 AND number = $2 AND holder = $3 AND state = 'running'";

const PAST: &str = "SELECT m.sequence, m.body, COALESCE(t.number, 0) AS number, COALESCE(t.sight, '') AS sight
     FROM messages m JOIN conversations c ON c.id = m.conversation_id
     LEFT JOIN turns t ON t.conversation_id = m.conversation_id AND t.first_sequence =
       (SELECT MAX(f.first_sequence) FROM turns f WHERE f.conversation_id = m.conversation_id AND f.first_sequence <= m.sequence)
     WHERE c.id = $1 AND c.person_id = $2 AND m.sequence < $3 ORDER BY m.sequence";

pub(super) const TABLE: Table = Table::new(
    "turns",
    &[FIND_BY_KEY, LATEST, RENAME_INTERRUPTED, INTERRUPT, INSERT, COMPLETE, RENEW, FORGET, PAST],
)
.migrated_by(&[(6, "turns", include_str!("../../../../migrations/0006_turns.sql"))]);

words! {
    /// What became of a turn.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum TurnState: "state of a turn" {
        Running = "running",
        Answered = "answered",
        Interrupted = "interrupted",
    }
}

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
    state: TurnState,
    lease_until: String,
    first_sequence: i64,
}

impl Known {
    fn is_running(&self, wall_now: &str) -> bool {
        self.state == TurnState::Running && self.lease_until.as_str() > wall_now
    }
}

/// # Errors
/// When the database fails.
pub async fn begin(store: &Store, person: &PersonId, turn: &NewTurn) -> Result<Begun, StoreError> {
    let mut tx = store.begin_write().await?;
    let id = turn.conversation.as_str();
    if !tx.touch_conversation(person, id, &turn.at).await? {
        return Ok(Begun::NoConversation);
    }
    if let Some(same) = tx.find_row(FIND_BY_KEY, binds![id, &turn.request_key], known).await? {
        if same.state == TurnState::Answered {
            let (question, answer) = tx.question_and_answer(id, same.first_sequence).await?;
            return Ok(Begun::Answered { question, answer });
        }
        if same.is_running(&turn.wall_now) {
            return Ok(Begun::Busy);
        }
        // It was interrupted: the repeated request takes its key.
        let renamed = format!("{} (interrupted {})", turn.request_key, same.number);
        tx.execute(RENAME_INTERRUPTED, binds![id, same.number, renamed]).await?;
    }
    let latest = tx.find_row(LATEST, binds![id], known).await?;
    if latest.as_ref().is_some_and(|latest| latest.is_running(&turn.wall_now)) {
        return Ok(Begun::Busy);
    }
    if let Some(latest) = latest.as_ref().filter(|latest| latest.state == TurnState::Running) {
        tx.execute(INTERRUPT, binds![id, latest.number]).await?;
    }
    let open = OpenTurn {
        conversation: id.to_owned(),
        number: latest.map_or(1, |latest| latest.number + 1),
        holder: turn.holder.clone(),
        first_sequence: tx.last_sequence(id).await? + 1,
    };
    let inserted = binds![id, open.number, &turn.request_key, &open.holder, &turn.lease_until, &turn.sight, open.first_sequence];
    tx.execute(INSERT, inserted).await?;
    let question = StoredMessage { sequence: open.first_sequence, at: turn.at.clone(), body: turn.question.clone(), answer: String::new() };
    tx.say(id, &question).await?;
    tx.commit().await?;
    Ok(Begun::Started(open))
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
    if tx.execute(COMPLETE, held(open).and(person)).await? == 0 {
        return Err(StoreError::Lost);
    }
    for (at_index, (sequence, body)) in (open.first_sequence + 1..).zip(bodies).enumerate() {
        let answer = if at_index + 1 == bodies.len() { answer } else { "" };
        let message = StoredMessage { sequence, at: at.to_owned(), body: body.clone(), answer: answer.to_owned() };
        tx.say(&open.conversation, &message).await?;
    }
    tx.commit().await
}

/// Says that the holder is still there.
///
/// # Errors
/// When the database fails.
pub async fn renew(store: &Store, open: &OpenTurn, lease_until: &str) -> Result<(), StoreError> {
    store.execute(RENEW, held(open).and(lease_until)).await?;
    Ok(())
}

/// Leaves the conversation as it was before the turn; does nothing when the turn is no longer this holder's.
///
/// # Errors
/// When the database fails.
pub async fn abandon(store: &Store, open: &OpenTurn) -> Result<(), StoreError> {
    let mut tx = store.begin_write().await?;
    if tx.execute(FORGET, held(open)).await? > 0 {
        tx.unsay(&open.conversation, open.first_sequence).await?;
    }
    tx.commit().await
}

/// Messages before `open`, in order, each with the turn it belongs to.
///
/// # Errors
/// When the database fails.
pub async fn past(store: &Store, person: &PersonId, open: &OpenTurn) -> Result<Vec<PastMessage>, StoreError> {
    store
        .rows(PAST, binds![&open.conversation, person, open.first_sequence], |row| {
            Ok(PastMessage { turn: row.int("number")?, sight: row.text("sight")?, body: row.text("body")? })
        })
        .await
}

/// `$1` to `$3`: the turn and who must still hold it.
fn held(open: &OpenTurn) -> Binds {
    binds![&open.conversation, open.number, &open.holder]
}

fn known(row: &AnyRow) -> Result<Known, StoreError> {
    Ok(Known {
        number: row.int("number")?,
        state: row.word("state")?,
        lease_until: row.text("lease_until")?,
        first_sequence: row.int("first_sequence")?,
    })
}

#[cfg(test)]
mod tests;
