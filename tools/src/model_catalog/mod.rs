//! `model_catalog`: which models are approved, restricted, blocked or pending, where, since when and why; approved is not implemented.

mod run;
mod say;
mod show;

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::permission::Action;
use agent_bill_facts::declare::{Facts, List, Relation, State, count, date, days};
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
pub struct CatalogArgs {
    /// Only this model, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Only this account, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only this AWS Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `usable` (approved, or restricted to a workload of yours), `approved`, `restricted`, `blocked`, `pending`, `not_implemented`, `agentic`, `all`.
    /// Default: `usable` for product people, `all` for the FinOps Lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<String>,
    /// As of this day, `2026-11-23`; default today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CatalogResult {
    #[schemars(with = "String")]
    pub as_of_date: Date,
    pub show: String,
    /// Model that was asked for, by its display name.
    pub model: Option<String>,
    pub rows: Vec<DecisionRow>,
    pub decisions_count: i64,
    pub rows_left_out_count: i64,
    /// Discovered or used, but no decision names them (FinOps Lead only).
    pub pending: Vec<PendingRow>,
    /// The model asked for was never decided on for the account or region asked for.
    pub never_decided: bool,
    /// Who decides and how to ask.
    pub next_step: String,
    pub notes: Vec<String>,
    pub empty: Option<Empty>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DecisionRow {
    pub decision: String,
    pub model: String,
    pub state: DecisionState,
    /// Account name; `every account` for blocks.
    pub account: String,
    pub region: String,
    pub route: Route,
    pub route_label: String,
    pub action_scope: ActionScope,
    pub action_scope_label: String,
    pub restricted_to: Vec<String>,
    /// Empty when none is on record, or when `rationale_withheld`.
    pub rationale: String,
    /// The reason was written about others, too: only the FinOps Lead, and the owners of a workload the decision names, may read it.
    pub rationale_withheld: bool,
    pub decided_by: String,
    #[schemars(with = "String")]
    pub decided_on: Date,
    #[schemars(with = "String")]
    pub effective_from: Date,
    /// A block in force covers it: whatever it allows, the model is not to be used there.
    pub overruled: bool,
    pub implemented: bool,
    #[schemars(with = "Option<String>")]
    pub implemented_on: Option<Date>,
    /// Days since the decision while it is not implemented.
    pub waiting_days: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PendingRow {
    pub model: String,
    #[schemars(with = "String")]
    pub first_seen: Date,
    pub in_use: bool,
}

pub struct ModelCatalog;

#[async_trait]
impl Tool for ModelCatalog {
    type Args = CatalogArgs;
    type Result = CatalogResult;

    const NAME: &'static str = "model_catalog";
    const DESCRIPTION: &'static str = "Which models are approved, restricted or blocked, for which account, Region and route, since when, by whom and why, and whether that is implemented.";
    const ACTION: Action = Action::ReadCatalog;
    const FACTS: Facts = Facts {
        about: "",
        period: "",
        lists: &[List::of("rows", &["model", "account"]).cut("rows_left_out_count"), List::of("pending", &["model"])],
        figures: &[
            date("as_of_date", "as of"),
            count("decisions_count", "decisions"),
            count("rows_left_out_count", "rows left out"),
            date("rows.decided_on", "decided on"),
            date("rows.effective_from", "effective from"),
            date("rows.implemented_on", "implemented on"),
            days("rows.waiting_days", "days waiting"),
            date("pending.first_seen", "first seen"),
        ],
        relations: &[("rows.decided_by", Relation::DecidedBy)],
        states: &[("rows.state", State::Decision), ("rows.implemented", State::Implemented), ("rows.overruled", State::Overruled)],
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
