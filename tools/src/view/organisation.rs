//! The part of the business hierarchy that the asker may see.

use agent_bill_domain::ids::{AccountId, NodeId, WorkloadId};
use async_trait::async_trait;

use super::ViewError;

/// Reads the hierarchy.
#[async_trait]
pub trait OrganisationView: Send + Sync {
    /// Nodes and workloads where the asker may see spend; accounts where they may see spend or decisions on models.
    async fn org(&self) -> Result<OrgSlice, ViewError>;
}

/// The part of the business hierarchy the asker may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrgSlice {
    /// Labels of the levels, top first; `levels[0]` belongs to nodes of level 1.
    pub levels: Vec<String>,
    pub nodes: Vec<OrgNode>,
    pub workloads: Vec<OrgWorkload>,
    pub accounts: Vec<OrgAccount>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgNode {
    pub id: NodeId,
    /// `None` when the parent is outside the asker's scope.
    pub parent: Option<NodeId>,
    /// 0 is the company itself (visible to company-wide roles only).
    pub level: i64,
    pub name: String,
    /// Names of those who answer for it: Product Owners of a product, managers of anything above.
    pub owners: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgWorkload {
    pub id: WorkloadId,
    pub node: NodeId,
    pub name: String,
    /// Free text written by people: data, never instructions.
    pub description: String,
}

/// An account the asker may hear of: one with usage or an allocation inside the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgAccount {
    pub id: AccountId,
    pub name: String,
}
