//! What a turn leaves in traces and metrics: words and counts, never what was said (unless the deployment asks for content).

use std::time::{Duration, Instant};

use agent_bill_tools::{Outcome, ToolOutput};
use tracing::Span;

use super::answer::Answer;
use super::consumption::Caller;
use super::run::ToolCall;
use super::{AgentError, Question};
use crate::telemetry::genai::{self, ChatCall, ChatOutcome, Provider, TokenUsage, TurnOutcome};
use crate::telemetry::metrics::{self, ChatMeasured, ToolMeasured, TurnMeasured};
use agent_bill_model::{Block, ChatModel, Message, ModelFailure, ModelReply, ModelUsage, Tariff};

/// Tools that the model made up count under one word.
const UNKNOWN_TOOL: &str = "unknown";

pub(super) fn turn_span(question: &Question) -> Span {
    genai::invoke_agent_span(&question.conversation)
}

/// `fallback` is the code under which the planner answered.
pub(super) fn turn(span: &Span, ended: &Result<Answer, AgentError>, fallback: Option<&'static str>, started: Instant) {
    let (model, behaviour, error) = match ended {
        Ok(answer) => (answer.model.as_str(), answer.behaviour.key(), None),
        Err(AgentError::Cancelled) => ("", metrics::CANCELLED, None),
        Err(error) => ("", "failed", Some(error.code())),
    };
    genai::record_turn(span, &TurnOutcome { model, behaviour, fallback, error });
    metrics::turn(&TurnMeasured { model, behaviour, fallback, duration: started.elapsed(), error });
}

pub(super) fn chat_span(model: &dyn ChatModel, tariff: Option<&Tariff>, caller: Caller<'_>) -> Span {
    genai::chat_span(&ChatCall {
        provider: provider(tariff),
        model: model.name(),
        max_tokens: tariff.map(|tariff| tariff.most_output_tokens),
        conversation: caller.conversation,
        server: None,
    })
}

/// One call of a model that consumes something, as it ended: `replied` is `None` when it was cancelled.
pub(super) fn chat(
    span: &Span,
    model: &dyn ChatModel,
    tariff: &Tariff,
    replied: Option<&Result<ModelReply, ModelFailure>>,
    usage: &ModelUsage,
    times: (Duration, Option<Duration>),
) {
    let (finish_reason, error) = match replied {
        Some(Ok(reply)) => (Some(reply.stop.key()), None),
        Some(Err(failure)) => (None, Some(failure.error.code())),
        None => (None, Some(metrics::CANCELLED)),
    };
    let tokens = TokenUsage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_read_tokens: usage.cache_read_tokens,
        cache_write_tokens: usage.cache_write_tokens,
    };
    let cost = tariff.price.map(|price| price.cost(usage));
    let (duration, first_chunk) = times;
    genai::record_chat(span, &ChatOutcome { usage: tokens, finish_reason, first_chunk, cost, error });
    let quota_tokens = tariff.quota_tokens(usage);
    metrics::chat(&ChatMeasured {
        provider: provider(Some(tariff)),
        model: model.name(),
        duration,
        first_chunk,
        usage: tokens,
        quota_tokens,
        cost,
        error,
    });
}

/// What was sent and written, where the deployment wants it.
pub(super) fn content(span: &Span, sent: &[Message], written: &[Block]) {
    if genai::captures_content() {
        let text = |value: serde_json::Result<String>| value.unwrap_or_default();
        genai::record_content(span, &text(serde_json::to_string(sent)), &text(serde_json::to_string(written)));
    }
}

pub(super) fn tool_span(name: Option<&'static str>, call: &ToolCall) -> Span {
    genai::tool_span(name.unwrap_or(UNKNOWN_TOOL), &call.id)
}

pub(super) fn tool(span: &Span, name: Option<&'static str>, call: &ToolCall, output: &ToolOutput, duration: Duration) {
    let outcome = word(output.outcome);
    let error = (output.outcome == Outcome::Failed).then_some("failed");
    genai::record_tool(span, outcome, error);
    if genai::captures_content() {
        genai::record_tool_content(span, &call.input.to_string(), &output.result.to_string());
    }
    metrics::tool(&ToolMeasured { name: name.unwrap_or(UNKNOWN_TOOL), outcome, duration, error });
}

const fn provider(tariff: Option<&Tariff>) -> Provider {
    if tariff.is_some() { Provider::Bedrock } else { Provider::Planner }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Empty => "empty",
        Outcome::NotFound => "not_found",
        Outcome::RoleDenied => "role_denied",
        Outcome::Invalid => "invalid",
        Outcome::Failed => "failed",
    }
}
