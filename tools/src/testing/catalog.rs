use async_trait::async_trait;

use super::FakeView;
use crate::view::{CatalogView, DecisionFact, ModelFact, ViewError};

#[async_trait]
impl CatalogView for FakeView {
    async fn models(&self) -> Result<Vec<ModelFact>, ViewError> {
        Ok(self.models.clone())
    }

    async fn decisions(&self) -> Result<Vec<DecisionFact>, ViewError> {
        Ok(self.decisions.clone())
    }
}
