//! What went out to the asker while a turn runs. What turns out not to be the answer is taken back with a reset.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::events::AgentEvent;

/// How many characters of a finished text go into one event.
const DELTA_CHARS: usize = 32;

/// The pieces that went out since the last reset.
pub(super) struct AnswerStream<'a> {
    events: &'a mpsc::Sender<AgentEvent>,
    cancel: &'a CancellationToken,
    started: Instant,
    pub shown: String,
    pub first_text_ms: Option<u64>,
}

impl<'a> AnswerStream<'a> {
    pub fn new(events: &'a mpsc::Sender<AgentEvent>, cancel: &'a CancellationToken) -> Self {
        Self { events, cancel, started: Instant::now(), shown: String::new(), first_text_ms: None }
    }

    /// Nobody listening is no reason to fail; a listener who does not read holds the turn up only until it is cancelled.
    pub async fn emit(&self, event: AgentEvent) {
        tokio::select! {
            _ = self.events.send(event) => {}
            () = self.cancel.cancelled() => {}
        }
    }

    pub async fn text(&mut self, text: &str) {
        if self.first_text_ms.is_none() {
            self.first_text_ms = Some(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        }
        self.shown.push_str(text);
        self.emit(AgentEvent::TextDelta { text: text.to_owned() }).await;
    }

    /// What was shown is not the answer.
    pub async fn take_back(&mut self) {
        if !std::mem::take(&mut self.shown).is_empty() {
            self.emit(AgentEvent::TextReset).await;
        }
    }

    /// The rest of the answer, all of it where something else was shown.
    pub async fn complete(&mut self, text: &str) {
        if !text.starts_with(&self.shown) {
            self.take_back().await;
        }
        let rest = text.get(self.shown.len()..).unwrap_or_default().to_owned();
        for delta in deltas(&rest) {
            self.text(&delta).await;
        }
    }

    pub async fn answer(&self, answer: &Answer) {
        self.emit(AgentEvent::Answer(Box::new(answer.clone()))).await;
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
