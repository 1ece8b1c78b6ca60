//! Runs what a model asks for: side by side, each within its time, results back in one message in the order of the calls.

use std::time::{Duration, Instant};

use agent_bill_domain::plain_text::plain_text;
use agent_bill_facts::declare::Facts;
use agent_bill_tools::{Outcome, ToolOutput};
use futures::future::join_all;
use serde_json::{Value, json};
use tracing::Instrument;

use super::answer::ToolTrace;
use super::answer_stream::AnswerStream;
use super::driver::{Driver, Ended, Gathered, millis};
use super::events::AgentEvent;
use super::run::ToolCall;
use super::{instrumentation, reading};
use agent_bill_model::{Block, Message, Speaker};

/// How long one tool may take before the model is told that it failed.
const TOOL_DEADLINE: Duration = Duration::from_secs(20);

impl Driver<'_> {
    pub(super) async fn run_tools(&self, calls: Vec<ToolCall>, gathered: &mut Gathered<'_>) -> Result<(), Ended> {
        let order: Vec<String> = calls.iter().map(|call| call.id.clone()).collect();
        let running = join_all(calls.into_iter().map(|call| self.run_tool(call, &gathered.stream)));
        let outputs = tokio::select! {
            outputs = running => outputs,
            () = self.cancel.cancelled() => return Err(Ended::Cancelled),
        };
        let mut blocks: Vec<(String, Block)> = Vec::new();
        for (call, output, duration_ms) in outputs {
            let known = self.tools.iter().find(|tool| tool.spec().name == call.name);
            blocks.push(note(known.map_or(&Facts::NONE, |tool| tool.spec().facts), call, output, duration_ms, gathered));
        }
        blocks.sort_by_key(|(id, _)| order.iter().position(|known| known == id));
        gathered.messages.push(Message { speaker: Speaker::User, blocks: blocks.into_iter().map(|(_, block)| block).collect() });
        Ok(())
    }

    async fn run_tool(&self, call: ToolCall, stream: &AnswerStream<'_>) -> (ToolCall, ToolOutput, u64) {
        let started = Instant::now();
        stream.emit(AgentEvent::ToolStarted { name: call.name.clone(), arguments: shown(&call.input) }).await;
        let known = self.tools.iter().find(|tool| tool.spec().name == call.name);
        let name = known.map(|tool| tool.spec().name);
        let span = instrumentation::tool_span(name, &call);
        let output = match (call.refused, known) {
            (Some(reason), _) => told(Outcome::Invalid, reason),
            (None, None) => told(Outcome::Invalid, "there is no tool of this name"),
            (None, Some(tool)) => {
                let body = tool.call(self.view, call.input.clone()).instrument(span.clone());
                tokio::time::timeout(TOOL_DEADLINE, body).await.unwrap_or_else(|_| told(Outcome::Failed, "the tool did not finish in time"))
            }
        };
        instrumentation::tool(&span, name, &call, &output, started.elapsed());
        let duration_ms = millis(started);
        stream.emit(AgentEvent::ToolFinished { name: call.name.clone(), outcome: output.outcome, duration_ms }).await;
        (call, output, duration_ms)
    }
}

/// Adds a result to the sheet and the trace; the block goes back to the model. A refusal may quote what the model wrote, which is no result.
fn note(facts: &'static Facts, call: ToolCall, output: ToolOutput, duration_ms: u64, gathered: &mut Gathered<'_>) -> (String, Block) {
    let failed = matches!(output.outcome, Outcome::Failed | Outcome::Invalid);
    gathered.known.things.extend(reading::offered(&output.result));
    let result = if failed { output.result } else { gathered.sheet.add(&call.name, facts, &output.result) };
    let block = Block::ToolResult { id: call.id.clone(), failed, result };
    gathered.traces.push(ToolTrace { name: call.name, arguments: shown(&call.input), outcome: output.outcome, duration_ms });
    (call.id, block)
}

/// The longest argument shown whole.
const SHOWN_CHARS: usize = 200;

/// Arguments as they are shown: a model wrote them, so they are plain and short.
fn shown(input: &Value) -> Value {
    let plain = |text: &str| plain_text(text).chars().take(SHOWN_CHARS).collect::<String>();
    match input {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(items) => items.iter().take(SHOWN_CHARS).map(shown).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (plain(name), shown(member))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn told(outcome: Outcome, message: &str) -> ToolOutput {
    ToolOutput { outcome, result: json!({ "error": "not_run", "message": message }) }
}
