//! What every tool may know: who asks, what their roles allow, the day, and settings that are the same for everybody.

use agent_bill_domain::consumption::AgentLimits;
use agent_bill_domain::ids::NodeId;
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;
use async_trait::async_trait;
use jiff::civil::Date;

/// What a view knows before it reads any area.
#[async_trait]
pub trait BaseView: Send + Sync {
    /// Today's UTC date by the injected clock.
    fn today(&self) -> Date;

    /// Settings that shape answers; the same for everybody.
    fn settings(&self) -> Settings;

    /// Fails with `RoleDenied` unless an effective role may do `action`.
    fn require(&self, action: Action) -> Result<(), ViewError>;

    /// The asker, with the grants that are effective now.
    async fn me(&self) -> Result<Me, ViewError>;
}

#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// No effective role of the asker may do this; who can is named instead.
    #[error("only {} may see this", action.who_can())]
    RoleDenied { action: Action },
    /// The database failed. The cause was logged; nothing of it belongs in an answer.
    #[error("the records could not be read")]
    Unavailable,
}

/// The person who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub name: String,
    /// Effective grants: the role and the name of the node it is held on.
    pub grants: Vec<(Role, NodeId)>,
    /// True when one of the effective roles sees every dollar (FinOps Lead, Finance).
    pub company_wide: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Our threshold for a healthy cache hit rate, in tenths of a percent (AWS publishes none).
    pub healthy_cache_permille: i64,
    /// Expected reuses of a cached prefix, used when the data shows none.
    pub cache_reuse: i64,
    pub net_cost: bool,
    /// What Agent Bill itself may consume.
    pub agent_limits: AgentLimits,
}
