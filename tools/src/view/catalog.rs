//! Models, and what was decided on them.

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, WorkloadId};
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads models and decisions.
#[async_trait]
pub trait CatalogView: Send + Sync {
    /// Models that decisions or usage in scope name; all of them for company-wide roles and Cloud Engineers.
    async fn models(&self) -> Result<Vec<ModelFact>, ViewError>;

    /// Decisions ever made, superseded ones included, that concern accounts or workloads in scope. Fails with `RoleDenied` for those who
    /// may not see decisions.
    async fn decisions(&self) -> Result<Vec<DecisionFact>, ViewError>;
}

/// A model known from discovery or from the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFact {
    pub model: ModelKey,
    pub name: String,
    pub provider: String,
    pub first_seen_on: Date,
}

/// A dated decision on a model for one account, region and route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionFact {
    pub id: String,
    pub model: ModelKey,
    pub model_name: String,
    pub state: DecisionState,
    /// `None`: every account (blocks only).
    pub account: Option<AccountId>,
    pub region: Option<String>,
    pub route: Route,
    pub action_scope: ActionScope,
    /// For restricted: the workloads it may be used by, in scope. `lists_others` tells that there are more.
    pub workloads: Vec<WorkloadId>,
    pub rationale: String,
    pub decided_by: String,
    pub decided_on: Date,
    pub effective_from: Date,
    pub superseded_on: Option<Date>,
    /// Day a Cloud Engineer marked it implemented; `None`: decided, not implemented.
    pub implemented_on: Option<Date>,
}
