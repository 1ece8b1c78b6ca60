//! Decides on a model: what may be used where, by which route, for what, from which day on.

use std::fmt;

use agent_bill_domain::bill::model_name::canonical_name;
use agent_bill_domain::bill::region;
use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, PersonId, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Deserialize, Serialize};

use super::act::{Act, Applied, Checked, Context};
use super::rationale::checked_rationale;
use super::refusal::{ActError, is_plausible_day, shown};
use crate::WriteTx;
use crate::tables::decisions::DecisionRow;

/// A decision on the same model, account, Region, route and action scope replaces the one before it from its first day on.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideModel {
    /// Name, model id or canonical key
    #[arg(long)]
    pub model: String,
    /// approved, restricted or blocked
    #[arg(long, value_parser = word::<DecisionState>)]
    pub state: DecisionState,
    /// Name or id; left out: every account (blocks only)
    #[arg(long)]
    #[serde(default)]
    pub account: Option<String>,
    /// Left out: every Region (blocks only)
    #[arg(long)]
    #[serde(default)]
    pub region: Option<String>,
    /// on_demand, geo_profile, global_profile, application_profile, mantle, or any (blocks only)
    #[arg(long, value_parser = word::<Route>)]
    pub route: Route,
    /// inference_only, agentic_read_only or agentic_read_write
    #[arg(long, value_parser = word::<ActionScope>, default_value = "inference_only")]
    #[serde(default = "inference_only")]
    pub action_scope: ActionScope,
    /// For restricted: a workload that may use it; repeat for several
    #[arg(long = "workload", value_name = "WORKLOAD")]
    #[serde(default)]
    pub workloads: Vec<String>,
    /// First day in force, YYYY-MM-DD; today when left out
    #[arg(long = "from", value_name = "DATE")]
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub effective_from: Option<Date>,
    /// Why
    #[arg(long)]
    pub rationale: String,
}

const fn inference_only() -> ActionScope {
    ActionScope::InferenceOnly
}

#[derive(Debug, Serialize)]
pub struct DecisionEffects {
    /// Decisions that end where this one begins.
    pub superseded: Vec<String>,
    #[serde(skip)]
    model: ModelKey,
    #[serde(skip)]
    new_model: Option<NewModel>,
    #[serde(skip)]
    account: Option<AccountId>,
    #[serde(skip)]
    workloads: Vec<WorkloadId>,
    #[serde(skip)]
    from: Date,
}

/// A model of the catalogue that the records do not know yet.
#[derive(Debug, Clone)]
struct NewModel {
    name: String,
    provider: String,
}

/// A decision that stands, and those it replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    pub id: String,
    pub model: ModelKey,
    pub state: DecisionState,
    pub effective_from: Date,
    pub superseded: Vec<String>,
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {} from {} on", self.id, self.model, self.state.label(), self.effective_from)?;
        self.superseded.iter().try_for_each(|id| write!(f, "\nreplaces {id}"))
    }
}

