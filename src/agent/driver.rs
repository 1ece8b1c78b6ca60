//! Drives one turn: calls the model, runs the tools it asks for, checks what it says, and says what happens on the way. When the configured model
//! cannot finish, the built-in one starts the turn again from the question.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill_domain::plain_text::plain_text;
use agent_bill_tools::contract::AnyTool;
use agent_bill_tools::{Figure, Outcome, ToolSpec, View};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::answer::{Answer, ToolTrace, TurnUsage};
use super::check::Evidence;
use super::events::AgentEvent;
use super::governor::{Caller, Governor, Limit};
use super::run::{Limits, Run, Step};
use super::showing::{Gate, Showing};
use super::{AgentError, calculate, history, watch, wording};
use crate::telemetry::metrics::{self, AnswerCheck};
use agent_bill_model::Behaviour;
use agent_bill_model::{
    Block, Briefing, ChatModel, Message, ModelError, ModelFailure, ModelReply, ModelRequest, ModelUsage, Speaker, StopReason, ToolChoice,
    prompt,
};

/// The outcome of a turn: the answer, and the messages to remember.
pub(super) struct Turn {
    pub answer: Answer,
    pub messages: Vec<Message>,
    /// The code under which the planner answered.
    pub fallback: Option<&'static str>,
}

pub(super) struct Driver<'a> {
    pub model: &'a dyn ChatModel,
    /// Answers when `model` cannot.
    pub standby: Option<&'a dyn ChatModel>,
    pub tools: &'a [Arc<dyn AnyTool>],
    pub view: &'a dyn View,
    pub briefing: &'a Briefing,
    pub limits: Limits,
    /// A turn of the configured model takes no longer than this.
    pub turn_time: Duration,
    pub governor: &'a Governor,
    pub caller: Caller<'a>,
    pub cancel: &'a CancellationToken,
}

/// What a turn gathers.
pub(super) struct Gathered<'a> {
    pub messages: Vec<Message>,
    /// Where the question stands in `messages`.
    pub question_at: usize,
    pub traces: Vec<ToolTrace>,
    pub evidence: Evidence,
    pub usage: TurnUsage,
    pub fallback: Option<&'static str>,
    pub showing: Showing<'a>,
    pub started: Instant,
    /// When the model that answers now began.
    pub attempt_started: Instant,
}

/// Why an attempt ended without an answer.
#[derive(Debug)]
pub(super) enum Ended {
    Failed(ModelError),
    Limited(Limit),
    /// Its answer held figures or names that stand on nothing, or rested on no lookup, twice.
    Unverified,
    /// It wrote nothing that can be shown.
    Silent,
    Cancelled,
    Broken(AgentError),
}

/// An answer that may be shown.
pub(super) struct Accepted {
    pub text: String,
    pub behaviour: Option<Behaviour>,
    pub incomplete: bool,
    pub figures: Vec<Figure>,
}

