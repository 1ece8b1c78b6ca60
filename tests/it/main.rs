//! The one integration binary: what only the built program can show. Files mirror what they exercise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod architecture;
mod bedrock;
mod command_line;
mod golden;
mod http_conversations;
mod http_coverage;
mod http_document;
mod http_house;
mod http_limits;
mod http_serve;
mod http_signer;
mod http_tokens;
mod organisation;
mod recipes;
mod rollup_kill;
mod rollup_reconciliation;
mod running;
mod scope_matrix;
mod scope_organisation;
mod scope_property;
mod scope_reference;
mod sizes;
mod telemetry;
