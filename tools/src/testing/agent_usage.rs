use std::collections::BTreeMap;

use agent_bill_domain::consumption::Consumption;
use agent_bill_domain::period::Month;
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;

use super::FakeView;
use crate::view::{AgentUsage, AgentUsageQuery, AgentUsageSum, AgentUsageView, BaseView, LimitUse, UsageBy, ViewError};

/// One call of a language model: the asker's own when `person` is the asker's name.
#[derive(Debug, Clone)]
pub struct ModelCall {
    pub on: Date,
    pub person: &'static str,
    pub conversation: &'static str,
    /// What it comes to as a sum of one call; `value` is the model as configured.
    pub sum: AgentUsageSum,
}

#[async_trait]
impl AgentUsageView for FakeView {
    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<AgentUsage, ViewError> {
        let sees_all = self.require(Action::ReadAgentUsage).is_ok();
        let mine = |call: &&ModelCall| call.person == self.me.name;
        let seen = |call: &&ModelCall| query.range.contains(call.on) && (mine(call) || sees_all && !query.only_mine);
        let mut sums: BTreeMap<String, AgentUsageSum> = BTreeMap::new();
        for call in self.model_calls.iter().filter(seen) {
            let value = match query.by {
                UsageBy::Model => call.sum.value.clone(),
                UsageBy::Person => call.person.to_owned(),
                UsageBy::Conversation => if mine(&call) { call.conversation } else { "" }.to_owned(),
                UsageBy::Day => call.on.to_string(),
                UsageBy::Total => String::new(),
            };
            let started_on = (query.by == UsageBy::Conversation && mine(&call)).then_some(call.on);
            match sums.get_mut(&value) {
                Some(sum) => add(sum, &call.sum),
                None => _ = sums.insert(value.clone(), AgentUsageSum { value, started_on, ..call.sum.clone() }),
            }
        }
        let used = |counts: &dyn Fn(&&ModelCall) -> bool| {
            let of = |call: &ModelCall| Consumption { usd: call.sum.cost, tokens: call.sum.total_tokens };
            self.model_calls
                .iter()
                .filter(|call| counts(call))
                .map(of)
                .fold(Consumption::default(), |a, b| Consumption { usd: a.usd + b.usd, tokens: a.tokens + b.tokens })
        };
        let person_day = used(&|call| mine(call) && call.on == self.today);
        let month = used(&|call| Month::of(call.on) == Month::of(self.today));
        let binding = self.settings().agent_limits.binding(&person_day, &month);
        let limits = LimitUse { person_day, month: sees_all.then_some(month), binding };
        Ok(AgentUsage { everybody: sees_all && !query.only_mine, sums: sums.into_values().collect(), limits })
    }
}

fn add(sum: &mut AgentUsageSum, call: &AgentUsageSum) {
    sum.calls += call.calls;
    sum.failed += call.failed;
    sum.running += call.running;
    sum.estimated += call.estimated;
    sum.unpriced += call.unpriced;
    sum.tokens += call.tokens;
    sum.total_tokens += call.total_tokens;
    sum.cost += call.cost;
}
