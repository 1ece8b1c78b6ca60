//! `model_drift`: use of models that no decision in force on the day of use allowed.

mod run;
mod say;

use agent_bill_domain::drift::DriftKind;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, List, Relation, State, count, date, percent, tokens, usd};
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
pub struct DriftArgs {
    /// Same words as `spend.period`; default `month_to_date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Only this model, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only this account, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only this node or workload, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DriftResult {
    pub period: PeriodInfo,
    pub scope: String,
    pub total_usd: NanoUsd,
    pub findings_count: i64,
    pub models_count: i64,
    /// Largest first, at most 25.
    pub rows: Vec<DriftRow>,
    pub rows_left_out_count: i64,
    pub next_step: String,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DriftRow {
    pub model: String,
    pub kind: DriftKind,
    /// In words: `not approved for this account`, `no decision on this model` …
    pub kind_label: String,
    /// Role or user name.
    pub principal: String,
    pub claimed: bool,
    pub product: Option<String>,
    pub workload: Option<String>,
    pub owners: Vec<String>,
    pub account: String,
    pub region: String,
    pub spend_usd: NanoUsd,
    pub total_tokens: i64,
    /// Calls from the invocation log; `None` where no log covers the account.
    pub invocations_count: Option<i64>,
    /// Where the count comes from, or why there is none.
    pub invocations_source: String,
    #[schemars(with = "String")]
    pub first_seen: Date,
    #[schemars(with = "String")]
    pub last_seen: Date,
    pub allocated_share_percent: Option<f64>,
}

pub struct ModelDrift;

#[async_trait]
impl Tool for ModelDrift {
    type Args = DriftArgs;
    type Result = DriftResult;

    const NAME: &'static str = "model_drift";
    const DESCRIPTION: &'static str = "Use of models that no decision in force on the day of use allowed for that account, Region, route and workload: who, where, cost, logged calls.";
    const ACTION: Action = Action::ReadDrift;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "period",
        lists: &[List::of("rows", &["model", "principal"]).largest_by("spend_usd").cut("rows_left_out_count")],
        figures: &[
            usd("total_usd", "unapproved spend"),
            count("findings_count", "findings"),
            count("models_count", "models"),
            count("rows_left_out_count", "rows left out"),
            usd("rows.spend_usd", "spend"),
            tokens("rows.total_tokens", "tokens"),
            count("rows.invocations_count", "calls"),
            date("rows.first_seen", "first seen"),
            date("rows.last_seen", "last seen"),
            percent("rows.allocated_share_percent", "allocated share"),
            date("period.from_date", "first day"),
            date("period.to_date", "last day"),
            date("period.data_through", "data through"),
            date("period.settled_through", "settled through"),
        ],
        relations: &[("rows.owners", Relation::Owns)],
        states: &[("rows.kind", State::Decision), ("rows.claimed", State::Claimed), ("period.finality", State::Finality)],
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
