//! The typed tools Agent Bill's model may call.
//!
//! A tool receives `&dyn View`: rows already narrowed to the person who asks. This crate cannot name a user id, a scope, SQL or an AWS
//! type, so neither a careless author nor a model that obeys an attacker can widen what a tool sees.

pub mod agent_usage;
mod area;
mod bounded;
pub mod compare;
pub mod contract;
pub mod data_status;
pub mod envelope;
pub mod estimate_status;
pub mod facts;
pub mod figures;
mod grouping;
pub mod model_catalog;
pub mod model_drift;
mod names;
pub mod period;
pub mod registry;
mod selection;
pub mod spend;
#[cfg(test)]
mod testing;
pub mod unclaimed_principals;
pub mod view;
pub mod whoami;

pub use contract::{Outcome, Tool, ToolError, ToolOutput, ToolSpec};
pub use figures::{Figure, Unit};
pub use registry::registry;
pub use view::{View, ViewError};
