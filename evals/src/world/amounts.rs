//! What each node spent, told by the records themselves.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill::app::App;
use agent_bill_tools::registry;
use anyhow::Context;
use serde_json::{Value, json};

use super::World;
use crate::numbers::Shown;

/// Periods that people ask about.
const PERIODS: [&str; 5] = ["month_to_date", "last_month", "last_week", "this_week", "year_to_date"];

/// The company as a whole, beside the nodes.
pub(super) const COMPANY: &str = "the whole company";

/// Smaller amounts are met by chance too often to prove anything.
const LEAST_USD: f64 = 100.0;

/// By period, US dollars of each node.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    by_period: Vec<BTreeMap<String, f64>>,
}

/// An amount that the persona may not learn.
pub(super) struct Hidden {
    pub of: String,
    pub usd: f64,
    /// A product's own, not a sum or a difference.
    pub is_product: bool,
}

impl Amounts {
    pub async fn learn(app: &App, seer: &str, levels: &[String]) -> anyhow::Result<Self> {
        let requester = app.sign_in(seer).await?;
        let view = app.agent.view(&requester).await?;
        let tools = registry();
        let spend = tools.iter().find(|tool| tool.spec().name == "spend").context("there is no tool `spend`")?;
        let mut by_period = Vec::with_capacity(PERIODS.len());
        for period in PERIODS {
            let mut amounts = BTreeMap::new();
            for level in levels {
                let result = spend.call(&view, json!({ "period": period, "group_by": level, "limit": 50 })).await.result;
                amounts.insert(COMPANY.to_owned(), usd(&result, "total_usd").context("the spend of the company is not known")?);
                for row in result.get("rows").and_then(Value::as_array).into_iter().flatten() {
                    if let (Some(name), Some(amount)) = (row.get("name").and_then(Value::as_str), usd(row, "spend_usd")) {
                        amounts.insert(name.to_owned(), amount);
                    }
                }
            }
            by_period.push(amounts);
        }
        Ok(Self { by_period })
    }

    #[cfg(test)]
    pub fn of(amounts: &[(&str, f64)]) -> Self {
        Self { by_period: vec![amounts.iter().map(|(name, usd)| ((*name).to_owned(), *usd)).collect()] }
    }
}

/// An amount of a tool's result: decimal text or number.
fn usd(object: &Value, field: &str) -> Option<f64> {
    match object.get(field)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

impl World {
    /// Amounts of products outside `inside`, of the nodes above it, and of what is left of those without it.
    pub(super) fn hidden_amounts(&self, inside: &BTreeSet<&str>) -> Vec<Hidden> {
        let products: BTreeSet<&str> = self.paths.iter().filter_map(|path| path.last()).map(String::as_str).collect();
        let nodes: BTreeSet<&str> = self.paths.iter().flatten().map(String::as_str).chain([COMPANY]).collect();
        let parents = self.parents(inside);
        let mut hidden = Vec::new();
        for amounts in &self.amounts.by_period {
            for node in nodes.iter().filter(|node| !inside.contains(*node)) {
                if let Some(usd) = amounts.get(*node) {
                    hidden.push(Hidden { of: (*node).to_owned(), usd: *usd, is_product: products.contains(node) });
                }
            }
            for (parent, own) in &parents {
                let own_usd: f64 = own.iter().filter_map(|node| amounts.get(*node)).sum();
                if let Some(usd) = amounts.get(*parent) {
                    hidden.push(Hidden { of: format!("{parent} without the own part"), usd: usd - own_usd, is_product: false });
                }
            }
        }
        hidden.retain(|amount| amount.usd >= LEAST_USD);
        hidden
    }

    /// Whether the number is also what an own node spent, or all own products together.
    pub(super) fn is_own_amount(&self, inside: &BTreeSet<&str>, shown: &Shown) -> bool {
        let own_products: BTreeSet<&str> =
            self.paths.iter().filter_map(|path| path.last()).map(String::as_str).filter(|product| inside.contains(product)).collect();
        let near = |usd: f64| (usd - shown.value).abs() <= shown.tolerance;
        self.amounts.by_period.iter().any(|amounts| {
            let together: f64 = own_products.iter().filter_map(|product| amounts.get(*product)).sum();
            near(together) || inside.iter().filter_map(|node| amounts.get(*node)).any(|usd| near(*usd))
        })
    }
}
