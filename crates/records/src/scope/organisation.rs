//! The part of the business hierarchy that the asker may see.

use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{OrgSlice, OrganisationView, ViewError};
use async_trait::async_trait;

use super::ScopeBind;
use super::view::{ScopedView, unavailable};
use crate::tables::{accounts, grants, levels, nodes, workloads};
use crate::{Store, StoreError};

#[async_trait]
impl OrganisationView for ScopedView {
    /// Nodes and workloads under `ReadSpend`; accounts under `ReadSpend` or `ReadCatalog`.
    async fn org(&self) -> Result<OrgSlice, ViewError> {
        let nodes = self.scope.bind(&[Action::ReadSpend]);
        let accounts = self.scope.bind(&[Action::ReadSpend, Action::ReadCatalog]);
        get_organisation(&self.store, &nodes, &accounts).await.map_err(unavailable("organisation"))
    }
}

/// Nodes, owners and workloads by `scope`, accounts by `accounts`: an engineer may hear of accounts and of nothing else.
///
/// # Errors
/// When the database fails.
pub(super) async fn get_organisation(store: &Store, scope: &ScopeBind, accounts: &ScopeBind) -> Result<OrgSlice, StoreError> {
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
