//! What people decide, and the records they decide on: the organisation, claims, estimates, decisions on models.
//!
//! Every write looks up the actor's grants inside its own transaction, checks the rules there, and ends in one audit event, so that no two writes
//! can pass a check together that only one of them may pass.

pub mod import;
