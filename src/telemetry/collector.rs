//! The OTLP collector: spans and metrics as protobuf over HTTP, sent by the HTTP client that the service has anyway.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use tokio::runtime::Handle;

use super::TelemetryError;
use super::log_throttle::LogThrottle;

/// One delivery, everything included.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// A collector answers with next to nothing.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

pub(super) struct Collector {
    base: String,
    courier: Arc<Courier>,
}

impl Collector {
    /// # Errors
    /// No TLS stack, or not called from the runtime that will do the sending.
    pub fn new(endpoint: &str) -> Result<Self, TelemetryError> {
        let http = reqwest::Client::builder()
            .timeout(SEND_TIMEOUT)
            .connect_timeout(SEND_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| TelemetryError::Collector(error.to_string()))?;
        let runtime = Handle::try_current().map_err(|error| TelemetryError::Collector(error.to_string()))?;
        let courier = Courier { http, runtime, throttle: LogThrottle::default() };
        Ok(Self { base: endpoint.trim_end_matches('/').to_owned(), courier: Arc::new(courier) })
    }

    /// # Errors
    /// An address that is none.
    pub fn spans(&self) -> Result<SpanExporter, TelemetryError> {
        SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", self.base))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(SEND_TIMEOUT)
            .with_shared_http_client(self.client())
            .build()
            .map_err(|error| unusable(&error))
    }

    /// # Errors
    /// An address that is none.
    pub fn metrics(&self) -> Result<MetricExporter, TelemetryError> {
        MetricExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/metrics", self.base))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(SEND_TIMEOUT)
            .with_shared_http_client(self.client())
            .build()
            .map_err(|error| unusable(&error))
    }

    fn client(&self) -> Arc<dyn HttpClient> {
        Arc::clone(&self.courier) as Arc<dyn HttpClient>
    }
}

fn unusable(error: &ExporterBuildError) -> TelemetryError {
    TelemetryError::Collector(error.to_string())
}

/// The exporters wait on threads of their own, where no runtime runs; the request itself is a task of the service's runtime.
#[derive(Debug)]
struct Courier {
    http: reqwest::Client,
    runtime: Handle,
    throttle: LogThrottle,
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        // Fails when the runtime has ended, and then nobody is left to hear of it.
        let outcome = self.runtime.spawn(deliver(self.http.clone(), request)).await?;
        let trouble = match &outcome {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().as_str().to_owned()),
            Err(reason) => Some((*reason).to_owned()),
        };
        if let Some(trouble) = trouble
            && self.throttle.is_due(Instant::now())
        {
            tracing::warn!(
                trouble,
                "the collector takes no spans or metrics; what it cannot take is dropped, and this is said once a minute"
            );
        }
        outcome.map_err(HttpError::from)
    }
}

async fn deliver(http: reqwest::Client, request: reqwest::Request) -> Result<Response<Bytes>, &'static str> {
    let mut received = http.execute(request).await.map_err(|error| reason(&error))?;
    let mut body = Vec::new();
    while let Some(chunk) = received.chunk().await.map_err(|error| reason(&error))? {
        if body.len().saturating_add(chunk.len()) > MAX_RESPONSE_BYTES {
            return Err("response too long");
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = received.status();
    if let Some(wait) = received.headers().get(reqwest::header::RETRY_AFTER) {
        response.headers_mut().insert(reqwest::header::RETRY_AFTER, wait.clone());
    }
    Ok(response)
}

/// In two words; the address may hold what does not belong into every log.
fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timed out"
    } else if error.is_connect() {
        "cannot connect"
    } else {
        "broken response"
    }
}
