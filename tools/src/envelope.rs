//! What every result carries beside its rows: the period with its freshness, and the reason when there is nothing.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The period an answer covers and how far it can be trusted. All dates are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeriodInfo {
    /// In words: `November 2026, month to date`, `October 2026`, `week of 15 to 21 November 2026`.
    pub label: String,
    #[schemars(with = "String")]
    pub from_date: Date,
    /// Last day asked for; it may lie beyond `data_through`.
    #[schemars(with = "String")]
    pub to_date: Date,
    /// Last day with data inside the period.
    #[schemars(with = "Option<String>")]
    pub data_through: Option<Date>,
    /// Last day that is no longer provisional.
    #[schemars(with = "Option<String>")]
    pub settled_through: Option<Date>,
    pub finality: Finality,
    /// True when the asker named no period and month to date was taken.
    pub assumed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// Every month in the period carries its invoice id.
    Final,
    /// Not invoiced yet: figures may still move.
    Open,
    /// Some months final, some open.
    Mixed,
    /// Nothing of the period is loaded.
    NotLoaded,
}

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
