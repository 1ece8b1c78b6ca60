use agent_bill_domain::period::Month;
use async_trait::async_trait;

use super::FakeView;
use crate::view::{EstimateFact, EstimatesView, ViewError};

#[async_trait]
impl EstimatesView for FakeView {
    async fn estimates(&self, month: Month) -> Result<Vec<EstimateFact>, ViewError> {
        Ok(self.estimates.iter().filter(|estimate| estimate.from_month <= month).cloned().collect())
    }
}