impl Driver<'_> {
    pub async fn turn(&self, history: Vec<Message>, question: &str, showing: Showing<'_>) -> Result<Turn, AgentError> {
        let mut gathered = self.begin(history, question, showing);
        let answer = match self.attempt(self.model, &mut gathered).await {
            Ok(accepted) => self.answer(self.model, accepted, &gathered),
            Err(ended) => self.stand_in(ended, &mut gathered).await?,
        };
        gathered.showing.complete(&answer.answer).await;
        let working = gathered.messages.get(gathered.question_at + 1..).unwrap_or_default();
        let messages = history::remember(question, working, &answer.answer);
        let first_text_ms = gathered.showing.first_text_ms;
        let usage = TurnUsage { duration_ms: millis(gathered.started), first_text_ms, ..gathered.usage };
        Ok(Turn { answer: Answer { usage, ..answer }, messages, fallback: gathered.fallback })
    }

    fn begin<'s>(&self, history: Vec<Message>, question: &str, showing: Showing<'s>) -> Gathered<'s> {
        let mut evidence = starting_evidence(self.briefing, self.view.today());
        history.iter().for_each(|message| message.blocks.iter().for_each(|block| remember_words(&mut evidence, message.speaker, block)));
        evidence.add_asked(question);
        let mut messages = history;
        let question_at = messages.len();
        messages.push(Message::user(question));
        let started = Instant::now();
        Gathered {
            messages,
            question_at,
            traces: Vec::new(),
            evidence,
            usage: TurnUsage::default(),
            fallback: None,
            showing,
            started,
            attempt_started: started,
        }
    }

    pub(super) async fn attempt(&self, model: &dyn ChatModel, gathered: &mut Gathered<'_>) -> Result<Accepted, Ended> {
        let mut run = Run::of(self.limits, model.writes_freely());
        let mut step = run.begin();
        loop {
            step = match step {
                Step::CallModel(choice) => self.call(model, &mut run, choice, None, gathered).await?,
                Step::AskAgain(choice) => self.call(model, &mut run, choice, Some(prompt::AGAIN), gathered).await?,
                Step::Shorten(choice) => {
                    (gathered.messages, gathered.question_at) = history::shorten(&gathered.messages, gathered.question_at);
                    self.call(model, &mut run, choice, None, gathered).await?
                }
                Step::RunTools(calls) => {
                    self.run_tools(model, calls, gathered).await?;
                    run.on_results(gathered.attempt_started.elapsed())
                }
                Step::Check { text, behaviour, incomplete } => {
                    let text = plain_text(text.trim()).trim().to_owned();
                    if !text.contains(char::is_alphanumeric) {
                        step = Step::Empty;
                        continue;
                    }
                    match self.judge(model, &text, behaviour, gathered) {
                        Ok(figures) => {
                            metrics::answer_check(if run.is_corrected() { AnswerCheck::Corrected } else { AnswerCheck::Passed });
                            return Ok(Accepted { text, behaviour, incomplete, figures });
                        }
                        Err(correction) => {
                            tracing::warn!(model = model.name(), "an answer stood on nothing that a tool returned; it is not shown");
                            gathered.messages.push(Message::assistant(text));
                            gathered.messages.push(Message::user(correction));
                            run.on_unsupported(gathered.attempt_started.elapsed())
                        }
                    }
                }
                Step::Correct(choice) => {
                    gathered.showing.take_back().await;
                    let message = wording::CORRECTING.to_owned();
                    gathered.showing.emit(AgentEvent::Status { code: "correcting".to_owned(), message }).await;
                    self.call(model, &mut run, choice, None, gathered).await?
                }
                Step::Withhold => {
                    metrics::answer_check(AnswerCheck::Withheld);
                    return Err(Ended::Unverified);
                }
                Step::Stopped(stop) => return Ok(stopped(stop)),
                Step::Empty if model.writes_freely() => return Err(Ended::Silent),
                Step::Empty => return Ok(accepted(wording::NOTHING_TO_SAY, Behaviour::Clarify)),
                Step::GiveUp(error) => return Err(Ended::Failed(error)),
            };
        }
    }

    /// The figures that an answer uses, or what the model is told of what stands on nothing.
    fn judge(
        &self,
        model: &dyn ChatModel,
        text: &str,
        behaviour: Option<Behaviour>,
        gathered: &Gathered<'_>,
    ) -> Result<Vec<Figure>, String> {
        let figures = gathered.evidence.verify(text, model.writes_freely()).map_err(|unsupported| {
            let parts: Vec<String> = unsupported.into_iter().map(|part| part.0).collect();
            prompt::correction(&parts)
        })?;
        let looked = gathered.traces.iter().any(ToolTrace::looked_up);
        if model.writes_freely() && !looked && behaviour.is_none_or(Behaviour::rests_on_records) {
            return Err(prompt::LOOK_UP.to_owned());
        }
        Ok(figures)
    }

    /// One call of the model, admitted before and settled after, and what follows from it.
    async fn call(
        &self,
        model: &dyn ChatModel,
        run: &mut Run,
        choice: ToolChoice,
        nudge: Option<&str>,
        gathered: &mut Gathered<'_>,
    ) -> Result<Step, Ended> {
        match self.converse(model, choice, nudge, gathered).await? {
            Ok(reply) => {
                let next = run.on_reply(&reply, gathered.attempt_started.elapsed());
                if matches!(next, Step::RunTools(_)) {
                    // Text beside calls was an aside.
                    gathered.showing.take_back().await;
                    gathered.messages.push(Message { speaker: Speaker::Assistant, blocks: reply.blocks });
                }
                Ok(next)
            }
            Err(failure) => Ok(run.on_failure(&failure, gathered.attempt_started.elapsed())),
        }
    }

    async fn converse(
        &self,
        model: &dyn ChatModel,
        tool_choice: ToolChoice,
        nudge: Option<&str>,
        gathered: &mut Gathered<'_>,
    ) -> Result<Result<ModelReply, ModelFailure>, Ended> {
        let mut specs: Vec<&ToolSpec> = self.tools.iter().map(|tool| tool.spec()).collect();
        if model.writes_freely() {
            specs.push(calculate::spec());
        }
        let nudge = nudge.or((tool_choice == ToolChoice::None).then_some(prompt::MUST_ANSWER));
        let deadline = gathered.started + self.turn_time;
        let conversation = self.caller.conversation;
        let Gathered { messages, evidence, showing, usage, .. } = gathered;
        let request = ModelRequest { briefing: self.briefing, messages, tools: &specs, tool_choice, nudge, conversation, deadline };
        let Some(tariff) = model.tariff() else {
            let mut gate = Gate::new(showing, evidence, model.writes_freely());
            let span = watch::chat_span(model, None, self.caller);
            return Ok(model.converse(&request, &mut gate).instrument(span).await);
        };
        let worst = model.worst_case(&request);
        let admitted =
            self.governor.admit(self.caller, model.name(), worst, usage).await.map_err(Ended::Broken)?.map_err(Ended::Limited)?;
        let mut gate = Gate::new(showing, evidence, model.writes_freely());
        let span = watch::chat_span(model, Some(tariff), self.caller);
        let asked = Instant::now();
        let replied = tokio::select! {
            replied = model.converse(&request, &mut gate).instrument(span.clone()) => Some(replied),
            () = self.cancel.cancelled() => None,
        };
        let times = (asked.elapsed(), gate.first_at.map(|first| first.duration_since(asked)));
        let (consumed, outcome) = match &replied {
            Some(Ok(reply)) => (reply.usage, reply.stop.word()),
            Some(Err(failure)) => (failure.usage, failure.error.code()),
            // The provider counts what it wrote until the connection closed, and does not tell.
            None => (cancelled_usage(worst.tokens.saturating_sub(tariff.most_output_tokens), gate.output_bytes), "cancelled"),
        };
        usage.add(&consumed, tariff);
        watch::chat(&span, model, tariff, replied.as_ref(), &consumed, times);
        watch::content(
            &span,
            messages,
            replied.as_ref().and_then(|replied| replied.as_ref().ok()).map_or(&[], |reply| reply.blocks.as_slice()),
        );
        self.governor.settle(&admitted, &consumed, tariff, matches!(replied, Some(Ok(_))), outcome).await;
        replied.ok_or(Ended::Cancelled)
    }

    pub(super) fn answer(&self, model: &dyn ChatModel, accepted: Accepted, gathered: &Gathered<'_>) -> Answer {
        let current = gathered.traces.iter().any(ToolTrace::rests_on_the_bill);
        let text = if accepted.incomplete { format!("{}\n\n{}", accepted.text, wording::INCOMPLETE) } else { accepted.text };
        Answer {
            answer: text,
            behaviour: accepted.behaviour.unwrap_or_else(|| behaviour_of(&gathered.traces)),
            tools: gathered.traces.clone(),
            figures: accepted.figures,
            data_through: if current { gathered.evidence.data_through().or(self.briefing.data_through) } else { None },
            model: model.name().to_owned(),
            fallback: None,
            usage: TurnUsage::default(),
        }
    }
}

