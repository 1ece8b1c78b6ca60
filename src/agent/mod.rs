//! The agent: a pure turn loop, its driver, the conversation, and the check on every number.

pub mod answer;
mod briefing;
mod driver;
pub mod events;
mod memory;
pub mod number_check;
pub mod run;
mod wording;

use std::sync::Arc;

use agent_bill_tools::contract::AnyTool;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::identity::Requester;
use crate::model::{Block, ChatModel, Message, ModelError, Speaker};
use crate::scope::{Scope, ScopedView, ViewSettings};
use crate::store::conversations::{self, NewMessage, StoredMessage};
use crate::store::{Store, StoreError};

use answer::Answer;
use driver::Driver;
use events::AgentEvent;
use run::Limits;

#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Not there, or somebody else's: the same to the asker.
    #[error("no such conversation")]
    NoSuchConversation,
    #[error("another message of this conversation is being answered; wait for its answer")]
    Busy,
    #[error("the listener left before the answer was ready")]
    Cancelled,
    #[error("the records could not be read")]
    Unavailable,
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl AgentError {
    /// Whether asking again may simply take less time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Model(ModelError::TimedOut))
    }
}

/// Answers questions: everything a turn needs, shared by every way in.
#[derive(Clone)]
pub struct Agent {
    store: Store,
    clock: SharedClock,
    model: Arc<dyn ChatModel>,
    tools: Arc<Vec<Arc<dyn AnyTool>>>,
    settings: ViewSettings,
    limits: Limits,
}

/// One's own conversation, for reading it again.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ConversationRecord {
    pub id: String,
    pub created_at: String,
    pub updated_at: String,
    /// Questions and answers in order; empty in a list.
    pub turns: Vec<TurnRecord>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TurnRecord {
    pub at: String,
    pub question: String,
    pub answer: Option<Answer>,
}

/// The longest list of conversations handed out.
const LISTED: i64 = 100;

impl Agent {
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, model: Arc<dyn ChatModel>, tools: Vec<Arc<dyn AnyTool>>, settings: ViewSettings) -> Self {
        Self { store, clock, model, tools: Arc::new(tools), settings, limits: Limits::default() }
    }

    /// The rows of one person, as every way in and every tool sees them.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn view(&self, requester: &Requester) -> Result<ScopedView, AgentError> {
        let scope = Scope::of(requester, &self.store).await.map_err(|error| unavailable(&error))?;
        Ok(ScopedView::new(scope, self.store.clone(), Arc::clone(&self.clock), self.settings.clone()))
    }

    /// # Errors
    /// When the records cannot be written.
    pub async fn start_conversation(&self, requester: &Requester) -> Result<String, AgentError> {
        let id = ulid::Ulid::generate().to_string();
        conversations::create(&self.store, requester.person(), &id, &self.clock.now_text()).await.map_err(|error| unavailable(&error))?;
        Ok(id)
    }

    /// Answers one message. Events go out while it runs; the last is the answer. What was said is remembered when the answer is complete:
    /// a turn that failed or was cancelled leaves the conversation as it was.
    ///
    /// # Errors
    /// See [`AgentError`].
    pub async fn respond(
        &self,
        requester: &Requester,
        conversation: &str,
        text: &str,
        events: mpsc::Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, AgentError> {
        if conversations::find(&self.store, requester.person(), conversation).await.map_err(|error| unavailable(&error))?.is_none() {
            return Err(AgentError::NoSuchConversation);
        }
        let stored = conversations::messages(&self.store, requester.person(), conversation).await.map_err(|error| unavailable(&error))?;
        let last = stored.last().map_or(0, |message| message.sequence);
        let history = memory::recent(stored.iter().filter_map(|message| serde_json::from_str(&message.body).ok()).collect());
        let view = self.view(requester).await?;
        let driver = Driver { model: self.model.as_ref(), tools: &self.tools, view: &view, limits: self.limits, events: &events };
        let turn = tokio::select! {
            turn = driver.turn(history, text) => turn?,
            () = cancel.cancelled() => return Err(AgentError::Cancelled),
        };
        self.remember(requester, conversation, last, &turn).await?;
        driver.show(&turn.answer).await;
        Ok(turn.answer)
    }

    async fn remember(&self, requester: &Requester, conversation: &str, last: i64, turn: &driver::Turn) -> Result<(), AgentError> {
        let final_message = turn.messages.len().saturating_sub(1);
        let mut kept = Vec::with_capacity(turn.messages.len());
        for (at, message) in turn.messages.iter().enumerate() {
            let answer = if at == final_message { json(&turn.answer)? } else { String::new() };
            kept.push(NewMessage { body: json(message)?, answer });
        }
        conversations::append(&self.store, requester.person(), conversation, last, &self.clock.now_text(), &kept).await.map_err(|error| {
            match error {
                StoreError::Conflict(_) => AgentError::Busy,
                other => unavailable(&other),
            }
        })
    }

    /// # Errors
    /// When the records cannot be read.
    pub async fn list_conversations(&self, requester: &Requester) -> Result<Vec<ConversationRecord>, AgentError> {
        let listed = conversations::list(&self.store, requester.person(), LISTED).await.map_err(|error| unavailable(&error))?;
        Ok(listed.into_iter().map(|found| record(found, Vec::new())).collect())
    }

    /// `None` when there is none of this id, or it is somebody else's.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn conversation(&self, requester: &Requester, id: &str) -> Result<Option<ConversationRecord>, AgentError> {
        let Some(found) = conversations::find(&self.store, requester.person(), id).await.map_err(|error| unavailable(&error))? else {
            return Ok(None);
        };
        let stored = conversations::messages(&self.store, requester.person(), id).await.map_err(|error| unavailable(&error))?;
        Ok(Some(record(found, turns(&stored))))
    }
}

fn record(found: conversations::Conversation, turns: Vec<TurnRecord>) -> ConversationRecord {
    ConversationRecord { id: found.id, created_at: found.created_at, updated_at: found.updated_at, turns }
}

/// Questions with their answers; what the model and the tools said to one another stays out.
fn turns(stored: &[StoredMessage]) -> Vec<TurnRecord> {
    let mut turns: Vec<TurnRecord> = Vec::new();
    for message in stored {
        if let Ok(Message { speaker: Speaker::User, blocks }) = serde_json::from_str(&message.body)
            && let Some(Block::Text { text }) = blocks.into_iter().next()
        {
            turns.push(TurnRecord { at: message.at.clone(), question: text, answer: None });
        }
        if let (Some(turn), false) = (turns.last_mut(), message.answer.is_empty()) {
            turn.answer = serde_json::from_str(&message.answer).ok();
        }
    }
    turns
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, AgentError> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a message could not be written as JSON");
        AgentError::Unavailable
    })
}

/// The cause is logged here, once.
fn unavailable(error: &StoreError) -> AgentError {
    tracing::error!(error = error as &dyn std::error::Error, "the records could not be used");
    AgentError::Unavailable
}

#[cfg(test)]
mod tests;
