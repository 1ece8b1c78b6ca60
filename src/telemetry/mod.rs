//! What the service says about itself: logs on standard error, spans and metrics for a collector, metrics for a scraper.
//!
//! Nobody's question and no figure of an answer leaves this way unless `telemetry.capture_content` is on. Metrics cannot even hold one: except
//! for the model's name, their attributes are `&'static str`, so words of the source code.

mod collector;
mod exposition;
pub mod genai;
mod log_throttle;
mod logs;
pub mod metrics;
pub mod request_span;
mod traces;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::config::{LogConfig, TelemetryConfig};
use collector::Collector;
pub use exposition::{MetricsListener, listen};

/// The service's name wherever telemetry needs one.
const SERVICE: &str = "agent-bill";

/// What is not delivered by then is lost: ending the process must not wait for a collector that hangs.
const FLUSH_LIMIT: Duration = Duration::from_secs(3);

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("`telemetry.otlp_endpoint` cannot be used: {0}")]
    Collector(String),
    #[error("metrics cannot be exposed: {0}")]
    Exposition(String),
}

/// Keeps telemetry going; dropping it sends what is still waiting, for a few seconds at most.
#[derive(Default)]
pub struct Telemetry {
    spans: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

/// Starts logs, and spans and metrics as far as they are configured; for logs, a second call changes nothing.
///
/// `unset` applies when the configuration names no filter.
///
/// # Errors
/// The address of the collector cannot be used.
pub fn start(log: &LogConfig, telemetry: &TelemetryConfig, unset: &str) -> Result<Telemetry, TelemetryError> {
    genai::set_content_capture(telemetry.capture_content);
    let collector = telemetry.otlp_endpoint.as_deref().map(Collector::new).transpose()?;
    let spans = collector.as_ref().map(traces::provider).transpose()?;
    logs::start(log, unset, telemetry.capture_content, spans.as_ref().map(traces::layer));
    let metrics = metrics::provider(collector.as_ref(), telemetry.metrics_listen.is_some())?;
    Ok(Telemetry { spans, metrics })
}

fn resource() -> Resource {
    Resource::builder().with_service_name(SERVICE).with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build()
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let (ended, wait) = mpsc::channel();
        let spans = self.spans.take().map(|spans| flush("spans", ended.clone(), move || spans.shutdown_with_timeout(FLUSH_LIMIT)));
        let metrics = self.metrics.take().map(|metrics| flush("metrics", ended, move || metrics.shutdown_with_timeout(FLUSH_LIMIT)));
        let deadline = Instant::now() + FLUSH_LIMIT;
        for _ in [spans, metrics].into_iter().flatten() {
            // Too late, or the thread could not be started: lost either way.
            let _ = wait.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    }
}

/// On a thread that nobody joins, so that one that hangs holds up neither the runtime nor the process.
fn flush<R>(what: &str, ended: mpsc::Sender<()>, end: impl FnOnce() -> R + Send + 'static) {
    let job = move || {
        // What went wrong was said when it did, by the one who talks to the collector.
        let _ = end();
        let _ = ended.send(());
    };
    let _ = std::thread::Builder::new().name(format!("flush-{what}")).spawn(job);
}

#[cfg(test)]
mod tests;
