//! Sets what Agent Bill itself consumed beside its limits, and keeps everybody's use from those who may not see it.

use agent_bill_domain::consumption::AgentLimits;
use agent_bill_tools::facts::{AgentUsage, AgentUsageQuery, AgentUsageSum, LimitUse};

use crate::tables::model_calls::Used;

/// Which limit binds is said to everybody, for it is what stops their next question; how much others used is not.
pub(super) fn describe(sums: Vec<AgentUsageSum>, used: &Used, query: &AgentUsageQuery, limits: &AgentLimits) -> AgentUsage {
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
