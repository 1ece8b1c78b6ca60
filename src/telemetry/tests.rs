use std::future::ready;
use std::io::Write;
use std::sync::{Arc, Mutex};

use opentelemetry::Value;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::request_span::RequestSpan;
use super::traces;

/// Log lines kept for a look.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.lock().unwrap().extend(batch);
        ready(Ok(()))
    }
}

/// What would reach the collector, in the order in which spans end; beside it a log of everything.
pub(super) fn exported(work: impl FnOnce()) -> (Vec<SpanData>, String) {
    let (kept, written) = (Kept::default(), Written::default());
    let provider = SdkTracerProvider::builder().with_simple_exporter(kept.clone()).build();
    let lines = tracing_subscriber::fmt::layer().with_writer(written.clone());
    let subscriber = tracing_subscriber::registry().with(traces::layer(&provider)).with(lines);
    tracing::subscriber::with_default(subscriber, work);
    (kept.0.lock().unwrap().clone(), written.text())
}

pub(super) fn attribute(span: &SpanData, key: &str) -> Option<Value> {
    let mut found = span.attributes.iter().filter(|attribute| attribute.key.as_str() == key);
    let value = found.next().map(|attribute| attribute.value.clone());
    assert!(found.next().is_none(), "{key} is set twice");
    value
}

#[test]
fn an_exchange_is_named_by_its_route_and_holds_its_status() {
    let (spans, log) = exported(|| {
        let request = RequestSpan::begin("POST", "/v1/conversations/{id}/messages", "request-1");
        let span = request.span().clone();
        span.in_scope(|| tracing::info!("inside"));
        request.answered(201);
    });
    let span = &spans[0];
    assert_eq!((span.name.as_ref(), &span.span_kind), ("http./v1/conversations/{id}/messages", &SpanKind::Server));
    assert_eq!(attribute(span, "http.request.method"), Some("POST".into()));
    assert_eq!(attribute(span, "http.route"), Some("/v1/conversations/{id}/messages".into()));
    assert_eq!(attribute(span, "http.response.status_code"), Some(201_i64.into()));
    assert_eq!(attribute(span, "request_id"), Some("request-1".into()));
    assert_eq!((attribute(span, "error.type"), &span.status), (None, &Status::Unset));
    assert!(log.contains("request-1") && !log.contains("otel."), "{log}");
}

#[test]
fn a_failure_of_the_service_is_an_error_and_so_is_a_caller_who_left() {
    let (spans, _) = exported(|| {
        RequestSpan::begin("GET", "/readyz", "a").answered(503);
        drop(RequestSpan::begin("SECRETS", "unknown", "b"));
        RequestSpan::begin("GET", "/v1/me", "c").answered(404);
    });
    assert_eq!((attribute(&spans[0], "error.type"), &spans[0].status), (Some("503".into()), &Status::error("")));
    assert_eq!(attribute(&spans[1], "error.type"), Some("cancelled".into()));
    assert_eq!(attribute(&spans[1], "http.request.method"), Some("_OTHER".into()), "nobody's word becomes an attribute");
    assert_eq!((attribute(&spans[2], "error.type"), &spans[2].status), (None, &Status::Unset), "the caller's mistake is not the service's");
}

#[test]
fn spans_of_other_crates_and_what_is_logged_inside_ours_are_not_exported() {
    let (spans, _) = exported(|| {
        let _request = tracing::info_span!(target: "reqwest", "request", url = "secret").entered();
        let _ours = tracing::info_span!("tool", name = "x").entered();
        let _detail = tracing::debug_span!("detail").entered();
        tracing::error!(text = "secret", "something");
    });
    assert_eq!(spans.iter().map(|span| span.name.as_ref()).collect::<Vec<_>>(), ["tool"]);
    assert!(spans[0].events.is_empty() && !format!("{spans:?}").contains("secret"), "{spans:?}");
}

#[test]
fn a_span_says_nothing_about_threads_and_files() {
    let (spans, _) = exported(|| drop(tracing::info_span!("tool", name = "x").entered()));
    assert_eq!(spans[0].attributes.iter().map(|attribute| attribute.key.as_str()).collect::<Vec<_>>(), ["name"]);
}
