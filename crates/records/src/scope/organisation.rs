//! The part of the organisation inside the scope.

use agent_bill_tools::facts::OrgSlice;

use super::ScopeBind;
use crate::tables::{accounts, grants, levels, nodes, workloads};
use crate::{Store, StoreError};

/// Nodes, owners and workloads by `scope`, accounts by `accounts`: an engineer may hear of accounts and of nothing else.
///
/// # Errors
/// When the database fails.
pub(crate) async fn get_organisation(store: &Store, scope: &ScopeBind, accounts: &ScopeBind) -> Result<OrgSlice, StoreError> {
    let mut owners = grants::list_owners(store, scope).await?;
    let mut nodes = nodes::list_nodes_in_scope(store, scope).await?;
    for node in &mut nodes {
        node.owners = owners.remove(&node.id).unwrap_or_default();
    }
    Ok(OrgSlice {
        levels: levels::list_labels(store).await?,
        nodes,
        workloads: workloads::list_workloads_in_scope(store, scope).await?,
        accounts: accounts::list_accounts_in_scope(store, accounts).await?,
    })
}
