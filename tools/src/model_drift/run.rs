//! How `model_drift` lists findings, with owners and logged calls.

use std::collections::BTreeSet;

use agent_bill_domain::bill::model_name::display_name;
use agent_bill_domain::ids::ModelKey;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;

use super::{DriftArgs, DriftResult, DriftRow};
use crate::bounded::{LIST_BYTES, count, cut, percent, shorten};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::hierarchy::Hierarchy;
use crate::names::{account_name, find_account, find_models, model_name};
use crate::period::{Calendar, describe_period, nothing_loaded, period_notes};
use crate::view::{DriftFact, ModelFact, View};

const MOST_ROWS: usize = 25;

pub(super) async fn run(view: &dyn View, args: DriftArgs) -> Result<Answered<DriftResult>, ToolError> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let freshness = view.freshness().await?;
    let period = Calendar::new(view.today(), &freshness).read(args.period.as_deref())?;
    let info = describe_period(&period, &freshness);
    let hierarchy = Hierarchy::read(view).await?;
    let mut models = view.models().await?;
    let subject = hierarchy.find(args.of.as_deref())?;
    let account =
        given(&args.account).map(|text| find_account(&text, &hierarchy.org.accounts).map(|found| found.id.clone())).transpose()?;
    let mut facts = view.drift(period.range).await?;
    add_found(&mut models, &facts);
    let asked: Option<Vec<ModelKey>> = given(&args.model)
        .map(|text| find_models(&text, &models).map(|found| found.into_iter().map(|model| model.model.clone()).collect()))
        .transpose()?;
    let asked_names = asked.iter().flatten().map(|key| model_name(key.as_str(), &models)).collect::<Vec<_>>();
    let mut result = DriftResult {
        notes: period_notes(&info, &freshness),
        scope: hierarchy.narrowed_label(&subject, account.as_ref(), asked_names),
        total_usd: NanoUsd::ZERO,
        findings_count: 0,
        models_count: 0,
        rows: Vec::new(),
        rows_left_out_count: 0,
        next_step: String::new(),
        empty: nothing_loaded(&info, view.today(), &freshness),
        period: info,
    };
    if result.empty.is_some() {
        return Ok(Answered::empty(result));
    }
    facts.retain(|fact| {
        account.as_ref().is_none_or(|account| fact.account == *account)
            && asked.as_ref().is_none_or(|asked| asked.contains(&fact.model))
            && subject.holds(fact.workload.as_ref(), fact.node.as_ref())
    });
    facts.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| (&a.model, &a.principal, a.kind).cmp(&(&b.model, &b.principal, b.kind))));
    result.total_usd = facts.iter().map(|fact| fact.amount).sum();
    result.findings_count = count(facts.len());
    result.models_count = count(facts.iter().map(|fact| &fact.model).collect::<BTreeSet<_>>().len());
    result.rows = facts.iter().map(|fact| row(fact, &hierarchy, &models)).collect();
    result.rows_left_out_count = count(cut(&mut result.rows, MOST_ROWS, LIST_BYTES).len());
    if result.rows.is_empty() {
        let explanation =
            format!("All usage you may see for {} in {} was allowed by a decision in force on its day.", result.scope, result.period.label);
        result.empty = Some(Empty { reason: EmptyReason::TrueZero, explanation });
        return Ok(Answered::empty(result));
    }
    result.next_step = next_step(view);
    if facts.iter().any(|fact| fact.share_basis_points < 10_000) {
        result.notes.push("Amounts of shared accounts are the allocated share.".to_owned());
    }
    result.notes.push("Drift is judged by the decisions in force on the day of use; live IAM is not read.".to_owned());
    Ok(Answered::ok(result))
}

/// A model that stands only in a finding is known to whoever may see the finding.
fn add_found(models: &mut Vec<ModelFact>, facts: &[DriftFact]) {
    for fact in facts {
        if !models.iter().any(|model| model.model == fact.model) {
            let name = display_name(&fact.model);
            models.push(ModelFact { model: fact.model.clone(), name, provider: String::new(), first_seen_on: fact.first_seen });
        }
    }
}

fn next_step(view: &dyn View) -> String {
    if view.require(Action::DecideModel).is_ok() {
        "Approve, restrict or block each for its account, Region and route, or have its owner move to an approved model."
    } else {
        "Ask the FinOps Lead to decide, or move to a model that is approved there."
    }
    .to_owned()
}

fn row(fact: &DriftFact, hierarchy: &Hierarchy, models: &[ModelFact]) -> DriftRow {
    let node = hierarchy.product_of(fact.workload.as_ref(), fact.node.as_ref());
    let product = node.filter(|node| node.level == hierarchy.product_level());
    DriftRow {
        model: shorten(&model_name(fact.model.as_str(), models), 120),
        kind: fact.kind,
        kind_label: fact.kind.label().to_owned(),
        principal: shorten(&fact.principal_name, 120),
        claimed: fact.workload.is_some(),
        product: product.map(|node| node.name.clone()),
        workload: fact.workload.as_ref().and_then(|id| hierarchy.workload(id)).map(|workload| workload.name.clone()),
        owners: node.filter(|_| fact.workload.is_some()).map(|node| node.owners.iter().take(4).cloned().collect()).unwrap_or_default(),
        account: account_name(&fact.account, &hierarchy.org.accounts),
        region: fact.region.clone(),
        spend_usd: fact.amount,
        total_tokens: fact.tokens,
        invocations_count: fact.invocations,
        invocations_source: if fact.invocations.is_some() {
            "model invocation log"
        } else {
            "no invocation log covers it, and the bill does not count calls"
        }
        .to_owned(),
        first_seen: fact.first_seen,
        last_seen: fact.last_seen,
        allocated_share_percent: (fact.share_basis_points < 10_000).then(|| percent(fact.share_basis_points, 10_000)).flatten(),
    }
}
