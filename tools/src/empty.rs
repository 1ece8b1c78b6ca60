//! The reason when there is nothing to show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why there is nothing to show. "No rows" is never an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Empty {
    pub reason: EmptyReason,
    /// One sentence for the asker.
    pub explanation: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmptyReason {
    /// The data is there and says zero.
    TrueZero,
    /// The billing period has not been delivered or rolled up yet.
    NotLoadedYet,
    /// The period lies in the future.
    Future,
    /// Principal data was not part of the export then.
    NotEnabledThen,
    /// The claim began later.
    BeforeTheClaim,
    /// Older than what is kept.
    OutsideRetention,
    /// The asker's scope holds no workload, or nothing of this kind.
    NothingInScope,
}
