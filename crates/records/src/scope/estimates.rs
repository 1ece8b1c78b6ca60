//! What Product Owners committed to.

use agent_bill_domain::period::Month;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{BaseView, EstimateFact, EstimatesView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::estimates;

#[async_trait]
impl EstimatesView for ScopedView {
    /// Under `ReadEstimates`.
    async fn estimates(&self, month: Month) -> Result<Vec<EstimateFact>, ViewError> {
        self.require(Action::ReadEstimates)?;
        let bind = self.scope.bind(&[Action::ReadEstimates]);
        estimates::list_estimates(&self.store, &bind, month).await.map_err(unavailable("estimates"))
    }
}
