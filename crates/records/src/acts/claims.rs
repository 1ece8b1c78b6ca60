//! Claims: which workload the usage of a principal belongs to, from which day on.

use agent_bill_domain::attribution::{ClaimSpan, conflict};
use agent_bill_domain::bill::principal::{self, Principal, PrincipalKind};
use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::role::Action;
use jiff::civil::Date;
use serde_json::json;

use super::authority::{get_workload, reaches, require_role};
use super::{Actor, GovernanceError, checked_rationale, shown};
use crate::audit::AuditEvent;
use crate::claims::{Claim, ClaimRow};
use crate::{Store, WriteTx};
use agent_bill_domain::clock::Clock;

#[derive(Debug, Clone, Default)]
pub struct NewClaim {
    /// Role ARN with or without its path, assumed-role ARN, user ARN, or the key of one.
    pub principal: String,
    /// Id or name of a workload the actor answers for.
    pub workload: String,
    /// First UTC day attributed; `None`: today. Earlier days are the FinOps Lead's to set, with a rationale.
    pub effective_from: Option<Date>,
    pub rationale: String,
}

/// A claim that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimAdded {
    pub id: String,
    pub principal: PrincipalKey,
    pub effective_from: Date,
    /// The claim works, but somebody should look at this.
    pub warnings: Vec<String>,
}

/// Claims a principal for a workload.
///
/// # Errors
/// [`GovernanceError`]: the text is no principal, the bill does not name it yet, it is claimed already, or the actor may not.
pub async fn add(store: &Store, clock: &dyn Clock, actor: &Actor, new: &NewClaim) -> Result<ClaimAdded, GovernanceError> {
    let today = clock.today();
    let effective_from = new.effective_from.unwrap_or(today);
    if effective_from > today {
        return Err(GovernanceError::InTheFuture(effective_from));
    }
    let is_backdated = effective_from < today;
    let action = if is_backdated { Action::BackdateClaim } else { Action::ClaimPrincipal };
    let rationale = checked_rationale(&new.rationale, is_backdated)?;
    let mut tx = store.begin_serialised().await?;
    let workload = get_workload(&mut tx, actor, action, &new.workload).await?;
    let principal = claimable(&new.principal)?;
    if !tx.is_billed(&principal.key).await? {
        return Err(GovernanceError::NotBilledYet(shown(&principal.name)));
    }
    let proposed = ClaimSpan { principal: principal.key.clone(), workload: workload.id.clone(), effective_from, released_on: None };
    let existing: Vec<ClaimSpan> = tx.list_claims_on(&principal.key).await?.iter().map(span).collect();
    if let Some(claim) = conflict(&existing, &proposed) {
        return Err(GovernanceError::AlreadyClaimed { principal: shown(&principal.name), from: claim.effective_from });
    }
    let id = tx.next_record_id("claim").await?;
    let now = clock.now_text();
    tx.insert_claim(&ClaimRow {
        id: &id,
        principal: &principal.key,
        workload: &workload.id,
        effective_from,
        claimed_by: actor.person(),
        claimed_at: &now,
        rationale: &rationale,
    })
    .await?;
    let warnings = broad_warning(&mut tx, &principal).await?;
    tx.append_audit(&AuditEvent {
        at: now,
        actor: actor.person().0.clone(),
        event: "claim.added",
        subject: id.clone(),
        detail: json!({ "principal": principal.key, "workload": workload.id, "effective_from": effective_from, "rationale": rationale }),
    })
    .await?;
    tx.commit().await?;
    Ok(ClaimAdded { id, principal: principal.key, effective_from, warnings })
}

/// Ends a claim: usage from today on is no longer attributed. The claim stays on record.
///
/// # Errors
/// [`GovernanceError`]: no such claim of the actor's, it is released already, or the FinOps Lead gave no rationale.
pub async fn release(store: &Store, clock: &dyn Clock, actor: &Actor, claim: &str, rationale: &str) -> Result<Date, GovernanceError> {
    let mut tx = store.begin_serialised().await?;
    let not_found = || GovernanceError::NotFound { kind: "claim", name: shown(claim) };
    let is_lead = reaches(&mut tx, actor, Action::BackdateClaim, None).await?;
    let action = if is_lead { Action::BackdateClaim } else { Action::ClaimPrincipal };
    require_role(&mut tx, actor, action).await?;
    let found = tx.find_claim(claim).await?.ok_or_else(not_found)?;
    if !reaches(&mut tx, actor, Action::ClaimPrincipal, Some(&found.node)).await? {
        if !is_lead {
            return Err(not_found());
        }
        // Somebody else's claim.
        checked_rationale(rationale, true)?;
    }
    let rationale = checked_rationale(rationale, false)?;
    if let Some(on) = found.released_on {
        return Err(GovernanceError::ReleasedAlready { id: found.id, on });
    }
    let on = clock.today().max(found.effective_from);
    tx.release_claim(&found.id, on).await?;
    tx.append_audit(&AuditEvent {
        at: clock.now_text(),
        actor: actor.person().0.clone(),
        event: "claim.released",
        subject: found.id,
        detail: json!({ "principal": found.principal, "workload": found.workload, "released_on": on, "rationale": rationale }),
    })
    .await?;
    tx.commit().await?;
    Ok(on)
}

/// Roles and users can be claimed; root, federated users and anything else cannot.
fn claimable(text: &str) -> Result<Principal, GovernanceError> {
    principal::parse(text)
        .filter(|principal| matches!(principal.kind, PrincipalKind::Role | PrincipalKind::User))
        .ok_or_else(|| GovernanceError::NotAPrincipal(shown(text)))
}

fn span(claim: &Claim) -> ClaimSpan {
    ClaimSpan {
        principal: claim.principal.clone(),
        workload: claim.workload.clone(),
        effective_from: claim.effective_from,
        released_on: claim.released_on,
    }
}

async fn broad_warning(tx: &mut WriteTx, principal: &Principal) -> Result<Vec<String>, GovernanceError> {
    let by_name = principal.broad_reason(0);
    let known = tx.find_broad_reason(&principal.key).await?.unwrap_or_default();
    let why = match if known.is_empty() { by_name } else { known.as_str() } {
        "" => return Ok(Vec::new()),
        "sso_role" => "people of several teams may sign in through this permission set",
        "admin_role" => "its name is that of an administrator's role",
        "api_key" => "an API key can be shared by several applications",
        "many_sessions" => "very many sessions use it",
        _ => "it looks shared",
    };
    Ok(vec![format!("`{}` may cover several teams ({why}); all of its spend now lands on this workload", shown(&principal.name))])
}

#[cfg(test)]
mod tests;
