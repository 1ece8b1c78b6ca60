//! What the records say about each workload in a month: spend and tokens, by day, by model and by token class.

use std::collections::BTreeMap;

use agent_bill_domain::ids::WorkloadId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::tokens::{TokenCounts, TokenKind};
use jiff::civil::Date;

use crate::contract::ToolError;
use crate::hierarchy::Subject;
use crate::period::PeriodInfo;
use crate::view::{Bucket, Dimension, SpendFact, SpendQuery, View};

/// Cost and tokens of one raw token class of one model.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub amount: NanoUsd,
    pub tokens: i64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Measures {
    pub spend: NanoUsd,
    pub tokens: TokenCounts,
    pub spend_by_kind: BTreeMap<TokenKind, NanoUsd>,
    pub daily_spend: Vec<(Date, NanoUsd)>,
    pub daily_tokens: Vec<(Date, i64)>,
    /// By model and raw token class, over settled days only.
    pub settled: BTreeMap<String, BTreeMap<String, Used>>,
}

/// Reads the attributed usage of every workload in the subject.
pub(super) async fn read(view: &dyn View, subject: &Subject, info: &PeriodInfo) -> Result<BTreeMap<WorkloadId, Measures>, ToolError> {
    let range = DateRange { from: info.from_date, to: info.to_date };
    let mut found: BTreeMap<WorkloadId, Measures> = BTreeMap::new();
    for (workload, fact) in attributed(view, subject, range, [Dimension::Model, Dimension::TokenClass]).await? {
        let measures = found.entry(workload).or_default();
        measures.spend += fact.amount;
        if let Some(kind) = fact.values.get(1).and_then(|class| TokenKind::of_class(class)) {
            measures.tokens.add(kind, fact.tokens);
            *measures.spend_by_kind.entry(kind).or_default() += fact.amount;
        }
    }
    for (workload, fact) in attributed(view, subject, range, [Dimension::Day, Dimension::TokenClass]).await? {
        let [day, class] = fact.values;
        if let Ok(day) = day.parse() {
            let measures = found.entry(workload).or_default();
            measures.daily_spend.push((day, fact.amount));
            if TokenKind::of_class(&class).is_some() {
                measures.daily_tokens.push((day, fact.tokens));
            }
        }
    }
    let Some(settled) = info.settled_through else { return Ok(found) };
    let range = DateRange { to: settled.min(info.to_date), ..range };
    for (workload, fact) in attributed(view, subject, range, [Dimension::Model, Dimension::TokenClass]).await? {
        let [model, class] = fact.values;
        let used = found.entry(workload).or_default().settled.entry(model).or_default().entry(class).or_default();
        used.amount += fact.amount;
        used.tokens += fact.tokens;
    }
    Ok(found)
}

async fn attributed(
    view: &dyn View,
    subject: &Subject,
    range: DateRange,
    dimensions: [Dimension; 2],
) -> Result<impl Iterator<Item = (WorkloadId, SpendFact)>, ToolError> {
    let query = SpendQuery { range, dimensions, node: subject.root(), model: None, account: None, region: None };
    let mut facts = view.spend(&query).await?;
    facts.retain(|fact| fact.bucket == Bucket::Attributed && subject.holds(fact.workload.as_ref(), fact.node.as_ref()));
    Ok(facts.into_iter().filter_map(|fact| fact.workload.clone().map(|workload| (workload, fact))))
}
