//! From a frame to tool calls, or to a text where no tool is needed. Only arguments of the tools' own schemas are ever written.

mod args;
mod direct;

use agent_bill_domain::permission::Action;
use agent_bill_tools::compare::CompareArgs;
use agent_bill_tools::data_status::DataStatusArgs;
use agent_bill_tools::model_catalog::CatalogArgs;
use agent_bill_tools::model_drift::DriftArgs;
use agent_bill_tools::spend::SpendArgs;
use agent_bill_tools::unclaimed_principals::UnclaimedArgs;
use agent_bill_tools::whoami::{WhoamiArgs, WhoamiResult};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use agent_bill_model::Briefing;

use super::frame::{Frame, Topic, Write};
use super::parse::unbound::matters;
use super::period::When;
use super::wording::{self, Say};

/// Names answered one by one; more are answered by their common breakdown.
const MOST_NAMES: usize = 4;

#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub name: &'static str,
    pub args: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    Say(Say),
    Calls(Vec<Call>),
}

pub struct Context<'b> {
    pub briefing: &'b Briefing,
    pub today: Date,
    /// Who owns what, once it was looked up.
    pub whoami: Option<&'b WhoamiResult>,
}

impl Context<'_> {
    pub fn may(&self, action: Action) -> bool {
        wording::may(self.briefing, action)
    }
}

pub fn plan(frame: &Frame, context: &Context<'_>) -> Plan {
    if let Some(said) = direct::say(frame, context) {
        return Plan::Say(said);
    }
    if !frame.unbound.is_empty() && frame.topic.is_some_and(matters) {
        return Plan::Say(wording::unbound(frame));
    }
    // Whose products are these? Known only after asking who owns what.
    if !frame.people.is_empty() && uses_scope(frame) {
        let Some(whoami) = context.whoami else { return Plan::Calls(vec![call("whoami", &WhoamiArgs {})]) };
        let mut narrowed = args::narrowed_to_owner(frame, whoami);
        if narrowed.names.is_empty() && narrowed.excluded == frame.excluded {
            return Plan::Say(wording::deny_scope(context.briefing));
        }
        narrowed.people.clear();
        let mut calls = vec![call("whoami", &WhoamiArgs {})];
        calls.extend(topic_calls(&narrowed, context));
        return Plan::Calls(calls);
    }
    let calls = topic_calls(frame, context);
    if calls.is_empty() { Plan::Say(wording::clarify(context.briefing)) } else { Plan::Calls(calls) }
}

/// Topics for which a person's name means her products.
fn uses_scope(frame: &Frame) -> bool {
    matches!(
        frame.topic,
        Some(
            Topic::Spend
                | Topic::Compare
                | Topic::Estimate
                | Topic::Cache
                | Topic::Health
                | Topic::Drift
                | Topic::Unclaimed
                | Topic::Reconcile
                | Topic::Diagnose
        )
    )
}

pub(super) fn call(name: &'static str, args: &impl Serialize) -> Call {
    Call { name, args: serde_json::to_value(args).unwrap_or(Value::Null) }
}

fn topic_calls(frame: &Frame, context: &Context<'_>) -> Vec<Call> {
    let Some(topic) = frame.topic else { return Vec::new() };
    match topic {
        Topic::Spend | Topic::Reconcile | Topic::Budget => {
            let mut calls = spend(frame, context, topic == Topic::Reconcile);
            // Use by a role that nobody claimed is no spend of a product, but a finding.
            if frame.model.is_some() && frame.uses && !context.briefing.company_wide && context.may(Action::ReadDrift) {
                calls.extend(per_name(frame, |of| drift(frame, of)));
            }
            calls
        }
        Topic::Compare => compare(frame, context),
        Topic::Estimate | Topic::Cache => per_name(frame, |of| args::estimate(frame, of, context.today)),
        Topic::Health => health(frame, context),
        Topic::Unclaimed => per_name(frame, |of| unclaimed(frame, of)),
        Topic::Drift => per_name(frame, |of| drift(frame, of)),
        Topic::Catalog => vec![catalog(frame, catalog_show(frame, context))],
        Topic::ModelState => vec![catalog(frame, context.may(Action::DecideModel).then_some("all"))],
        Topic::DataStatus => {
            let month = frame.when.as_ref().filter(|when| !matches!(when, When::All)).map(|when| when.month(context.today).to_string());
            vec![call("data_status", &DataStatusArgs { month, ..DataStatusArgs::default() })]
        }
        Topic::Diagnose => {
            let mut calls = diagnose(frame);
            if frame.principal.is_none() && frame.names.len() == 1 && frame.when.is_some() && context.may(Action::ReadSpend) {
                calls.extend(spend(frame, context, false));
            }
            calls
        }
        Topic::AgentUsage => vec![args::agent_usage(frame)],
        Topic::Whoami | Topic::Owner => vec![call("whoami", &WhoamiArgs {})],
        Topic::Write(write) => write_calls(frame, context, write),
        _ => Vec::new(),
    }
}

/// One call for each name asked about, or one for the whole scope.
fn per_name(frame: &Frame, build: impl Fn(Option<String>) -> Call) -> Vec<Call> {
    if frame.names.is_empty() || frame.names.len() > MOST_NAMES {
        return vec![build(None)];
    }
    frame.names.iter().map(|name| build(Some(name.name.clone()))).collect()
}

