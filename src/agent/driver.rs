//! Drives one turn: calls the model, runs the tools it asks for, checks what it says, and says what happens on the way. When the configured model
//! cannot finish, the built-in one starts the turn again from the question.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill_domain::plain_text::plain_text;
use agent_bill_facts::{Fault, Sheet};
use agent_bill_tools::contract::AnyTool;
use agent_bill_tools::{Figure, Outcome, View};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, ToolTrace, TurnUsage};
use super::answer_stream::AnswerStream;
use super::check::Evidence;
use super::consumption::{Caller, Governor, Limit};
use super::events::AgentEvent;
use super::run::{Limits, Run, Step};
use super::{AgentError, citing, history, wording};
use crate::telemetry::metrics::{self, AnswerCheck};
use agent_bill_model::Behaviour;
use agent_bill_model::{Block, Briefing, ChatModel, Message, ModelError, Speaker, StopReason, prompt};

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
    /// The results of this turn under the ids by which a model that writes freely cites them.
    pub sheet: Sheet,
    pub usage: TurnUsage,
    pub fallback: Option<&'static str>,
    pub stream: AnswerStream<'a>,
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
    pub async fn turn(&self, history: Vec<Message>, question: &str, stream: AnswerStream<'_>) -> Result<Turn, AgentError> {
        let mut gathered = self.begin(history, question, stream);
        let answer = match self.attempt(self.model, &mut gathered).await {
            Ok(accepted) => self.answer(self.model, accepted, &gathered),
            Err(ended) => self.fall_back(ended, &mut gathered).await?,
        };
        gathered.stream.complete(&answer.answer).await;
        let working = gathered.messages.get(gathered.question_at + 1..).unwrap_or_default();
        let messages = history::remember(question, working, &answer.answer);
        let first_text_ms = gathered.stream.first_text_ms;
        let usage = TurnUsage { duration_ms: millis(gathered.started), first_text_ms, ..gathered.usage };
        Ok(Turn { answer: Answer { usage, ..answer }, messages, fallback: gathered.fallback })
    }

    fn begin<'s>(&self, history: Vec<Message>, question: &str, stream: AnswerStream<'s>) -> Gathered<'s> {
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
            sheet: Sheet::default(),
            usage: TurnUsage::default(),
            fallback: None,
            stream,
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
                        Ok((text, figures)) => {
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
                    gathered.stream.take_back().await;
                    let message = wording::CORRECTING.to_owned();
                    gathered.stream.emit(AgentEvent::Status { code: "correcting".to_owned(), message }).await;
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

    /// The answer as people read it with the figures that it uses, or what the model is told of what stands on nothing.
    fn judge(
        &self,
        model: &dyn ChatModel,
        text: &str,
        behaviour: Option<Behaviour>,
        gathered: &mut Gathered<'_>,
    ) -> Result<(String, Vec<Figure>), String> {
        let text = if model.writes_freely() {
            let faults = |faults: Vec<Fault>| prompt::miscited(&faults.iter().map(citing::told).collect::<Vec<_>>());
            citing::printed(text, &gathered.sheet, &mut gathered.evidence).map_err(faults)?
        } else {
            text.to_owned()
        };
        let figures = gathered.evidence.verify(&text, model.writes_freely()).map_err(|unsupported| {
            let parts: Vec<String> = unsupported.into_iter().map(|part| part.0).collect();
            prompt::correction(&parts)
        })?;
        let looked = gathered.traces.iter().any(ToolTrace::looked_up);
        if model.writes_freely() && !looked && behaviour.is_none_or(Behaviour::rests_on_records) {
            return Err(prompt::LOOK_UP.to_owned());
        }
        Ok((text, figures))
    }

    pub(super) fn answer(&self, model: &dyn ChatModel, accepted: Accepted, gathered: &Gathered<'_>) -> Answer {
        let on_bill = |name: &str| self.tools.iter().any(|tool| tool.spec().name == name && tool.spec().rests_on_bill);
        let current = gathered.traces.iter().any(|trace| trace.answered() && on_bill(&trace.name));
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
