//! What every exchange has, whatever it is about: a request id on the response and in the logs, security headers, a problem document on every
//! error, and no more exchanges at once than the service can carry.
//!
//! Of the layers that tower-http has, those for the time limit and for panics stand in [`super::routes`]. The others do not fit: its request id
//! takes over whatever a caller sends, its trace knows neither our attributes nor that a request was cancelled, its body limit answers before
//! anybody is signed in.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument as _;
use ulid::Ulid;

use super::problem::{Kind, Problem, write_document};
use super::service::Service;
use crate::telemetry::metrics;
use crate::telemetry::request_span::RequestSpan;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_REQUEST_ID_CHARS: usize = 64;

/// The place of an exchange among those allowed at once. A stream takes a copy along and so keeps the place until it ends.
#[derive(Clone)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] Arc<OwnedSemaphorePermit>);

/// The outermost layer.
pub(super) async fn wrap(State(service): State<Service>, request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).and_then(acceptable).unwrap_or_else(|| Ulid::generate().to_string());
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let exchange = RequestSpan::begin(request.method().as_str(), route, &id);
    let span = exchange.span().clone();
    async move {
        let started = std::time::Instant::now();
        let mut response = write_document(limited(&service, request, next).await, &id);
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(value) = HeaderValue::from_str(&id) {
            headers.insert(REQUEST_ID, value);
        }
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        tracing::info!(status, duration_ms, "request answered");
        exchange.answered(status);
        response
    }
    .instrument(span)
    .await
}

/// Probes take no place: a busy service is still alive.
fn takes_a_place(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// What any request to `path` may be answered with.
pub(super) fn problems(path: &str) -> &'static [Kind] {
    if takes_a_place(path) { &[Kind::INTERNAL, Kind::TIMEOUT, Kind::OVERLOADED] } else { &[Kind::INTERNAL, Kind::TIMEOUT] }
}

async fn limited(service: &Service, mut request: Request, next: Next) -> Response {
    if takes_a_place(request.uri().path()) {
        let Ok(permit) = Arc::clone(&service.places).try_acquire_owned() else {
            metrics::limit_refused("concurrent_requests");
            return Problem::new(Kind::OVERLOADED).with_retry_after(1).into_response();
        };
        request.extensions_mut().insert(Place(Arc::new(permit)));
    }
    next.run(request).await
}

/// A caller's own id is taken over if it is plain; it lands in logs and headers.
fn acceptable(value: &HeaderValue) -> Option<String> {
    let id = value.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    (plain && (1..=MAX_REQUEST_ID_CHARS).contains(&id.len())).then(|| id.to_owned())
}

/// What a panic becomes; its text stays in the logs.
pub(super) fn panicked(_cause: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(Kind::INTERNAL).into_response()
}
