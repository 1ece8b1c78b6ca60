//! Metrics. Without a collector or a listener for scrapes, every function here does nothing.
//!
//! No attribute names a person, a conversation, a node of the organisation or an account: all are words of the source code, except for the
//! model's name, of which an ARN's account is cut off, and the template of a route.

mod instruments;

use std::sync::OnceLock;
use std::time::Duration;

use agent_bill_domain::money::NanoUsd;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

use super::collector::Collector;
use super::genai::{Provider, TokenUsage, key, model_label};
use super::{SERVICE, TelemetryError, exposition, resource};
use instruments::Instruments;

static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();

/// Why an exchange or a turn has no outcome: the one who asked has left.
pub const CANCELLED: &str = "cancelled";

/// # Errors
/// The address of the collector is none.
pub(super) fn provider(collector: Option<&Collector>, scraped: bool) -> Result<Option<SdkMeterProvider>, TelemetryError> {
    if collector.is_none() && !scraped {
        return Ok(None);
    }
    let mut provider = SdkMeterProvider::builder().with_resource(resource());
    if let Some(collector) = collector {
        provider = provider.with_reader(PeriodicReader::builder(collector.metrics()?).build());
    }
    if scraped {
        provider = provider.with_reader(exposition::reader()?);
    }
    let provider = provider.build();
    let _started_before = INSTRUMENTS.set(Instruments::new(&provider.meter(SERVICE)));
    Ok(Some(provider))
}

/// One call of the model.
#[derive(Debug, Clone, Copy)]
pub struct ChatMeasured<'a> {
    pub provider: Provider,
    pub model: &'a str,
    pub duration: Duration,
    /// From the request to the first piece of the reply; `None` when nothing was streamed.
    pub first_chunk: Option<Duration>,
    pub usage: TokenUsage,
    /// What the call counts against the model's quota.
    pub quota_tokens: i64,
    /// At list price; `None` when no price is known.
    pub cost: Option<NanoUsd>,
    /// A stable word; set when there was no reply.
    pub error: Option<&'static str>,
}

pub fn chat(measured: &ChatMeasured<'_>) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.chat(measured);
    }
}

/// One turn.
#[derive(Debug, Clone, Copy)]
pub struct TurnMeasured<'a> {
    /// The model that wrote the answer.
    pub model: &'a str,
    /// What kind of answer it was; [`CANCELLED`] or another word when there was none.
    pub behaviour: &'static str,
    /// Why the planner answered for the configured model; counted under `agent_bill.fallbacks`, too.
    pub fallback: Option<&'static str>,
    pub duration: Duration,
    /// A stable word; set when there was no answer.
    pub error: Option<&'static str>,
}

pub fn turn(measured: &TurnMeasured<'_>) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.turn(measured);
    }
}

/// What became of an answer whose figures were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerCheck {
    Passed,
    /// The model was asked once more, and then it passed.
    Corrected,
    /// Not shown.
    Withheld,
}

pub fn answer_check(result: AnswerCheck) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.answer_check(result);
    }
}

/// One call of a tool.
#[derive(Debug, Clone, Copy)]
pub struct ToolMeasured {
    /// Of the registry, or one word for all that are not in it.
    pub name: &'static str,
    pub outcome: &'static str,
    pub duration: Duration,
    /// A stable word; set when the tool failed.
    pub error: Option<&'static str>,
}

pub fn tool(measured: &ToolMeasured) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.tool(measured);
    }
}

/// A limit turned something down; named like its setting (`person_day_usd`, `concurrent_requests`, …).
pub fn limit_refused(limit: &'static str) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.limit_refusals.add(1, &[KeyValue::new("limit", limit)]);
    }
}

pub(super) fn exchange_began(method: &'static str) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.active_exchanges(1, method);
    }
}

pub(super) fn exchange_ended(method: &'static str, route: &str, status: Option<u16>, duration: Duration) {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.active_exchanges(-1, method);
        instruments.exchange(method, route, status, duration);
    }
}

/// Counts an answer as being streamed until it is dropped.
#[must_use]
pub fn open_stream() -> OpenStream {
    if let Some(instruments) = INSTRUMENTS.get() {
        instruments.http_streams.add(1, &[]);
    }
    OpenStream(())
}

pub struct OpenStream(());

impl Drop for OpenStream {
    fn drop(&mut self) {
        if let Some(instruments) = INSTRUMENTS.get() {
            instruments.http_streams.add(-1, &[]);
        }
    }
}

