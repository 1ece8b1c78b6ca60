//! One message from its arrival to its answer: whose turn it is, what came before, and what is remembered.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use agent_bill_domain::plain_text::plain_text;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::answer_stream::AnswerStream;
use super::consumption::Caller;
use super::driver::{Driver, Turn};
use super::events::AgentEvent;
use super::history::{self, PastTurn};
use super::{Agent, AgentError, Question, briefing, instrumentation, json, unavailable};
use agent_bill_identity::Requester;
use agent_bill_model::{Briefing, Message};
use agent_bill_records::StoreError;
use agent_bill_records::turns::{self, Begun, NewTurn, OpenTurn, PastMessage};

/// A holder that has not renewed its lease for so long is gone: the next message need not wait longer after a crash.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
const RENEWED_EVERY: Duration = Duration::from_secs(4);
/// How often a waiting message looks whether it is its turn.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_millis(500);

impl Agent {
    pub(super) async fn run_turn(
        &self,
        requester: &Requester,
        question: &Question,
        events: &mpsc::Sender<AgentEvent>,
        cancel: &CancellationToken,
    ) -> Result<Answer, AgentError> {
        let started = Instant::now();
        let text = plain_text(&question.text);
        // Nothing but characters that nobody sees is a question nobody understands.
        let text = if text.trim().is_empty() { "?" } else { text.trim() };
        let view = self.view(requester).await?;
        let briefing = briefing::brief(&view).await.map_err(|_| AgentError::Unavailable)?;
        let stream = AnswerStream::new(events, cancel);
        let scope = scope_digest(&briefing);
        let open = match self.take_turn(requester, question, text, &scope, cancel).await? {
            Taken::Ours(open) => open,
            Taken::AlreadyAnswered(answer) => {
                let mut stream = stream;
                stream.complete(&answer.answer).await;
                stream.answer(&answer).await;
                return Ok(*answer);
            }
        };
        let driver = Driver {
            model: self.model.as_ref(),
            standby: self.standby.as_deref(),
            tools: &self.tools,
            view: &view,
            briefing: &briefing,
            limits: self.limits,
            turn_time: self.turn_time,
            governor: &self.governor,
            caller: Caller { person: requester.person(), conversation: &question.conversation },
            cancel,
        };
        let turn = async {
            let past = turns::past(&self.store, requester.person(), &open).await.map_err(|error| unavailable(&error))?;
            let history = history::recall(past_turns(past, &scope), self.model.context_tokens());
            driver.turn(history, text, stream).await
        };
        let ended = self.while_leased(&open, turn).await;
        let fallback = ended.as_ref().ok().and_then(|turn| turn.fallback);
        let kept = match ended {
            Ok(turn) => self.complete(requester, &open, &turn).await.map(|()| turn.answer),
            Err(error) => Err(error),
        };
        instrumentation::turn(&tracing::Span::current(), &kept, fallback, started);
        match kept {
            Ok(answer) => {
                AnswerStream::new(events, cancel).answer(&answer).await;
                Ok(answer)
            }
            Err(error) => {
                self.abandon(&open).await;
                Err(error)
            }
        }
    }