fn spend(frame: &Frame, context: &Context<'_>, reconcile: bool) -> Vec<Call> {
    per_name(frame, |of| {
        let mut args: SpendArgs = args::spend(frame, of);
        if reconcile {
            args.group_by = Some("bucket".to_owned());
            args.then_by = None;
            args.include_credits = context.may(Action::ReadCredits).then_some(true);
        } else if frame.credits && !context.may(Action::ReadCredits) {
            args.include_credits = None;
        }
        call("spend", &args)
    })
}

fn compare(frame: &Frame, context: &Context<'_>) -> Vec<Call> {
    let product_only = context.briefing.nodes.len() == 1 || frame.names.len() == 1;
    let mut calls = per_name(frame, |of| {
        let group = frame.groups.first().cloned().or_else(|| (product_only || frame.token_kind.is_some()).then(|| "model".to_owned()));
        call(
            "compare",
            &CompareArgs {
                period: frame.when.as_ref().map(When::text),
                against: frame.against.as_ref().map(When::text),
                of,
                exclude: args::excluded(frame),
                model: frame.model.clone(),
                account: frame.account.clone(),
                region: frame.region.clone(),
                group_by: group,
            },
        )
    });
    if frame.token_kind.is_some() {
        calls.extend(per_name(frame, |of| {
            let mut args = args::spend(frame, of);
            args.group_by = Some("token_type".to_owned());
            args.then_by = Some("model".to_owned());
            args.limit = Some(20);
            call("spend", &args)
        }));
    }
    if frame.bullets.is_some() {
        calls.extend(watch(frame, context));
    }
    calls
}

/// Drift and unclaimed roles, as far as the roles go.
fn watch(frame: &Frame, context: &Context<'_>) -> Vec<Call> {
    let mut calls = Vec::new();
    if context.may(Action::ReadDrift) {
        calls.extend(per_name(frame, |of| drift(frame, of)));
    }
    if context.may(Action::ReadUnclaimedPrincipals) {
        calls.extend(per_name(frame, |of| unclaimed(frame, of)));
    }
    calls
}

fn health(frame: &Frame, context: &Context<'_>) -> Vec<Call> {
    let mut one = frame.clone();
    one.names.truncate(1);
    let mut calls = per_name(&one, |of| args::estimate(frame, of, context.today));
    calls.extend(watch(&one, context));
    calls
}

fn unclaimed(frame: &Frame, of: Option<String>) -> Call {
    call("unclaimed_principals", &UnclaimedArgs { period: frame.when.as_ref().map(When::text), of, account: frame.account.clone() })
}

fn drift(frame: &Frame, of: Option<String>) -> Call {
    call(
        "model_drift",
        &DriftArgs { period: frame.when.as_ref().map(When::text), model: frame.model.clone(), account: frame.account.clone(), of },
    )
}

fn catalog(frame: &Frame, show: Option<&str>) -> Call {
    let as_of = match &frame.when {
        Some(When::Day(day)) => Some(day.to_string()),
        _ => None,
    };
    call(
        "model_catalog",
        &CatalogArgs {
            model: frame.model.clone(),
            account: frame.account.clone(),
            region: frame.region.clone(),
            show: show.map(str::to_owned),
            as_of,
        },
    )
}

/// Product people are shown what they may use; those who decide or execute see what they ask for.
fn catalog_show<'f>(frame: &'f Frame, context: &Context<'_>) -> Option<&'f str> {
    let governs = context.may(Action::DecideModel) || wording::has_role(context.briefing, agent_bill_domain::role::Role::CloudEngineer);
    match frame.show {
        Some(show) if governs || matches!(show, "agentic" | "not_implemented") => Some(show),
        Some(_) => Some("usable"),
        None => None,
    }
}

fn diagnose(frame: &Frame) -> Vec<Call> {
    if let Some(principal) = &frame.principal {
        return vec![call("data_status", &DataStatusArgs { principal: Some(principal.clone()), ..DataStatusArgs::default() })];
    }
    per_name(frame, |of| call("data_status", &DataStatusArgs { of, ..DataStatusArgs::default() }))
}

/// What a preview shows: the state as it is.
fn write_calls(frame: &Frame, context: &Context<'_>, write: Write) -> Vec<Call> {
    match write {
        Write::DecideModel => {
            let mut calls = vec![catalog(&Frame { account: None, region: None, ..frame.clone() }, Some("all"))];
            let usage = SpendArgs {
                model: frame.model.clone(),
                group_by: Some("account".to_owned()),
                then_by: Some("workload".to_owned()),
                ..SpendArgs::default()
            };
            calls.push(call("spend", &usage));
            calls
        }
        Write::RequestModel => vec![catalog(frame, None)],
        Write::Claim => match &frame.principal {
            Some(_) => diagnose(frame),
            None => vec![unclaimed(frame, None)],
        },
        Write::SetEstimate => per_name(frame, |of| args::estimate(frame, of, context.today)),
        Write::DisputeCard | Write::AcceptCard => per_name(frame, |of| {
            let mut args = args::spend(frame, of);
            args.group_by = Some("day".to_owned());
            args.limit = Some(10);
            call("spend", &args)
        }),
        Write::FinishTask | Write::LoadBudget | Write::Access | Write::ExecuteInAws => Vec::new(),
    }
}
