//! An HTTP exchange: its span, its duration, and how many there are at once.

use std::time::Instant;

use opentelemetry::trace::Status;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::genai::key;
use super::metrics;

/// From the head of a request to the head of its response. A stream goes on after that: its span lasts until the stream ends, and
/// [`metrics::open_stream`] counts it.
pub struct RequestSpan {
    span: Span,
    method: &'static str,
    route: String,
    started: Instant,
    status: Option<u16>,
}

impl RequestSpan {
    /// `route` is a template of the list of routes, never the address as sent: that could hold anything.
    #[must_use]
    pub fn begin(method: &str, route: &str, request_id: &str) -> Self {
        let method = known_method(method);
        let span = tracing::info_span!("http", http.request.method = method, http.route = route, request_id);
        span.set_attribute(key::URL_SCHEME, "http");
        metrics::exchange_began(method);
        Self { span, method, route: route.to_owned(), started: Instant::now(), status: None }
    }

    #[must_use]
    pub const fn span(&self) -> &Span {
        &self.span
    }

    pub fn answered(mut self, status: u16) {
        self.span.set_attribute(key::HTTP_STATUS, i64::from(status));
        if status >= 500 {
            self.span.set_attribute(key::ERROR, status.to_string());
            self.span.set_status(Status::error(""));
        }
        self.status = Some(status);
    }
}

impl Drop for RequestSpan {
    fn drop(&mut self) {
        if self.status.is_none() {
            self.span.set_attribute(key::ERROR, metrics::CANCELLED);
        }
        metrics::exchange_ended(self.method, &self.route, self.status, self.started.elapsed());
    }
}

/// Anybody can send a word nobody has heard of; it must not become a series of its own.
fn known_method(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "_OTHER",
    }
}