    /// Waits until no other message of the conversation is being answered, and begins.
    async fn take_turn(
        &self,
        requester: &Requester,
        question: &Question,
        text: &str,
        scope: &str,
        cancel: &CancellationToken,
    ) -> Result<Taken, AgentError> {
        let holder = ulid::Ulid::generate().to_string();
        let asked = json(&Message::user(text))?;
        let started = Instant::now();
        let mut pause = FIRST_LOOK;
        loop {
            let turn = NewTurn {
                conversation: question.conversation.clone(),
                request_key: question.request_key.clone().unwrap_or_else(|| format!("own-{holder}")),
                holder: holder.clone(),
                wall_now: stamp(Timestamp::now()),
                lease_until: lease_until(),
                sight: scope.to_owned(),
                at: self.clock.now_text(),
                question: asked.clone(),
            };
            match turns::begin(&self.store, requester.person(), &turn).await.map_err(|error| unavailable(&error))? {
                Begun::Started(open) => return Ok(Taken::Ours(open)),
                Begun::NoConversation => return Err(AgentError::NoSuchConversation),
                Begun::Answered { question, answer } if question == asked => {
                    let answer = serde_json::from_str(&answer).map_err(|_| AgentError::Unavailable)?;
                    return Ok(Taken::AlreadyAnswered(Box::new(answer)));
                }
                Begun::Answered { .. } => return Err(AgentError::KeyReused),
                Begun::Busy if started.elapsed() >= self.turn_time => return Err(AgentError::Busy),
                Begun::Busy => {}
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => return Err(AgentError::Cancelled),
            }
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    /// The turn, with its lease renewed until it ends. One that panics must not hold the conversation until its lease runs out.
    async fn while_leased(&self, open: &OpenTurn, turn: impl Future<Output = Result<Turn, AgentError>>) -> Result<Turn, AgentError> {
        tokio::select! {
            ended = AssertUnwindSafe(turn).catch_unwind() => ended.unwrap_or_else(|_| {
                tracing::error!("a turn panicked");
                Err(AgentError::Unavailable)
            }),
            never = self.keep(open) => match never {},
        }
    }

    async fn abandon(&self, open: &OpenTurn) {
        if let Err(failed) = turns::abandon(&self.store, open).await {
            tracing::error!(error = &failed as &dyn std::error::Error, "a turn could not be taken back; it is passed over later");
        }
    }

    /// Renews the lease of a turn as long as it is polled.
    async fn keep(&self, open: &OpenTurn) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            if let Err(error) = turns::renew(&self.store, open, &lease_until()).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the lease of a turn could not be renewed");
            }
        }
    }

    async fn complete(&self, requester: &Requester, open: &OpenTurn, turn: &Turn) -> Result<(), AgentError> {
        let bodies = turn.messages.iter().skip(1).map(json).collect::<Result<Vec<String>, AgentError>>()?;
        let answer = json(&turn.answer)?;
        turns::complete(&self.store, requester.person(), open, &self.clock.now_text(), &bodies, &answer).await.map_err(
            |error| match error {
                StoreError::Lost => AgentError::Busy,
                other => unavailable(&other),
            },
        )
    }
}

enum Taken {
    Ours(OpenTurn),
    /// The same request again.
    AlreadyAnswered(Box<Answer>),
}

/// Leases are kept between processes, so they run on the wall clock, whatever day the service lives in.
fn lease_until() -> String {
    stamp(Timestamp::now().saturating_add(LEASE).unwrap_or(Timestamp::MAX))
}

fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A digest of what the asker can see. Answers given under another scope are not told to a model again, even to the same person.
fn scope_digest(briefing: &Briefing) -> String {
    let mut names: Vec<String> = Vec::new();
    names.extend(briefing.roles.iter().map(|role| format!("role {role}")));
    names.extend(briefing.nodes.iter().map(|node| format!("node {} {}", node.level, node.name)));
    names.extend(briefing.workloads.iter().map(|workload| format!("workload {} {}", workload.product, workload.name)));
    names.push(format!("company-wide {}", briefing.company_wide));
    names.sort();
    let mut digest = hex::encode(Sha256::digest(names.join("\n").as_bytes()));
    digest.truncate(32);
    digest
}

/// Messages by turn. Those from before turns were kept are told as questions without answers.
fn past_turns(past: Vec<PastMessage>, scope: &str) -> Vec<PastTurn> {
    let mut turns: Vec<(i64, PastTurn)> = Vec::new();
    for message in past {
        // A message that cannot be read is as good as lost: the history is mended around it.
        let Ok(body) = serde_json::from_str::<Message>(&message.body) else { continue };
        let continues = turns.last().is_some_and(|(number, _)| *number == message.turn) && !(message.turn == 0 && body.is_question());
        match turns.last_mut() {
            Some((_, turn)) if continues => turn.messages.push(body),
            _ => turns.push((message.turn, PastTurn { messages: vec![body], same_scope: message.sight == scope })),
        }
    }
    turns.into_iter().map(|(_, turn)| turn).collect()
}
