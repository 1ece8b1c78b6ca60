//! Spans for the collector: those of our own code, named as the OpenTelemetry conventions want them.

use opentelemetry::trace::{SpanBuilder, SpanKind, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::collector::Collector;
use super::genai::{self, key};
use super::{SERVICE, TelemetryError, resource};

/// Spans wait in a bounded queue and leave in batches on a thread of their own; a full queue drops them.
///
/// # Errors
/// The address of the collector is none.
pub(super) fn provider(collector: &Collector) -> Result<SdkTracerProvider, TelemetryError> {
    Ok(SdkTracerProvider::builder().with_batch_exporter(collector.spans()?).with_resource(resource()).build())
}

pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(ConventionalTracer(provider.tracer(SERVICE)))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(filter_fn(is_exported).with_max_level_hint(LevelFilter::INFO))
}

/// Spans only, and only ours: nobody knows what events of other crates hold, and those of the HTTP client would report on the reporting.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= Level::INFO && metadata.target().starts_with("agent_bill")
}

/// Gives a span its name and kind when it starts. The `otel.*` fields of `tracing_opentelemetry` would do the same, and show up in every log line.
struct ConventionalTracer(SdkTracer);

impl Tracer for ConventionalTracer {
    type Span = Span;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Span {
        let (kind, subject) = match builder.name.as_ref() {
            "http" => (SpanKind::Server, key::HTTP_ROUTE),
            genai::CHAT if has(&builder, key::PROVIDER, genai::Provider::Bedrock.name()) => (SpanKind::Client, key::REQUEST_MODEL),
            genai::CHAT => (SpanKind::Internal, key::REQUEST_MODEL),
            genai::EXECUTE_TOOL => (SpanKind::Internal, key::TOOL_NAME),
            genai::INVOKE_AGENT => (SpanKind::Internal, key::AGENT_NAME),
            _ => (SpanKind::Internal, ""),
        };
        let separator = if kind == SpanKind::Server { '.' } else { ' ' };
        let subject = attributes(&builder).find(|attribute| attribute.key.as_str() == subject);
        let name = subject.map(|subject| format!("{}{separator}{}", builder.name, subject.value));
        if let Some(name) = name {
            builder.name = name.into();
        }
        builder.span_kind = Some(kind);
        self.0.build_with_context(builder, parent)
    }
}

fn attributes(builder: &SpanBuilder) -> impl Iterator<Item = &KeyValue> {
    builder.attributes.iter().flatten()
}

fn has(builder: &SpanBuilder, key: &str, value: &str) -> bool {
    attributes(builder).any(|attribute| attribute.key.as_str() == key && attribute.value.as_str() == value)
}
