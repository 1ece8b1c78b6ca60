//! `unclaimed_principals`: roles that spend and that nobody has claimed.

use agent_bill_domain::money::NanoUsd;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::envelope::{Empty, PeriodInfo};
use crate::facts::VisibleBecause;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedArgs {
    /// Same words as `spend.period`; default `month_to_date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Only roles that point to this node, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Only this account, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UnclaimedResult {
    pub period: PeriodInfo,
    pub scope: String,
    pub total_usd: NanoUsd,
    pub principals_count: i64,
    /// Largest first, at most 25.
    pub rows: Vec<UnclaimedRow>,
    pub rows_left_out_count: i64,
    /// How to claim: one sentence.
    pub next_step: String,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UnclaimedRow {
    pub name: String,
    /// `role`, `user`, `root`, `federated`, `other`.
    pub kind: String,
    pub principal_key: String,
    pub account: String,
    pub spend_usd: NanoUsd,
    #[schemars(with = "String")]
    pub first_seen: Date,
    #[schemars(with = "String")]
    pub last_seen: Date,
    /// Product or other node the evidence points to.
    pub points_to: Option<String>,
    /// People who could claim it.
    pub could_claim: Vec<String>,
    pub visible_because: VisibleBecause,
    /// The same in words.
    pub because: String,
    /// Of the account, when only the allocated share is shown.
    pub allocated_share_percent: Option<f64>,
    /// Empty, or why a claim would cover several teams.
    pub warning: String,
    #[schemars(with = "Option<String>")]
    pub released_on: Option<Date>,
}
