//! Which principal belongs to which workload.

use agent_bill_domain::ids::{PrincipalKey, WorkloadId};
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads claims.
#[async_trait]
pub trait ClaimsView: Send + Sync {
    /// Claims ever made for workloads in scope, released ones included.
    async fn claims(&self) -> Result<Vec<ClaimFact>, ViewError>;

    /// `principal` as the person wrote it: an ARN or a role name.
    async fn trace_principal(&self, principal: &str) -> Result<Option<PrincipalTrace>, ViewError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFact {
    pub principal: PrincipalKey,
    pub principal_name: String,
    pub workload: WorkloadId,
    pub effective_from: Date,
    /// First day no longer attributed; `None` while live.
    pub released_on: Option<Date>,
    pub claimed_by: String,
    /// Empty, or why spend of several teams may land on this claim.
    pub broad_reason: String,
}

/// What the walk for an empty result looks at, for one principal the asker named. Built only from what the asker may see: a principal
/// outside the scope yields the same facts as one that never existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalTrace {
    pub key: PrincipalKey,
    pub billed_first_on: Option<Date>,
    pub billed_last_on: Option<Date>,
    pub claim: Option<ClaimFact>,
}
