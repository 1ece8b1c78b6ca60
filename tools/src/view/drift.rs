//! Use of models that no decision allows.

use agent_bill_domain::drift::DriftKind;
use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads drift findings.
#[async_trait]
pub trait DriftView: Send + Sync {
    /// Findings on the use in `range`. Fails with `RoleDenied` for those who may not see drift.
    async fn drift(&self, range: DateRange) -> Result<Vec<DriftFact>, ViewError>;
}

/// A drift finding inside the asker's scope (see `agent_bill_domain::drift`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftFact {
    pub principal: PrincipalKey,
    pub principal_name: String,
    pub model: ModelKey,
    pub account: AccountId,
    pub region: String,
    pub kind: DriftKind,
    pub workload: Option<WorkloadId>,
    pub node: Option<NodeId>,
    pub first_seen: Date,
    pub last_seen: Date,
    pub amount: NanoUsd,
    pub tokens: i64,
    /// Logged calls, when an invocation log covers the account.
    pub invocations: Option<i64>,
    pub share_basis_points: i64,
}
