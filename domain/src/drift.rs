//! Drift: usage of a model that no decision in force on the usage date allowed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// No decision on this model at all.
    Undecided,
    Blocked,
    /// Restricted to other workloads.
    RestrictedElsewhere,
    /// Approved, but not for this account, region or route.
    OutsideApprovedScope,
}
