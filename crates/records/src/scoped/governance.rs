//! Claims, estimates, decisions and models, as far as the scope reaches.

use std::collections::BTreeMap;

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, PrincipalKey, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_tools::facts::{ClaimFact, DecisionFact, EstimateFact, ModelFact, PrincipalTrace};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::sql::scope_cte;
use super::{ScopeBind, date, open_date};
use crate::{Store, StoreError};

pub const CLAIMS: &str = concat!(
    scope_cte!(),
    " SELECT c.principal_key, COALESCE(i.name, c.principal_key) AS principal_name, c.workload_id, c.effective_from, c.released_on,
             p.name AS claimed_by, COALESCE(i.broad_reason, '') AS broad_reason
      FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      JOIN people p ON p.id = c.claimed_by LEFT JOIN principals i ON i.principal_key = c.principal_key
      ORDER BY c.workload_id, c.principal_key, c.effective_from"
);

/// `$3`: the month. The last commitment made among those for the latest month not after it.
pub const ESTIMATES: &str = concat!(
    scope_cte!(),
    " SELECT e.workload_id, e.unit, e.amount_nano, e.input_tokens, e.output_tokens, e.cache_read_tokens, e.cache_write_tokens,
             e.from_month, e.committed_at, p.name AS committed_by
      FROM estimates e JOIN workloads w ON w.id = e.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      JOIN people p ON p.id = e.committed_by
      WHERE e.from_month <= $3
        AND NOT EXISTS (SELECT 1 FROM estimates l WHERE l.workload_id = e.workload_id AND l.from_month <= $3
                        AND (l.from_month > e.from_month
                             OR (l.from_month = e.from_month AND l.committed_at > e.committed_at)
                             OR (l.from_month = e.from_month AND l.committed_at = e.committed_at AND l.id > e.id)))
      ORDER BY e.workload_id"
);

/// Decisions on an account that the scope has a share of or a claim in, on every account, or naming a workload in scope.
pub const DECISIONS: &str = concat!(
    scope_cte!(),
    ", my_accounts AS MATERIALIZED (
         SELECT l.account_id AS account_id FROM account_allocations l JOIN scope_nodes s ON s.node_id = l.node_id
         UNION
         SELECT i.account_id AS account_id FROM claims c JOIN workloads w ON w.id = c.workload_id
         JOIN scope_nodes s ON s.node_id = w.node_id JOIN principals i ON i.principal_key = c.principal_key
       )
      SELECT d.id, d.model_key, m.name AS model_name, d.state, d.account_id, d.region, d.route, d.action_scope, d.rationale,
             p.name AS decided_by, d.decided_at, d.effective_from, d.superseded_on, d.implemented_on
      FROM decisions d JOIN models m ON m.model_key = d.model_key JOIN people p ON p.id = d.decided_by CROSS JOIN company
      WHERE company.wide = 1
         OR (EXISTS (SELECT 1 FROM scope_nodes) AND d.account_id = '*')
         OR d.account_id IN (SELECT account_id FROM my_accounts)
         OR EXISTS (SELECT 1 FROM mine WHERE role = 'cloud_engineer')
         OR EXISTS (SELECT 1 FROM decision_workloads x JOIN workloads w ON w.id = x.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                    WHERE x.decision_id = d.id)
      ORDER BY d.decided_at, d.id"
);

pub const DECISION_WORKLOADS: &str = concat!(
    scope_cte!(),
    " SELECT x.decision_id, x.workload_id FROM decision_workloads x
      JOIN workloads w ON w.id = x.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      ORDER BY x.decision_id, x.workload_id"
);

