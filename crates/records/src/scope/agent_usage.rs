//! Sets what Agent Bill itself consumed beside its limits, and keeps everybody's use from those who may not see it.

use agent_bill_domain::consumption::AgentLimits;
use agent_bill_domain::permission::Action;
use agent_bill_tools::view::{AgentUsage, AgentUsageQuery, AgentUsageSum, AgentUsageView, BaseView, LimitUse, ViewError};
use async_trait::async_trait;

use super::view::{ScopedView, unavailable};
use crate::tables::model_calls::{self, Used};

#[async_trait]
impl AgentUsageView for ScopedView {
    /// The asker's own calls under `ReadOwnAccess`; everybody's under `ReadAgentUsage`.
    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<AgentUsage, ViewError> {
        self.require(Action::ReadOwnAccess)?;
        let bind = self.scope.bind(&[Action::ReadAgentUsage]);
        let used = model_calls::get_used(&self.store, &bind, self.clock.today()).await.map_err(unavailable("limits"))?;
        let sums = model_calls::list_sums(&self.store, &bind, &query).await.map_err(unavailable("agent usage"))?;
        Ok(describe(sums, &used, &query, &self.settings.answers.agent_limits))
    }
}

/// Which limit binds is said to everybody, for it is what stops their next question; how much others used is not.
fn describe(sums: Vec<AgentUsageSum>, used: &Used, query: &AgentUsageQuery, limits: &AgentLimits) -> AgentUsage {
    AgentUsage {
        everybody: used.sees_everybody && !query.only_mine,
        sums,
        limits: LimitUse {
            person_day: used.person_day,
            month: used.sees_everybody.then_some(used.month),
            binding: limits.binding(&used.person_day, &used.month),
        },
    }
}
