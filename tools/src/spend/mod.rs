//! `spend`: what was spent, broken down by up to two things, with every dollar in exactly one bucket.

mod rows;
pub(crate) mod run;
mod say;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_facts::declare::{Facts, List, Relation, State, count, date, percent, tokens, usd};
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::empty::Empty;
use crate::period::PeriodInfo;
use crate::say::{Asked, Noted, Said};
use crate::view::{Bucket, View};

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendArgs {
    /// `month_to_date` (default), `last_month`, `this_week`, `last_week`, `yesterday`, `last_7_days`, `year_to_date`, `all`, a month `2026-10`, a day
    /// `2026-11-05`, or a range `2026-11-01..2026-11-10` (both ends included). UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// A business unit, department, portfolio, product or workload by name. Default: everything in scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Names to leave out, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<String>,
    /// `product` (default), `workload`, `portfolio`, `department`, `business_unit` or any level label, `model`, `token_type`, `region`, `account`,
    /// `day`, `week`, `month`, `principal`, `usage_type`, `bucket`, `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<String>,
    /// A second breakdown inside the first, same words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then_by: Option<String>,
    /// Only this model, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only this account, by name or twelve-digit id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only this AWS Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Also show credits, discounts, refunds, tax and fees, and the net. FinOps Lead and Finance only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_credits: Option<bool>,
    /// How many rows to list, 1 to 50 (default 10); the rest is summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SpendResult {
    pub period: PeriodInfo,
    /// What was summed: `Portfolio Experience`, `your products`, `the whole company`.
    pub scope: String,
    /// `unblended` or `net unblended`.
    pub cost_metric: String,
    pub group_by: String,
    pub then_by: Option<String>,
    /// Sum of `rows` and of what was left out below `limit`; for company-wide roles every bucket of usage, otherwise attributed spend.
    pub total_usd: NanoUsd,
    /// `total_usd` by the days of the period that have data.
    #[serde(default)]
    pub per_day_usd: Option<NanoUsd>,
    /// `total_usd` by millions of tokens of all kinds together; `None` without tokens.
    #[serde(default)]
    pub per_million_tokens_usd: Option<NanoUsd>,
    pub tokens: TokenCounts,
    pub rows: Vec<SpendRow>,
    pub rows_left_out_count: i64,
    pub rows_left_out_usd: NanoUsd,
    /// Company-wide roles, or `group_by: bucket`: the six buckets; they sum to the Bedrock total of the period.
    pub buckets: Vec<BucketRow>,
    /// All buckets of usage but the attributed one; for company-wide roles.
    pub unattributed_usd: NanoUsd,
    /// Unclaimed roles the asker may see in the period, not part of `total_usd` for scoped roles.
    pub unclaimed_usd: NanoUsd,
    pub unclaimed_count: i64,
    /// Names of products that the unclaimed roles point to.
    pub unclaimed_products: Vec<String>,
    pub credits: Option<Credits>,
    pub excluded: Vec<String>,
    /// Coverage, provisional days, unmapped models and suspect units: one sentence each.
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SpendRow {
    pub name: String,
    /// Second breakdown; empty without `then_by`.
    pub sub_name: String,
    /// First and last day of a row that is a day, a week or a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from_date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub to_date: Option<Date>,
    pub spend_usd: NanoUsd,
    /// Of `total_usd`, one decimal.
    pub share_percent: Option<f64>,
    pub tokens: TokenCounts,
    pub owners: Vec<String>,
    /// True when the amount is an allocated share of a shared account.
    pub allocated: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BucketRow {
    pub bucket: Bucket,
    pub label: String,
    pub spend_usd: NanoUsd,
    pub share_percent: Option<f64>,
}

/// Gross, what reduces or adds to it, and net, side by side.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Credits {
    pub gross_usd: NanoUsd,
    pub credits_usd: NanoUsd,
    pub discounts_usd: NanoUsd,
    pub refunds_usd: NanoUsd,
    pub tax_usd: NanoUsd,
    pub fees_usd: NanoUsd,
    pub net_usd: NanoUsd,
}

pub struct Spend;

#[async_trait]
impl Tool for Spend {
    type Args = SpendArgs;
    type Result = SpendResult;

    const NAME: &'static str = "spend";
    const DESCRIPTION: &'static str = "What was spent on Amazon Bedrock in a period: total and up to two breakdowns (product, portfolio, model, token type, \
         Region, account, day, role …) inside the asker's scope, with unclaimed roles beside it. Gross unblended cost; credits only when asked for.";
    const ACTION: Action = Action::ReadSpend;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "period",
        lists: &[
            List::of("rows", &["name", "sub_name"]).over("from_date", "to_date").largest_by("spend_usd").cut("rows_left_out_count"),
            List::of("buckets", &["label"]),
        ],
        figures: &[
            usd("total_usd", "spend"),
            usd("per_day_usd", "spend per day"),
            usd("per_million_tokens_usd", "spend per million tokens"),
            usd("rows_left_out_usd", "spend left out").part_of(&["total_usd"]),
            count("rows_left_out_count", "rows left out"),
            usd("unattributed_usd", "unattributed spend").part_of(&["total_usd"]),
            usd("unclaimed_usd", "unclaimed spend").part_of(&["unattributed_usd"]),
            count("unclaimed_count", "unclaimed roles"),
            tokens("tokens.input_tokens", "input tokens"),
            tokens("tokens.output_tokens", "output tokens"),
            tokens("tokens.cache_read_tokens", "cache read tokens"),
            tokens("tokens.cache_write_tokens", "cache write tokens"),
            usd("rows.spend_usd", "spend"),
            percent("rows.share_percent", "share"),
            date("rows.from_date", "first day"),
            date("rows.to_date", "last day"),
            tokens("rows.tokens.input_tokens", "input tokens"),
            tokens("rows.tokens.output_tokens", "output tokens"),
            tokens("rows.tokens.cache_read_tokens", "cache read tokens"),
            tokens("rows.tokens.cache_write_tokens", "cache write tokens"),
            usd("buckets.spend_usd", "spend"),
            percent("buckets.share_percent", "share"),
            usd("credits.gross_usd", "gross"),
            usd("credits.credits_usd", "credits"),
            usd("credits.discounts_usd", "discounts"),
            usd("credits.refunds_usd", "refunds"),
            usd("credits.tax_usd", "tax"),
            usd("credits.fees_usd", "fees"),
            usd("credits.net_usd", "net"),
            date("period.from_date", "first day"),
            date("period.to_date", "last day"),
            date("period.data_through", "data through"),
            date("period.settled_through", "settled through"),
        ],
        relations: &[("rows.owners", Relation::Owns), ("unclaimed_products", Relation::PointsTo)],
        states: &[("period.finality", State::Finality)],
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
