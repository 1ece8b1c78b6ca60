//! Logs: JSON lines or readable text, always on standard error, so that standard output stays a command's answer.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts logging for this process; a second call changes nothing.
///
/// `unset` applies when the configuration names no filter.
pub fn start(log: &LogConfig, unset: &str) {
    // The filter was checked with the rest of the configuration.
    let filter = EnvFilter::try_new(log.filter.as_deref().unwrap_or(unset)).unwrap_or_else(|_| EnvFilter::new(unset));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Failing means that a subscriber is there already, as in tests.
    let _already_started = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        LogFormat::Pretty => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}
