//! Agent Bill: a conversational agent backend that governs what an organisation spends on Amazon Bedrock.
//!
//! The path to a row is `bearer token → Requester → Scope → ScopedView → tool body → facts → model → answer + evidence`; each arrow is a type
//! whose constructor is private to the module on its left. See `docs/ARCHITECTURE.md`.

pub mod agent;
pub mod app;
pub mod channels;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod ingest;
pub mod jobs;
pub mod listener;
pub mod telemetry;
