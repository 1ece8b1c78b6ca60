//! `GET /metrics` in Prometheus' text format, on a listener of its own: it needs no token, so it must not be where everybody can ask.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::Request;
use hyper::body::Incoming;
use opentelemetry_prometheus::PrometheusExporter;
use prometheus::{Registry, TEXT_FORMAT, TextEncoder};
use tokio::net::TcpListener;

use super::TelemetryError;
use crate::config::TelemetryConfig;
use crate::listener::Listener;

/// Scrapers are few. More wait to be accepted.
const MAX_CONNECTIONS: usize = 16;

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// The reader of metrics that a scrape sees.
///
/// # Errors
/// Only by a mistake in this program: the registry is new.
pub(super) fn reader() -> Result<PrometheusExporter, TelemetryError> {
    let registry = REGISTRY.get_or_init(Registry::new).clone();
    reader_of(registry)
}

pub(super) fn reader_of(registry: Registry) -> Result<PrometheusExporter, TelemetryError> {
    opentelemetry_prometheus::exporter()
        .with_registry(registry)
        .scope_info_enabled(false)
        .build()
        .map_err(|error| TelemetryError::Exposition(error.to_string()))
}

/// A listener for scrapes that nobody serves yet.
pub struct MetricsListener {
    listener: TcpListener,
    registry: Registry,
}

/// Takes the configured address, if there is one.
///
/// # Errors
/// The address is taken or not one of this machine.
pub async fn listen(config: &TelemetryConfig) -> std::io::Result<Option<MetricsListener>> {
    let Some(address) = config.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await?;
    Ok(Some(MetricsListener { listener, registry: REGISTRY.get_or_init(Registry::new).clone() }))
}

impl MetricsListener {
    /// # Errors
    /// As the operating system reports them.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until dropped.
    pub async fn serve(self) {
        let registry = self.registry;
        let scrape = tower::service_fn(move |request: Request<Incoming>| {
            let response = answer(request.method(), request.uri().path(), &registry);
            std::future::ready(Ok::<_, Infallible>(response))
        });
        Listener::new(self.listener, MAX_CONNECTIONS).serve(scrape, std::future::pending()).await;
    }
}

fn answer(method: &Method, path: &str, registry: &Registry) -> Response<Body> {
    if path != "/metrics" {
        return StatusCode::NOT_FOUND.into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    match TextEncoder::new().encode_to_string(&registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(TEXT_FORMAT))], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &Method, path: &str) -> StatusCode {
        answer(method, path, &Registry::new()).status()
    }

    #[test]
    fn only_reading_metrics_is_answered() {
        assert_eq!(status(&Method::GET, "/metrics"), StatusCode::OK);
        assert_eq!(status(&Method::HEAD, "/metrics"), StatusCode::OK);
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            assert_eq!(status(&method, "/metrics"), StatusCode::METHOD_NOT_ALLOWED);
        }
        for path in ["/", "/metrics/", "/Metrics", "/v1/me", "/healthz", "//metrics"] {
            assert_eq!(status(&Method::GET, path), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn without_an_address_there_is_no_listener() {
        assert!(listen(&TelemetryConfig::default()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_taken_address_is_an_error() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = TelemetryConfig { metrics_listen: Some(taken.local_addr().unwrap()), ..TelemetryConfig::default() };
        let error = listen(&config).await.err().map(|error| error.kind());
        assert_eq!(error, Some(std::io::ErrorKind::AddrInUse));
    }
}
