//! The organisation as a whole: what an import replaces and an operator's overview shows.

pub use crate::tables::account_allocations::Allocation;
pub use crate::tables::accounts::Account;
pub use crate::tables::grants::Grant;
pub use crate::tables::nodes::{COMPANY, Node};
pub use crate::tables::workloads::Workload;
use crate::{Store, StoreError, WriteTx};

/// The whole organisation, as an operator sees it.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// Labels, top first.
    pub levels: Vec<String>,
    pub nodes: Vec<Node>,
    /// Each with the person's name.
    pub grants: Vec<(Grant, String)>,
    pub accounts: Vec<Account>,
    pub allocations: Vec<Allocation>,
    pub workloads: Vec<Workload>,
}

/// Everything, in one consistent read. For the operator of this machine only.
///
/// # Errors
/// When the database fails.
pub async fn get(store: &Store) -> Result<Organisation, StoreError> {
    let mut tx = store.begin_read().await?;
    let organisation = tx.get_organisation().await?;
    tx.rollback().await?;
    Ok(organisation)
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn get_organisation(&mut self) -> Result<Organisation, StoreError> {
        Ok(Organisation {
            levels: self.list_levels().await?,
            nodes: self.list_nodes().await?,
            grants: self.list_grants_by_name().await?,
            accounts: self.list_accounts().await?,
            allocations: self.list_allocations().await?,
            workloads: self.list_workloads().await?,
        })
    }
}
