//! Models, and what was decided on them.

use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{BaseView, CatalogView, DecisionFact, ModelFact, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::{decisions, models};

#[async_trait]
impl CatalogView for ScopedView {
    /// Under `ReadSpend` or `ReadCatalog`.
    async fn models(&self) -> Result<Vec<ModelFact>, ViewError> {
        let bind = self.scope.bind(&[Action::ReadSpend, Action::ReadCatalog]);
        models::list_models(&self.store, &bind).await.map_err(unavailable("models"))
    }

    /// Under `ReadCatalog`.
    async fn decisions(&self) -> Result<Vec<DecisionFact>, ViewError> {
        self.require(Action::ReadCatalog)?;
        let bind = self.scope.bind(&[Action::ReadCatalog]);
        decisions::list_decisions(&self.store, &bind).await.map_err(unavailable("decisions"))
    }
}
