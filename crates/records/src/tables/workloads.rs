//! Workloads: the applications under a node.

use agent_bill_domain::ids::{NodeId, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_tools::view::OrgWorkload;

use super::{Table, hold};
use crate::rows::{Columns, binds};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::{Store, StoreError, WriteTx};

const LIST: &str = "SELECT id, node_id, name, description FROM workloads ORDER BY name, id";
const PUT: &str = "INSERT INTO workloads (id, node_id, name, name_folded, description) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET node_id = excluded.node_id, name = excluded.name, name_folded = excluded.name_folded,
                                    description = excluded.description";
const DELETE: &str = "DELETE FROM workloads WHERE id = $1";

const IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT w.id AS id, w.node_id AS node_id, w.name AS name, w.description AS description
      FROM workloads w JOIN scope_nodes s ON s.node_id = w.node_id ORDER BY w.name, w.id"
);

pub(super) const TABLE: Table =
    Table::new("workloads", &[LIST, PUT, DELETE, IN_SCOPE]).holding(&[hold!("nodes": "workloads" in "workloads" by "node_id")]);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub id: WorkloadId,
    pub node: NodeId,
    pub name: String,
    pub description: String,
}

/// # Errors
/// When the database fails.
pub(crate) async fn list_workloads_in_scope(store: &Store, scope: &ScopeBind) -> Result<Vec<OrgWorkload>, StoreError> {
    store
        .rows(IN_SCOPE, scope.binds(), |row| {
            Ok(OrgWorkload { id: row.id("id")?, node: row.id("node_id")?, name: row.text("name")?, description: row.text("description")? })
        })
        .await
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn list_workloads(&mut self) -> Result<Vec<Workload>, StoreError> {
        self.rows(LIST, binds![], |row| {
            Ok(Workload { id: row.id("id")?, node: row.id("node_id")?, name: row.text("name")?, description: row.text("description")? })
        })
        .await
    }

    /// What keeps a workload from being removed: `1 claim, 2 estimates`; empty when nothing does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by_workload(&mut self, workload: &WorkloadId) -> Result<String, StoreError> {
        self.held("workloads", &workload.0).await
    }

    /// Inserts, renames or moves a workload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_workload(&mut self, row: &Workload) -> Result<(), StoreError> {
        self.execute(PUT, binds![&row.id, &row.node, &row.name, fold_name(&row.name), &row.description]).await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Dangling`] when something refers to it.
    pub async fn delete_workload(&mut self, workload: &WorkloadId) -> Result<(), StoreError> {
        self.execute(DELETE, binds![workload]).await?;
        Ok(())
    }
}
