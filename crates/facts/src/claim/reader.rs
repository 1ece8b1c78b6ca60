//! Reads an answer as it grows, and gives each sentence back as it may be shown.

use jiff::civil::Date;

use super::bind::{is_repeated, label};
use super::context::Context;
use super::lexicon::{Languages, Lexicon};
use super::names::Names;
use super::printed::{mark, print};
use super::rules::{Claim, RULES};
use super::sentence::{Citation, Sentence};
use super::split;
use super::words::plain_words;
use crate::fact::Fact;
use crate::sheet::Sheet;
use crate::text::Cited;

/// What is known besides the results.
#[derive(Debug, Clone)]
pub struct Known {
    pub question: String,
    /// Names of products, workloads, accounts …
    pub things: Vec<String>,
    pub people: Vec<String>,
    pub asker: String,
    pub today: Date,
}

/// A sentence, a line, or a row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// As the model wrote it, with the white space behind it.
    pub written: String,
    /// As it is shown, if it is.
    pub shown: String,
    pub cited: Vec<Cited>,
    /// Figures behind which a label stands, and one more where the whole sentence is marked as unverified.
    pub labels: usize,
    /// Why it is held, each with the name of its rule; empty: it may be shown.
    pub objections: Vec<(&'static str, String)>,
}

impl Piece {
    /// Whether it says anything at all.
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.written.contains(char::is_alphanumeric)
    }
}

pub struct Reader<'s> {
    sheet: &'s Sheet,
    facts: Vec<Fact<'s>>,
    names: Names,
    asked: Vec<String>,
    asker: String,
    languages: Languages,
    context: Context,
    /// What was written and not read yet.
    rest: String,
    heads: Option<Vec<String>>,
    in_list: bool,
}

impl<'s> Reader<'s> {
    #[must_use]
    pub fn new(sheet: &'s Sheet, known: &Known) -> Self {
        let facts = sheet.facts();
        let names = Names::of(&facts, &known.things, &known.people, known.today);
        let asked_in = Languages::default().read(&known.question);
        let question = Sentence::read(&known.question.replace(['{', '}'], " "), sheet, &names, asked_in);
        let context = Context::new(&facts, &question, known.today);
        Self {
            sheet,
            facts,
            names,
            asked: plain_words(&known.question),
            asker: known.asker.clone(),
            languages: Languages::of_question(&known.question),
            context,
            rest: String::new(),
            heads: None,
            in_list: false,
        }
    }

    /// Takes more of the text in and gives back what is complete by it.
    pub fn push(&mut self, text: &str) -> Vec<Piece> {
        self.rest.push_str(text);
        self.read(false)
    }

    /// The text is at its end: gives back the rest of it.
    pub fn finish(&mut self) -> Vec<Piece> {
        self.read(true)
    }

    fn read(&mut self, is_whole: bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(end) = split::first(&self.rest, is_whole) {
            let written: String = self.rest.drain(..end).collect();
            pieces.push(self.judge(written));
        }
        pieces
    }

    fn judge(&mut self, written: String) -> Piece {
        let text = written.trim_end();
        if text.is_empty() {
            self.context.end_lead();
            self.heads = None;
        }
        if !text.contains(char::is_alphanumeric) {
            return Piece { shown: written.clone(), written, cited: Vec::new(), labels: 0, objections: Vec::new() };
        }
        let lexicon = self.languages.read(text);
        let sentence = Sentence::read(text, self.sheet, &self.names, lexicon);
        let is_row = text.trim_start().starts_with('|');
        if !is_row {
            self.heads = None;
        }
        if is_item(text) {
            if !self.in_list {
                self.context.begin_list();
            }
            self.context.next_item();
        }
        self.in_list = is_item(text);
        let (objections, is_unverified) = self.judged(&sentence);
        let labels: Vec<String> = if is_row {
            self.labels_of_row(text, &sentence, lexicon)
        } else {
            sentence.citations.iter().map(|citation| label(&sentence, citation, &self.context)).collect()
        };
        let mut shown = print(&sentence, &labels, lexicon);
        if is_unverified {
            mark(&mut shown, lexicon.words[4]);
        }
        shown.push_str(written.get(text.len()..).unwrap_or_default());
        self.follow(text, &sentence, is_row);
        let cited = sentence.citations.into_iter().map(|citation| citation.cited).collect();
        let labels = labels.iter().filter(|label| !label.is_empty()).count() + usize::from(is_unverified);
        Piece { written, shown, cited, labels, objections }
    }

