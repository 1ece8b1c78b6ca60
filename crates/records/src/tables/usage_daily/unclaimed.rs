//! Unclaimed principals a scope may see, with the evidence for each.

use agent_bill_domain::money::scale;
use agent_bill_domain::period::DateRange;
use agent_bill_tools::view::{UnclaimedFact, VisibleBecause};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::UsageBinds;
use crate::rows::Columns;
use crate::scope::sql::{place_cte, scope_cte, unclaimed_cte};
use crate::scope::{ReadSettings, ScopeBind};
use crate::{Store, StoreError};

pub(super) const UNCLAIMED: &str = concat!(
    scope_cte!(),
    place_cte!(),
    unclaimed_cte!(),
    " SELECT p.principal_key, p.account_id, p.node_id, CAST(p.share AS BIGINT) AS share, p.because,
             CAST(company.wide AS BIGINT) AS wide,
             COALESCE(MIN(i.name), p.principal_key) AS name, COALESCE(MIN(i.kind), 'other') AS kind,
             COALESCE(MIN(i.broad_reason), '') AS broad_reason,
             COALESCE((SELECT MAX(c.released_on) FROM claims c WHERE c.principal_key = p.principal_key), '') AS released_on,
             (SELECT MIN(f.usage_date) FROM usage_daily f WHERE f.principal_key = p.principal_key) AS first_seen, MAX(p.usage_date) AS last_seen,
             CAST(SUM(p.amount) AS BIGINT) AS amount, CAST(SUM(p.tokens) AS BIGINT) AS tokens
      FROM placed p CROSS JOIN company LEFT JOIN principals i ON i.principal_key = p.principal_key
      WHERE $10 = '' OR EXISTS (SELECT 1 FROM node_closure f WHERE f.ancestor_id = $10 AND f.descendant_id = p.node_id)
      GROUP BY p.principal_key, p.account_id, p.node_id, p.share, p.because, company.wide
      ORDER BY amount DESC, p.principal_key, p.account_id, p.node_id"
);

/// # Errors
/// When the database fails.
pub(crate) async fn list_unclaimed(
    store: &Store,
    scope: &ScopeBind,
    settings: &ReadSettings,
    range: DateRange,
) -> Result<Vec<UnclaimedFact>, StoreError> {
    store.rows(UNCLAIMED, UsageBinds::over(range).binds(scope, settings), unclaimed).await
}

fn unclaimed(row: &AnyRow) -> Result<UnclaimedFact, StoreError> {
    let share = row.int("share")?;
    Ok(UnclaimedFact {
        principal: row.id("principal_key")?,
        name: row.text("name")?,
        kind: row.text("kind")?,
        account: row.id("account_id")?,
        amount: row.nano_usd("amount")?.scale(share, 10_000),
        tokens: scale(row.int("tokens")?, share, 10_000),
        first_seen: row.date("first_seen")?,
        last_seen: row.date("last_seen")?,
        visible_because: if row.flag("wide")? { VisibleBecause::CompanyWide } else { row.word("because")? },
        node: row.optional_id("node_id")?,
        share_basis_points: share,
        broad_reason: row.text("broad_reason")?,
        // '' for one that was never claimed, and a live claim leaves none of these days.
        released_on: row.optional_date("released_on")?.filter(|date| *date != Date::MAX),
    })
}
