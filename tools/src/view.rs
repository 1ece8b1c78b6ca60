//! The capability a tool body receives: rows already narrowed to the person who asks.

use agent_bill_domain::consumption::AgentLimits;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::role::Action;
use async_trait::async_trait;
use jiff::civil::Date;

use crate::facts::{
    AgentUsage, AgentUsageQuery, ClaimFact, DecisionFact, DriftFact, EstimateFact, Freshness, Me, ModelFact, OrgSlice, PrincipalTrace,
    SpendFact, SpendQuery, UnclaimedFact,
};

#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// No effective role of the asker may do this; who can is named instead.
    #[error("only {} may see this", action.who_can())]
    RoleDenied { action: Action },
    /// The database failed. The cause was logged; nothing of it belongs in an answer.
    #[error("the records could not be read")]
    Unavailable,
}

#[async_trait]
pub trait View: Send + Sync {
    /// Today's UTC date by the injected clock.
    fn today(&self) -> Date;

    /// Settings that shape answers; the same for everybody.
    fn settings(&self) -> Settings;

    /// Fails with `RoleDenied` unless an effective role may do `action`.
    fn require(&self, action: Action) -> Result<(), ViewError>;

    async fn me(&self) -> Result<Me, ViewError>;
    async fn org(&self) -> Result<OrgSlice, ViewError>;
    async fn freshness(&self) -> Result<Freshness, ViewError>;
    async fn spend(&self, query: &SpendQuery) -> Result<Vec<SpendFact>, ViewError>;
    async fn estimates(&self, month: Month) -> Result<Vec<EstimateFact>, ViewError>;
    async fn claims(&self) -> Result<Vec<ClaimFact>, ViewError>;
    async fn unclaimed(&self, range: DateRange) -> Result<Vec<UnclaimedFact>, ViewError>;
    /// Decisions ever made, superseded ones included, that concern accounts or workloads in scope.
    async fn decisions(&self) -> Result<Vec<DecisionFact>, ViewError>;
    async fn models(&self) -> Result<Vec<ModelFact>, ViewError>;
    async fn drift(&self, range: DateRange) -> Result<Vec<DriftFact>, ViewError>;
    /// What Agent Bill itself consumed: the asker's own calls, or everybody's where a role allows it.
    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<AgentUsage, ViewError>;
    /// `principal` as the person wrote it: an ARN or a role name.
    async fn trace_principal(&self, principal: &str) -> Result<Option<PrincipalTrace>, ViewError>;
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
