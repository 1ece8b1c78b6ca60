//! Spans of a turn by the OpenTelemetry conventions for generative AI: the agent, each call of the model, each tool.
//!
//! The conventions moved to a repository of their own after 1.41 and renamed some of what is here; where a name changed, both are written.
//! Only a few attributes are fields of the tracing span, the ones worth reading in a log line. The others go to the collector alone.

mod content;
pub(super) mod key;

use std::time::Duration;

use agent_bill_domain::money::NanoUsd;
use opentelemetry::trace::Status;
use opentelemetry::{Array, StringValue, Value};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::SERVICE;
pub(super) use content::set_content_capture;
pub use content::{captures_content, record_content, record_tool_content};

pub(super) const INVOKE_AGENT: &str = "invoke_agent";
pub(super) const CHAT: &str = "chat";
pub(super) const EXECUTE_TOOL: &str = "execute_tool";

/// Who answers a call of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Bedrock,
    /// Ours, inside the process.
    Planner,
}

impl Provider {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "aws.bedrock",
            Self::Planner => SERVICE,
        }
    }
}

/// One turn: everything between a question and its answer happens inside.
#[must_use]
pub fn invoke_agent_span(conversation: &str) -> Span {
    let span = tracing::info_span!(INVOKE_AGENT, gen_ai.conversation.id = conversation);
    span.set_attribute(key::OPERATION, INVOKE_AGENT);
    span.set_attribute(key::AGENT_NAME, SERVICE);
    span
}

/// How a turn ended.
#[derive(Debug, Clone, Copy)]
pub struct TurnOutcome<'a> {
    /// The model that wrote the answer.
    pub model: &'a str,
    pub behaviour: &'static str,
    /// Why it was not the configured model.
    pub fallback: Option<&'static str>,
    /// Why there is no answer.
    pub error: Option<&'static str>,
}

pub fn record_turn(span: &Span, outcome: &TurnOutcome<'_>) {
    span.set_attribute(key::REQUEST_MODEL, model_label(outcome.model).to_owned());
    span.set_attribute(key::BEHAVIOUR, outcome.behaviour);
    if let Some(fallback) = outcome.fallback {
        span.set_attribute(key::FALLBACK, fallback);
    }
    record_error(span, outcome.error);
}

/// A call of the model, as it is about to be made.
#[derive(Debug, Clone, Copy)]
pub struct ChatCall<'a> {
    pub provider: Provider,
    pub model: &'a str,
    pub max_tokens: Option<i64>,
    pub conversation: &'a str,
    /// Host and port, where they are known.
    pub server: Option<(&'a str, u16)>,
}

#[must_use]
pub fn chat_span(call: &ChatCall<'_>) -> Span {
    let span = tracing::info_span!(CHAT, gen_ai.provider.name = call.provider.name(), gen_ai.request.model = model_label(call.model));
    span.set_attribute(key::OPERATION, CHAT);
    if call.provider == Provider::Bedrock {
        span.set_attribute(key::REQUEST_STREAM, true);
    }
    if let Some(most) = call.max_tokens {
        span.set_attribute(key::REQUEST_MAX_TOKENS, most);
    }
    if !call.conversation.is_empty() {
        span.set_attribute(key::CONVERSATION, call.conversation.to_owned());
    }
    if let Some((address, port)) = call.server {
        span.set_attribute(key::SERVER_ADDRESS, address.to_owned());
        span.set_attribute(key::SERVER_PORT, i64::from(port));
    }
    span
}

/// Tokens of one call, each counted once: `input_tokens` are those that the prompt cache had no part in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenUsage {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
}

impl TokenUsage {
    /// The conventions count cached tokens as input, too.
    #[must_use]
    pub const fn all_input_tokens(&self) -> i64 {
        self.input_tokens.saturating_add(self.cache_read_tokens).saturating_add(self.cache_write_tokens)
    }
}

/// How a call of the model ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChatOutcome {
    pub usage: TokenUsage,
    pub finish_reason: Option<&'static str>,
    /// From the request to the first piece of the reply.
    pub first_chunk: Option<Duration>,
    /// At list price.
    pub cost: Option<NanoUsd>,
    /// A stable word; set when there is no reply.
    pub error: Option<&'static str>,
}

pub fn record_chat(span: &Span, outcome: &ChatOutcome) {
    let usage = &outcome.usage;
    span.set_attribute(key::USAGE_INPUT, usage.all_input_tokens());
    span.set_attribute(key::USAGE_OUTPUT, usage.output_tokens);
    span.set_attribute(key::USAGE_CACHE_READ, usage.cache_read_tokens);
    span.set_attribute(key::USAGE_CACHE_WRITE, usage.cache_write_tokens);
    span.set_attribute(key::USAGE_CACHE_CREATION, usage.cache_write_tokens);
    let finish_reason = outcome.finish_reason.or_else(|| outcome.error.map(|_| "error"));
    if let Some(reason) = finish_reason {
        span.set_attribute(key::FINISH_REASONS, Value::Array(Array::String(vec![StringValue::from(reason)])));
    }
    if let Some(waited) = outcome.first_chunk {
        span.set_attribute(key::FIRST_CHUNK, waited.as_secs_f64());
    }
    if let Some(cost) = outcome.cost {
        span.set_attribute(key::COST, cost.as_f64());
    }
    record_error(span, outcome.error);
}

/// `name` is that of a tool of ours; what a model asks for under another name is not run and has no span.
#[must_use]
pub fn tool_span(name: &'static str, call_id: &str) -> Span {
    let span = tracing::info_span!(EXECUTE_TOOL, gen_ai.tool.name = name);
    span.set_attribute(key::OPERATION, EXECUTE_TOOL);
    span.set_attribute(key::TOOL_TYPE, "function");
    span.set_attribute(key::TOOL_CALL_ID, call_id.to_owned());
    span
}

/// `error` is set when the tool failed; that somebody may not see something is an outcome like any other.
pub fn record_tool(span: &Span, outcome: &'static str, error: Option<&'static str>) {
    span.set_attribute(key::TOOL_OUTCOME, outcome);
    record_error(span, error);
}

fn record_error(span: &Span, error: Option<&'static str>) {
    if let Some(error) = error {
        span.set_attribute(key::ERROR, error);
        span.set_status(Status::error(error));
    }
}

/// A model's name for an attribute: of an ARN only the end, because what is before it names an account.
pub(super) fn model_label(model: &str) -> &str {
    if model.starts_with("arn:") { model.rsplit_once('/').map_or("unknown", |(_, name)| name) } else { model }
}

#[cfg(test)]
mod tests;
