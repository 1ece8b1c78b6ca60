//! Use of models inside a scope, day by day, and what is needed to judge it: the decisions of the whole company. The decisions stay in here
//! and in the rule that reads them; nothing of theirs is shown.

use std::collections::BTreeMap;

use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::{NanoUsd, scale};
use agent_bill_domain::period::DateRange;
use agent_bill_tools::facts::DecisionFact;
use jiff::civil::Date;
use sqlx::Row;

use super::spend::non_empty;
use super::sql::{cost, place_cte, placed, scope_cte, usage_filter};
use super::{ReadSettings, ScopeBind, UsageBinds, date};
use crate::{Store, StoreError};

/// One day of one principal using one model by one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUse {
    pub principal: PrincipalKey,
    pub principal_name: String,
    pub model: ModelKey,
    pub account: AccountId,
    pub region: String,
    pub routing: String,
    pub surface: String,
    pub profile_arn: String,
    pub day: Date,
    /// The workload that claims the principal on that day.
    pub workload: Option<WorkloadId>,
    pub node: Option<NodeId>,
    pub amount: NanoUsd,
    pub tokens: i64,
    pub share_basis_points: i64,
}

macro_rules! use_columns {
    () => {
        "u.principal_key AS principal_key, u.account_id AS account_id, u.usage_date AS usage_date, u.model_key AS model_key,
         u.region AS region, u.routing AS routing, u.surface AS surface, u.profile_arn AS profile_arn"
    };
}

/// Claimed use in scope (also before its claim: the owner is the same), and unclaimed use placed as everywhere else.
pub const MODEL_USE: &str = concat!(
    scope_cte!(),
    place_cte!(),
    ", used AS (
       SELECT ",
    use_columns!(),
    ", SUM(",
    cost!(),
    ") AS amount, SUM(u.tokens) AS tokens,
         (SELECT MIN(c.workload_id) FROM claims c WHERE c.principal_key = u.principal_key
            AND u.usage_date >= c.effective_from AND u.usage_date < c.released_on) AS live_workload,
         (SELECT MIN(c.effective_from) FROM claims c WHERE c.principal_key = u.principal_key
            AND c.released_on > c.effective_from AND c.effective_from > u.usage_date) AS later_from
       FROM usage_daily u CROSS JOIN company
       WHERE u.line_kind = 'usage' AND u.principal_key <> '' AND u.model_key <> '' AND ",
    usage_filter!(),
    "    AND (company.wide = 1
              OR u.principal_key IN (SELECT c.principal_key FROM claims c JOIN workloads w ON w.id = c.workload_id
                                     JOIN scope_nodes s ON s.node_id = w.node_id)
              OR u.account_id IN (SELECT account_id FROM allocated)
              OR u.principal_key IN (SELECT principal_key FROM tag_nodes WHERE in_scope = 1))
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
     ),
     owned AS (
       SELECT x.*, COALESCE(x.live_workload,
                (SELECT MIN(c.workload_id) FROM claims c WHERE c.principal_key = x.principal_key AND c.effective_from = x.later_from)) AS owner
       FROM used x
     ),
     nobodys AS (SELECT * FROM owned WHERE owner IS NULL),
     placed_use AS (
       SELECT x.*, w.node_id AS node_id, 10000 AS share, 'claim' AS because
       FROM owned x JOIN workloads w ON w.id = x.owner JOIN scope_nodes s ON s.node_id = w.node_id
       UNION ALL ",
    placed!("nobodys"),
    ")
     SELECT p.principal_key, p.account_id, p.usage_date, p.model_key, p.region, p.routing, p.surface, p.profile_arn, p.node_id,
            COALESCE(p.live_workload, '') AS workload_id, CAST(p.share AS BIGINT) AS share,
            CAST(p.amount AS BIGINT) AS amount, CAST(p.tokens AS BIGINT) AS tokens, COALESCE(i.name, p.principal_key) AS principal_name
     FROM placed_use p LEFT JOIN principals i ON i.principal_key = p.principal_key
     WHERE $5 = $6 AND ($10 = '' OR EXISTS (SELECT 1 FROM node_closure f WHERE f.ancestor_id = $10 AND f.descendant_id = p.node_id))
     ORDER BY p.usage_date, p.principal_key, p.model_key, p.node_id"
);

