//! The SDK client: credentials from the standard AWS chain, Region, endpoint, timeouts and the retries that are the SDK's own.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_bedrockruntime::config::{ConfigBag, Credentials, Intercept, RuntimeComponents};
use aws_sdk_bedrockruntime::error::BoxError;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use super::config::BedrockConfig;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// First try included.
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MOST_BACKOFF: Duration = Duration::from_secs(4);

/// Reads environment and profile; asks nobody for credentials yet. `credentials` instead of the chain's are for tests.
pub(super) async fn connect(config: &BedrockConfig, credentials: Option<Credentials>) -> Client {
    let first_byte = Duration::from_secs(config.first_byte_seconds);
    // For all tries together: one that was given up on may have been worked on, and asking again by itself would pay twice without counting it.
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_timeout(first_byte).build();
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
    let mut settings = aws_sdk_bedrockruntime::config::Builder::from(&shared).interceptor(OneOrder);
    if let Some(endpoint) = &config.endpoint_url {
        settings = settings.endpoint_url(endpoint);
    }
    Client::from_conf(settings.build())
}

/// Writes the members of every object in one order. The SDK keeps documents (schemas, tool inputs and results) in hash maps, whose order differs from
/// call to call: the same tools would read differently each time, and the provider's prompt cache would never be hit.
#[derive(Debug)]
struct OneOrder;

impl Intercept for OneOrder {
    fn name(&self) -> &'static str {
        "OneOrder"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let Some(ordered) = request.body().bytes().and_then(in_order) else { return Ok(()) };
        request.headers_mut().insert("content-length", ordered.len().to_string());
        *request.body_mut() = SdkBody::from(ordered);
        Ok(())
    }
}

/// `None` for what is no JSON.
fn in_order(body: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(body).ok()?;
    value.sort_all_objects();
    serde_json::to_vec(&value).ok()
}
