//! The part of the business hierarchy that the asker may see.

use agent_bill_domain::role::Action;
use agent_bill_tools::view::{OrgSlice, OrganisationView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::scoped::organisation;

#[async_trait]
impl OrganisationView for ScopedView {
    /// Nodes and workloads under `ReadSpend`; accounts under `ReadSpend` or `ReadCatalog`.
    async fn org(&self) -> Result<OrgSlice, ViewError> {
        let nodes = self.scope.bind(&[Action::ReadSpend]);
        let accounts = self.scope.bind(&[Action::ReadSpend, Action::ReadCatalog]);
        organisation::get_organisation(&self.store, &nodes, &accounts).await.map_err(unavailable("organisation"))
    }
}
