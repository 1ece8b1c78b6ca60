//! Unclaimed principals a scope may see, with the evidence for each.

use agent_bill_domain::ids::{AccountId, NodeId, PrincipalKey};
use agent_bill_domain::money::{NanoUsd, scale};
use agent_bill_domain::period::DateRange;
use agent_bill_tools::facts::{UnclaimedFact, VisibleBecause};
use sqlx::Row;

use super::spend::non_empty;
use super::sql::{place_cte, scope_cte, unclaimed_cte};
use super::{ReadSettings, ScopeBind, UsageBinds, date};
use crate::{Store, StoreError};

pub const UNCLAIMED: &str = concat!(
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

pub const STATEMENTS: &[&str] = &[UNCLAIMED];

/// # Errors
/// When the database fails.
pub async fn list_unclaimed(
    store: &Store,
    scope: &ScopeBind,
    settings: &ReadSettings,
    range: DateRange,
) -> Result<Vec<UnclaimedFact>, StoreError> {
    let rows = UsageBinds::over(range).bind(UNCLAIMED, scope, settings).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            let share: i64 = row.try_get("share")?;
            let wide: i64 = row.try_get("wide")?;
            let because: String = row.try_get("because")?;
            let released: String = row.try_get("released_on")?;
            Ok(UnclaimedFact {
                principal: PrincipalKey(row.try_get("principal_key")?),
                name: row.try_get("name")?,
                kind: row.try_get("kind")?,
                account: AccountId(row.try_get("account_id")?),
                amount: NanoUsd(row.try_get("amount")?).scale(share, 10_000),
                tokens: scale(row.try_get("tokens")?, share, 10_000),
                first_seen: date(&row.try_get::<String, _>("first_seen")?)?,
                last_seen: date(&row.try_get::<String, _>("last_seen")?)?,
                visible_because: match (wide, because.as_str()) {
                    (1, _) => VisibleBecause::CompanyWide,
                    (_, "tag") => VisibleBecause::Tag,
                    (_, "whole_account") => VisibleBecause::WholeAccount,
                    _ => VisibleBecause::SharedAccount,
                },
                node: non_empty(row.try_get("node_id")?).map(NodeId),
                share_basis_points: share,
                broad_reason: row.try_get("broad_reason")?,
                released_on: if released.is_empty() { None } else { super::open_date(&released)? },
            })
        })
        .collect()
}
