//! The finished answer and its evidence.

use agent_bill_domain::money::NanoUsd;
use agent_bill_facts::Cited;
use agent_bill_model::Behaviour;
use agent_bill_tools::Outcome;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    pub answer: String,
    pub behaviour: Behaviour,
    pub tools: Vec<ToolTrace>,
    /// The figures that the text uses, each with its source.
    pub figures: Vec<Cited>,
    /// The last day with billing data.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub data_through: Option<Date>,
    /// Which model produced it.
    pub model: String,
    /// Why it was not the configured model.
    #[serde(default)]
    pub fallback: Option<Fallback>,
    /// What the turn consumed, whichever model answered in the end.
    #[serde(default)]
    pub usage: TurnUsage,
}

/// The planner stood in for the configured model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fallback {
    /// A stable word: `throttled`, `person_day_limit`, `unverified` …
    pub code: String,
    /// For the asker; also the last line of the answer.
    pub message: String,
}

/// All calls of a turn together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TurnUsage {
    pub model_calls: u32,
    #[schemars(range(min = 0))]
    pub input_tokens: i64,
    #[schemars(range(min = 0))]
    pub output_tokens: i64,
    #[schemars(range(min = 0))]
    pub cache_read_tokens: i64,
    #[schemars(range(min = 0))]
    pub cache_write_tokens: i64,
    /// At list price, an exact decimal; null when no price is known or nothing was called.
    #[schemars(with = "Option<String>")]
    pub cost_usd: Option<NanoUsd>,
    /// From the question to the finished answer.
    pub duration_ms: u64,
    /// From the question to the first word shown.
    pub first_text_ms: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolTrace {
    pub name: String,
    pub arguments: Value,
    pub outcome: Outcome,
    pub duration_ms: u64,
}

impl ToolTrace {
    /// Whether it brought something back, if only that there is nothing.
    #[must_use]
    pub fn looked_up(&self) -> bool {
        !matches!(self.outcome, Outcome::Invalid | Outcome::Failed)
    }

    /// Whether it answered, if only that there is nothing.
    #[must_use]
    pub fn answered(&self) -> bool {
        matches!(self.outcome, Outcome::Ok | Outcome::Empty)
    }
}