    /// What speaks against a sentence, and whether it claims something that it does not cite and no record of the turn shows.
    fn judged(&self, sentence: &Sentence<'s>) -> (Vec<(&'static str, String)>, bool) {
        let claim = Claim {
            sentence,
            sheet: self.sheet,
            known: &self.facts,
            context: &self.context,
            asker: &self.asker,
            names: &self.names,
            asked: &self.asked,
        };
        let faults = sentence.faults.iter().map(|(written, reason)| ("reference", format!("{written}: {reason}")));
        let mut objections: Vec<(&'static str, String)> = faults.collect();
        let mut shown = false;
        for (name, rule) in RULES {
            match rule(&claim) {
                Ok(shows) => shown |= shows,
                Err(objection) => objections.push((name, objection)),
            }
        }
        (objections, !shown && claim.is_uncited())
    }

    /// A cell stands under the head of its column and beside the first cell of its row.
    fn labels_of_row(&self, text: &str, row: &Sentence<'s>, lexicon: &Lexicon) -> Vec<String> {
        let cells = split::cells(text);
        // Under a head of its own a cell is not led by the line above the table.
        let context = if self.heads.is_some() { self.context.of_table() } else { self.context.clone() };
        let mut labels = Vec::new();
        // What a row is about stands in the cells that name something and hold no figure.
        let names_only = |cell: &str| {
            let sentence = Sentence::read(cell, self.sheet, &self.names, lexicon);
            !sentence.mentions.is_empty() && sentence.values().next().is_none()
        };
        let named: Vec<bool> = cells.iter().map(|cell| names_only(cell)).collect();
        for (at, cell) in cells.iter().enumerate() {
            let head = self.heads.as_ref().and_then(|heads| heads.get(at)).map_or("", String::as_str);
            let naming = |places: std::ops::Range<usize>| -> Vec<&str> {
                places.filter(|place| named.get(*place) == Some(&true)).filter_map(|place| cells.get(place).copied()).collect()
            };
            let mut others = naming(0..at);
            if others.is_empty() && at > 0 {
                others = cells.first().copied().into_iter().chain(naming(at + 1..cells.len())).collect();
            }
            let before = format!("{} | {head} | ", others.join(" | "));
            let sentence = Sentence::read(&format!("{before}{cell}"), self.sheet, &self.names, lexicon);
            let own = |citation: &&Citation<'_>| citation.from >= before.len();
            labels.extend(sentence.citations.iter().filter(own).map(|citation| label(&sentence, citation, &context)));
        }
        labels.resize(row.citations.len(), String::new());
        for (citation, label) in row.citations.iter().zip(&mut labels) {
            if label.is_empty() && is_repeated(row, citation) {
                *label = citation.cited.measure.clone();
            }
        }
        labels
    }

    fn follow(&mut self, text: &str, sentence: &Sentence<'_>, is_row: bool) {
        if is_row {
            if self.heads.is_none() && !split::is_rule(text) {
                self.heads = Some(split::cells(text).into_iter().map(str::to_owned).collect());
            }
            return;
        }
        let bare = text.trim_end_matches(['*', '_']);
        let leads = bare.ends_with(':') || text.starts_with('#') || text.starts_with("**") && text.ends_with("**");
        if leads { self.context.lead(sentence) } else { self.context.follow(sentence) }
    }
}

fn is_item(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("- ") || text.starts_with("* ") || text.starts_with("• ") || {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && text.get(digits..).is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(") "))
    }
}
