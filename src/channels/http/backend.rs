//! What the HTTP interface needs of the rest. The agent and the store provide it; the HTTP tests bring their own.

use async_trait::async_trait;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::agent::answer::Answer;
use crate::agent::events::AgentEvent;
use crate::agent::{Agent, AgentError, ConversationRecord, Question};
use agent_bill_identity::Requester;
use agent_bill_records::Store;

/// A requester only ever reaches her own conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Returns the id of the new conversation.
    async fn start(&self, who: &Requester) -> Result<String, AgentError>;

    /// Answers one message; a repeated one with the same key gets the same answer. Events may end with the answer or leave that to the return value.
    async fn respond(
        &self,
        who: &Requester,
        question: Question,
        events: Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, AgentError>;

    /// `None` when it is not one of the requester's.
    async fn find(&self, who: &Requester, conversation_id: &str) -> Result<Option<ConversationRecord>, AgentError>;

    /// The requester's own, the latest first, without their turns.
    async fn list(&self, who: &Requester) -> Result<Vec<ConversationRecord>, AgentError>;
}

#[async_trait]
impl Conversations for Agent {
    async fn start(&self, who: &Requester) -> Result<String, AgentError> {
        self.start_conversation(who).await
    }

    async fn respond(
        &self,
        who: &Requester,
        question: Question,
        events: Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, AgentError> {
        self.answer(who, question, events, cancel).await
    }

    async fn find(&self, who: &Requester, conversation_id: &str) -> Result<Option<ConversationRecord>, AgentError> {
        self.conversation(who, conversation_id).await
    }

    async fn list(&self, who: &Requester) -> Result<Vec<ConversationRecord>, AgentError> {
        self.list_conversations(who).await
    }
}

/// Whether the records can be reached.
#[async_trait]
pub trait Records: Send + Sync {
    async fn answer_ping(&self) -> bool;
}

#[async_trait]
impl Records for Store {
    async fn answer_ping(&self) -> bool {
        self.ping().await.is_ok()
    }
}
