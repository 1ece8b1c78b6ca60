//! When the configured model does not finish a turn, the built-in one starts it again from the question, and the answer says so and why.

use std::time::Instant;

use agent_bill_facts::Cited;
use agent_bill_tools::say::Asked;
use serde_json::Value;

use super::AgentError;
use super::answer::{Answer, Fallback};
use super::driver::{Accepted, Driver, Ended, Gathered};
use super::events::AgentEvent;
use super::{reading, wording};
use crate::telemetry::metrics;
use agent_bill_model::Behaviour;
use agent_bill_model::{Block, ChatModel, Message};

/// Why the built-in model answers.
struct Reason {
    code: &'static str,
    /// For the asker, after "because".
    text: String,
    /// A limit that was reached, as a figure of the answer.
    limit: Option<Cited>,
    /// Whether what the model had looked up is told, rather than the question asked anew.
    keeps_lookups: bool,
}

impl Driver<'_> {
    pub(super) async fn fall_back(&self, ended: Ended, gathered: &mut Gathered<'_>) -> Result<Answer, AgentError> {
        let plain = |code: &'static str, text: &str| Reason { code, text: text.to_owned(), limit: None, keeps_lookups: false };
        let reason = match ended {
            Ended::Cancelled => return Err(AgentError::Cancelled),
            Ended::Broken(error) => return Err(error),
            Ended::Failed(error) if self.standby.is_none() => return Err(AgentError::Model(error)),
            Ended::Failed(error) => plain(error.code(), &error.to_string()),
            Ended::Limited(limit) => Reason { code: limit.code(), text: limit.sentence(), limit: limit.figure(), keeps_lookups: false },
            Ended::Unverified => Reason { keeps_lookups: true, ..plain("unverified", wording::UNVERIFIED) },
            Ended::Silent => Reason { keeps_lookups: true, ..plain("no_answer", wording::SILENT) },
        };
        tracing::info!(code = reason.code, "the configured model does not answer this turn");
        gathered.fallback = Some(reason.code);
        if reason.limit.is_some() {
            metrics::limit_refused(reason.code);
        }
        gathered.stream.take_back().await;
        let looked_up = gathered.messages.split_off(gathered.question_at + 1);
        // What does not hold of a model's answer is no reason to answer another question than it looked up.
        let worded = if reason.keeps_lookups { self.looked_up("", &looked_up, gathered) } else { None };
        let mut answer = match (worded, self.standby) {
            (Some(worded), _) => worded,
            (None, Some(standby)) => self.stand_in(standby, &reason, &looked_up, gathered).await?,
            (None, None) => self.nothing_to_show(gathered),
        };
        let message = if answer.model == wording::TOOLS { wording::worded_by_tools(&reason.text) } else { wording::fallback(&reason.text) };
        answer.answer = format!("{}\n\n{message}", answer.answer);
        answer.figures.extend(reason.limit);
        answer.fallback = Some(Fallback { code: reason.code.to_owned(), message });
        Ok(answer)
    }

    /// The planner answers, from the question on.
    async fn stand_in(
        &self,
        standby: &dyn ChatModel,
        reason: &Reason,
        looked_up: &[Message],
        gathered: &mut Gathered<'_>,
    ) -> Result<Answer, AgentError> {
        let message = format!("The built-in planner takes over: {}.", reason.text);
        gathered.stream.emit(AgentEvent::Status { code: reason.code.to_owned(), message }).await;
        // However long the other model took, this one gets time of its own.
        gathered.attempt_started = Instant::now();
        let second = match self.attempt(standby, gathered).await {
            Ok(accepted) => self.answer(standby.name(), accepted, gathered),
            Err(Ended::Unverified | Ended::Silent) => self.nothing_to_show(gathered),
            Err(Ended::Failed(error)) => return Err(AgentError::Model(error)),
            Err(Ended::Broken(error)) => return Err(error),
            Err(Ended::Cancelled | Ended::Limited(_)) => return Err(AgentError::Cancelled),
        };
        // What the planner did not understand, the other model had looked up.
        let shown = if second.behaviour == Behaviour::Clarify { self.looked_up(wording::LOOKED_UP, looked_up, gathered) } else { None };
        Ok(shown.unwrap_or(second))
    }

    /// The results that the configured model had asked for, in the words of their tools; `None` where there are none.
    fn looked_up(&self, lead: &str, messages: &[Message], gathered: &mut Gathered<'_>) -> Option<Answer> {
        let asked = Asked::default();
        let mut texts: Vec<String> = Vec::new();
        if !lead.is_empty() {
            texts.push(lead.to_owned());
        }
        for (tool, result) in results(messages) {
            let tool = self.tools.iter().find(|known| known.spec().name == tool);
            let Some(said) = tool.and_then(|tool| tool.say(&asked, std::slice::from_ref(result))) else { continue };
            if !texts.contains(&said.text) {
                texts.push(said.text);
            }
        }
        if texts.len() == usize::from(!lead.is_empty()) {
            return None;
        }
        let (text, figures) = reading::printed(&texts.join("\n\n"), &gathered.sheet)?;
        gathered.messages.truncate(gathered.question_at + 1);
        gathered.messages.extend_from_slice(messages);
        let accepted = Accepted { text, behaviour: Some(Behaviour::Answer), incomplete: false, figures };
        Some(self.answer(wording::TOOLS, accepted, gathered))
    }

    /// Nothing of an answer holds, and nothing was looked up that could be told instead.
    fn nothing_to_show(&self, gathered: &Gathered<'_>) -> Answer {
        let accepted = Accepted {
            text: wording::NOTHING_HOLDS.to_owned(),
            behaviour: Some(Behaviour::Clarify),
            incomplete: false,
            figures: Vec::new(),
        };
        self.answer(self.model.name(), accepted, gathered)
    }
}

/// Every result among the messages, with the name of its tool.
fn results(messages: &[Message]) -> Vec<(&str, &Value)> {
    let blocks = || messages.iter().flat_map(|message| &message.blocks);
    let tool = |wanted: &str| {
        blocks().find_map(|block| match block {
            Block::ToolUse { id, name, .. } if id == wanted => Some(name.as_str()),
            _ => None,
        })
    };
    blocks()
        .filter_map(|block| match block {
            Block::ToolResult { id, result, .. } => Some((tool(id)?, result)),
            _ => None,
        })
        .collect()
}
