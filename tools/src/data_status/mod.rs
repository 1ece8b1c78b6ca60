//! `data_status`: how current and final the data is, and the walk that explains an empty result.

mod run;
mod say;

use agent_bill_domain::period::Month;
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, List, State, date, percent};
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Answered, Tool, ToolError};
use crate::period::Finality;
use crate::say::{Asked, Noted, Said};
use crate::view::View;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataStatusArgs {
    /// Why does this role or user show nothing? An ARN or a name; the answer walks export → principal column → rollup → claim date → scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Why does this node or workload show nothing? Same walk over its claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Only this month, `2026-11`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DataStatusResult {
    #[schemars(with = "String")]
    pub today_date: Date,
    #[schemars(with = "Option<String>")]
    pub data_through: Option<Date>,
    #[schemars(with = "Option<String>")]
    pub settled_through: Option<Date>,
    #[schemars(with = "Option<String>")]
    pub principal_data_from: Option<Date>,
    /// Share of the newest month's usage cost that carries a principal.
    pub principal_coverage_percent: Option<f64>,
    pub months: Vec<MonthLine>,
    /// The rule by which a month becomes final, in words.
    pub final_rule: String,
    /// Steps in order, up to and including the first that breaks; empty unless a principal or a node was named.
    pub walk: Vec<WalkStep>,
    /// What to do about the first break.
    pub next_step: String,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct MonthLine {
    #[schemars(with = "String")]
    pub month: Month,
    pub finality: Finality,
    #[schemars(with = "String")]
    pub data_through: Date,
    pub run: String,
    pub health: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct WalkStep {
    /// `export`, `principal_column`, `rollup`, `claim`, `scope`.
    pub step: String,
    pub ok: bool,
    pub detail: String,
}

pub struct DataStatus;

#[async_trait]
impl Tool for DataStatus {
    type Args = DataStatusArgs;
    type Result = DataStatusResult;

    const NAME: &'static str = "data_status";
    const DESCRIPTION: &'static str = "How current and how final the billing data is, and, for a role, product or workload that shows nothing, the first step at which it breaks.";
    const ACTION: Action = Action::ReadDataStatus;
    const FACTS: Facts = Facts {
        about: "",
        period: "",
        lists: &[List::of("months", &["month"]).over("month", "month"), List::of("walk", &["step"])],
        figures: &[
            date("today_date", "today"),
            date("data_through", "data through"),
            date("settled_through", "settled through"),
            date("principal_data_from", "principal data from"),
            percent("principal_coverage_percent", "coverage"),
            date("months.month", "month"),
            date("months.data_through", "data through"),
        ],
        relations: &[],
        states: &[("months.finality", State::Finality), ("walk.ok", State::Met)],
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
