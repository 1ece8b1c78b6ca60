//! Drives one turn: calls the model, runs the tools it asks for concurrently, checks every number, and says what happens on the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill_tools::contract::AnyTool;
use agent_bill_tools::{Figure, Outcome, ToolOutput, ToolSpec, View};
use futures::future::join_all;
use serde_json::json;
use tokio::sync::mpsc;
use tracing::Instrument;

use super::answer::{Answer, Behaviour, ToolTrace, TurnUsage};
use super::events::AgentEvent;
use super::number_check::Evidence;
use super::run::{Limits, Run, Step, ToolCall};
use super::{AgentError, briefing, wording};
use crate::model::{Block, Briefing, ChatModel, Message, ModelReply, ModelRequest, ReplySink, Speaker, ToolChoice};

/// How long one tool may take before the model is told that it failed.
const TOOL_DEADLINE: Duration = Duration::from_secs(20);

/// How many characters of an answer go into one event.
const DELTA_CHARS: usize = 32;

/// The outcome of a turn: the answer, and the messages to remember.
pub(super) struct Turn {
    pub answer: Answer,
    pub messages: Vec<Message>,
}

pub(super) struct Driver<'a> {
    pub model: &'a dyn ChatModel,
    pub tools: &'a [Arc<dyn AnyTool>],
    pub view: &'a dyn View,
    pub limits: Limits,
    pub events: &'a mpsc::Sender<AgentEvent>,
}

/// What a turn gathers.
struct Gathered {
    messages: Vec<Message>,
    traces: Vec<ToolTrace>,
    evidence: Evidence,
}

impl Driver<'_> {
    pub async fn turn(&self, history: Vec<Message>, text: &str) -> Result<Turn, AgentError> {
        let started = Instant::now();
        let briefing = briefing::brief(self.view).await.map_err(|_| AgentError::Unavailable)?;
        let mut gathered = Gathered { messages: history, traces: Vec::new(), evidence: starting_evidence(&briefing, self.view.today()) };
        let remembered = gathered.messages.len();
        gathered.messages.push(Message { speaker: Speaker::User, blocks: vec![Block::Text { text: text.to_owned() }] });
        let mut run = Run::new(self.limits);
        let mut step = run.begin();
        let answer = loop {
            step = match step {
                Step::CallModel { must_answer } => {
                    let reply = self.call_model(&briefing, &gathered.messages, must_answer).await?;
                    let next = run.on_reply(&reply, started.elapsed());
                    if matches!(next, Step::RunTools(_)) {
                        gathered.messages.push(Message { speaker: Speaker::Assistant, blocks: reply.blocks });
                    }
                    next
                }
                Step::RunTools(calls) => {
                    self.run_tools(calls, &mut gathered).await;
                    run.on_results(started.elapsed())
                }
                Step::Done { text, behaviour, incomplete } => break self.finish(text, behaviour, incomplete, &briefing, &gathered),
                Step::Empty => {
                    let text = wording::NOTHING_TO_SAY.to_owned();
                    break self.finish(text, Some(Behaviour::Clarify), false, &briefing, &gathered);
                }
            };
        };
        gathered.messages.push(Message { speaker: Speaker::Assistant, blocks: vec![Block::Text { text: answer.answer.clone() }] });
        Ok(Turn { answer, messages: gathered.messages.split_off(remembered) })
    }

    async fn call_model(&self, briefing: &Briefing, messages: &[Message], must_answer: bool) -> Result<ModelReply, AgentError> {
        let specs: Vec<&ToolSpec> = self.tools.iter().map(|tool| tool.spec()).collect();
        let tool_choice = if must_answer { ToolChoice::None } else { ToolChoice::Auto };
        let deadline = Instant::now() + self.limits.time;
        let request = ModelRequest { briefing, messages, tools: &specs, tool_choice, conversation: "", deadline };
        // Nothing is shown before it is checked, so what streams in here is not passed on.
        let mut unshown = Unshown;
        let call = self.model.converse(&request, &mut unshown).instrument(tracing::info_span!("model.converse", model = self.model.name()));
        call.await.map_err(|failure| AgentError::Model(failure.error))
    }

    /// Runs what the calls ask for, side by side; results go back in one message, in the order of the calls.
    async fn run_tools(&self, calls: Vec<ToolCall>, gathered: &mut Gathered) {
        let outputs = join_all(calls.into_iter().map(|call| self.run_tool(call))).await;
        let mut blocks = Vec::new();
        for (call, output, duration_ms) in outputs {
            gathered.evidence.add_result(&output.result, &output.figures);
            blocks.push(Block::ToolResult {
                id: call.id,
                failed: matches!(output.outcome, Outcome::Failed | Outcome::Invalid),
                result: output.result,
            });
            gathered.traces.push(ToolTrace { name: call.name, arguments: call.input, outcome: output.outcome, duration_ms });
        }
        gathered.messages.push(Message { speaker: Speaker::User, blocks });
    }

    async fn run_tool(&self, call: ToolCall) -> (ToolCall, ToolOutput, u64) {
        let started = Instant::now();
        self.emit(AgentEvent::ToolStarted { name: call.name.clone(), arguments: call.input.clone() }).await;
        let output = match (call.refused, self.tools.iter().find(|tool| tool.spec().name == call.name)) {
            (Some(reason), _) => told(Outcome::Invalid, reason),
            (None, None) => told(Outcome::Invalid, "there is no tool of this name"),
            (None, Some(tool)) => {
                let span = tracing::info_span!("tool", name = tool.spec().name);
                let body = tool.call(self.view, call.input.clone()).instrument(span);
                tokio::time::timeout(TOOL_DEADLINE, body).await.unwrap_or_else(|_| told(Outcome::Failed, "the tool did not finish in time"))
            }
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.emit(AgentEvent::ToolFinished { name: call.name.clone(), outcome: output.outcome, duration_ms }).await;
        (call, output, duration_ms)
    }

    fn finish(&self, text: String, behaviour: Option<Behaviour>, incomplete: bool, briefing: &Briefing, gathered: &Gathered) -> Answer {
        let (text, figures, behaviour) = match gathered.evidence.check(&text) {
            Ok(used) => (text, used, behaviour.unwrap_or_else(|| behaviour_of(&gathered.traces))),
            Err(unsupported) => {
                tracing::warn!(
                    model = self.model.name(),
                    numbers = unsupported.len(),
                    "an answer held numbers no tool returned; its figures are shown instead"
                );
                let (text, figures) = wording::figures_only(gathered.evidence.figures());
                (text, figures, Behaviour::Answer)
            }
        };
        let text = if incomplete { format!("{text}\n\n{}", wording::INCOMPLETE) } else { text };
        let current = gathered.traces.iter().any(ToolTrace::rests_on_the_bill);
        Answer {
            answer: text,
            behaviour,
            tools: gathered.traces.clone(),
            figures,
            data_through: if current { gathered.evidence.data_through().or(briefing.data_through) } else { None },
            model: self.model.name().to_owned(),
            fallback: None,
            usage: TurnUsage::default(),
        }
    }

    /// Sends the answer, piece by piece and then whole.
    pub async fn show(&self, answer: &Answer) {
        for delta in deltas(&answer.answer) {
            self.emit(AgentEvent::TextDelta { text: delta }).await;
        }
        self.emit(AgentEvent::Answer(Box::new(answer.clone()))).await;
    }

    /// Nobody listening is no reason to fail: cancellation is decided by the caller.
    async fn emit(&self, event: AgentEvent) {
        let _ = self.events.send(event).await;
    }
}

