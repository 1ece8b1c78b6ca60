//! Spend by bucket, workload and up to two more columns, inside a scope.

use agent_bill_domain::money::scale;
use agent_bill_tools::view::{SpendFact, SpendQuery};

use super::UsageBinds;
use crate::rows::Columns;
use crate::scope::sql::{cost, dimension, place_cte, scope_cte, unclaimed_cte, usage_filter};
use crate::scope::{ReadSettings, ScopeBind};
use crate::{Store, StoreError};

/// Every usage line falls into exactly one arm: claimed on its day, claimed later, unclaimed, or (company-wide roles only) without principal or
/// not usage at all.
pub(super) const SPEND: &str = concat!(
    scope_cte!(),
    place_cte!(),
    unclaimed_cte!(),
    ", facts AS (
       SELECT 'attributed' AS bucket, w.id AS workload_id, w.node_id AS node_id, ",
    dimension!("$5"),
    " AS v1, ",
    dimension!("$6"),
    " AS v2, 10000 AS share, ",
    cost!(),
    " AS amount, u.tokens AS tokens
       FROM scope_nodes s
       JOIN workloads w ON w.node_id = s.node_id
       JOIN claims c ON c.workload_id = w.id
       JOIN usage_daily u ON u.principal_key = c.principal_key AND u.usage_date >= c.effective_from AND u.usage_date < c.released_on
       WHERE u.line_kind = 'usage' AND ",
    usage_filter!(),
    "  UNION ALL
       SELECT 'claimed_later', w.id, w.node_id, ",
    dimension!("$5"),
    ", ",
    dimension!("$6"),
    ", 10000, ",
    cost!(),
    ", u.tokens
       FROM scope_nodes s
       JOIN workloads w ON w.node_id = s.node_id
       JOIN claims c ON c.workload_id = w.id AND c.released_on > c.effective_from
       JOIN usage_daily u ON u.principal_key = c.principal_key AND u.usage_date < c.effective_from
       WHERE u.line_kind = 'usage' AND ",
    usage_filter!(),
    "    AND NOT EXISTS (SELECT 1 FROM claims o WHERE o.principal_key = u.principal_key AND o.released_on > o.effective_from
                         AND o.released_on > u.usage_date AND o.effective_from < c.effective_from)
       UNION ALL
       SELECT 'unclaimed_principal', '', p.node_id, p.v1, p.v2, p.share, p.amount, p.tokens FROM placed p
       UNION ALL
       SELECT CASE WHEN u.line_kind <> 'usage' THEN 'not_usage' WHEN u.has_principal_data = 1 THEN 'no_principal_by_design'
                   ELSE 'before_principal_data' END, '', '', ",
    dimension!("$5"),
    ", ",
    dimension!("$6"),
    ", 10000, ",
    cost!(),
    ", CASE WHEN u.line_kind = 'usage' THEN u.tokens ELSE 0 END
       FROM usage_daily u CROSS JOIN company
       WHERE company.wide = 1 AND (u.line_kind <> 'usage' OR u.principal_key = '') AND ",
    usage_filter!(),
    ")
     SELECT bucket, workload_id, node_id, v1, v2, CAST(share AS BIGINT) AS share,
            CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(tokens) AS BIGINT) AS tokens
     FROM facts
     WHERE $10 = '' OR EXISTS (SELECT 1 FROM node_closure f WHERE f.ancestor_id = $10 AND f.descendant_id = facts.node_id)
     GROUP BY bucket, workload_id, node_id, v1, v2, share
     ORDER BY bucket, workload_id, node_id, v1, v2, share"
);

/// # Errors
/// When the database fails.
pub(crate) async fn list_spend(
    store: &Store,
    scope: &ScopeBind,
    settings: &ReadSettings,
    query: &SpendQuery,
) -> Result<Vec<SpendFact>, StoreError> {
    let filters = UsageBinds {
        dimensions: query.dimensions.map(|dimension| dimension.key()),
        model: query.model.as_ref().map_or("", |model| model.as_str()),
        account: query.account.as_ref().map_or("", |account| account.as_str()),
        region: query.region.as_deref().unwrap_or(""),
        node: query.node.as_ref().map_or("", |node| node.as_str()),
        ..UsageBinds::over(query.range)
    };
    store
        .rows(SPEND, filters.binds(scope, settings), |row| {
            let share = row.int("share")?;
            Ok(SpendFact {
                bucket: row.word("bucket")?,
                workload: row.optional_id("workload_id")?,
                node: row.optional_id("node_id")?,
                values: [row.text("v1")?, row.text("v2")?],
                amount: row.nano_usd("amount")?.scale(share, 10_000),
                tokens: scale(row.int("tokens")?, share, 10_000),
                share_basis_points: share,
            })
        })
        .await
}
