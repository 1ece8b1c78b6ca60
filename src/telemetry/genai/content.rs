//! What was asked and answered, on spans, and only where the configuration says so.

use std::sync::OnceLock;

use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::key;

/// One setting for the process. Unset is off.
static CAPTURE: OnceLock<bool> = OnceLock::new();

/// The first call decides.
pub(in crate::telemetry) fn set_content_capture(capture: bool) {
    let _decided_before = CAPTURE.set(capture);
}

/// Whether content would be recorded: saves the work of writing it as JSON.
#[must_use]
pub fn captures_content() -> bool {
    CAPTURE.get().copied().unwrap_or(false)
}

/// What went into a call of the model and what came out, as JSON in the form of the conventions' message schemas. Does nothing unless
/// `telemetry.capture_content` is on.
pub fn record_content(span: &Span, input_messages: &str, output_messages: &str) {
    record(captures_content(), span, [(key::INPUT_MESSAGES, input_messages), (key::OUTPUT_MESSAGES, output_messages)]);
}

/// A tool's arguments and result as JSON. Does nothing unless `telemetry.capture_content` is on.
pub fn record_tool_content(span: &Span, arguments: &str, result: &str) {
    record(captures_content(), span, [(key::TOOL_ARGUMENTS, arguments), (key::TOOL_RESULT, result)]);
}

/// Attributes of the exported span, never fields: a field would also be in every log line written inside.
pub(super) fn record<const N: usize>(capture: bool, span: &Span, content: [(&'static str, &str); N]) {
    if capture {
        for (key, text) in content {
            span.set_attribute(key, text.to_owned());
        }
    }
}
