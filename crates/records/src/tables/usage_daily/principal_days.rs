//! When a principal was billed, for one that is claimed inside the scope.

use agent_bill_domain::ids::PrincipalKey;
use agent_bill_tools::view::PrincipalTrace;

use crate::rows::Columns;
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::tables::claims;
use crate::{Store, StoreError};

/// `$3`: principal key. Billed days of a principal that is claimed inside the scope.
pub(super) const CLAIMED_PRINCIPAL_DAYS: &str = concat!(
    scope_cte!(),
    " SELECT MIN(u.usage_date) AS first_on, MAX(u.usage_date) AS last_on FROM usage_daily u CROSS JOIN company
      WHERE u.principal_key = $3 AND u.line_kind = 'usage'
        AND (company.wide = 1
             OR EXISTS (SELECT 1 FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                        WHERE c.principal_key = u.principal_key))"
);

/// First and last billed day of a principal claimed inside the scope (any principal for company-wide roles), with its newest claim there.
///
/// # Errors
/// When the database fails.
pub(crate) async fn trace_claimed_principal(store: &Store, scope: &ScopeBind, key: &PrincipalKey) -> Result<PrincipalTrace, StoreError> {
    let days = store
        .row(CLAIMED_PRINCIPAL_DAYS, scope.binds().and(key), |row| Ok((row.optional_date("first_on")?, row.optional_date("last_on")?)));
    let (billed_first_on, billed_last_on) = days.await?;
    let claim = claims::list_claims_in_scope(store, scope).await?.into_iter().rfind(|claim| claim.principal == *key);
    Ok(PrincipalTrace { key: key.clone(), billed_first_on, billed_last_on, claim })
}
