//! What the asker sees while a turn runs. Text is shown as the model writes it, but never ahead of the check: prose flows word by word, a figure or a
//! name is held until what it says is complete and found in the evidence. What turns out not to be the answer (an aside before a tool, a draft
//! that fails the check) is taken back with a reset.

mod cutter;

use std::time::Instant;

use agent_bill_domain::plain_text::plain_text;
use agent_bill_facts::Sheet;
use async_trait::async_trait;

use super::answer_stream::AnswerStream;
use super::check::Evidence;
use super::citing;
use agent_bill_model::ReplySink;
use cutter::Cutter;

/// Lets a reply through piece by piece, as far as it is checked.
pub(super) struct StreamGate<'a, 'b> {
    stream: &'a mut AnswerStream<'b>,
    evidence: &'a mut Evidence,
    /// Of a model that writes freely: what it may cite. Its names are checked, too.
    sheet: Option<&'a Sheet>,
    /// What the model wrote, and how much of it is printed into `written`.
    raw: String,
    printed: usize,
    written: String,
    cutter: Cutter,
    /// Bytes of `written` that were let through.
    passed: usize,
    /// Something did not stand: what follows waits for the check of the whole.
    closed: bool,
    /// Bytes of output of any kind.
    pub output_bytes: usize,
    /// When the first of them arrived.
    pub first_at: Option<Instant>,
}

impl<'a, 'b> StreamGate<'a, 'b> {
    pub fn new(stream: &'a mut AnswerStream<'b>, evidence: &'a mut Evidence, sheet: Option<&'a Sheet>) -> Self {
        Self {
            stream,
            evidence,
            sheet,
            raw: String::new(),
            printed: 0,
            written: String::new(),
            cutter: Cutter::default(),
            passed: 0,
            closed: false,
            output_bytes: 0,
            first_at: None,
        }
    }

    /// Prints what the model wrote as far as no reference in it is unfinished. False: one leads nowhere.
    fn print(&mut self) -> bool {
        let Some(sheet) = self.sheet else {
            self.written.push_str(self.raw.get(self.printed..).unwrap_or_default());
            self.printed = self.raw.len();
            return true;
        };
        let ready = agent_bill_facts::finished(&self.raw, self.printed);
        match citing::printed(self.raw.get(self.printed..ready).unwrap_or_default(), sheet, self.evidence) {
            Ok(text) => self.written.push_str(&text),
            Err(_) => return false,
        }
        self.printed = ready;
        true
    }

    /// From a little before what is new: enough to read it in its sentence, not so much that a long reply is read over and over.
    fn stands(&self, cut: usize) -> bool {
        let start = sentence_before(&self.written, self.passed);
        let text = |end: usize| plain_text(self.written.get(start..end).unwrap_or_default()).into_owned();
        // A name is judged with the word behind it.
        self.evidence.check(&text(cut)).is_ok() && !(self.sheet.is_some() && self.evidence.names_unknown(&text(self.cutter.words_end)))
    }
}

#[async_trait]
impl ReplySink for StreamGate<'_, '_> {
    async fn text(&mut self, delta: &str) {
        self.other(delta.len());
        // White space before the answer is nobody's.
        let delta = if self.raw.is_empty() { delta.trim_start() } else { delta };
        self.raw.push_str(delta);
        if self.closed {
            return;
        }
        if !self.print() {
            self.closed = true;
            return;
        }
        self.cutter.read(&self.written);
        let cut = self.cutter.cut();
        if cut <= self.passed {
            return;
        }
        if !self.stands(cut) {
            self.closed = true;
            return;
        }
        let piece = self.written.get(self.passed..cut).unwrap_or_default();
        let piece = plain_text(piece).into_owned();
        self.passed = cut;
        self.stream.text(&piece).await;
    }

    fn other(&mut self, bytes: usize) {
        self.first_at.get_or_insert_with(Instant::now);
        self.output_bytes += bytes;
    }
}

/// How much of what was shown is read again, at least, in bytes.
const READ_AGAIN: usize = 400;