impl Instruments {
    fn chat(&self, call: &ChatMeasured<'_>) {
        let own = [KeyValue::new("model", model_label(call.model).to_owned())];
        let base = vec![
            KeyValue::new(key::OPERATION, "chat"),
            KeyValue::new(key::PROVIDER, call.provider.name()),
            KeyValue::new(key::REQUEST_MODEL, model_label(call.model).to_owned()),
        ];
        let timed = with(&base, call.error.map(|error| KeyValue::new(key::ERROR, error)));
        self.operation_duration.record(call.duration.as_secs_f64(), &timed);
        self.inference_duration.record(call.duration.as_secs_f64(), &timed);
        if let Some(waited) = call.first_chunk {
            self.operation_first_chunk.record(waited.as_secs_f64(), &timed);
            self.inference_first_chunk.record(waited.as_secs_f64(), &timed);
        }
        if call.provider == Provider::Planner {
            // It has no tokens, and nothing to pay for.
            return;
        }
        let (input, output) = (tokens(call.usage.all_input_tokens()), tokens(call.usage.output_tokens));
        for (kind, used) in [("input", input), ("output", output)] {
            self.token_usage.record(used, &with(&base, Some(KeyValue::new(key::TOKEN_TYPE, kind))));
        }
        // Nothing but text goes in and comes out.
        let text = with(&base, Some(KeyValue::new(key::TOKEN_MODALITY, "text")));
        self.input_tokens.add(input, &text);
        self.output_tokens.add(output, &text);
        self.cache_read_tokens.add(tokens(call.usage.cache_read_tokens), &text);
        self.cache_write_tokens.add(tokens(call.usage.cache_write_tokens), &text);
        self.quota_tokens.add(tokens(call.quota_tokens), &own);
        if let Some(cost) = call.cost {
            self.cost.add(cost.as_f64().max(0.0), &own);
        }
    }

    fn turn(&self, turn: &TurnMeasured<'_>) {
        let attributes = [
            KeyValue::new("model", model_label(turn.model).to_owned()),
            KeyValue::new("behaviour", turn.behaviour),
            KeyValue::new("fallback", turn.fallback.unwrap_or("none")),
        ];
        self.turns.add(1, &attributes);
        self.turn_duration.record(turn.duration.as_secs_f64(), &attributes);
        let agent = with(&[KeyValue::new(key::AGENT_NAME, SERVICE)], turn.error.map(|error| KeyValue::new(key::ERROR, error)));
        self.invoke_agent_duration.record(turn.duration.as_secs_f64(), &agent);
        if let Some(reason) = turn.fallback {
            self.fallbacks.add(1, &[KeyValue::new("reason", reason)]);
        }
    }

    fn answer_check(&self, result: AnswerCheck) {
        let result = match result {
            AnswerCheck::Passed => "passed",
            AnswerCheck::Corrected => "corrected",
            AnswerCheck::Withheld => "withheld",
        };
        self.answer_checks.add(1, &[KeyValue::new("result", result)]);
    }

    fn tool(&self, call: &ToolMeasured) {
        self.tool_calls.add(1, &[KeyValue::new("tool", call.name), KeyValue::new("outcome", call.outcome)]);
        let tool = [KeyValue::new(key::TOOL_NAME, call.name), KeyValue::new(key::TOOL_TYPE, "function")];
        self.tool_duration.record(call.duration.as_secs_f64(), &with(&tool, call.error.map(|error| KeyValue::new(key::ERROR, error))));
    }

    fn active_exchanges(&self, change: i64, method: &'static str) {
        self.http_active.add(change, &[KeyValue::new(key::HTTP_METHOD, method), KeyValue::new(key::URL_SCHEME, "http")]);
    }

    fn exchange(&self, method: &'static str, route: &str, status: Option<u16>, duration: Duration) {
        let mut attributes = vec![
            KeyValue::new(key::HTTP_METHOD, method),
            KeyValue::new(key::HTTP_ROUTE, route.to_owned()),
            KeyValue::new(key::URL_SCHEME, "http"),
        ];
        match status {
            Some(status) => attributes.push(KeyValue::new(key::HTTP_STATUS, i64::from(status))),
            None => attributes.push(KeyValue::new(key::ERROR, CANCELLED)),
        }
        if let Some(status) = status.filter(|status| *status >= 500) {
            attributes.push(KeyValue::new(key::ERROR, status.to_string()));
        }
        self.http_duration.record(duration.as_secs_f64(), &attributes);
    }
}

fn with(base: &[KeyValue], more: Option<KeyValue>) -> Vec<KeyValue> {
    base.iter().cloned().chain(more).collect()
}

fn tokens(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests;
