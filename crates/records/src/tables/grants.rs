//! Who holds which role on which node.

use std::collections::BTreeMap;

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::role::Role;
use sqlx::any::AnyRow;

use super::{Table, hold};
use crate::rows::{Columns, binds};
use crate::scope::sql::scope_cte;
use crate::scope::{ScopeBind, word_list};
use crate::{Store, StoreError, WriteTx};

const LIST: &str = "SELECT g.person_id AS person_id, p.name AS person_name, g.role AS role, g.node_id AS node_id
     FROM grants g JOIN people p ON p.id = g.person_id ORDER BY g.node_id, g.role, p.name, g.person_id";
const DELETE: &str = "DELETE FROM grants";
const INSERT: &str = "INSERT INTO grants (person_id, role, node_id) VALUES ($1, $2, $3)";
const OVER: &str = "SELECT g.role AS role, g.node_id AS node_id, CASE WHEN c.descendant_id IS NULL THEN 0 ELSE 1 END AS covers
     FROM grants g LEFT JOIN node_closure c ON c.ancestor_id = g.node_id AND c.descendant_id = $2
     WHERE g.person_id = $1 ORDER BY g.role, g.node_id";

const MINE: &str = concat!(scope_cte!(), " SELECT m.role AS role, m.node_id AS node_id FROM mine m ORDER BY m.role, m.node_id");

/// People who answer for a node in scope: grants held exactly on it. `$3`: the roles that answer for their node, as `,product_owner,bu_manager,`.
const OWNERS: &str = concat!(
    scope_cte!(),
    " SELECT g.node_id AS node_id, p.name AS name FROM grants g
      JOIN scope_nodes s ON s.node_id = g.node_id JOIN people p ON p.id = g.person_id
      WHERE $3 LIKE '%,' || g.role || ',%'
      ORDER BY g.node_id, p.name"
);

pub(super) const TABLE: Table =
    Table::new("grants", &[LIST, DELETE, INSERT, OVER, MINE, OWNERS]).holding(&[hold!("nodes": "grants" in "grants" by "node_id")]);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub person: PersonId,
    pub role: Role,
    pub node: NodeId,
}

/// A grant, and whether it reaches the node that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldGrant {
    pub role: Role,
    pub node: NodeId,
    pub covers: bool,
}

/// The live grants behind the scope, each role with the node it is held on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_grants(store: &Store, scope: &ScopeBind) -> Result<Vec<(Role, NodeId)>, StoreError> {
    store.rows(MINE, scope.binds(), |row| Ok((row.word("role")?, row.id("node_id")?))).await
}

/// Names of the people who answer for each node in scope, in order, each once.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_owners(store: &Store, scope: &ScopeBind) -> Result<BTreeMap<NodeId, Vec<String>>, StoreError> {
    let roles = word_list(Role::ALL.iter().filter(|role| role.answers_for_its_node()).map(|role| role.key().to_owned()));
    let mut owners: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
    for (node, name) in store.rows(OWNERS, scope.binds().and(roles), |row| Ok((row.id("node_id")?, row.text("name")?))).await? {
        owners.entry(node).or_default().push(name);
    }
    owners.values_mut().for_each(Vec::dedup);
    Ok(owners)
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn list_grants(&mut self) -> Result<Vec<Grant>, StoreError> {
        self.rows(LIST, binds![], grant).await
    }

    /// Every grant with the name of its holder.
    pub(crate) async fn list_grants_by_name(&mut self) -> Result<Vec<(Grant, String)>, StoreError> {
        self.rows(LIST, binds![], |row| Ok((grant(row)?, row.text("person_name")?))).await
    }

    /// From here on these are all the grants there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_grants<'g>(&mut self, grants: impl IntoIterator<Item = &'g Grant>) -> Result<(), StoreError> {
        self.execute(DELETE, binds![]).await?;
        for grant in grants {
            self.execute(INSERT, binds![&grant.person, grant.role.key(), &grant.node]).await?;
        }
        Ok(())
    }

    /// The person's grants as they are now, each with whether it reaches `node`; an unknown node is reached by none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_grants_over(&mut self, person: &PersonId, node: &NodeId) -> Result<Vec<HeldGrant>, StoreError> {
        self.rows(OVER, binds![person, node], |row| {
            Ok(HeldGrant { role: row.word("role")?, node: row.id("node_id")?, covers: row.flag("covers")? })
        })
        .await
    }
}

fn grant(row: &AnyRow) -> Result<Grant, StoreError> {
    Ok(Grant { person: row.id("person_id")?, role: row.word("role")?, node: row.id("node_id")? })
}
