//! Sums of the bill.

use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{BaseView, SpendFact, SpendQuery, SpendView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::usage_daily;

#[async_trait]
impl SpendView for ScopedView {
    /// Under `ReadSpend`.
    async fn spend(&self, query: &SpendQuery) -> Result<Vec<SpendFact>, ViewError> {
        self.require(Action::ReadSpend)?;
        let bind = self.scope.bind(&[Action::ReadSpend]);
        usage_daily::list_spend(&self.store, &bind, &self.settings.reads, query).await.map_err(unavailable("spend"))
    }
}
