//! What the HTTP interface needs from the agent. The agent implements it; the HTTP tests bring their own.

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::agent::answer::Answer;
use crate::agent::events::AgentEvent;
use crate::identity::Requester;

/// One of the asker's conversations, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationSummary {
    pub id: String,
    /// `YYYY-MM-DDTHH:MM:SSZ`
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationRecord {
    #[serde(flatten)]
    pub summary: ConversationSummary,
    /// Oldest first.
    pub turns: Vec<ConversationTurn>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationTurn {
    pub at: String,
    pub question: String,
    /// `None` when the turn did not finish.
    pub answer: Option<Answer>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// Somebody else's or not existing: the same.
    #[error("conversation not found")]
    NotFound,
    #[error("the conversation is busy with another message")]
    Busy,
    #[error("the turn took too long")]
    TimedOut,
    #[error("the listener left")]
    Cancelled,
    #[error("the agent is not available right now")]
    Unavailable,
    #[error("the turn failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A requester only ever reaches her own conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Returns the id of the new conversation.
    async fn start(&self, who: &Requester) -> Result<String, ConversationError>;

    /// Answers one message. Events may end with the answer or leave that to the return value.
    async fn respond(
        &self,
        who: &Requester,
        conversation_id: &str,
        text: &str,
        events: Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, ConversationError>;

    /// `None` when it is not one of the requester's.
    async fn find(&self, who: &Requester, conversation_id: &str) -> Result<Option<ConversationRecord>, ConversationError>;

    /// The requester's own, the latest first.
    async fn list(&self, who: &Requester) -> Result<Vec<ConversationSummary>, ConversationError>;
}

/// Whether the records can be reached.
#[async_trait]
pub trait Records: Send + Sync {
    async fn answer_ping(&self) -> bool;
}

#[async_trait]
impl Records for crate::store::Store {
    async fn answer_ping(&self) -> bool {
        self.ping().await.is_ok()
    }
}