pub const EVERY_DECISION: &str =
    "SELECT d.id, d.model_key, m.name AS model_name, d.state, d.account_id, d.region, d.route, d.action_scope, d.rationale,
     p.name AS decided_by, d.decided_at, d.effective_from, d.superseded_on, d.implemented_on
     FROM decisions d JOIN models m ON m.model_key = d.model_key JOIN people p ON p.id = d.decided_by ORDER BY d.decided_at, d.id";

pub const EVERY_DECISION_WORKLOAD: &str = "SELECT decision_id, workload_id FROM decision_workloads ORDER BY decision_id, workload_id";

/// `$1`/`$2` first and last day. Read for findings that are already in scope.
pub const INVOCATIONS: &str = "SELECT principal_key, model_key, account_id, region, usage_date, CAST(SUM(calls) AS BIGINT) AS calls
     FROM invocation_counts WHERE usage_date >= $1 AND usage_date <= $2
     GROUP BY principal_key, model_key, account_id, region, usage_date";

pub const STATEMENTS: &[&str] = &[MODEL_USE, EVERY_DECISION, EVERY_DECISION_WORKLOAD, INVOCATIONS];

/// # Errors
/// When the database fails.
pub async fn list_model_use(
    store: &Store,
    scope: &ScopeBind,
    settings: &ReadSettings,
    range: DateRange,
) -> Result<Vec<ModelUse>, StoreError> {
    let rows = UsageBinds::over(range).bind(MODEL_USE, scope, settings).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            let share: i64 = row.try_get("share")?;
            Ok(ModelUse {
                principal: PrincipalKey(row.try_get("principal_key")?),
                principal_name: row.try_get("principal_name")?,
                model: ModelKey(row.try_get("model_key")?),
                account: AccountId(row.try_get("account_id")?),
                region: row.try_get("region")?,
                routing: row.try_get("routing")?,
                surface: row.try_get("surface")?,
                profile_arn: row.try_get("profile_arn")?,
                day: date(&row.try_get::<String, _>("usage_date")?)?,
                workload: non_empty(row.try_get("workload_id")?).map(WorkloadId),
                node: non_empty(row.try_get("node_id")?).map(NodeId),
                amount: NanoUsd(row.try_get("amount")?).scale(share, 10_000),
                tokens: scale(row.try_get("tokens")?, share, 10_000),
                share_basis_points: share,
            })
        })
        .collect()
}

/// Every decision, for judging use that is in scope. Not to be shown.
///
/// # Errors
/// When the database fails.
pub async fn list_rules(store: &Store) -> Result<Vec<DecisionFact>, StoreError> {
    let mut workloads: BTreeMap<String, Vec<WorkloadId>> = BTreeMap::new();
    for row in sqlx::query(EVERY_DECISION_WORKLOAD).fetch_all(store.pool()).await? {
        workloads.entry(row.try_get("decision_id")?).or_default().push(WorkloadId(row.try_get("workload_id")?));
    }
    let rows = sqlx::query(EVERY_DECISION).fetch_all(store.pool()).await?;
    rows.iter().map(|row| super::governance::decision(row, &workloads)).collect()
}

/// Logged calls by principal, model, account, Region and day.
pub type CallCounts = BTreeMap<(PrincipalKey, ModelKey, AccountId, String), BTreeMap<Date, i64>>;

/// # Errors
/// When the database fails.
pub async fn count_calls(store: &Store, range: DateRange) -> Result<CallCounts, StoreError> {
    let rows = sqlx::query(INVOCATIONS).bind(range.from.to_string()).bind(range.to.to_string()).fetch_all(store.pool()).await?;
    let mut counts = CallCounts::new();
    for row in &rows {
        let key = (
            PrincipalKey(row.try_get("principal_key")?),
            ModelKey(row.try_get("model_key")?),
            AccountId(row.try_get("account_id")?),
            row.try_get("region")?,
        );
        *counts.entry(key).or_default().entry(date(&row.try_get::<String, _>("usage_date")?)?).or_default() +=
            row.try_get::<i64, _>("calls")?;
    }
    Ok(counts)
}
