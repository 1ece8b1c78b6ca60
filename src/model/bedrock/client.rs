//! The SDK client: credentials from the standard AWS chain, Region, endpoint, timeouts and the retries that are the SDK's own.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::Credentials;

use crate::config::BedrockConfig;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// First try included.
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MOST_BACKOFF: Duration = Duration::from_secs(4);

/// Reads environment and profile; asks nobody for credentials yet. `credentials` instead of the chain's are for tests.
pub(super) async fn connect(config: &BedrockConfig, credentials: Option<Credentials>) -> Client {
    let first_byte = Duration::from_secs(config.first_byte_seconds);
    let timeouts =
        TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(first_byte).operation_attempt_timeout(first_byte).build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF).with_max_backoff(MOST_BACKOFF);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(retries)
        .timeout_config(timeouts)
        // A model that thinks is silent for a while; our own idle limit decides how long is too long.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(credentials) = credentials {
        loader = loader.credentials_provider(credentials);
    }
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let shared = loader.load().await;
    let mut settings = aws_sdk_bedrockruntime::config::Builder::from(&shared);
    if let Some(endpoint) = &config.endpoint_url {
        settings = settings.endpoint_url(endpoint);
    }
    Client::from_conf(settings.build())
}
