//! Logs: JSON lines or readable text, always on standard error, so that standard output stays a command's answer.

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{LogConfig, LogFormat};

/// A second call changes nothing.
pub(super) fn start(log: &LogConfig, unset: &str, content: bool, spans: Option<impl Layer<Registry> + Send + Sync>) {
    let lines = layer(log, unset, content, std::io::stderr);
    // Failing means that a subscriber is there already, as in tests.
    let _already_started = tracing_subscriber::registry().with(spans).with(lines).try_init();
}

fn layer<S, W>(log: &LogConfig, unset: &str, content: bool, writer: W) -> impl Layer<S> + use<S, W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // The filter was checked with the rest of the configuration.
    let wanted = EnvFilter::try_new(log.filter.as_deref().unwrap_or(unset)).unwrap_or_else(|_| EnvFilter::new(unset));
    let lines = fmt::layer().with_writer(writer);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).boxed(),
    };
    lines.with_filter(wanted.and(filter_fn(move |metadata| is_permitted(metadata, content))))
}

/// Whatever the filter says: at `debug` and `trace` other crates write down whole requests and responses, so what was asked and answered.
fn is_permitted(metadata: &Metadata<'_>, content: bool) -> bool {
    let target = metadata.target();
    // The exporters complain about every single failure; ours does so once a minute.
    if target.starts_with("opentelemetry") {
        return false;
    }
    content || target.starts_with("agent_bill") || *metadata.level() <= Level::INFO
}

#[cfg(test)]
mod tests {
    use super::super::tests::Written;
    use super::*;

    fn logged(format: LogFormat, content: bool, work: impl FnOnce()) -> String {
        let written = Written::default();
        let log = LogConfig { format, filter: Some("trace".to_owned()) };
        let subscriber = tracing_subscriber::registry().with(layer(&log, "warn", content, written.clone()));
        tracing::subscriber::with_default(subscriber, work);
        written.text()
    }

    fn of_other_crates() {
        let _inside = tracing::debug_span!(target: "aws_smithy_runtime", "invoke", body = "span-body").entered();
        tracing::trace!(target: "aws_smithy_runtime", "trace-body");
        tracing::debug!(target: "hyper", "debug-body");
        tracing::info!(target: "aws_config", "info-text");
        tracing::error!(target: "opentelemetry_sdk", "export-failed");
        tracing::debug!("ours");
    }

    #[test]
    fn requests_and_responses_that_other_crates_write_down_stay_out_whatever_the_filter_says() {
        for format in [LogFormat::Pretty, LogFormat::Json] {
            let text = logged(format, false, of_other_crates);
            assert!(text.contains("info-text") && text.contains("ours"), "{text}");
            assert!(!text.contains("body") && !text.contains("export-failed"), "{text}");
        }
    }

    #[test]
    fn they_are_logged_where_content_may_be_captured() {
        let text = logged(LogFormat::Pretty, true, of_other_crates);
        assert!(text.contains("trace-body") && text.contains("debug-body") && text.contains("span-body"), "{text}");
        assert!(!text.contains("export-failed"), "{text}");
    }

    #[test]
    fn without_a_filter_the_commands_own_applies() {
        let written = Written::default();
        let log = LogConfig { format: LogFormat::Json, filter: None };
        let subscriber = tracing_subscriber::registry().with(layer(&log, "warn", false, written.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("quiet");
            tracing::warn!(code = "x", "loud");
        });
        let line: serde_json::Value = serde_json::from_str(&written.text()).unwrap();
        assert_eq!((line["message"].as_str(), line["code"].as_str()), (Some("loud"), Some("x")));
    }
}
