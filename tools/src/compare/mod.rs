//! `compare`: two periods beside each other, and what drove the change: volume, mix or rate.

mod run;
mod say;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_facts::declare::{Facts, Kind, List, State, count, date, percent, tokens, usd};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::empty::Empty;
use crate::period::PeriodInfo;
use crate::say::{Asked, Noted, Said};
use crate::view::View;

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
    /// Only this model, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only this account, by name or twelve-digit id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only this AWS Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
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
    /// Of what changed, how much is not listed.
    pub drivers_left_out_count: i64,
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

pub struct Compare;

#[async_trait]
impl Tool for Compare {
    type Args = CompareArgs;
    type Result = CompareResult;

    const NAME: &'static str = "compare";
    const DESCRIPTION: &'static str = "Two periods side by side, what changed most, and why: volume, mix of models and token types, or price. Sums to the change exactly.";
    const ACTION: Action = Action::ReadSpend;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "current",
        lists: &[List::of("drivers", &["name"]).cut("drivers_left_out_count")],
        figures: &[
            usd("current_usd", "spend"),
            usd("previous_usd", "spend").during("previous"),
            usd("change_usd", "change").kind(Kind::Change),
            percent("change_percent", "change").kind(Kind::Change),
            tokens("current_tokens.input_tokens", "input tokens"),
            tokens("current_tokens.output_tokens", "output tokens"),
            tokens("current_tokens.cache_read_tokens", "cache read tokens"),
            tokens("current_tokens.cache_write_tokens", "cache write tokens"),
            tokens("previous_tokens.input_tokens", "input tokens").during("previous"),
            tokens("previous_tokens.output_tokens", "output tokens").during("previous"),
            tokens("previous_tokens.cache_read_tokens", "cache read tokens").during("previous"),
            tokens("previous_tokens.cache_write_tokens", "cache write tokens").during("previous"),
            usd("drivers.current_usd", "spend"),
            usd("drivers.previous_usd", "spend").during("previous"),
            usd("drivers.change_usd", "change").kind(Kind::Change),
            percent("drivers.change_percent", "change").kind(Kind::Change),
            count("drivers_left_out_count", "rows left out"),
            usd("effects.volume_usd", "volume effect").kind(Kind::Change),
            usd("effects.mix_usd", "mix effect").kind(Kind::Change),
            usd("effects.rate_usd", "price effect").kind(Kind::Change),
            date("current.from_date", "first day"),
            date("current.to_date", "last day"),
            date("current.data_through", "data through"),
            date("current.settled_through", "settled through"),
            date("previous.from_date", "first day").during("previous"),
            date("previous.to_date", "last day").during("previous"),
            date("previous.data_through", "data through").during("previous"),
            date("previous.settled_through", "settled through").during("previous"),
        ],
        relations: &[],
        states: &[("current.finality", State::Finality), ("previous.finality", State::Finality)],
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
