use agent_bill_domain::period::DateRange;
use async_trait::async_trait;

use super::FakeView;
use crate::view::{DriftFact, DriftView, ViewError};

#[async_trait]
impl DriftView for FakeView {
    async fn drift(&self, range: DateRange) -> Result<Vec<DriftFact>, ViewError> {
        Ok(self.drift.iter().filter(|fact| fact.first_seen <= range.to && range.from <= fact.last_seen).cloned().collect())
    }
}
