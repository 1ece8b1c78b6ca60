//! `unclaimed_principals`: roles that spend and that nobody has claimed.

pub(crate) use run::warning;

mod run;
mod say;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, List, Relation, State, count, date, percent, usd};
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::empty::Empty;
use crate::period::PeriodInfo;
use crate::say::{Asked, Noted, Said};
use crate::view::{View, VisibleBecause};

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

pub struct UnclaimedPrincipals;

#[async_trait]
impl Tool for UnclaimedPrincipals {
    type Args = UnclaimedArgs;
    type Result = UnclaimedResult;

    const NAME: &'static str = "unclaimed_principals";
    const DESCRIPTION: &'static str = "IAM roles and users that spend on Bedrock and that nobody has claimed: cost, first and last seen, what they point to, who could claim them.";
    const ACTION: Action = Action::ReadUnclaimedPrincipals;
    const FACTS: Facts = Facts {
        about: "scope",
        period: "period",
        lists: &[List::of("rows", &["name"]).largest_by("spend_usd").cut("rows_left_out_count")],
        figures: &[
            usd("total_usd", "unclaimed spend"),
            count("principals_count", "unclaimed roles"),
            count("rows_left_out_count", "rows left out"),
            usd("rows.spend_usd", "spend"),
            date("rows.first_seen", "first seen"),
            date("rows.last_seen", "last seen"),
            percent("rows.allocated_share_percent", "allocated share"),
            date("rows.released_on", "released on"),
            date("period.from_date", "first day"),
            date("period.to_date", "last day"),
            date("period.data_through", "data through"),
            date("period.settled_through", "settled through"),
        ],
        relations: &[("rows.points_to", Relation::PointsTo), ("rows.could_claim", Relation::CouldClaim)],
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
