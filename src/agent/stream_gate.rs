//! What the asker sees while a turn runs: whole sentences as the model finishes them, each read against the results first. What turns out not to be
//! the answer (an aside before a tool, a draft that goes back) is taken back with a reset.

use std::time::Instant;

use agent_bill_facts::Sheet;
use agent_bill_facts::claim::{Known, Reader};
use async_trait::async_trait;

use super::answer_stream::AnswerStream;
use super::reading::{is_held, shown};
use agent_bill_model::ReplySink;

/// Lets a reply through sentence by sentence.
pub(super) struct StreamGate<'a, 'b> {
    stream: &'a mut AnswerStream<'b>,
    /// What a reply is read against; `None` for a model whose reply comes at once.
    against: Option<(&'a Sheet, &'a Known)>,
    /// Made for the first words: most calls ask for tools and say nothing.
    reader: Option<Reader<'a>>,
    /// A held sentence is left out. Otherwise it goes back, and nothing behind it is shown.
    drops_held: bool,
    /// White space behind what was shown, for when something follows.
    white: String,
    begun: bool,
    closed: bool,
    /// Bytes of output of any kind.
    pub output_bytes: usize,
    /// When the first of them arrived.
    pub first_at: Option<Instant>,
}

impl<'a, 'b> StreamGate<'a, 'b> {
    pub fn new(stream: &'a mut AnswerStream<'b>, against: Option<(&'a Sheet, &'a Known)>, drops_held: bool) -> Self {
        Self {
            stream,
            against,
            reader: None,
            drops_held,
            white: String::new(),
            begun: false,
            closed: false,
            output_bytes: 0,
            first_at: None,
        }
    }
}

#[async_trait]
impl ReplySink for StreamGate<'_, '_> {
    async fn text(&mut self, delta: &str) {
        self.other(delta.len());
        let Some((sheet, known)) = self.against.filter(|_| !self.closed) else { return };
        let reader = self.reader.get_or_insert_with(|| Reader::new(sheet, known));
        // White space before the answer is nobody's.
        let delta = if self.begun { delta } else { delta.trim_start() };
        self.begun |= !delta.is_empty();
        for piece in reader.push(delta) {
            if is_held(&piece) {
                // The first sentence is the answer: without it there is none.
                self.closed = !self.drops_held || self.stream.shown.is_empty();
                if self.closed {
                    return;
                }
                continue;
            }
            let text = shown(&piece);
            let said = text.trim_end();
            let white = std::mem::replace(&mut self.white, text.get(said.len()..).unwrap_or_default().to_owned());
            if said.is_empty() {
                self.white.insert_str(0, &white);
                continue;
            }
            self.stream.text(&format!("{white}{said}")).await;
        }
    }

    fn other(&mut self, bytes: usize) {
        self.first_at.get_or_insert_with(Instant::now);
        self.output_bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::agent::events::AgentEvent;
    use crate::agent::reading::Reading;
    use crate::agent::reading::tests::{known, sheet};

    /// What is shown of a reply before it is complete, and all events at the end.
    async fn shown(pieces: &[String], drops_held: bool) -> (String, Vec<AgentEvent>) {
        let (events, mut incoming) = mpsc::channel(100_000);
        let cancel = CancellationToken::new();
        let mut stream = AnswerStream::new(&events, &cancel);
        let known = known();
        let sheet = sheet();
        let mut gate = StreamGate::new(&mut stream, Some((&sheet, &known)), drops_held);
        for piece in pieces {
            gate.text(piece).await;
        }
        let before = stream.shown.clone();
        stream.complete(&Reading::of(pieces.concat().trim(), &sheet, &known).shown().0).await;
        drop(stream);
        drop(events);
        let mut all = Vec::new();
        while let Some(event) = incoming.recv().await {
            all.push(event);
        }
        (before, all)
    }

    fn spelled(events: &[AgentEvent]) -> String {
        events.iter().fold(String::new(), |text, event| match event {
            AgentEvent::TextDelta { text: more } => text + more,
            AgentEvent::TextReset => String::new(),
            _ => text,
        })
    }

    fn letters(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    #[tokio::test]
    async fn a_sentence_or_item_is_shown_when_it_is_complete_and_printed() {
        let (before, events) =
            shown(&letters("HR Portal spent {a1.spend_usd}. It leads.\n- Survey Themes: {a2.spend_usd}\n- and"), false).await;
        assert_eq!(before, "HR Portal spent $14,200. It leads.\n- Survey Themes: $9,400");
        assert_eq!(spelled(&events), "HR Portal spent $14,200. It leads.\n- Survey Themes: $9,400\n- and");
        assert!(!events.iter().any(|event| matches!(event, AgentEvent::TextReset)), "{events:?}");
    }

    #[tokio::test]
    async fn nothing_from_a_held_sentence_on_is_shown_unless_it_is_left_out() {
        let text = "HR Portal spent {a1.spend_usd}. Survey Themes spent $9,400. It is fine. So";
        assert_eq!(shown(&letters(text), false).await.0, "HR Portal spent $14,200.");
        assert_eq!(shown(&letters(text), true).await.0, "HR Portal spent $14,200. It is fine.");
        assert_eq!(shown(&letters("It spent $9,400. All is well. And so on. "), true).await.0, "");
    }

    #[tokio::test]
    async fn what_was_not_the_answer_is_taken_back() {
        let (events, mut incoming) = mpsc::channel(100);
        let cancel = CancellationToken::new();
        let mut stream = AnswerStream::new(&events, &cancel);
        stream.text("Let me look. ").await;
        stream.complete("It was fine.").await;
        stream.take_back().await;
        drop(stream);
        drop(events);
        let mut all = Vec::new();
        while let Some(event) = incoming.recv().await {
            all.push(event);
        }
        assert_eq!(all[1], AgentEvent::TextReset);
        assert_eq!(spelled(&all[..all.len() - 1]), "It was fine.");
    }

    proptest! {
        #[test]
        fn however_a_text_is_cut_its_pieces_spell_it_without_a_reset(text in "[a-c .,\\n<|{}?A\u{200B}]{0,60}", sizes in proptest::collection::vec(1_usize..9, 1..20)) {
            let characters: Vec<char> = text.chars().collect();
            let mut pieces = Vec::new();
            let (mut at, mut turn) = (0, 0);
            while at < characters.len() {
                let end = (at + sizes[turn % sizes.len()]).min(characters.len());
                pieces.push(characters[at..end].iter().collect::<String>());
                at = end;
                turn += 1;
            }
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (_, events) = runtime.block_on(shown(&pieces, true));
            let known = known();
            let reading = Reading::of(text.trim(), &sheet(), &known);
            prop_assert_eq!(spelled(&events), reading.shown().0);
        }
    }
}
