//! The agent: a pure turn loop, its driver, the conversation, and the reading of every answer against the records.

pub mod answer;
mod answer_stream;
mod briefing;
mod consumption;
mod driver;
pub mod events;
mod fallback;
mod history;
mod instrumentation;
mod model_calls;
mod reading;
mod respond;
pub mod run;
mod stream_gate;
mod tool_calls;
mod wording;

use std::sync::Arc;
use std::time::Duration;

use agent_bill_tools::contract::AnyTool;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use agent_bill_domain::clock::SharedClock;
use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_identity::Requester;
use agent_bill_model::{ChatModel, Message, ModelError};
use agent_bill_records::conversations::{self, StoredMessage};
use agent_bill_records::scope::{Scope, ScopedView, ViewSettings};
use agent_bill_records::{Store, StoreError};

use answer::Answer;
use consumption::Governor;
use events::AgentEvent;
use run::Limits;

#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Not there, or somebody else's: the same to the asker.
    #[error("no such conversation")]
    NoSuchConversation,
    #[error("another message of this conversation is being answered; wait for its answer")]
    Busy,
    #[error("this request key was used for another message of this conversation")]
    KeyReused,
    #[error("the listener left before the answer was ready")]
    Cancelled,
    #[error("the records could not be read")]
    Unavailable,
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl AgentError {
    /// A stable word for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchConversation => "no_such_conversation",
            Self::Busy => "busy",
            Self::KeyReused => "key_reused",
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::Model(error) => error.code(),
        }
    }

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
    standby: Option<Arc<dyn ChatModel>>,
    tools: Arc<Vec<Arc<dyn AnyTool>>>,
    settings: ViewSettings,
    limits: Limits,
    turn_time: Duration,
    governor: Governor,
}

/// A turn takes no longer than this unless told otherwise.
const TURN_TIME: Duration = Duration::from_secs(50);

/// A message of a person.
#[derive(Debug, Clone)]
pub struct Question {
    pub conversation: String,
    pub text: String,
    /// A repeated request with the same key is not answered twice.
    pub request_key: Option<String>,
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
    /// Answered by `model` alone; see [`Self::with_standby`].
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, model: Arc<dyn ChatModel>, tools: Vec<Arc<dyn AnyTool>>, settings: ViewSettings) -> Self {
        let governor = Governor::new(store.clone(), Arc::clone(&clock), ConsumptionLimits::default());
        Self {
            store,
            clock,
            model,
            standby: None,
            tools: Arc::new(tools),
            settings,
            limits: Limits::default(),
            turn_time: TURN_TIME,
            governor,
        }
    }

    /// Answered by another model.
    #[must_use]
    pub fn with_model(mut self, model: Arc<dyn ChatModel>) -> Self {
        self.model = model;
        self
    }

    /// `standby` answers when the model cannot, and says so.
    #[must_use]
    pub fn with_standby(mut self, standby: Arc<dyn ChatModel>) -> Self {
        self.standby = Some(standby);
        self
    }

    /// What the agent may consume, and how long a turn may take.
    #[must_use]
    pub fn with_limits(mut self, consumption: ConsumptionLimits, turn_time: Duration) -> Self {
        self.governor = Governor::new(self.store.clone(), Arc::clone(&self.clock), consumption);
        self.turn_time = turn_time;
        // Some of the time is for the answer after the last tool.
        self.limits.time = turn_time.mul_f32(0.8);
        self
    }

    /// The name of the model that answers unless it cannot.
    #[must_use]
    pub fn model_name(&self) -> &str {
        self.model.name()
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

    /// Answers one message; see [`Self::answer`].
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
        let question = Question { conversation: conversation.to_owned(), text: text.to_owned(), request_key: None };
        self.answer(requester, question, events, cancel).await
    }

    /// Answers one message. Events go out while it runs; the last is the answer. Messages of one conversation are answered one after the other. What
    /// was said is remembered when the answer is complete: a turn that failed or was cancelled leaves the conversation as it was.
    ///
    /// The turn runs by itself, so that one whose caller leaves still closes its connections and settles what it consumed.
    ///
    /// # Errors
    /// See [`AgentError`].
    pub async fn answer(
        &self,
        requester: &Requester,
        question: Question,
        events: mpsc::Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, AgentError> {
        let cancel = cancel.child_token();
        let _cancelled_when_dropped = cancel.clone().drop_guard();
        let (agent, requester) = (self.clone(), requester.clone());
        let span = instrumentation::turn_span(&question);
        let turn = async move { agent.run_turn(&requester, &question, &events, &cancel).await };
        tokio::spawn(turn.instrument(span)).await.unwrap_or_else(|_| {
            tracing::error!("a turn panicked");
            Err(AgentError::Unavailable)
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
        if let Some(question) = serde_json::from_str::<Message>(&message.body).ok().filter(Message::is_question) {
            turns.push(TurnRecord { at: message.at.clone(), question: question.text(), answer: None });
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
