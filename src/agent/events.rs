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
    /// Something happens that the asker should know: the planner stands in, an answer is being corrected.
    Status {
        /// A stable word: `throttled`, `person_day_limit`, `correcting` …
        code: String,
        message: String,
    },
    /// A checked piece of the answer; the pieces since the last reset concatenated are `Answer::answer`.
    TextDelta {
        text: String,
    },
    /// The pieces so far were not the answer: forget them.
    TextReset,
    Answer(Box<Answer>),
    /// The turn could not be finished; `message` is for the asker.
    Failed {
        code: String,
        message: String,
    },
}
