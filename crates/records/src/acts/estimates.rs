//! Estimates: what a Product Owner commits to per month, in dollars or in tokens per kind. A new one never erases the one before it.

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::role::Action;
use agent_bill_domain::tokens::TokenCounts;
use serde_json::json;

use super::authority::get_workload;
use super::{Actor, GovernanceError};
use crate::Store;
use crate::audit::AuditEvent;
use crate::tables::estimates::EstimateRow;
use agent_bill_domain::clock::Clock;

#[derive(Debug, Clone)]
pub struct NewEstimate {
    /// Id or name of a workload the actor answers for.
    pub workload: String,
    /// In force from this month until a later one replaces it.
    pub from_month: Month,
    pub amount: EstimateAmount,
}

/// The first unit is the unit of the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstimateAmount {
    /// Dollars a month, and optionally the tokens they were derived from.
    Usd { amount: NanoUsd, tokens: Option<TokenCounts> },
    /// Tokens a month, per kind.
    Tokens(TokenCounts),
}

/// Commits to an estimate; returns its id.
///
/// # Errors
/// [`GovernanceError`]: an amount that is nothing or negative, a month that is over, or the actor may not.
pub async fn set(store: &Store, clock: &dyn Clock, actor: &Actor, new: &NewEstimate) -> Result<String, GovernanceError> {
    let (amount, tokens) = match new.amount {
        EstimateAmount::Usd { amount, tokens } => (Some(amount), tokens),
        EstimateAmount::Tokens(tokens) => (None, Some(tokens)),
    };
    if amount.is_some_and(|amount| amount <= NanoUsd::ZERO) {
        return Err(GovernanceError::NotPositive("the amount"));
    }
    if tokens.is_some_and(|tokens| !is_countable(&tokens)) {
        return Err(GovernanceError::NotPositive("the number of tokens"));
    }
    if new.from_month < Month::of(clock.today()) {
        return Err(GovernanceError::MonthIsOver(new.from_month));
    }
    let mut tx = store.begin_serialised().await?;
    let workload = get_workload(&mut tx, actor, Action::SetEstimate, &new.workload).await?;
    let id = tx.next_record_id("estimate").await?;
    let now = clock.now_text();
    tx.insert_estimate(&EstimateRow {
        id: &id,
        workload: &workload.id,
        from_month: new.from_month,
        amount,
        tokens,
        committed_by: actor.person(),
        committed_at: &now,
    })
    .await?;
    tx.append_audit(&AuditEvent {
        at: now,
        actor: actor.person().0.clone(),
        event: "estimate.set",
        subject: id.clone(),
        detail: json!({ "workload": workload.id, "from_month": new.from_month, "amount_usd": amount, "tokens": tokens }),
    })
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// No kind negative, at least one above zero, and a sum that can be counted.
fn is_countable(tokens: &TokenCounts) -> bool {
    let kinds = [tokens.input_tokens, tokens.output_tokens, tokens.cache_read_tokens, tokens.cache_write_tokens];
    let sum = kinds.iter().try_fold(0_i64, |sum, count| sum.checked_add(*count));
    kinds.iter().all(|count| *count >= 0) && sum.is_some_and(|sum| sum > 0)
}

#[cfg(test)]
mod tests;
