//! The collaborators and limits of the HTTP interface.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::backend::{Conversations, Records};
use super::rate_limit::RateLimit;
use crate::config::LimitsConfig;
use agent_bill_identity::Authenticator;

/// What one person, one exchange and all of them together may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests a person may make in a minute, evenly refilled.
    pub requests_per_minute: u32,
    /// How many of them at once.
    pub burst: u32,
    /// Exchanges at once over all people; a stream counts until it ends.
    pub concurrent_requests: usize,
    pub connections: usize,
    pub body_bytes: usize,
    /// Time a request body may take to arrive.
    pub body_timeout: Duration,
    /// Time until an answer (for a stream: until it begins).
    pub request_timeout: Duration,
    /// Time that running exchanges get after the signal to stop.
    pub drain: Duration,
    /// Between two comments on a quiet stream.
    pub heartbeat: Duration,
}

impl From<&LimitsConfig> for Limits {
    fn from(config: &LimitsConfig) -> Self {
        Self {
            requests_per_minute: config.requests_per_person_per_minute,
            burst: config.requests_per_person_per_minute,
            concurrent_requests: config.concurrent_requests,
            // Idle connections are cheap; a few for every exchange.
            connections: config.concurrent_requests.saturating_mul(8),
            body_bytes: config.body_bytes,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(config.request_seconds),
            drain: Duration::from_secs(20),
            heartbeat: Duration::from_secs(15),
        }
    }
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) conversations: Arc<dyn Conversations>,
    pub(super) records: Arc<dyn Records>,
    pub(super) rate: Arc<RateLimit>,
    pub(super) places: Arc<Semaphore>,
    pub(super) limits: Limits,
    /// Cancelled when the time to drain is over: ends the turns that still run.
    pub(super) turns: CancellationToken,
}

impl Service {
    #[must_use]
    pub fn new(
        authenticator: Arc<Authenticator>,
        conversations: Arc<dyn Conversations>,
        records: Arc<dyn Records>,
        limits: Limits,
    ) -> Self {
        Self {
            authenticator,
            conversations,
            records,
            rate: Arc::new(RateLimit::new(limits.requests_per_minute, limits.burst)),
            places: Arc::new(Semaphore::new(limits.concurrent_requests.clamp(1, Semaphore::MAX_PERMITS))),
            limits,
            turns: CancellationToken::new(),
        }
    }
}
