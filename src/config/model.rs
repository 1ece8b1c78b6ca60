//! Which model answers, and what is told of it.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// Built in, deterministic, free, needs no AWS.
    Planner,
    /// Amazon Bedrock through `ConverseStream`; the planner stands in when it cannot answer.
    Bedrock,
}

/// Traces, metrics and what they may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Address of a listener of its own that serves Prometheus `/metrics`; unset: none.
    pub metrics_listen: Option<SocketAddr>,
    /// Base address of an OTLP/HTTP collector; spans and metrics go there. Unset: none.
    pub otlp_endpoint: Option<String>,
    /// Whether spans may hold what was asked and answered. Off: no prompt and no figure leaves the service.
    pub capture_content: bool,
}