/// The whole catalog for company-wide roles; for others the models that stand in a decision or in usage of theirs.
pub const MODELS: &str = concat!(
    scope_cte!(),
    " SELECT m.model_key, m.name, m.provider, m.first_seen_on FROM models m CROSS JOIN company
      WHERE company.wide = 1
         OR EXISTS (SELECT 1 FROM mine WHERE role = 'cloud_engineer')
         OR EXISTS (SELECT 1 FROM decisions d WHERE d.model_key = m.model_key AND d.account_id = '*')
         OR EXISTS (SELECT 1 FROM decisions d JOIN account_allocations l ON l.account_id = d.account_id
                    JOIN scope_nodes s ON s.node_id = l.node_id WHERE d.model_key = m.model_key)
         OR EXISTS (SELECT 1 FROM scope_nodes s JOIN workloads w ON w.node_id = s.node_id JOIN claims c ON c.workload_id = w.id
                    JOIN usage_daily u ON u.principal_key = c.principal_key
                    WHERE u.model_key = m.model_key AND u.usage_date >= c.effective_from AND u.usage_date < c.released_on)
      ORDER BY m.model_key"
);

/// `$3`: principal key. Billed days of a principal that is claimed inside the scope.
pub const CLAIMED_PRINCIPAL_DAYS: &str = concat!(
    scope_cte!(),
    " SELECT MIN(u.usage_date) AS first_on, MAX(u.usage_date) AS last_on FROM usage_daily u CROSS JOIN company
      WHERE u.principal_key = $3 AND u.line_kind = 'usage'
        AND (company.wide = 1
             OR EXISTS (SELECT 1 FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                        WHERE c.principal_key = u.principal_key))"
);

pub const STATEMENTS: &[&str] = &[CLAIMS, ESTIMATES, DECISIONS, DECISION_WORKLOADS, MODELS, CLAIMED_PRINCIPAL_DAYS];

fn scoped<'q>(sql: &'static str, scope: &ScopeBind) -> sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query(sql).bind(scope.person.clone()).bind(scope.roles.clone())
}

/// # Errors
/// When the database fails.
pub async fn list_claims(store: &Store, scope: &ScopeBind) -> Result<Vec<ClaimFact>, StoreError> {
    let rows = scoped(CLAIMS, scope).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            Ok(ClaimFact {
                principal: PrincipalKey(row.try_get("principal_key")?),
                principal_name: row.try_get("principal_name")?,
                workload: WorkloadId(row.try_get("workload_id")?),
                effective_from: date(&row.try_get::<String, _>("effective_from")?)?,
                released_on: open_date(&row.try_get::<String, _>("released_on")?)?,
                claimed_by: row.try_get("claimed_by")?,
                broad_reason: row.try_get("broad_reason")?,
            })
        })
        .collect()
}

/// # Errors
/// When the database fails.
pub async fn list_estimates(store: &Store, scope: &ScopeBind, month: Month) -> Result<Vec<EstimateFact>, StoreError> {
    let rows = scoped(ESTIMATES, scope).bind(month.to_string()).fetch_all(store.pool()).await?;
    rows.iter().map(estimate).collect()
}

fn estimate(row: &AnyRow) -> Result<EstimateFact, StoreError> {
    let tokens = |column: &str| row.try_get::<Option<i64>, _>(column);
    let kinds = [tokens("input_tokens")?, tokens("output_tokens")?, tokens("cache_read_tokens")?, tokens("cache_write_tokens")?];
    let [input, output, cache_read, cache_write] = kinds.map(|kind| kind.unwrap_or(0));
    let counts = TokenCounts { input_tokens: input, output_tokens: output, cache_read_tokens: cache_read, cache_write_tokens: cache_write };
    let committed_at: String = row.try_get("committed_at")?;
    let from_month: String = row.try_get("from_month")?;
    Ok(EstimateFact {
        workload: WorkloadId(row.try_get("workload_id")?),
        in_usd: row.try_get::<String, _>("unit")? == "usd",
        amount: row.try_get::<Option<i64>, _>("amount_nano")?.map(NanoUsd),
        tokens: kinds.iter().any(Option::is_some).then_some(counts),
        from_month: from_month.parse().map_err(|_| StoreError::corrupt("month", ""))?,
        committed_by: row.try_get("committed_by")?,
        committed_on: date(committed_at.get(..10).unwrap_or(""))?,
    })
}

