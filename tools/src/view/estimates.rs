//! What Product Owners committed to.

use agent_bill_domain::estimate::EstimateUnit;
use agent_bill_domain::ids::WorkloadId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads commitments.
#[async_trait]
pub trait EstimatesView: Send + Sync {
    /// Estimates in force in `month`. Fails with `RoleDenied` for those who may not see estimates.
    async fn estimates(&self, month: Month) -> Result<Vec<EstimateFact>, ViewError>;
}

/// The monthly commitment of a workload, as in force in the month asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstimateFact {
    pub workload: WorkloadId,
    /// The unit the Product Owner committed in.
    pub unit: EstimateUnit,
    pub amount: Option<NanoUsd>,
    /// Expected tokens per kind, when given.
    pub tokens: Option<TokenCounts>,
    pub from_month: Month,
    pub committed_by: String,
    pub committed_on: Date,
}
