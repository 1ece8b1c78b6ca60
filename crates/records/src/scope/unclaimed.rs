//! Principals that nobody claims.

use agent_bill_domain::period::DateRange;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{UnclaimedFact, UnclaimedView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::usage_daily;

#[async_trait]
impl UnclaimedView for ScopedView {
    /// Under `ReadUnclaimedPrincipals`; without it there is nothing to see, and no refusal.
    async fn unclaimed(&self, range: DateRange) -> Result<Vec<UnclaimedFact>, ViewError> {
        if !self.scope.may(Action::ReadUnclaimedPrincipals) {
            return Ok(Vec::new());
        }
        let bind = self.scope.bind(&[Action::ReadUnclaimedPrincipals]);
        usage_daily::list_unclaimed(&self.store, &bind, &self.settings.reads, range).await.map_err(unavailable("unclaimed principals"))
    }
}
