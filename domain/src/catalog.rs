//! Decisions on models: what may be used where, by which route, for what, from when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    Approved,
    /// Usable only by the workloads listed on the decision.
    Restricted,
    Blocked,
}

/// How a call reaches the model. The bill cannot tell in-region from geographic profile: both are billed as regional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    OnDemand,
    GeoProfile,
    GlobalProfile,
    ApplicationProfile,
    Mantle,
    /// Every route; blocks only.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionScope {
    InferenceOnly,
    AgenticReadOnly,
    AgenticReadWrite,
}
