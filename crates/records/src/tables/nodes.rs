//! The tree of the organisation: nodes, and every path in it (`node_closure`), which is derived from them.

use agent_bill_domain::ids::NodeId;
use agent_bill_domain::names::fold_name;
use agent_bill_tools::view::OrgNode;

use super::Table;
use crate::rows::{Columns, binds};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::{Store, StoreError, WriteTx};

const LIST: &str = "SELECT id, COALESCE(parent_id, '') AS parent_id, level, name FROM nodes ORDER BY level, name, id";
const PUT: &str = "INSERT INTO nodes (id, parent_id, level, name, name_folded) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, level = excluded.level";
const DELETE: &str = "DELETE FROM nodes WHERE id = $1";
const DELETE_CLOSURE: &str = "DELETE FROM node_closure";
const BUILD_CLOSURE: &str = "INSERT INTO node_closure (ancestor_id, descendant_id, depth)
     WITH RECURSIVE above (ancestor_id, descendant_id, depth) AS (
       SELECT id, id, CAST(0 AS BIGINT) FROM nodes
       UNION ALL
       SELECT n.parent_id, a.descendant_id, a.depth + 1 FROM above a JOIN nodes n ON n.id = a.ancestor_id WHERE n.parent_id IS NOT NULL
     )
     SELECT ancestor_id, descendant_id, depth FROM above";

/// A parent outside the scope is not named.
const IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT n.id AS id, n.level AS level, n.name AS name,
             CASE WHEN p.node_id IS NULL THEN '' ELSE n.parent_id END AS parent_id
      FROM nodes n JOIN scope_nodes s ON s.node_id = n.id LEFT JOIN scope_nodes p ON p.node_id = n.parent_id
      ORDER BY n.level, n.name, n.id"
);

pub(super) const TABLE: Table = Table::new("nodes", &[LIST, PUT, DELETE, DELETE_CLOSURE, BUILD_CLOSURE, IN_SCOPE]);

/// The id of the company, the root of every hierarchy.
pub const COMPANY: &str = "company";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: NodeId,
    /// `None` only for the company.
    pub parent: Option<NodeId>,
    /// 0 for the company, 1 for the top level.
    pub level: i64,
    pub name: String,
}

/// Nodes in scope, without their owners.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_nodes_in_scope(store: &Store, scope: &ScopeBind) -> Result<Vec<OrgNode>, StoreError> {
    store
        .rows(IN_SCOPE, scope.binds(), |row| {
            Ok(OrgNode {
                id: row.id("id")?,
                parent: row.optional_id("parent_id")?,
                level: row.int("level")?,
                name: row.text("name")?,
                owners: Vec::new(),
            })
        })
        .await
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn list_nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        self.rows(LIST, binds![], |row| {
            Ok(Node { id: row.id("id")?, parent: row.optional_id("parent_id")?, level: row.int("level")?, name: row.text("name")? })
        })
        .await
    }

    /// Inserts or renames a node; its parent must be there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_node(&mut self, node: &Node) -> Result<(), StoreError> {
        self.execute(PUT, binds![&node.id, node.parent.as_ref(), node.level, &node.name, fold_name(&node.name)]).await?;
        Ok(())
    }

    /// Removes nodes that nothing refers to (children before parents) and derives every path of the tree anew.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when something still refers to one of them.
    pub async fn settle_tree(&mut self, removed: &[NodeId]) -> Result<(), StoreError> {
        self.execute(DELETE_CLOSURE, binds![]).await?;
        for node in removed {
            self.execute(DELETE, binds![node]).await?;
        }
        self.execute(BUILD_CLOSURE, binds![]).await?;
        Ok(())
    }

    /// What keeps a node from being removed: `2 grants, 1 workload`; empty when nothing does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by_node(&mut self, node: &NodeId) -> Result<String, StoreError> {
        self.held("nodes", &node.0).await
    }
}
