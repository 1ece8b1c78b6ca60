//! Decisions on models: what may be used where, by which route, for what, from which day on; and that an engineer carried one out.

use agent_bill_domain::bill::model_name::canonical_name;
use agent_bill_domain::bill::region;
use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::role::Action;
use jiff::civil::Date;
use serde_json::json;

use super::authority::{get_workload, require_role};
use super::{Actor, GovernanceError, checked_rationale, shown};
use crate::audit::AuditEvent;
use crate::tables::decisions::DecisionRow;
use crate::{Store, WriteTx};
use agent_bill_domain::clock::Clock;

#[derive(Debug, Clone)]
pub struct NewDecision {
    /// Canonical key, name or id of the model.
    pub model: String,
    pub state: DecisionState,
    /// Id or name of an account; `None`: every account, blocks only.
    pub account: Option<String>,
    /// `None`: every Region, blocks only.
    pub region: Option<String>,
    /// [`Route::Any`] for blocks only.
    pub route: Route,
    pub action_scope: ActionScope,
    /// For restricted: ids or names of the workloads that may use it.
    pub workloads: Vec<String>,
    /// First UTC day in force; `None`: today. Never earlier: usage is judged by what stood on its day.
    pub effective_from: Option<Date>,
    pub rationale: String,
}

/// A decision that stands, and those it replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionAdded {
    pub id: String,
    pub model: ModelKey,
    pub effective_from: Date,
    pub superseded: Vec<String>,
}

/// Decides on a model. A decision on the same model, account, Region, route and action scope replaces the one before it from its first day on.
///
/// # Errors
/// [`GovernanceError`]: the actor may not decide, a part of the scope is missing or unknown, or there is no rationale.
pub async fn add(store: &Store, clock: &dyn Clock, actor: &Actor, new: &NewDecision) -> Result<DecisionAdded, GovernanceError> {
    let today = clock.today();
    let effective_from = new.effective_from.unwrap_or(today);
    let mut tx = store.begin_serialised().await?;
    require_role(&mut tx, actor, Action::DecideModel).await?;
    if effective_from < today {
        return Err(GovernanceError::DecisionInThePast(effective_from));
    }
    let rationale = checked_rationale(&new.rationale, true)?;
    check_shape(new)?;
    let region = new.region.as_deref().map(checked_region).transpose()?;
    let account = match &new.account {
        Some(text) => Some(get_account(&mut tx, text).await?),
        None => None,
    };
    let mut workloads: Vec<WorkloadId> = Vec::new();
    for text in &new.workloads {
        let workload = get_workload(&mut tx, actor, Action::DecideModel, text).await?;
        if !workloads.contains(&workload.id) {
            workloads.push(workload.id);
        }
    }
    let model = get_model(&mut tx, &new.model, today).await?;
    let id = tx.next_record_id("decision").await?;
    let now = clock.now_text();
    let row = DecisionRow {
        id: &id,
        model: &model,
        state: new.state,
        account: account.as_ref(),
        region,
        route: new.route,
        action_scope: new.action_scope,
        workloads: &workloads,
        rationale: &rationale,
        decided_by: actor.person(),
        decided_at: &now,
        effective_from,
    };
    let superseded = tx.insert_decision(&row).await?;
    let detail = json!({
        "model": model, "state": new.state, "account": account, "region": region, "route": new.route, "action_scope": new.action_scope,
        "workloads": workloads, "effective_from": effective_from, "superseded": superseded, "rationale": rationale,
    });
    let event = AuditEvent { at: now.clone(), actor: actor.person().0.clone(), event: "decision.made", subject: id.clone(), detail };
    tx.append_audit(&event).await?;
    tx.commit().await?;
    Ok(DecisionAdded { id, model, effective_from, superseded })
}

