//! The port to a language model and our own message types. Vendor types stop at the adapters behind it.

pub mod planner;

use agent_bill_tools::ToolSpec;
use async_trait::async_trait;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agent::answer::Behaviour;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    User,
    Assistant,
}

/// One message of a conversation. Tool results go back in a single user message, in the order of the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub speaker: Speaker,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Text { text: String },
    ToolUse { id: String, name: String, input: Value },
    ToolResult { id: String, failed: bool, result: Value },
}

/// What the model may know of the asker before any tool ran. Everything in it is inside the asker's scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Briefing {
    pub person: String,
    /// Role labels: `Product Owner`, `FinOps Lead` …
    pub roles: Vec<String>,
    pub company_wide: bool,
    /// Labels of the hierarchy levels, top first.
    pub levels: Vec<String>,
    pub nodes: Vec<BriefNode>,
    pub workloads: Vec<BriefWorkload>,
    /// Names of people who answer for something in scope.
    pub people: Vec<String>,
    /// Names of accounts in scope.
    pub accounts: Vec<String>,
    /// Names of principals (roles, users) claimed or unclaimed in scope.
    pub principals: Vec<String>,
    pub today: Option<Date>,
    pub data_through: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefNode {
    pub name: String,
    /// Label of its level.
    pub level: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefWorkload {
    pub name: String,
    pub product: String,
}

/// One call of the model.
pub struct ModelRequest<'a> {
    pub briefing: &'a Briefing,
    /// Begins and ends with a user message; speakers alternate.
    pub messages: &'a [Message],
    pub tools: &'a [&'a ToolSpec],
    /// The loop's limits are reached: answer from what is known, call nothing.
    pub must_answer: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ModelReply {
    /// Text and tool-use blocks. With any tool use the text is an aside; without, it is the answer.
    pub blocks: Vec<Block>,
    pub stop: StopReason,
    /// What kind of answer this is, when the model can say so itself.
    pub behaviour: Option<Behaviour>,
    pub usage: ModelUsage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    EndTurn,
    ToolUse,
    MaxTokens,
    Refused,
}

/// Tokens the call consumed; zero for the planner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelUsage {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the model is busy")]
    Throttled,
    #[error("the model did not answer in time")]
    TimedOut,
    #[error("the model is not available: {0}")]
    Unavailable(String),
}

/// Receives text as it is produced.
pub trait TextSink: Send {
    fn text(&mut self, delta: &str);
}

#[async_trait]
pub trait ChatModel: Send + Sync {
    /// The name an answer is signed with: `planner`, or a Bedrock model id.
    fn name(&self) -> &str;

    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn TextSink) -> Result<ModelReply, ModelError>;
}