#[async_trait]
impl Act for DecideModel {
    const EVENT: &'static str = "decision.made";
    const COMMAND: [&'static str; 2] = ["decision", "add"];
    const ABOUT: &'static str = "Approve, restrict or block a model";

    type Effects = DecisionEffects;
    type Outcome = Decided;

    fn permissions(&self, _today: Date) -> &'static [Action] {
        &[Action::DecideModel]
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        let from = self.effective_from.unwrap_or_else(|| context.today());
        if from < context.today() {
            return Err(ActError::DecisionInThePast(from));
        }
        if !is_plausible_day(from, context.today()) {
            return Err(ActError::ImplausibleDay(from));
        }
        let rationale = checked_rationale(&self.rationale, true)?;
        check_shape(self)?;
        let region = self.region.as_deref().map(checked_region).transpose()?.map(str::to_owned);
        let account = match &self.account {
            Some(text) => Some(get_account(context.tx, text).await?),
            None => None,
        };
        let mut workloads: Vec<WorkloadId> = Vec::new();
        for text in &self.workloads {
            let workload = context.workload(Action::DecideModel, text).await?;
            if !workloads.contains(&workload.id) {
                workloads.push(workload.id);
            }
        }
        let (model, new_model) = find_model(context.tx, &self.model).await?;
        let act = Self {
            model: model.0.clone(),
            account: account.as_ref().map(|account| account.0.clone()),
            region,
            workloads: workloads.iter().map(|workload| workload.0.clone()).collect(),
            effective_from: Some(from),
            rationale,
            ..self.clone()
        };
        let mut checked =
            Checked { act, effects: DecisionEffects { superseded: Vec::new(), model, new_model, account, workloads, from } };
        let row = row(&checked, "", context.actor.author()?, "");
        checked.effects.superseded = context.tx.list_superseded_by(&row).await?;
        Ok(checked)
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Decided>, ActError> {
        let Checked { act, effects } = checked;
        if let Some(new) = &effects.new_model {
            context.tx.put_model(&effects.model, &new.name, &new.provider, context.today()).await?;
        }
        let id = context.next_id("decision").await?;
        let superseded = context.tx.insert_decision(&row(checked, &id, context.actor.author()?, &context.now_text())).await?;
        let outcome = Decided { id: id.clone(), model: effects.model.clone(), state: act.state, effective_from: effects.from, superseded };
        Ok(Applied { subject: id, outcome })
    }

    fn preview(checked: &Checked<Self>) -> String {
        let Checked { act, effects } = checked;
        let account = act.account.as_deref().map_or_else(|| "every account".to_owned(), |id| format!("account {id}"));
        let region = act.region.as_deref().unwrap_or("every Region");
        let replaces = effects.superseded.iter().map(|id| format!("\nreplaces {id}")).collect::<String>();
        let route = act.route.label();
        format!("{} is {} in {account}, {region}, {route}, from {} on{replaces}", effects.model, act.state.label(), effects.from)
    }
}

fn row<'r>(checked: &'r Checked<DecideModel>, id: &'r str, decided_by: &'r PersonId, decided_at: &'r str) -> DecisionRow<'r> {
    let Checked { act, effects } = checked;
    DecisionRow {
        id,
        model: &effects.model,
        state: act.state,
        account: effects.account.as_ref(),
        region: act.region.as_deref(),
        route: act.route,
        action_scope: act.action_scope,
        workloads: &effects.workloads,
        rationale: &act.rationale,
        decided_by,
        decided_at,
        effective_from: effects.from,
    }
}

/// One of the words an enum of the domain is written as; the error lists them.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, WordError> {
    T::deserialize(StrDeserializer::new(&text.to_ascii_lowercase().replace('-', "_")))
}

/// Only a block may reach everywhere; only a restriction names workloads.
fn check_shape(new: &DecideModel) -> Result<(), ActError> {
    let is_block = new.state == DecisionState::Blocked;
    for (part, is_missing) in
        [("an account", new.account.is_none()), ("a Region", new.region.is_none()), ("a route", new.route == Route::Any)]
    {
        if is_missing && !is_block {
            return Err(ActError::ScopeMissing(part));
        }
    }
    match (new.state, new.workloads.is_empty()) {
        (DecisionState::Restricted, true) => Err(ActError::ScopeMissing("the workloads that may use the model")),
        (DecisionState::Approved | DecisionState::Blocked, false) => Err(ActError::WorkloadsOnlyForRestricted),
        _ => Ok(()),
    }
}

/// A Region AWS has: an approval for a misspelt one would never match any use.
fn checked_region(text: &str) -> Result<&str, ActError> {
    region::code_of(text).map(|_| text).ok_or_else(|| ActError::NotARegion(shown(text)))
}

async fn get_account(tx: &mut WriteTx, text: &str) -> Result<AccountId, ActError> {
    let mut named = tx.list_accounts_named(text).await?;
    match (named.pop(), named.len()) {
        (Some(account), 0) => Ok(account.id),
        (None, _) => Err(ActError::NotFound { kind: "account", name: shown(text) }),
        (Some(last), _) => {
            let ids: Vec<&str> = named.iter().chain([&last]).map(|account| account.id.as_str()).collect();
            Err(ActError::Ambiguous { kind: "accounts", name: shown(text), ids: ids.join(", ") })
        }
    }
}

/// A model of the bill by key or name, else one of the catalogue, which is then known from today on.
async fn find_model(tx: &mut WriteTx, text: &str) -> Result<(ModelKey, Option<NewModel>), ActError> {
    let folded = fold_name(text);
    let mut named: Vec<ModelKey> = Vec::new();
    for (key, name) in tx.list_model_names().await? {
        if key.as_str() == text {
            return Ok((key, None));
        }
        if fold_name(&name) == folded {
            named.push(key);
        }
    }
    match (named.pop(), named.len()) {
        (Some(key), 0) => return Ok((key, None)),
        (Some(last), _) => {
            let keys: Vec<&str> = named.iter().chain([&last]).map(ModelKey::as_str).collect();
            return Err(ActError::Ambiguous { kind: "models", name: shown(text), ids: keys.join(", ") });
        }
        (None, _) => {}
    }
    let canonical = canonical_name(text);
    if !canonical.mapped {
        return Err(ActError::UnknownModel(shown(text)));
    }
    Ok((canonical.key, Some(NewModel { name: canonical.name, provider: canonical.provider })))
}