/// Records that a Cloud Engineer carried a decision out exactly as decided; returns the day.
///
/// # Errors
/// [`GovernanceError`]: the actor is no Cloud Engineer, there is no such decision, it was replaced, or it was carried out already.
pub async fn mark_implemented(store: &Store, clock: &dyn Clock, actor: &Actor, decision: &str) -> Result<Date, GovernanceError> {
    let mut tx = store.begin_serialised().await?;
    require_role(&mut tx, actor, Action::MarkImplemented).await?;
    let standing = tx.find_decision(decision).await?;
    let standing = standing.ok_or_else(|| GovernanceError::NotFound { kind: "decision", name: shown(decision) })?;
    let today = clock.today();
    if standing.superseded_on.is_some_and(|on| on <= today) {
        return Err(GovernanceError::Superseded(shown(decision)));
    }
    if let Some(on) = standing.implemented_on {
        return Err(GovernanceError::ImplementedAlready { id: shown(decision), on });
    }
    tx.implement_decision(decision, today).await?;
    tx.append_audit(&AuditEvent {
        at: clock.now_text(),
        actor: actor.person().0.clone(),
        event: "decision.implemented",
        subject: decision.to_owned(),
        detail: json!({ "implemented_on": today }),
    })
    .await?;
    tx.commit().await?;
    Ok(today)
}

/// Only a block may reach everywhere; only a restriction names workloads.
fn check_shape(new: &NewDecision) -> Result<(), GovernanceError> {
    let is_block = new.state == DecisionState::Blocked;
    for (part, is_missing) in
        [("an account", new.account.is_none()), ("a Region", new.region.is_none()), ("a route", new.route == Route::Any)]
    {
        if is_missing && !is_block {
            return Err(GovernanceError::ScopeMissing(part));
        }
    }
    match (new.state, new.workloads.is_empty()) {
        (DecisionState::Restricted, true) => Err(GovernanceError::ScopeMissing("the workloads that may use the model")),
        (DecisionState::Approved | DecisionState::Blocked, false) => Err(GovernanceError::WorkloadsOnlyForRestricted),
        _ => Ok(()),
    }
}

/// A Region AWS has: an approval for a misspelt one would never match any use.
fn checked_region(text: &str) -> Result<&str, GovernanceError> {
    region::code_of(text).map(|_| text).ok_or_else(|| GovernanceError::NotARegion(shown(text)))
}

async fn get_account(tx: &mut WriteTx, text: &str) -> Result<AccountId, GovernanceError> {
    let mut named = tx.list_accounts_named(text).await?;
    match (named.pop(), named.len()) {
        (Some(account), 0) => Ok(account.id),
        (None, _) => Err(GovernanceError::NotFound { kind: "account", name: shown(text) }),
        (Some(last), _) => {
            let ids: Vec<&str> = named.iter().chain([&last]).map(|account| account.id.as_str()).collect();
            Err(GovernanceError::Ambiguous { kind: "accounts", name: shown(text), ids: ids.join(", ") })
        }
    }
}

/// A model of the bill by key or name, else one of the catalogue, which is then known from today on.
async fn get_model(tx: &mut WriteTx, text: &str, today: Date) -> Result<ModelKey, GovernanceError> {
    let folded = fold_name(text);
    let mut named: Vec<ModelKey> = Vec::new();
    for (key, name) in tx.list_model_names().await? {
        if key.as_str() == text {
            return Ok(key);
        }
        if fold_name(&name) == folded {
            named.push(key);
        }
    }
    match (named.pop(), named.len()) {
        (Some(key), 0) => return Ok(key),
        (Some(last), _) => {
            let keys: Vec<&str> = named.iter().chain([&last]).map(ModelKey::as_str).collect();
            return Err(GovernanceError::Ambiguous { kind: "models", name: shown(text), ids: keys.join(", ") });
        }
        (None, _) => {}
    }
    let canonical = canonical_name(text);
    if !canonical.mapped {
        return Err(GovernanceError::UnknownModel(shown(text)));
    }
    tx.put_model(&canonical.key, &canonical.name, &canonical.provider, today).await?;
    Ok(canonical.key)
}

#[cfg(test)]
mod tests;
