use agent_bill_domain::ids::{NodeId, PrincipalKey};
use agent_bill_domain::period::DateRange;
use async_trait::async_trait;

use super::{FakeView, role};
use crate::view::{Bucket, Dimension, SpendFact, SpendQuery, SpendView, UnclaimedFact, UnclaimedView, ViewError, VisibleBecause};

/// Why, where to and for which share an unclaimed principal is seen.
pub type Sight = (VisibleBecause, Option<NodeId>, i64);

impl FakeView {
    pub fn see_unclaimed(&mut self, role_name: &str, node: Option<&str>, because: VisibleBecause, share: i64) {
        self.sights.insert(role(role_name).into(), (because, node.map(NodeId::from), share));
    }
}

#[async_trait]
impl UnclaimedView for FakeView {
    async fn unclaimed(&self, range: DateRange) -> Result<Vec<UnclaimedFact>, ViewError> {
        let query = SpendQuery {
            range,
            dimensions: [Dimension::Principal, Dimension::Account],
            node: None,
            model: None,
            account: None,
            region: None,
        };
        let facts = self.spend(&query).await?;
        let days = |key: &str| self.lines.iter().filter(|line| line.principal == key).map(|line| line.date).collect::<Vec<_>>();
        let seen = |fact: &SpendFact| {
            let key = PrincipalKey::from(fact.values[0].as_str());
            let because = self.sights.get(&key).map_or(VisibleBecause::CompanyWide, |sight| sight.0);
            UnclaimedFact {
                name: fact.values[0].rsplit('/').next().unwrap().to_owned(),
                kind: "role".to_owned(),
                account: fact.values[1].as_str().into(),
                amount: fact.amount,
                tokens: fact.tokens,
                first_seen: *days(&fact.values[0]).iter().min().unwrap(),
                last_seen: *days(&fact.values[0]).iter().max().unwrap(),
                visible_because: because,
                node: fact.node.clone(),
                share_basis_points: fact.share_basis_points,
                broad_reason: String::new(),
                released_on: None,
                principal: key,
            }
        };
        Ok(facts.iter().filter(|fact| fact.bucket == Bucket::UnclaimedPrincipal).map(seen).collect())
    }
}
