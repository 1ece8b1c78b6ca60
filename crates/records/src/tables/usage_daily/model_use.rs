//! Use of models inside a scope, day by day.

use agent_bill_domain::bill::usage_type::{Routing, Surface};
use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::{NanoUsd, scale};
use agent_bill_domain::period::DateRange;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::UsageBinds;
use crate::rows::Columns;
use crate::scope::sql::{cost, place_cte, placed, scope_cte, usage_filter};
use crate::scope::{ReadSettings, ScopeBind};
use crate::{Store, StoreError};

/// One day of one principal using one model by one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModelUse {
    pub(crate) principal: PrincipalKey,
    pub(crate) principal_name: String,
    pub(crate) model: ModelKey,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) routing: String,
    pub(crate) surface: String,
    pub(crate) profile_arn: String,
    pub(crate) day: Date,
    /// The workload that claims the principal on that day.
    pub(crate) workload: Option<WorkloadId>,
    pub(crate) node: Option<NodeId>,
    pub(crate) amount: NanoUsd,
    pub(crate) tokens: i64,
    pub(crate) share_basis_points: i64,
}

macro_rules! use_columns {
    () => {
        "u.principal_key AS principal_key, u.account_id AS account_id, u.usage_date AS usage_date, u.model_key AS model_key,
         u.region AS region, u.routing AS routing, u.surface AS surface, u.profile_arn AS profile_arn"
    };
}

/// Claimed use in scope (also before its claim: the owner is the same), and unclaimed use placed as everywhere else.
pub(super) const MODEL_USE: &str = concat!(
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

/// # Errors
/// When the database fails.
pub(crate) async fn list_model_use(
    store: &Store,
    scope: &ScopeBind,
    settings: &ReadSettings,
    range: DateRange,
) -> Result<Vec<ModelUse>, StoreError> {
    store.rows(MODEL_USE, UsageBinds::over(range).binds(scope, settings), model_use).await
}

fn model_use(row: &AnyRow) -> Result<ModelUse, StoreError> {
    let share = row.int("share")?;
    Ok(ModelUse {
        principal: row.id("principal_key")?,
        principal_name: row.text("principal_name")?,
        model: row.id("model_key")?,
        account: row.id("account_id")?,
        region: row.text("region")?,
        routing: row.word::<Routing>("routing")?.key().to_owned(),
        surface: row.word::<Surface>("surface")?.key().to_owned(),
        profile_arn: row.text("profile_arn")?,
        day: row.date("usage_date")?,
        workload: row.optional_id("workload_id")?,
        node: row.optional_id("node_id")?,
        amount: row.nano_usd("amount")?.scale(share, 10_000),
        tokens: scale(row.int("tokens")?, share, 10_000),
        share_basis_points: share,
    })
}
