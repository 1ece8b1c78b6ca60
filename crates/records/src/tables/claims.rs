//! Claims: which workload a principal's usage belongs to, and from when.

use agent_bill_domain::ids::{NodeId, PersonId, PrincipalKey, WorkloadId};
use agent_bill_tools::view::ClaimFact;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::{Table, hold};
use crate::rows::{Columns, binds, may_be_stored};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::{Store, StoreError, WriteTx};

const LIST: &str = "SELECT c.id, c.principal_key, c.workload_id, w.node_id, w.name AS workload_name, c.effective_from, c.released_on,
            p.name AS claimed_by
     FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN people p ON p.id = c.claimed_by
     WHERE ($1 = '' OR c.principal_key = $1) AND ($2 = '' OR c.id = $2) ORDER BY c.claimed_at, c.id";
const INSERT: &str = "INSERT INTO claims (id, principal_key, workload_id, effective_from, claimed_by, claimed_at, rationale)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const RELEASE: &str = "UPDATE claims SET released_on = $2 WHERE id = $1";

const IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT c.principal_key, COALESCE(i.name, c.principal_key) AS principal_name, c.workload_id, c.effective_from, c.released_on,
             p.name AS claimed_by, COALESCE(i.broad_reason, '') AS broad_reason
      FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      JOIN people p ON p.id = c.claimed_by LEFT JOIN principals i ON i.principal_key = c.principal_key
      ORDER BY c.workload_id, c.principal_key, c.effective_from"
);

pub(super) const TABLE: Table = Table::new("claims", &[LIST, INSERT, RELEASE, IN_SCOPE])
    .migrated_by(&[(2, "governance", include_str!("../../../../migrations/0002_governance.sql"))])
    .holding(&[hold!("workloads": "claims" in "claims" by "workload_id")]);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: String,
    pub principal: PrincipalKey,
    pub workload: WorkloadId,
    pub workload_name: String,
    /// The node the workload hangs under.
    pub node: NodeId,
    pub effective_from: Date,
    /// First UTC day no longer attributed; `None` while live.
    pub released_on: Option<Date>,
    pub claimed_by: String,
}

/// A new row of `claims`.
#[derive(Debug, Clone)]
pub struct ClaimRow<'r> {
    pub id: &'r str,
    pub principal: &'r PrincipalKey,
    pub workload: &'r WorkloadId,
    pub effective_from: Date,
    pub claimed_by: &'r PersonId,
    pub claimed_at: &'r str,
    pub rationale: &'r str,
}

/// Every claim ever made, oldest first. For the operator of this machine only.
///
/// # Errors
/// When the database fails.
pub async fn list_claims(store: &Store) -> Result<Vec<Claim>, StoreError> {
    store.rows(LIST, binds!["", ""], claim).await
}

/// # Errors
/// When the database fails.
pub(crate) async fn list_claims_in_scope(store: &Store, scope: &ScopeBind) -> Result<Vec<ClaimFact>, StoreError> {
    store
        .rows(IN_SCOPE, scope.binds(), |row| {
            Ok(ClaimFact {
                principal: row.id("principal_key")?,
                principal_name: row.text("principal_name")?,
                workload: row.id("workload_id")?,
                effective_from: row.date("effective_from")?,
                released_on: row.open_date("released_on")?,
                claimed_by: row.text("claimed_by")?,
                broad_reason: row.text("broad_reason")?,
            })
        })
        .await
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn list_claims_on(&mut self, principal: &PrincipalKey) -> Result<Vec<Claim>, StoreError> {
        self.rows(LIST, binds![principal, ""], claim).await
    }

    /// # Errors
    /// When the database fails.
    pub async fn find_claim(&mut self, id: &str) -> Result<Option<Claim>, StoreError> {
        if id.is_empty() || !may_be_stored(id) {
            return Ok(None);
        }
        self.find_row(LIST, binds!["", id], claim).await
    }

    /// # Errors
    /// When the database fails.
    pub async fn insert_claim(&mut self, row: &ClaimRow<'_>) -> Result<(), StoreError> {
        let binds = binds![row.id, row.principal, row.workload, row.effective_from, row.claimed_by, row.claimed_at, row.rationale];
        self.execute(INSERT, binds).await?;
        Ok(())
    }

    /// # Errors
    /// When the database fails.
    pub async fn release_claim(&mut self, id: &str, on: Date) -> Result<(), StoreError> {
        self.execute(RELEASE, binds![id, on]).await?;
        Ok(())
    }
}

fn claim(row: &AnyRow) -> Result<Claim, StoreError> {
    Ok(Claim {
        id: row.text("id")?,
        principal: row.id("principal_key")?,
        workload: row.id("workload_id")?,
        workload_name: row.text("workload_name")?,
        node: row.id("node_id")?,
        effective_from: row.date("effective_from")?,
        released_on: row.open_date("released_on")?,
        claimed_by: row.text("claimed_by")?,
    })
}
