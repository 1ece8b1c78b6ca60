use std::collections::BTreeMap;

use agent_bill_domain::attribution::{ClaimSpan, LineFacts, bucket};
use agent_bill_domain::ids::{NodeId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::{NanoUsd, scale};
use agent_bill_domain::period::Month;
use async_trait::async_trait;
use jiff::civil::Date;

use super::{FakeView, PROD, role};
use crate::view::{Bucket, Dimension, SpendFact, SpendQuery, SpendView, ViewError};

/// One line of the bill.
#[derive(Debug, Clone)]
pub struct Line {
    pub date: Date,
    pub principal: String,
    pub model: String,
    pub class: String,
    pub account: String,
    pub region: String,
    pub kind: &'static str,
    pub amount: NanoUsd,
    pub tokens: i64,
}

impl FakeView {
    /// Input tokens of Sonnet: the amount in cents, a thousand tokens a cent.
    pub fn used(&mut self, date: Date, role_name: &str, cents: i64) {
        self.line(date, role_name, "anthropic/claude-sonnet-4.6", "input", cents, cents * 1000);
    }

    pub fn line(&mut self, date: Date, role_name: &str, model: &str, class: &str, cents: i64, tokens: i64) {
        let principal = if role_name.is_empty() { String::new() } else { role(role_name) };
        self.lines.push(Line {
            date,
            principal,
            model: model.to_owned(),
            class: class.to_owned(),
            account: PROD.to_owned(),
            region: "us-east-1".to_owned(),
            kind: "usage",
            amount: NanoUsd::from_cents(cents),
            tokens,
        });
    }

    pub fn credit(&mut self, date: Date, kind: &'static str, cents: i64) {
        self.line(date, "", "", "other", cents, 0);
        if let Some(line) = self.lines.last_mut() {
            line.kind = kind;
        }
    }

    fn wide(&self) -> bool {
        self.me.company_wide
    }

    /// Bucket, workload, node and share of a line, if this person may see it.
    fn place(&self, line: &Line, spans: &[ClaimSpan]) -> Option<(Bucket, Option<WorkloadId>, Option<NodeId>, i64)> {
        let facts = LineFacts {
            date: line.date,
            is_usage: line.kind == "usage",
            principal: (!line.principal.is_empty()).then(|| line.principal.as_str().into()),
            has_principal_data: self.freshness.first_principal_on.is_some_and(|first| first <= line.date),
        };
        let (bucket, workload) = bucket(spans, &facts);
        match bucket {
            Bucket::Attributed | Bucket::ClaimedLater => {
                let own = self.org.workloads.iter().find(|own| Some(&own.id) == workload)?;
                Some((bucket, Some(own.id.clone()), Some(own.node.clone()), 10_000))
            }
            Bucket::UnclaimedPrincipal => {
                let sight = self.sights.get(&PrincipalKey::from(line.principal.as_str()));
                match sight {
                    Some((_, node, share)) => Some((bucket, None, node.clone(), if self.wide() { 10_000 } else { *share })),
                    None => self.wide().then_some((bucket, None, None, 10_000)),
                }
            }
            _ => self.wide().then_some((bucket, None, None, 10_000)),
        }
    }
}

fn value(line: &Line, dimension: Dimension) -> String {
    match dimension {
        Dimension::None => String::new(),
        Dimension::Model => line.model.clone(),
        Dimension::TokenClass => line.class.clone(),
        Dimension::Region => line.region.clone(),
        Dimension::Account => line.account.clone(),
        Dimension::Day => line.date.to_string(),
        Dimension::Month => Month::of(line.date).to_string(),
        Dimension::Principal => line.principal.clone(),
        Dimension::UsageType => format!("{}-{}", line.region, line.class),
        Dimension::LineKind => line.kind.to_owned(),
    }
}

type SumKey = (Bucket, Option<WorkloadId>, Option<NodeId>, [String; 2], i64);

#[async_trait]
impl SpendView for FakeView {
    async fn spend(&self, query: &SpendQuery) -> Result<Vec<SpendFact>, ViewError> {
        let spans = self.spans();
        let mut sums: BTreeMap<SumKey, (NanoUsd, i64)> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| query.range.contains(line.date)) {
            let fits = query.model.as_ref().is_none_or(|model| model.as_str() == line.model)
                && query.account.as_ref().is_none_or(|account| account.as_str() == line.account)
                && query.region.as_ref().is_none_or(|region| *region == line.region);
            let Some((bucket, workload, node, share)) = self.place(line, &spans).filter(|_| fits) else { continue };
            if query.node.as_ref().is_some_and(|top| !self.within(node.as_ref(), top)) {
                continue;
            }
            let values = query.dimensions.map(|dimension| value(line, dimension));
            let sum = sums.entry((bucket, workload, node, values, share)).or_default();
            sum.0 += line.amount;
            sum.1 += line.tokens;
        }
        let fact = |((bucket, workload, node, values, share), (amount, tokens)): (SumKey, (NanoUsd, i64))| SpendFact {
            bucket,
            workload,
            node,
            values,
            amount: amount.scale(share, 10_000),
            tokens: scale(tokens, share, 10_000),
            share_basis_points: share,
        };
        Ok(sums.into_iter().map(fact).collect())
    }
}
