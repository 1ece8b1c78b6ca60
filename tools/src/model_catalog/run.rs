//! How `model_catalog` lists decisions: product people see what they may use, the FinOps Lead everything.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::ids::{AccountId, ModelKey};
use agent_bill_domain::period::{DateRange, days_between};
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;
use jiff::ToSpan;
use jiff::civil::Date;

use super::show::Show;
use super::{CatalogArgs, CatalogResult, DecisionRow, PendingRow};
use crate::bounded::{count, cut, shorten};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::hierarchy::Hierarchy;
use crate::names::{account_name, find_account, find_models, model_name, read_region};
use crate::period::{Calendar, Shape, date_in_words};
use crate::view::{DecisionFact, Dimension, ModelFact, SpendQuery, View};
use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};

const MOST_ROWS: usize = 25;
const MOST_PENDING: usize = 25;
const ROW_BYTES: usize = 14_000;
const PENDING_BYTES: usize = 4_000;
/// A model is in use when it was billed within these days.
const IN_USE_DAYS: i64 = 30;

/// What is asked, with names resolved.
struct Asked {
    models: Option<Vec<ModelKey>>,
    account: Option<AccountId>,
    region: Option<String>,
    show: Show,
    as_of: Date,
    /// The FinOps Lead, and engineers for their tasks, see every decision the view hands out; others what they may use.
    sees_all: bool,
}

pub(super) async fn run(view: &dyn View, args: CatalogArgs) -> Result<Answered<CatalogResult>, ToolError> {
    let hierarchy = Hierarchy::read(view).await?;
    let models = view.models().await?;
    let decisions = view.decisions().await?;
    let known = with_usable(&models, &decisions, view.today());
    let asked = read(view, &args, &hierarchy, &known).await?;
    let concerned: Vec<&DecisionFact> = decisions.iter().filter(|decision| asked.concerns(decision)).collect();
    let in_force: Vec<&DecisionFact> = concerned.iter().copied().filter(|decision| stands(decision, asked.as_of)).collect();
    let mut shown: Vec<&DecisionFact> = in_force.iter().copied().filter(|decision| asked.shows(decision, &decisions)).collect();
    shown.sort_by(|a, b| {
        (&a.model_name, &a.account, &a.region, a.route, &a.id).cmp(&(&b.model_name, &b.account, &b.region, b.route, &b.id))
    });
    let is_lead = view.require(Action::DecideModel).is_ok();
    let mut rows: Vec<DecisionRow> = shown.iter().map(|decision| row(decision, &decisions, &hierarchy, asked.as_of, is_lead)).collect();
    let decisions_count = count(rows.len());
    let waiting = rows.iter().any(|row| !row.implemented);
    let left_out = count(cut(&mut rows, MOST_ROWS, ROW_BYTES).len());
    let pending = if is_lead && matches!(asked.show, Show::All | Show::Pending) {
        pending(view, &asked, &models, &decisions).await?
    } else {
        Vec::new()
    };
    let mut result = CatalogResult {
        as_of_date: asked.as_of,
        show: asked.show.word().to_owned(),
        model: asked.models.as_ref().map(|keys| names(keys, &known)),
        rows,
        decisions_count,
        rows_left_out_count: left_out,
        never_decided: asked.models.is_some() && concerned.is_empty(),
        pending,
        next_step: next_step(is_lead, shown.is_empty(), waiting),
        notes: Vec::new(),
        empty: None,
    };
    if waiting {
        result.notes.push("Approved is not implemented: until an engineer has done the task, calls may still be refused.".to_owned());
    }
    if !asked.sees_all && asked.models.is_none() {
        result.notes.push("Only models usable in your scope are listed; ask for any other one by its name.".to_owned());
    }
    if result.rows.is_empty() {
        let empty = why_empty(&result, &asked, !in_force.is_empty(), !concerned.is_empty());
        if result.pending.is_empty() {
            result.empty = Some(empty);
            return Ok(Answered::empty(result));
        }
        if result.model.is_some() {
            result.notes.push(empty.explanation);
        }
    }
    Ok(Answered::ok(result))
}

/// The models that can be asked for by name: those the asker has used, and those that her own list says she may use.
fn with_usable(models: &[ModelFact], decisions: &[DecisionFact], today: Date) -> Vec<ModelFact> {
    let mut all = models.to_vec();
    for decision in decisions.iter().filter(|decision| stands(decision, today) && is_usable(decision, decisions, today)) {
        if !all.iter().any(|model| model.model == decision.model) {
            let (model, name) = (decision.model.clone(), decision.model_name.clone());
            all.push(ModelFact { model, name, provider: String::new(), first_seen_on: decision.effective_from });
        }
    }
    all
}

