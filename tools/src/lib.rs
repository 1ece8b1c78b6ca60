//! The typed tools Agent Bill's model may call.
//!
//! A tool receives `&dyn View`: rows already narrowed to the person who asks. This crate cannot name a user id, a scope, SQL or an AWS
//! type, so neither a careless author nor a model that obeys an attacker can widen what a tool sees.

// What tools share.
mod bounded;
pub mod contract;
pub mod empty;
mod grouping;
mod hierarchy;
mod names;
pub mod period;
pub mod registry;
pub mod say;
mod selection;
#[cfg(test)]
mod testing;
pub mod view;

// The tools, each a folder with everything about it. `registry` lists them in the order in which a model reads them.
pub mod agent_usage;
pub mod compare;
pub mod data_status;
pub mod estimate_status;
pub mod model_catalog;
pub mod model_drift;
pub mod spend;
pub mod unclaimed_principals;
pub mod whoami;

pub use contract::{Outcome, Tool, ToolError, ToolOutput, ToolSpec};
pub use registry::registry;
pub use view::{View, ViewError};
