//! Drives one turn: calls the model, runs the tools it asks for, checks what it says, and says what happens on the way. When the configured model
//! cannot finish, the built-in one starts the turn again from the question.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill_facts::claim::Known;
use agent_bill_facts::{Cited, Sheet};
use agent_bill_tools::contract::AnyTool;
use agent_bill_tools::{Outcome, View};
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, ToolTrace, TurnUsage};
use super::answer_stream::AnswerStream;
use super::consumption::{Caller, Governor, Limit};
use super::events::AgentEvent;
use super::reading::{self, Reading};
use super::run::{Limits, Run, Step};
use super::{AgentError, history, wording};
use crate::telemetry::metrics::{self, AnswerCheck};
use agent_bill_model::Behaviour;
use agent_bill_model::{Briefing, ChatModel, Message, ModelError, StopReason, prompt};

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
    /// The results of this turn under the ids by which a model that writes freely cites them.
    pub sheet: Sheet,
    /// What an answer may name besides.
    pub known: Known,
    /// A draft went back: of the next one, what does not hold is left out.
    pub is_corrected: bool,
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
    pub figures: Vec<Cited>,
}

impl Driver<'_> {
    pub async fn turn(&self, history: Vec<Message>, question: &str, stream: AnswerStream<'_>) -> Result<Turn, AgentError> {
        let mut gathered = self.begin(history, question, stream);
        let answer = match self.attempt(self.model, &mut gathered).await {
            Ok(accepted) => self.answer(self.model.name(), accepted, &gathered),
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
        let mut messages = history;
        let question_at = messages.len();
        messages.push(Message::user(question));
        let started = Instant::now();
        Gathered {
            messages,
            question_at,
            traces: Vec::new(),
            sheet: Sheet::default(),
            known: reading::known(question, self.briefing, self.view.today()),
            is_corrected: false,
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
                    self.run_tools(calls, gathered).await?;
                    run.on_results(gathered.attempt_started.elapsed())
                }
                Step::Check { text, behaviour, incomplete } => {
                    let text = text.trim().to_owned();
                    if !text.contains(char::is_alphanumeric) {
                        step = Step::Empty;
                        continue;
                    }
                    let judged = judge(model, &text, behaviour, gathered);
                    let next = judged.against.as_ref().map(|_| run.on_unsupported(gathered.attempt_started.elapsed()));
                    match (judged, next) {
                        (Judged { against: Some(correction), .. }, Some(Step::Correct(choice))) => {
                            tracing::warn!(model = model.name(), "sentences of an answer do not hold; it goes back");
                            gathered.messages.push(Message::assistant(text));
                            gathered.messages.push(Message::user(correction));
                            Step::Correct(choice)
                        }
                        (Judged { shown: Some((text, figures)), .. }, _) => {
                            metrics::answer_check(if run.is_corrected() { AnswerCheck::Corrected } else { AnswerCheck::Passed });
                            return Ok(Accepted { text, behaviour, incomplete, figures });
                        }
                        _ => Step::Withhold,
                    }
                }
                Step::Correct(choice) => {
                    gathered.stream.take_back().await;
                    gathered.is_corrected = true;
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

    pub(super) fn answer(&self, model: &str, accepted: Accepted, gathered: &Gathered<'_>) -> Answer {
        let on_bill = |name: &str| self.tools.iter().any(|tool| tool.spec().name == name && tool.spec().rests_on_bill);
        let current = gathered.traces.iter().any(|trace| trace.answered() && on_bill(&trace.name));
        let text = if accepted.incomplete { format!("{}\n\n{}", accepted.text, wording::INCOMPLETE) } else { accepted.text };
        Answer {
            answer: text,
            behaviour: accepted.behaviour.unwrap_or_else(|| behaviour_of(&gathered.traces)),
            tools: gathered.traces.clone(),
            figures: accepted.figures,
            data_through: if current { data_through(&gathered.sheet).or(self.briefing.data_through) } else { None },
            model: model.to_owned(),
            fallback: None,
            usage: TurnUsage::default(),
        }
    }
}

/// A candidate read against the records.
struct Judged {
    /// What the model is told of it, where something does not hold.
    against: Option<String>,
    /// What may be shown of it all the same, with its figures.
    shown: Option<(String, Vec<Cited>)>,
}

fn judge(model: &dyn ChatModel, text: &str, behaviour: Option<Behaviour>, gathered: &Gathered<'_>) -> Judged {
    if !model.writes_freely() {
        // The planner words results and nothing else: its text is printed as it is.
        return Judged { against: None, shown: reading::printed(text, &gathered.sheet) };
    }
    if !gathered.traces.iter().any(ToolTrace::looked_up) && behaviour.is_none_or(Behaviour::rests_on_records) {
        return Judged { against: Some(prompt::LOOK_UP.to_owned()), shown: None };
    }
    let reading = Reading::of(text, &gathered.sheet, &gathered.known);
    let held = reading.held();
    let against = (!held.is_empty()).then(|| prompt::held(&held));
    Judged { against, shown: reading.is_enough().then(|| reading.shown()) }
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

/// The last day with data inside the period that the latest results are about.
fn data_through(sheet: &Sheet) -> Option<Date> {
    let of_period = |fact: &agent_bill_facts::Fact<'_>| matches!(fact.pointer.as_str(), "/period/data_through" | "/current/data_through");
    sheet.facts().iter().rfind(|fact| of_period(fact)).and_then(|fact| fact.value.as_str()?.parse().ok())
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