async fn read(view: &dyn View, args: &CatalogArgs, hierarchy: &Hierarchy, models: &[ModelFact]) -> Result<Asked, ToolError> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let keys =
        |text: String| find_models(&text, models).map(|found| found.into_iter().map(|model| model.model.clone()).collect::<Vec<_>>());
    let asked_models = given(&args.model).map(keys).transpose()?;
    let engineer = hierarchy.me.grants.iter().any(|(role, _)| *role == Role::CloudEngineer);
    let sees_all = engineer || view.require(Action::DecideModel).is_ok();
    let by_default = if sees_all || asked_models.is_some() { Show::All } else { Show::Usable };
    let show = given(&args.show).map(|word| Show::read(&word)).transpose()?.unwrap_or(by_default);
    let as_of = match given(&args.as_of) {
        None => view.today(),
        Some(words) => {
            let period = Calendar::new(view.today(), &view.freshness().await?).read(Some(&words))?;
            if period.shape == Shape::Day { period.range.from } else { period.range.to }
        }
    };
    Ok(Asked {
        account: given(&args.account).map(|text| find_account(&text, &hierarchy.org.accounts).map(|found| found.id.clone())).transpose()?,
        region: given(&args.region).map(|text| read_region(&text)).transpose()?,
        // Without a model's name, product people get what they may use whatever list they ask for.
        show: if sees_all || asked_models.is_some() || matches!(show, Show::State(DecisionState::Approved) | Show::NotImplemented) {
            show
        } else {
            Show::Usable
        },
        models: asked_models,
        as_of,
        sees_all,
    })
}

fn stands(decision: &DecisionFact, on: Date) -> bool {
    decision.effective_from <= on && decision.superseded_on.is_none_or(|superseded| on < superseded)
}

fn implemented(decision: &DecisionFact, on: Date) -> bool {
    decision.implemented_on.is_some_and(|day| day <= on)
}

impl Asked {
    fn concerns(&self, decision: &DecisionFact) -> bool {
        let same = |own: Option<&str>, asked: Option<&str>| own.is_none() || asked.is_none() || own == asked;
        self.models.as_ref().is_none_or(|models| models.contains(&decision.model))
            && same(decision.account.as_ref().map(AccountId::as_str), self.account.as_ref().map(AccountId::as_str))
            && same(decision.region.as_deref(), self.region.as_deref())
    }

    fn shows(&self, decision: &DecisionFact, all: &[DecisionFact]) -> bool {
        let wanted = match self.show {
            Show::Usable => is_usable(decision, all, self.as_of),
            Show::State(state) => decision.state == state,
            Show::Pending => false,
            Show::NotImplemented => !implemented(decision, self.as_of),
            Show::Agentic => decision.action_scope != ActionScope::InferenceOnly,
            Show::All => true,
        };
        // A named model's state may be told; a list holds only what the asker may use.
        wanted && (self.sees_all || self.models.is_some() || is_usable(decision, all, self.as_of))
    }
}

/// Approved, or restricted to a workload of the asker, and no block in force on the day over it.
fn is_usable(decision: &DecisionFact, all: &[DecisionFact], on: Date) -> bool {
    let allowed = match decision.state {
        DecisionState::Approved => true,
        DecisionState::Restricted => !decision.workloads.is_empty(),
        DecisionState::Blocked => false,
    };
    allowed && !overruled(decision, all, on)
}

/// Whether a block in force on the day covers a decision that allows something.
fn overruled(decision: &DecisionFact, all: &[DecisionFact], on: Date) -> bool {
    let covers = |block: &DecisionFact| {
        block.state == DecisionState::Blocked
            && block.model == decision.model
            && stands(block, on)
            && (block.account.is_none() || block.account == decision.account)
            && (block.region.is_none() || block.region == decision.region)
            && (block.route == Route::Any || block.route == decision.route)
    };
    decision.state != DecisionState::Blocked && all.iter().any(covers)
}

