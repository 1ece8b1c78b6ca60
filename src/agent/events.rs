//! What a turn emits while it runs. SSE, the command line, Slack and MCP progress are consumers.

use agent_bill_tools::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Answer;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AgentEvent {
    ToolStarted {
        name: String,
        arguments: Value,
    },
    ToolFinished {
        name: String,
        outcome: Outcome,
        duration_ms: u64,
    },
    /// A piece of the checked answer; the pieces concatenated are `Answer::answer`.
    TextDelta {
        text: String,
    },
    Answer(Box<Answer>),
    /// The turn could not be finished; `message` is for the asker.
    Failed {
        code: String,
        message: String,
    },
}
