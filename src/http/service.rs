//! The collaborators and limits of the HTTP interface.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::port::{Conversations, Records};
use super::rate_limit::RateLimit;
use crate::identity::Authenticator;

/// The HTTP part of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Requests a person may make in a minute, evenly refilled.
    pub requests_per_minute: u32,
    /// How many of them at once.
    pub burst: u32,
    /// Exchanges at once over all people; a stream counts until it ends.
    pub concurrent_requests: usize,
    /// Open connections.
    pub connections: usize,
    pub body_bytes: usize,
    /// Time a request body may take to arrive.
    pub body_seconds: u64,
    /// Time until an answer (for a stream: until it begins).
    pub request_seconds: u64,
    /// Time that running exchanges get after the signal to stop.
    pub drain_seconds: u64,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            requests_per_minute: 120,
            burst: 40,
            concurrent_requests: 256,
            connections: 1024,
            body_bytes: 64 * 1024,
            body_seconds: 10,
            request_seconds: 60,
            drain_seconds: 20,
        }
    }
}

/// The settings in the types that the code uses.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub body_bytes: usize,
    pub body_timeout: Duration,
    pub request_timeout: Duration,
    pub connections: usize,
    pub drain: Duration,
    /// Between two comments on a quiet stream.
    pub heartbeat: Duration,
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
        settings: &HttpSettings,
    ) -> Self {
        let limits = Limits {
            body_bytes: settings.body_bytes,
            body_timeout: Duration::from_secs(settings.body_seconds),
            request_timeout: Duration::from_secs(settings.request_seconds),
            connections: settings.connections,
            drain: Duration::from_secs(settings.drain_seconds),
            heartbeat: Duration::from_secs(15),
        };
        Self {
            authenticator,
            conversations,
            records,
            rate: Arc::new(RateLimit::new(settings.requests_per_minute, settings.burst)),
            places: Arc::new(Semaphore::new(settings.concurrent_requests.clamp(1, Semaphore::MAX_PERMITS))),
            limits,
            turns: CancellationToken::new(),
        }
    }

    /// With other limits than the settings can express (tests: shorter than a second).
    #[must_use]
    pub fn with_limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }
}