fn row(decision: &DecisionFact, all: &[DecisionFact], hierarchy: &Hierarchy, as_of: Date, is_lead: bool) -> DecisionRow {
    let done = implemented(decision, as_of);
    // Free text may name anybody's application. A decision on an account or on the company speaks of others, too; only one that names a
    // workload of the asker was written about her.
    let may_read_why = is_lead || decision.workloads.iter().any(|id| hierarchy.workload(id).is_some());
    let restricted_to = decision.workloads.iter().filter_map(|id| hierarchy.workload(id)).map(|workload| workload.name.clone());
    DecisionRow {
        decision: decision.id.clone(),
        model: shorten(&decision.model_name, 120),
        state: decision.state,
        account: decision.account.as_ref().map_or_else(|| "every account".to_owned(), |id| account_name(id, &hierarchy.org.accounts)),
        region: decision.region.clone().unwrap_or_else(|| "every Region".to_owned()),
        route: decision.route,
        route_label: decision.route.label().to_owned(),
        action_scope: decision.action_scope,
        action_scope_label: decision.action_scope.label().to_owned(),
        restricted_to: restricted_to.take(10).collect(),
        rationale: if may_read_why { shorten(&decision.rationale, 300) } else { String::new() },
        rationale_withheld: !may_read_why,
        decided_by: decision.decided_by.clone(),
        decided_on: decision.decided_on,
        effective_from: decision.effective_from,
        overruled: overruled(decision, all, as_of),
        implemented: done,
        implemented_on: decision.implemented_on.filter(|_| done),
        waiting_days: if done { None } else { days_between(decision.decided_on, as_of).map(|days| days.max(0)) },
    }
}

/// Models that no decision in force names, those in use first.
async fn pending(view: &dyn View, asked: &Asked, models: &[ModelFact], decisions: &[DecisionFact]) -> Result<Vec<PendingRow>, ToolError> {
    let decided: BTreeSet<&ModelKey> =
        decisions.iter().filter(|decision| stands(decision, asked.as_of)).map(|decision| &decision.model).collect();
    let wanted = |key: &ModelKey| asked.models.as_ref().is_none_or(|models| models.contains(key)) && !decided.contains(key);
    let query = SpendQuery {
        range: DateRange { from: asked.as_of.saturating_sub(IN_USE_DAYS.days()), to: asked.as_of },
        dimensions: [Dimension::Model, Dimension::Day],
        node: None,
        model: None,
        account: asked.account.clone(),
        region: asked.region.clone(),
    };
    let mut used: BTreeMap<String, Date> = BTreeMap::new();
    for fact in view.spend(&query).await? {
        let [model, day] = fact.values;
        if let Ok(day) = day.parse::<Date>()
            && !model.is_empty()
        {
            used.entry(model).and_modify(|first| *first = (*first).min(day)).or_insert(day);
        }
    }
    let known = models.iter().filter(|model| wanted(&model.model)).map(|model| PendingRow {
        model: shorten(&model.name, 120),
        first_seen: model.first_seen_on,
        in_use: used.contains_key(model.model.as_str()),
    });
    // The bill may name a model that discovery does not know.
    let unknown = used
        .iter()
        .filter(|(key, _)| !models.iter().any(|model| model.model.as_str() == key.as_str()) && wanted(&ModelKey::from(key.as_str())))
        .map(|(key, first)| PendingRow { model: shorten(key, 120), first_seen: *first, in_use: true });
    let mut rows: Vec<PendingRow> = known.chain(unknown).collect();
    rows.sort_by(|a, b| b.in_use.cmp(&a.in_use).then_with(|| a.model.cmp(&b.model)));
    cut(&mut rows, MOST_PENDING, PENDING_BYTES);
    Ok(rows)
}

fn names(keys: &[ModelKey], models: &[ModelFact]) -> String {
    keys.iter().take(6).map(|key| model_name(key.as_str(), models)).collect::<Vec<_>>().join(", ")
}

fn next_step(is_lead: bool, nothing_shown: bool, waiting: bool) -> String {
    match (is_lead, nothing_shown, waiting) {
        (true, _, true) => "A Cloud Engineer implements what was decided; chase the tasks that wait longest.",
        (true, ..) => "You decide: state, account, Region, route and action scope, with a written rationale.",
        (false, true, _) => "The FinOps Lead decides on models; ask for it with the account, Region and what it is for.",
        (false, false, true) => "What waits is implemented by a Cloud Engineer; other models are asked for from the FinOps Lead.",
        (false, false, false) => "Other models are asked for from the FinOps Lead.",
    }
    .to_owned()
}

fn why_empty(result: &CatalogResult, asked: &Asked, in_force: bool, ever: bool) -> Empty {
    let explanation = match &result.model {
        Some(model) if !ever => format!("Nobody has ever decided on {model} for what you asked, so there is no rationale either."),
        Some(model) if !in_force => {
            format!(
                "No decision on {model} is in force on {}; an earlier one was superseded or a later one has not begun.",
                date_in_words(asked.as_of)
            )
        }
        Some(model) => format!("No decision of this kind on {model} is in force on {}.", date_in_words(asked.as_of)),
        None if asked.sees_all => "No decision of this kind is in force.".to_owned(),
        None => "No model is approved for your accounts and workloads there.".to_owned(),
    };
    Empty {
        reason: if asked.sees_all || asked.models.is_some() { EmptyReason::TrueZero } else { EmptyReason::NothingInScope },
        explanation,
    }
}
