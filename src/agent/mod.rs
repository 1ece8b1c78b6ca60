//! The agent: a pure turn loop, its driver, the conversation, and the check on every number.

pub mod answer;
pub mod events;
