//! `estimate_status`: each workload against its committed estimate: used, projected, per token kind, cache, and one honest lever.

pub use agent_bill_domain::estimate::{Band, EstimateUnit};
mod cache_line;
mod lever;
mod measures;
mod run;
mod say;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, Kind, List, Relation, State, count, date, days, percent, tokens, usd};
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::empty::Empty;
use crate::period::PeriodInfo;
use crate::say::{Asked, Noted, Said};
use crate::view::View;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateStatusArgs {
    /// `this_month` (default), `last_month` or a month `2026-10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// A node or workload by name. Default: everything in scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Nodes or workloads left out, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<String>,
    /// What if the cache hit rate were this, 1 to 95 percent. Default: our healthy threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_target_percent: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EstimateStatusResult {
    pub period: PeriodInfo,
    pub scope: String,
    /// Share of the month's days with data.
    pub elapsed_percent: Option<f64>,
    pub rows: Vec<EstimateRow>,
    /// Sum over the rows that have a dollar estimate.
    pub total_estimate_usd: NanoUsd,
    /// Spend of the same rows.
    pub total_spend_usd: NanoUsd,
    /// Projection of the same rows; `None` when one of them has none.
    pub total_projected_usd: Option<NanoUsd>,
    /// Estimate minus spend of the same rows.
    #[serde(default)]
    pub total_remaining_usd: NanoUsd,
    /// Spend of the estimate, of the same rows.
    #[serde(default)]
    pub total_used_percent: Option<f64>,
    /// Projected minus estimate: positive is over.
    #[serde(default)]
    pub total_projected_over_usd: Option<NanoUsd>,
    /// Workloads in scope without any estimate; in no total.
    pub without_estimate: Vec<String>,
    /// Workloads whose estimate is in tokens only; in no total.
    pub in_tokens_only: Vec<String>,
    /// Workloads with an estimate for which no role is claimed, so that no spend can be attributed to them.
    pub without_claim: Vec<String>,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EstimateRow {
    pub product: String,
    pub workload: String,
    pub owners: Vec<String>,
    /// The unit that was committed to comes first in an answer.
    pub unit: EstimateUnit,
    pub estimate_usd: Option<NanoUsd>,
    pub spend_usd: NanoUsd,
    /// Estimate minus spend; negative when it is used up.
    pub remaining_usd: Option<NanoUsd>,
    /// Of the estimate in its own unit.
    pub used_percent: Option<f64>,
    /// Settled spend plus the mean of the last settled days times the days that remain; `None` below three settled days or for a past month.
    pub projected_usd: Option<NanoUsd>,
    /// Projected minus estimate: positive is over.
    pub projected_over_usd: Option<NanoUsd>,
    /// Past months: actual minus estimate.
    pub over_usd: Option<NanoUsd>,
    pub band: Band,
    /// Days whose mean a projection takes.
    pub projection_rate_days: Option<i64>,
    /// Days of the month that a projection fills in.
    pub remaining_days: Option<i64>,
    /// How the projection was made, in one sentence; empty when there is none.
    pub projection_method: String,
    pub tokens: Vec<TokenLine>,
    /// The kind that runs furthest above what was expected by now, if any does.
    pub main_token_kind: Option<String>,
    pub cache: Option<CacheLine>,
    /// The one lever that would help, in a sentence that holds no figure.
    pub lever: String,
    pub committed_by: String,
    #[schemars(with = "String")]
    pub committed_on: Date,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenLine {
    /// `input`, `output`, `cache read`, `cache write`.
    pub kind: String,
    pub actual_tokens: i64,
    pub estimate_tokens: Option<i64>,
    /// Estimate × elapsed share of the month.
    pub expected_by_now_tokens: Option<i64>,
    /// Actual ÷ expected by now; 200 means twice the estimate.
    pub pace_percent: Option<f64>,
    pub spend_usd: NanoUsd,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CacheLine {
    /// Cache read ÷ (input + cache read + cache write), token-weighted over settled days.
    pub hit_rate_percent: f64,
    /// Our setting; AWS publishes none.
    pub healthy_threshold_percent: f64,
    pub target_percent: f64,
    /// Expected uses of one cached prefix.
    pub reuse_count: f64,
    /// Bounded estimate of input-side cost that the target rate would have saved in the period; 0 when already there.
    pub recoverable_usd: NanoUsd,
    /// The inputs of the formula, in words.
    pub method: String,
}

pub struct EstimateStatus;

#[async_trait]
impl Tool for EstimateStatus {
    type Args = EstimateStatusArgs;
    type Result = EstimateStatusResult;

    const NAME: &'static str = "estimate_status";
    const DESCRIPTION: &'static str = "Each workload against its committed monthly estimate: used, projected to the month's end, per token kind, cache hit rate and what a better one could recover, one lever.";
    const ACTION: Action = Action::ReadEstimates;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "period",
        lists: &[List::of("rows", &["product", "workload"]), List::of("rows.tokens", &["kind"])],
        figures: &[
            percent("elapsed_percent", "elapsed"),
            usd("total_estimate_usd", "estimate").kind(Kind::Committed),
            usd("total_spend_usd", "spend"),
            usd("total_remaining_usd", "remaining"),
            percent("total_used_percent", "used"),
            usd("total_projected_usd", "projection").kind(Kind::Projected),
            usd("total_projected_over_usd", "projected over").kind(Kind::Projected),
            usd("rows.estimate_usd", "estimate").kind(Kind::Committed),
            usd("rows.spend_usd", "spend"),
            usd("rows.remaining_usd", "remaining"),
            percent("rows.used_percent", "used"),
            usd("rows.projected_usd", "projection").kind(Kind::Projected),
            usd("rows.projected_over_usd", "projected over").kind(Kind::Projected),
            usd("rows.over_usd", "over"),
            days("rows.projection_rate_days", "days of the projection"),
            days("rows.remaining_days", "days left"),
            date("rows.committed_on", "committed on"),
            tokens("rows.tokens.actual_tokens", "tokens"),
            tokens("rows.tokens.estimate_tokens", "estimate").kind(Kind::Committed),
            tokens("rows.tokens.expected_by_now_tokens", "expected by now").kind(Kind::Committed),
            percent("rows.tokens.pace_percent", "pace"),
            usd("rows.tokens.spend_usd", "spend"),
            percent("rows.cache.hit_rate_percent", "cache hit rate"),
            percent("rows.cache.healthy_threshold_percent", "healthy cache hit rate").kind(Kind::Limit),
            percent("rows.cache.target_percent", "target cache hit rate").kind(Kind::List),
            count("rows.cache.reuse_count", "reuse"),
            usd("rows.cache.recoverable_usd", "recoverable").kind(Kind::List),
            date("period.from_date", "first day"),
            date("period.to_date", "last day"),
            date("period.data_through", "data through"),
            date("period.settled_through", "settled through"),
        ],
        relations: &[("rows.owners", Relation::Owns), ("rows.committed_by", Relation::CommittedBy)],
        states: &[("rows.band", State::Band), ("period.finality", State::Finality)],
    };

    async fn run(&self, view: &dyn View, args: Self::Args) -> Result<Answered<Self::Result>, ToolError> {
        run::run(view, args).await
    }

    fn say(&self, asked: &Asked, results: &[Noted<Self::Result>]) -> Option<Said> {
        say::say(asked, results)
    }
}

#[cfg(test)]
mod tests;
