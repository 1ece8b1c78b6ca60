//! `compare`: two periods beside each other, and what drove the change: volume, mix or rate.

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::tokens::TokenCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::envelope::{Empty, PeriodInfo};

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareArgs {
    /// The later period; same words as `spend.period`. Default `month_to_date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The earlier period. Default: the same days of the month before for a month to date, otherwise the period just before of equal length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// A node or workload by name. Default: everything in scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Names to leave out, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<String>,
    /// Same words as `spend.group_by` except `total` and time; default `product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CompareResult {
    pub scope: String,
    pub current: PeriodInfo,
    pub previous: PeriodInfo,
    pub current_usd: NanoUsd,
    pub previous_usd: NanoUsd,
    pub change_usd: NanoUsd,
    pub change_percent: Option<f64>,
    pub current_tokens: TokenCounts,
    pub previous_tokens: TokenCounts,
    pub group_by: String,
    /// Largest absolute change first, at most 10.
    pub drivers: Vec<Driver>,
    pub effects: Effects,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Driver {
    pub name: String,
    pub current_usd: NanoUsd,
    pub previous_usd: NanoUsd,
    pub change_usd: NanoUsd,
    pub change_percent: Option<f64>,
}

/// `change = volume + mix + rate`, exactly. Volume: more tokens at the old average price. Mix: other models and token classes at the old
/// prices. Rate: new prices on the new tokens. Cost without tokens counts as volume.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Effects {
    pub volume_usd: NanoUsd,
    pub mix_usd: NanoUsd,
    pub rate_usd: NanoUsd,
}