fn accepted(text: &str, behaviour: Behaviour) -> Accepted {
    Accepted { text: text.to_owned(), behaviour: Some(behaviour), incomplete: false, figures: Vec::new() }
}

fn stopped(stop: StopReason) -> Accepted {
    let text = if stop == StopReason::GuardrailIntervened { wording::GUARDRAIL } else { wording::FILTERED };
    accepted(text, Behaviour::Decline)
}

fn cancelled_usage(input_tokens: i64, output_bytes: usize) -> ModelUsage {
    // Three characters a token: an estimate that errs, errs upward.
    let output_tokens = i64::try_from(output_bytes.div_ceil(3)).unwrap_or(i64::MAX);
    ModelUsage { input_tokens, output_tokens, estimated: true, ..ModelUsage::default() }
}

pub(super) fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn starting_evidence(briefing: &Briefing, today: jiff::civil::Date) -> Evidence {
    let mut evidence = Evidence::new(today);
    let nodes = briefing.nodes.iter().map(|node| node.name.as_str());
    let workloads = briefing.workloads.iter().map(|workload| workload.name.as_str());
    let others = [&briefing.people, &briefing.accounts, &briefing.principals, &briefing.levels].into_iter().flatten().map(String::as_str);
    for name in nodes.chain(workloads).chain(others).chain([briefing.person.as_str()]) {
        evidence.add_name(name);
        evidence.add_words(name);
    }
    evidence
}

fn remember_words(evidence: &mut Evidence, speaker: Speaker, block: &Block) {
    match block {
        Block::Text { text } if speaker == Speaker::User => evidence.add_asked(text),
        Block::Text { text } => evidence.add_words(text),
        Block::ToolResult { result, .. } => evidence.add_words(&result.to_string()),
        _ => {}
    }
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
