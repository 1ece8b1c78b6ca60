//! Judges the model use in a scope by the decisions of the company, and says whose it is.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::catalog::{BilledRoute, DecisionRule};
use agent_bill_domain::drift::{DailyUse, Finding, findings as fold};
use agent_bill_domain::ids::{AccountId, PrincipalKey};
use agent_bill_domain::period::DateRange;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{BaseView, DecisionFact, DriftFact, DriftView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::decisions;
use crate::tables::invocation_counts::{self, CallCounts};
use crate::tables::usage_daily::{self, ModelUse};

#[async_trait]
impl DriftView for ScopedView {
    /// Under `ReadDrift`. The decisions that it is judged by are those of the whole company.
    async fn drift(&self, range: DateRange) -> Result<Vec<DriftFact>, ViewError> {
        self.require(Action::ReadDrift)?;
        let bind = self.scope.bind(&[Action::ReadDrift]);
        let used = usage_daily::list_model_use(&self.store, &bind, &self.settings.reads, range).await.map_err(unavailable("model use"))?;
        let rules = decisions::list_rules(&self.store).await.map_err(unavailable("decisions"))?;
        let calls = invocation_counts::count_calls(&self.store, range).await.map_err(unavailable("invocations"))?;
        Ok(findings(&used, &rules, &calls))
    }
}

fn findings(used: &[ModelUse], decisions: &[DecisionFact], calls: &CallCounts) -> Vec<DriftFact> {
    let rules: Vec<DecisionRule> = decisions.iter().map(rule).collect();
    let uses: Vec<DailyUse> = used.iter().map(daily).collect();
    let logged: BTreeSet<&AccountId> = calls.keys().map(|(_, _, account, _)| account).collect();
    // Where a principal stands is the same for all of its findings in an account; a shared account may stand on several nodes.
    let mut places: BTreeMap<(&PrincipalKey, &AccountId), Vec<&ModelUse>> = BTreeMap::new();
    for row in used {
        places.entry((&row.principal, &row.account)).or_default().push(row);
    }
    fold(&rules, &uses)
        .into_iter()
        .map(|finding| {
            let rows = places.get(&(&finding.key.principal, &finding.key.account)).map(Vec::as_slice).unwrap_or_default();
            let whole = rows.iter().all(|row| row.share_basis_points == 10_000);
            let nodes: BTreeSet<_> = rows.iter().filter_map(|row| row.node.as_ref()).collect();
            let share = if whole { 10_000 } else { shares(rows) };
            DriftFact {
                principal_name: rows.first().map_or_else(String::new, |row| row.principal_name.clone()),
                // A share of a shared account is money, not calls: the count of calls is the principal's own.
                invocations: (whole && logged.contains(&finding.key.account)).then(|| logged_calls(&finding, calls)),
                node: if nodes.len() == 1 { nodes.first().map(|node| (*node).clone()) } else { None },
                share_basis_points: share,
                workload: finding.workload,
                first_seen: finding.first_seen,
                last_seen: finding.last_seen,
                amount: finding.amount,
                tokens: finding.tokens,
                principal: finding.key.principal,
                model: finding.key.model,
                account: finding.key.account,
                region: finding.key.region,
                kind: finding.key.kind,
            }
        })
        .collect()
}

/// The asker's part of a shared account: the sum over the nodes in scope that hold one.
fn shares(rows: &[&ModelUse]) -> i64 {
    let by_node: BTreeMap<_, i64> = rows.iter().map(|row| (row.node.as_ref(), row.share_basis_points)).collect();
    by_node.into_values().sum::<i64>().min(10_000)
}

fn logged_calls(finding: &Finding, calls: &CallCounts) -> i64 {
    let key = (finding.key.principal.clone(), finding.key.model.clone(), finding.key.account.clone(), finding.key.region.clone());
    calls.get(&key).map_or(0, |days| days.range(finding.first_seen..=finding.last_seen).map(|(_, count)| count).sum())
}

fn daily(row: &ModelUse) -> DailyUse {
    DailyUse {
        date: row.day,
        principal: row.principal.clone(),
        model: row.model.clone(),
        account: row.account.clone(),
        region: row.region.clone(),
        route: BilledRoute::read(&row.routing, &row.surface, &row.profile_arn),
        workload: row.workload.clone(),
        amount: row.amount,
        tokens: row.tokens,
    }
}

fn rule(decision: &DecisionFact) -> DecisionRule {
    DecisionRule {
        model: decision.model.clone(),
        state: decision.state,
        account: decision.account.clone(),
        region: decision.region.clone(),
        route: decision.route,
        action_scope: decision.action_scope,
        workloads: decision.workloads.clone(),
        effective_from: decision.effective_from,
        superseded_on: decision.superseded_on,
    }
}
