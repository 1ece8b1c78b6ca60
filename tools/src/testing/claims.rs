use agent_bill_domain::attribution::ClaimSpan;
use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::period::DateRange;
use async_trait::async_trait;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{FakeView, role};
use crate::view::{ClaimFact, ClaimsView, Dimension, PrincipalTrace, SpendQuery, SpendView, ViewError};

impl FakeView {
    pub fn claim(&mut self, role_name: &str, workload: &str, from: Date) {
        self.claims.push(ClaimFact {
            principal: role(role_name).into(),
            principal_name: role_name.to_owned(),
            workload: workload.into(),
            effective_from: from,
            released_on: None,
            claimed_by: "Bob Owner".to_owned(),
            broad_reason: String::new(),
        });
    }

    pub(super) fn spans(&self) -> Vec<ClaimSpan> {
        let span = |claim: &ClaimFact| ClaimSpan {
            principal: claim.principal.clone(),
            workload: claim.workload.clone(),
            effective_from: claim.effective_from,
            released_on: claim.released_on,
        };
        self.claims.iter().map(span).collect()
    }
}

#[async_trait]
impl ClaimsView for FakeView {
    async fn claims(&self) -> Result<Vec<ClaimFact>, ViewError> {
        Ok(self.claims.clone())
    }

    async fn trace_principal(&self, principal: &str) -> Result<Option<PrincipalTrace>, ViewError> {
        let key = PrincipalKey::from(role(principal));
        let range = DateRange { from: date(2020, 1, 1), to: self.today.saturating_add(1.day()) };
        let query =
            SpendQuery { range, dimensions: [Dimension::Principal, Dimension::Day], node: None, model: None, account: None, region: None };
        let facts = self.spend(&query).await?;
        let days: Vec<Date> = facts.iter().filter(|fact| fact.values[0] == key.0).map(|fact| fact.values[1].parse().unwrap()).collect();
        Ok(Some(PrincipalTrace {
            billed_first_on: days.iter().min().copied(),
            billed_last_on: days.iter().max().copied(),
            claim: self.claims.iter().find(|claim| claim.principal == key).cloned(),
            key,
        }))
    }
}