/// The beginning of a line or sentence at least [`READ_AGAIN`] before `at`.
fn sentence_before(text: &str, at: usize) -> usize {
    let near = text.floor_char_boundary(at.saturating_sub(READ_AGAIN));
    let far = text.floor_char_boundary(near.saturating_sub(2 * READ_AGAIN));
    let before = text.get(far..near).unwrap_or_default();
    let line = text.get(far..at).and_then(|tail| tail.rfind('\n')).map(|newline| far + newline + 1);
    match (line, before.rfind(". ")) {
        (Some(line), _) => line,
        (None, Some(stop)) => far + stop + 2,
        (None, None) => far,
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::contract::Tool;
    use agent_bill_tools::figures::collect;
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::agent::events::AgentEvent;

    fn evidence() -> (Evidence, Sheet) {
        let result = json!({ "total_usd": "14200.00", "output_tokens": 12_345_678, "data_through": "2026-11-21", "name": "HR Portal" });
        let mut evidence = Evidence::new(date(2026, 11, 23));
        evidence.add_result("spend", &result, &collect("spend", &result));
        let mut sheet = Sheet::default();
        sheet.add("spend", &agent_bill_tools::spend::Spend::FACTS, &result);
        (evidence, sheet)
    }

    /// What is shown of a reply before it is complete, and all events at the end.
    async fn shown(pieces: &[String]) -> (String, Vec<AgentEvent>) {
        let (events, mut incoming) = mpsc::channel(100_000);
        let cancel = CancellationToken::new();
        let mut stream = AnswerStream::new(&events, &cancel);
        let (mut evidence, sheet) = evidence();
        let mut gate = StreamGate::new(&mut stream, &mut evidence, Some(&sheet));
        for piece in pieces {
            gate.text(piece).await;
        }
        let before = stream.shown.clone();
        let whole = plain_text(pieces.concat().trim()).into_owned();
        let whole = sheet.print(&whole).map_or(whole, |printed| printed.text);
        stream.complete(&whole).await;
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
    async fn prose_flows_and_a_figure_waits_until_it_is_complete() {
        let (before, events) = shown(&letters("Within the estimate: HR Portal spent $14,200 so")).await;
        assert_eq!(before, "Within the estimate: HR Portal spent ");
        assert_eq!(spelled(&events), "Within the estimate: HR Portal spent $14,200 so");
        let (before, _) = shown(&letters("HR Portal spent $14,200, through 21 Nov 2026.\nNext: nothing to ")).await;
        assert_eq!(before, "HR Portal spent $14,200, through 21 Nov 2026.\nNext: nothing ");
        let (before, _) = shown(&letters("It wrote 12.3 million output tokens in all of ")).await;
        assert_eq!(before, "It wrote 12.3 million output tokens in all ");
    }

    #[tokio::test]
    async fn a_reference_is_held_until_it_is_whole_and_shown_as_its_value() {
        let (before, events) = shown(&letters("{a.name} spent {a.total_usd} in all, {= a.total_usd / 2} of it on output. So")).await;
        assert_eq!(spelled(&events), "HR Portal spent $14,200 in all, $7,100 of it on output. So");
        assert!(
            "HR Portal spent $14,200 in all, $7,100 of it on output. So".starts_with(&before) && before.contains("$14,200"),
            "{before}"
        );
        assert!(!events.iter().any(|event| matches!(event, AgentEvent::TextReset)), "{events:?}");
        let (before, _) = shown(&letters("All of it was {b7.spend_usd} in the end, and nothing follows.")).await;
        assert_eq!(before, "All of it ");
    }

    #[tokio::test]
    async fn nothing_from_an_unsupported_figure_or_name_on_is_shown() {
        for text in [
            "Within the estimate: it spent $99,999, all of it on output. More follows.",
            "Within the estimate: ninety thousand dollars, all of it on output.",
            "Within the estimate: so did Fraud Signals, all of it on output.",
            "Within the estimate. Fraud spent more of it, and more follows.",
            "Within the estimate:\n- Fraud (prod) and more follows.",
        ] {
            let (before, _) = shown(&letters(text)).await;
            assert!(
                text.starts_with(&before) && !before.contains("99") && !before.contains("ninety") && !before.contains("Fraud"),
                "{before}"
            );
        }
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

    #[tokio::test]
    async fn a_long_reply_is_shown_as_it_comes_and_read_about_once() {
        let long = "Fine so far, HR Portal spent $14,200 of it and nothing is over. ".repeat(500);
        let (before, _) = shown(&letters(&long)).await;
        assert!(before.len() > long.len() - 40, "{} of {}", before.len(), long.len());
        let one_line = "fine so far and nothing to do ".repeat(500);
        let (before, _) = shown(&letters(&one_line)).await;
        assert!(before.len() > one_line.len() - 40, "{} of {}", before.len(), one_line.len());
    }

    proptest! {
        #[test]
        fn however_a_text_is_cut_its_pieces_spell_it(text in "[a-c 0-9$.,\\n<|\u{200B}]{0,60}", sizes in proptest::collection::vec(1_usize..9, 1..20)) {
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
            let (_, events) = runtime.block_on(shown(&pieces));
            prop_assert_eq!(spelled(&events), plain_text(text.trim()).into_owned());
        }
    }
}