/// # Errors
/// When the database fails.
pub async fn list_decisions(store: &Store, scope: &ScopeBind) -> Result<Vec<DecisionFact>, StoreError> {
    let mut workloads: BTreeMap<String, Vec<WorkloadId>> = BTreeMap::new();
    for row in scoped(DECISION_WORKLOADS, scope).fetch_all(store.pool()).await? {
        workloads.entry(row.try_get("decision_id")?).or_default().push(WorkloadId(row.try_get("workload_id")?));
    }
    let rows = scoped(DECISIONS, scope).fetch_all(store.pool()).await?;
    rows.iter().map(|row| decision(row, &workloads)).collect()
}

pub(super) fn decision(row: &AnyRow, workloads: &BTreeMap<String, Vec<WorkloadId>>) -> Result<DecisionFact, StoreError> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let id = text("id")?;
    let decided_at = text("decided_at")?;
    let implemented_on: Option<String> = row.try_get("implemented_on")?;
    Ok(DecisionFact {
        model: ModelKey(text("model_key")?),
        model_name: text("model_name")?,
        state: match text("state")?.as_str() {
            "approved" => DecisionState::Approved,
            "restricted" => DecisionState::Restricted,
            _ => DecisionState::Blocked,
        },
        account: unless_star(text("account_id")?).map(AccountId),
        region: unless_star(text("region")?),
        route: match text("route")?.as_str() {
            "on_demand" => Route::OnDemand,
            "geo_profile" => Route::GeoProfile,
            "global_profile" => Route::GlobalProfile,
            "application_profile" => Route::ApplicationProfile,
            "mantle" => Route::Mantle,
            _ => Route::Any,
        },
        action_scope: match text("action_scope")?.as_str() {
            "agentic_read_only" => ActionScope::AgenticReadOnly,
            "agentic_read_write" => ActionScope::AgenticReadWrite,
            _ => ActionScope::InferenceOnly,
        },
        workloads: workloads.get(&id).cloned().unwrap_or_default(),
        rationale: text("rationale")?,
        decided_by: text("decided_by")?,
        decided_on: date(decided_at.get(..10).unwrap_or(""))?,
        effective_from: date(&text("effective_from")?)?,
        superseded_on: open_date(&text("superseded_on")?)?,
        implemented_on: implemented_on.as_deref().map(date).transpose()?,
        id,
    })
}

fn unless_star(text: String) -> Option<String> {
    (text != "*").then_some(text)
}

/// # Errors
/// When the database fails.
pub async fn list_models(store: &Store, scope: &ScopeBind) -> Result<Vec<ModelFact>, StoreError> {
    let rows = scoped(MODELS, scope).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            Ok(ModelFact {
                model: ModelKey(row.try_get("model_key")?),
                name: row.try_get("name")?,
                provider: row.try_get("provider")?,
                first_seen_on: date(&row.try_get::<String, _>("first_seen_on")?)?,
            })
        })
        .collect()
}

/// First and last billed day of a principal claimed inside the scope (any principal for company-wide roles), with its newest claim there.
///
/// # Errors
/// When the database fails.
pub async fn trace_claimed_principal(store: &Store, scope: &ScopeBind, key: &PrincipalKey) -> Result<PrincipalTrace, StoreError> {
    let row = scoped(CLAIMED_PRINCIPAL_DAYS, scope).bind(key.0.clone()).fetch_one(store.pool()).await?;
    let day = |column: &str| row.try_get::<Option<String>, _>(column).map_err(StoreError::from)?.as_deref().map(date).transpose();
    let claim = list_claims(store, scope).await?.into_iter().rfind(|claim| claim.principal == *key);
    Ok(PrincipalTrace { key: key.clone(), billed_first_on: day("first_on")?, billed_last_on: day("last_on")?, claim })
}
