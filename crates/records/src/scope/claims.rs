//! Which principal belongs to which workload, and what became of one that the asker names.

use agent_bill_domain::bill::principal;
use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{ClaimFact, ClaimsView, PrincipalTrace, UnclaimedView, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::{claims, usage_daily};

#[async_trait]
impl ClaimsView for ScopedView {
    /// Under `ReadSpend`.
    async fn claims(&self) -> Result<Vec<ClaimFact>, ViewError> {
        let bind = self.scope.bind(&[Action::ReadSpend]);
        claims::list_claims_in_scope(&self.store, &bind).await.map_err(unavailable("claims"))
    }

    /// Claimed principals under `ReadSpend`; unclaimed ones as [`UnclaimedView::unclaimed`] does.
    async fn trace_principal(&self, principal: &str) -> Result<Option<PrincipalTrace>, ViewError> {
        let Some(key) = self.find_key(principal).await? else { return Ok(None) };
        let bind = self.scope.bind(&[Action::ReadSpend]);
        let mut trace = usage_daily::trace_claimed_principal(&self.store, &bind, &key).await.map_err(unavailable("principal"))?;
        if trace.billed_first_on.is_none() {
            let visible = self.unclaimed(Self::always()).await?;
            if let Some(fact) = visible.iter().find(|fact| fact.principal == key) {
                trace.billed_first_on = Some(fact.first_seen);
                trace.billed_last_on = Some(fact.last_seen);
            }
        }
        Ok(Some(trace))
    }
}

impl ScopedView {
    /// Everything ever loaded: the range of a question without a period, such as "since when".
    fn always() -> DateRange {
        DateRange { from: jiff::civil::date(2000, 1, 1), to: jiff::civil::date(9998, 12, 31) }
    }

    async fn find_key(&self, text: &str) -> Result<Option<PrincipalKey>, ViewError> {
        let trimmed = text.trim();
        if trimmed.starts_with("arn:") {
            return Ok(principal::parse(trimmed).map(|parsed| parsed.key));
        }
        let folded = fold_name(trimmed);
        let claimed =
            self.claims().await?.into_iter().find(|claim| fold_name(&claim.principal_name) == folded).map(|claim| claim.principal);
        if claimed.is_some() {
            return Ok(claimed);
        }
        let visible = self.unclaimed(Self::always()).await?;
        Ok(visible
            .into_iter()
            .find(|fact| fold_name(&fact.name) == folded || fact.principal.as_str() == trimmed)
            .map(|fact| fact.principal))
    }
}
