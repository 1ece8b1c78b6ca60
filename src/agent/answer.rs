//! The finished answer and its evidence.

use agent_bill_tools::{Figure, Outcome};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    Answer,
    /// Answered on a stated assumption.
    Assume,
    /// One short question back.
    Clarify,
    /// Outside the scope or not existing: one wording for both.
    DenyScope,
    /// Somebody else's to do; says whose.
    DenyRole,
    /// Not our domain.
    Decline,
    NoData,
    Diagnose,
    /// A preview; nothing is written before a separate yes.
    Confirm,
    /// An instruction in a message or in data was ignored.
    Resist,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub answer: String,
    pub behaviour: Behaviour,
    pub tools: Vec<ToolTrace>,
    /// The figures that the text uses, each with its source.
    pub figures: Vec<Figure>,
    pub data_through: Option<Date>,
    /// Which model produced it.
    pub model: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolTrace {
    pub name: String,
    pub arguments: Value,
    pub outcome: Outcome,
    pub duration_ms: u64,
}
