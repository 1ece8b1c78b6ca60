//! When the configured model does not finish a turn, the built-in one starts it again from the question, and the answer says so and why.

use std::time::Instant;

use agent_bill_tools::Figure;

use super::AgentError;
use super::answer::{Answer, Fallback};
use super::driver::{Accepted, Driver, Ended, Gathered};
use super::events::AgentEvent;
use super::wording;
use crate::telemetry::metrics;
use agent_bill_model::Behaviour;
use agent_bill_model::{ChatModel, Message};

/// Why the built-in model answers.
struct Reason {
    code: &'static str,
    /// For the asker, after "because".
    text: String,
    /// A limit that was reached, as a figure of the answer.
    limit: Option<Figure>,
}

impl Driver<'_> {
    pub(super) async fn fall_back(&self, ended: Ended, gathered: &mut Gathered<'_>) -> Result<Answer, AgentError> {
        let plain = |code: &'static str, text: &str| Reason { code, text: text.to_owned(), limit: None };
        let reason = match ended {
            Ended::Cancelled => return Err(AgentError::Cancelled),
            Ended::Broken(error) => return Err(error),
            Ended::Failed(error) if self.standby.is_none() => return Err(AgentError::Model(error)),
            Ended::Failed(error) => plain(error.code(), &error.to_string()),
            Ended::Limited(limit) => Reason { code: limit.code(), text: limit.sentence(), limit: limit.figure() },
            Ended::Unverified => plain("unverified", wording::UNVERIFIED),
            Ended::Silent => plain("no_answer", wording::SILENT),
        };
        tracing::info!(code = reason.code, "the configured model does not answer this turn");
        gathered.fallback = Some(reason.code);
        if reason.limit.is_some() {
            metrics::limit_refused(reason.code);
        }
        let found = gathered.evidence.figures().to_vec();
        let Some(standby) = self.standby else { return Ok(self.figures_only(&found, gathered)) };
        gathered.stream.take_back().await;
        let message = format!("The built-in planner takes over: {}.", reason.text);
        gathered.stream.emit(AgentEvent::Status { code: reason.code.to_owned(), message }).await;
        let looked_up = gathered.messages.split_off(gathered.question_at + 1);
        // However long the other model took, this one gets time of its own.
        gathered.attempt_started = Instant::now();
        let second = match self.attempt(standby, gathered).await {
            Ok(accepted) => self.answer(standby, accepted, gathered),
            Err(Ended::Unverified | Ended::Silent) => self.figures_only(&found, gathered),
            Err(Ended::Failed(error)) => return Err(AgentError::Model(error)),
            Err(Ended::Broken(error)) => return Err(error),
            Err(Ended::Cancelled | Ended::Limited(_)) => return Err(AgentError::Cancelled),
        };
        // What the planner did not understand, the other model had looked up.
        let shown = if second.behaviour == Behaviour::Clarify { self.rendered(standby, &looked_up, gathered) } else { None };
        let mut answer = shown.unwrap_or(second);
        let message = wording::fallback(&reason.text);
        answer.answer = format!("{}\n\n{message}", answer.answer);
        answer.figures.extend(reason.limit);
        answer.fallback = Some(Fallback { code: reason.code.to_owned(), message });
        Ok(answer)
    }

    /// The results that the configured model had asked for, in the words of `standby`; `None` where there are none, or it has no words for them.
    fn rendered(&self, standby: &dyn ChatModel, looked_up: &[Message], gathered: &mut Gathered<'_>) -> Option<Answer> {
        let text = format!("{}\n\n{}", wording::LOOKED_UP, standby.render(self.briefing, looked_up)?);
        let figures = gathered.evidence.verify(&text, false).ok()?;
        gathered.messages.truncate(gathered.question_at + 1);
        gathered.messages.extend_from_slice(looked_up);
        let accepted = Accepted { text, behaviour: Some(Behaviour::Answer), incomplete: false, figures };
        Some(self.answer(standby, accepted, gathered))
    }

    /// The last resort: the records' own totals and nothing else.
    fn figures_only(&self, figures: &[Figure], gathered: &Gathered<'_>) -> Answer {
        let (text, figures) = wording::figures_only(figures);
        self.answer(self.model, Accepted { text, behaviour: Some(Behaviour::Answer), incomplete: false, figures }, gathered)
    }
}
