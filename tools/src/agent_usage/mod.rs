//! `agent_usage`: what Agent Bill itself consumed, and the limits that apply to it.

mod run;
mod say;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, Kind, List, State, count, date, percent, tokens, usd};
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::empty::Empty;
use crate::say::{Asked, Noted, Said};
use crate::view::View;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentUsageArgs {
    /// Same words as `spend.period`; default `month_to_date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// `model` (default), `person`, `conversation`, `day`, `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<String>,
    /// Only the asker's own questions, for those who may see everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_mine: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AgentUsageResult {
    pub period: UsagePeriod,
    /// `your own use` or `everybody's use`.
    pub scope: String,
    /// Whether the calls of all people are in here.
    pub everybody: bool,
    pub group_by: String,
    pub totals: UsageFigures,
    /// Largest cost first, days in order.
    pub rows: Vec<UsageRow>,
    pub rows_left_out_count: i64,
    pub rows_left_out_usd: NanoUsd,
    /// Calls that gave no reply; what they consumed is in the totals.
    pub failed_calls_count: i64,
    /// Calls that have not ended or never will; they count with their worst case.
    pub running_calls_count: i64,
    /// Calls whose tokens the provider did not count, running ones included.
    pub estimated_calls_count: i64,
    /// Calls of a model without a known list price; they cost nothing here.
    pub unpriced_calls_count: i64,
    pub limits: Vec<LimitLine>,
    /// The limit that would stop the asker first, by its name in `limits`.
    pub binding_limit: String,
    pub who_can_change: String,
    /// Who sees everybody's use; empty for those who do.
    pub who_sees_everybody: String,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

/// The days asked for, UTC. The records are our own and complete up to this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsagePeriod {
    pub label: String,
    #[schemars(with = "String")]
    pub from_date: Date,
    #[schemars(with = "String")]
    pub to_date: Date,
    /// True when the asker named no period and month to date was taken.
    pub assumed: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UsageFigures {
    pub calls_count: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    /// All kinds together, and the worst case of calls that have not ended: what counts against the limits.
    pub total_tokens: i64,
    /// At list price.
    pub cost_usd: NanoUsd,
    /// Cache read ÷ (input + cache read + cache write), one decimal.
    pub cache_hit_percent: Option<f64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UsageRow {
    /// Model, person, day, or the id of one of the asker's own conversations; other people's conversations are one row.
    pub name: String,
    /// First day of a conversation.
    #[schemars(with = "Option<String>")]
    pub started_on: Option<Date>,
    /// Of the total cost.
    pub share_percent: Option<f64>,
    pub figures: UsageFigures,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LimitLine {
    pub name: String,
    /// So far; `None` for one question, and for everybody's use where the asker may not see it.
    pub used_usd: Option<NanoUsd>,
    pub limit_usd: NanoUsd,
    pub used_tokens: Option<i64>,
    pub limit_tokens: i64,
    /// The larger of the two shares.
    pub used_percent: Option<f64>,
    /// `None` where the use is not the asker's to see.
    pub reached: Option<bool>,
    /// It would stop the asker first.
    pub binding: bool,
}

pub struct AgentUsageTool;

#[async_trait]
impl Tool for AgentUsageTool {
    type Args = AgentUsageArgs;
    type Result = AgentUsageResult;

    const NAME: &'static str = "agent_usage";
    const DESCRIPTION: &'static str = "What Agent Bill itself consumed: model calls, tokens and list-price dollars, by person, conversation, model or day, \
         and the limits that apply. The asker's own use, or everybody's where the role allows it.";
    const ACTION: Action = Action::ReadOwnAccess;
    const RESTS_ON_BILL: bool = false;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "period",
        lists: &[List::of("rows", &["name"]).largest_by("figures.cost_usd").cut("rows_left_out_count"), List::of("limits", &["name"])],
        figures: &[
            count("totals.calls_count", "calls"),
            tokens("totals.input_tokens", "input tokens"),
            tokens("totals.output_tokens", "output tokens"),
            tokens("totals.cache_read_tokens", "cache read tokens"),
            tokens("totals.cache_write_tokens", "cache write tokens"),
            tokens("totals.total_tokens", "tokens"),
            usd("totals.cost_usd", "spend"),
            percent("totals.cache_hit_percent", "cache hit rate"),
            count("rows.figures.calls_count", "calls"),
            tokens("rows.figures.input_tokens", "input tokens"),
            tokens("rows.figures.output_tokens", "output tokens"),
            tokens("rows.figures.cache_read_tokens", "cache read tokens"),
            tokens("rows.figures.cache_write_tokens", "cache write tokens"),
            tokens("rows.figures.total_tokens", "tokens"),
            usd("rows.figures.cost_usd", "spend"),
            percent("rows.figures.cache_hit_percent", "cache hit rate"),
            count("rows_left_out_count", "rows left out"),
            usd("rows_left_out_usd", "spend left out"),
            count("failed_calls_count", "failed calls"),
            count("running_calls_count", "running calls"),
            count("estimated_calls_count", "estimated calls"),
            count("unpriced_calls_count", "unpriced calls"),
            date("rows.started_on", "first day"),
            percent("rows.share_percent", "share"),
            usd("limits.used_usd", "used"),
            usd("limits.limit_usd", "limit").kind(Kind::Limit),
            tokens("limits.used_tokens", "used"),
            tokens("limits.limit_tokens", "limit").kind(Kind::Limit),
            percent("limits.used_percent", "used"),
            date("period.from_date", "first day"),
            date("period.to_date", "last day"),
        ],
        relations: &[],
        states: &[("limits.reached", State::Met), ("limits.binding", State::Met)],
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