struct Unshown;

#[async_trait::async_trait]
impl ReplySink for Unshown {
    async fn text(&mut self, _: &str) {}
}

fn told(outcome: Outcome, message: &str) -> ToolOutput {
    ToolOutput { outcome, result: json!({ "error": "not_run", "message": message }), figures: Vec::<Figure>::new() }
}

fn starting_evidence(briefing: &Briefing, today: jiff::civil::Date) -> Evidence {
    let mut evidence = Evidence::new(today);
    let nodes = briefing.nodes.iter().map(|node| node.name.as_str());
    let workloads = briefing.workloads.iter().map(|workload| workload.name.as_str());
    let others = [&briefing.people, &briefing.accounts, &briefing.principals, &briefing.levels].into_iter().flatten().map(String::as_str);
    for name in nodes.chain(workloads).chain(others) {
        evidence.add_name(name);
    }
    evidence
}

/// When the model does not say what kind of answer it gave, the outcomes of its tools do.
fn behaviour_of(traces: &[ToolTrace]) -> Behaviour {
    let any = |outcome: Outcome| traces.iter().any(|trace| trace.outcome == outcome);
    if any(Outcome::Ok) || traces.is_empty() {
        Behaviour::Answer
    } else if any(Outcome::RoleDenied) {
        Behaviour::DenyRole
    } else if any(Outcome::NotFound) {
        Behaviour::DenyScope
    } else if any(Outcome::Empty) {
        Behaviour::NoData
    } else {
        Behaviour::Clarify
    }
}

/// Pieces of about `DELTA_CHARS`, cut after white space, that concatenate to the text.
fn deltas(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        piece.push_str(word);
        if piece.chars().count() >= DELTA_CHARS {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}
