//! Who the asker is and the part of the organisation inside the scope.

use std::collections::BTreeMap;

use agent_bill_domain::ids::{AccountId, NodeId, WorkloadId};
use agent_bill_domain::role::Role;
use agent_bill_tools::facts::{OrgAccount, OrgNode, OrgSlice, OrgWorkload};
use sqlx::Row;

use super::ScopeBind;
use super::spend::non_empty;
use super::sql::scope_cte;
use crate::{Store, StoreError};

pub const GRANTS: &str = concat!(scope_cte!(), " SELECT m.role AS role, m.node_id AS node_id FROM mine m ORDER BY m.role, m.node_id");

pub const LEVELS: &str = "SELECT label FROM levels ORDER BY position";

pub const NODES: &str = concat!(
    scope_cte!(),
    " SELECT n.id AS id, n.level AS level, n.name AS name,
             CASE WHEN p.node_id IS NULL THEN '' ELSE n.parent_id END AS parent_id
      FROM nodes n JOIN scope_nodes s ON s.node_id = n.id LEFT JOIN scope_nodes p ON p.node_id = n.parent_id
      ORDER BY n.level, n.name, n.id"
);

/// People who answer for a node in scope: grants of product and management roles held exactly on it.
pub const OWNERS: &str = concat!(
    scope_cte!(),
    " SELECT g.node_id AS node_id, p.name AS name FROM grants g
      JOIN scope_nodes s ON s.node_id = g.node_id JOIN people p ON p.id = g.person_id
      WHERE g.role IN ('product_owner', 'portfolio_manager', 'department_manager', 'bu_manager')
      ORDER BY g.node_id, p.name"
);

pub const WORKLOADS: &str = concat!(
    scope_cte!(),
    " SELECT w.id AS id, w.node_id AS node_id, w.name AS name, w.description AS description
      FROM workloads w JOIN scope_nodes s ON s.node_id = w.node_id ORDER BY w.name, w.id"
);

/// Accounts with an allocation inside the scope, or in which a principal claimed inside the scope lives.
pub const ACCOUNTS: &str = concat!(
    scope_cte!(),
    " SELECT a.id AS id, a.name AS name FROM accounts a CROSS JOIN company
      WHERE company.wide = 1
         OR EXISTS (SELECT 1 FROM account_allocations l JOIN scope_nodes s ON s.node_id = l.node_id WHERE l.account_id = a.id)
         OR EXISTS (SELECT 1 FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                    JOIN principals i ON i.principal_key = c.principal_key WHERE i.account_id = a.id)
      ORDER BY a.name, a.id"
);

pub const STATEMENTS: &[&str] = &[GRANTS, LEVELS, NODES, OWNERS, WORKLOADS, ACCOUNTS];

/// The live grants behind the scope, each role with the node it is held on.
///
/// # Errors
/// When the database fails.
pub async fn list_grants(store: &Store, scope: &ScopeBind) -> Result<Vec<(Role, NodeId)>, StoreError> {
    let rows = sqlx::query(GRANTS).bind(scope.person.clone()).bind(scope.roles.clone()).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            let role: String = row.try_get("role")?;
            let role = role.parse().map_err(|_| StoreError::corrupt("role", ""))?;
            Ok((role, NodeId(row.try_get("node_id")?)))
        })
        .collect()
}

/// Nodes, owners and workloads by `scope`, accounts by `accounts`: an engineer may hear of accounts and of nothing else.
///
/// # Errors
/// When the database fails.
pub async fn get_organisation(store: &Store, scope: &ScopeBind, accounts: &ScopeBind) -> Result<OrgSlice, StoreError> {
    let pool = store.pool();
    let query = |sql: &'static str, scope: &ScopeBind| sqlx::query(sql).bind(scope.person.clone()).bind(scope.roles.clone());
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in query(OWNERS, scope).fetch_all(pool).await? {
        owners.entry(row.try_get("node_id")?).or_default().push(row.try_get("name")?);
    }
    let mut slice = OrgSlice::default();
    for row in sqlx::query(LEVELS).fetch_all(pool).await? {
        slice.levels.push(row.try_get("label")?);
    }
    for row in query(NODES, scope).fetch_all(pool).await? {
        let id: String = row.try_get("id")?;
        let mut names = owners.remove(&id).unwrap_or_default();
        names.dedup();
        slice.nodes.push(OrgNode {
            parent: non_empty(row.try_get("parent_id")?).map(NodeId),
            level: row.try_get("level")?,
            name: row.try_get("name")?,
            owners: names,
            id: NodeId(id),
        });
    }
    for row in query(WORKLOADS, scope).fetch_all(pool).await? {
        slice.workloads.push(OrgWorkload {
            id: WorkloadId(row.try_get("id")?),
            node: NodeId(row.try_get("node_id")?),
            name: row.try_get("name")?,
            description: row.try_get("description")?,
        });
    }
    for row in query(ACCOUNTS, accounts).fetch_all(pool).await? {
        slice.accounts.push(OrgAccount { id: AccountId(row.try_get("id")?), name: row.try_get("name")? });
    }
    Ok(slice)
}
