//! The pure rules of Agent Bill: money, time, roles, the strings of the bill, attribution, estimates, decisions, drift.
//!
//! Nothing here reads a clock, a file, a socket or a database: every function is a rule that can be checked by a table or a property.

#[macro_use]
pub mod words;

pub mod attribution;
pub mod bill;
pub mod cache;
pub mod catalog;
pub mod clock;
pub mod consumption;
pub mod drift;
pub mod effects;
pub mod estimate;
pub mod ids;
pub mod money;
pub mod names;
pub mod period;
pub mod permission;
pub mod plain_text;
pub mod projection;
pub mod role;
pub mod tokens;
pub mod usage;
