//! From the words of one sentence to a frame: names, models, Regions, periods and numbers take their words; what remains says what is asked, and
//! what nobody knows is taken for a name outside the scope where it stands like one.

mod agent;
mod groups;
mod modifiers;
mod names;
mod others;
mod periods;
mod topic;
pub mod unbound;
mod unknown_names;

use jiff::civil::Date;

use agent_bill_model::Briefing;

use super::frame::Frame;
use super::lexicon::{self, Concept};
use super::names::{Match, Names};
use super::text::{Sentence, Word};

/// What took a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Free,
    /// In the vocabulary.
    Word,
    Name,
    /// A single word that stands for a longer name.
    Part,
    When,
    Model,
    Region,
    Number,
    Level,
    Unknown,
}

/// What the asker may mean by the names she uses.
pub struct Known<'b> {
    pub briefing: &'b Briefing,
    pub names: Names,
    pub today: Date,
}

impl<'b> Known<'b> {
    pub fn of(briefing: &'b Briefing) -> Self {
        let today = briefing.today.or(briefing.data_through).unwrap_or(Date::MIN);
        Self { briefing, names: Names::of(briefing), today }
    }
}

/// One sentence while it is being read.
pub(super) struct Parse<'k> {
    pub known: &'k Known<'k>,
    pub words: Vec<Word>,
    pub tags: Vec<Tag>,
    pub concepts: Vec<Vec<Concept>>,
    pub found: Vec<(usize, Match)>,
    pub levels: Vec<(usize, String)>,
    pub frame: Frame,
}

pub fn parse(sentence: &Sentence, known: &Known<'_>) -> Frame {
    let words = sentence.words.clone();
    let count = words.len();
    let mut parse = Parse {
        known,
        words,
        tags: vec![Tag::Free; count],
        concepts: vec![Vec::new(); count],
        found: Vec::new(),
        levels: Vec::new(),
        frame: Frame::default(),
    };
    parse.spelled_names();
    parse.models_and_regions();
    parse.levels();
    parse.near_names();
    parse.vocabulary();
    parse.phrasal_verbs();
    parse.periods();
    parse.numbers();
    parse.unknown_names();
    parse.assign_names();
    parse.groups();
    parse.modifiers();
    parse.agent();
    parse.frame.topic = topic::of(&parse);
    parse.settle_unknown_names();
    parse.frame.unbound = parse.unbound();
    parse.frame
}

impl Parse<'_> {
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    pub fn tag(&self, at: usize) -> Option<Tag> {
        self.tags.get(at).copied()
    }

    pub fn mark(&mut self, start: usize, length: usize, tag: Tag) {
        self.tags.iter_mut().skip(start).take(length).for_each(|slot| *slot = tag);
    }

    pub fn is_concept(&self, at: usize, concept: Concept) -> bool {
        self.concepts.get(at).is_some_and(|concepts| concepts.contains(&concept))
    }

    pub fn has(&self, concept: Concept) -> bool {
        self.concepts.iter().any(|concepts| concepts.contains(&concept))
    }

    pub fn line(&self) -> String {
        Sentence { words: self.words.clone() }.line()
    }

    fn vocabulary(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) != Some(Tag::Free) {
                continue;
            }
            let text = self.word(at).to_owned();
            let concepts = lexicon::concepts(&text);
            if !concepts.is_empty() || lexicon::is_neutral(&text) {
                self.mark(at, 1, Tag::Word);
            }
            if let Some(slot) = self.concepts.get_mut(at) {
                *slot = concepts.to_vec();
            }
        }
    }

    /// `break it down`, `show up`: the particle says nothing about a change.
    fn phrasal_verbs(&mut self) {
        const DOWN: [&str; 8] = ["break", "breaks", "breaking", "broken", "drill", "split", "slice", "narrow"];
        const UP: [&str; 11] = ["show", "shows", "showing", "showed", "end", "ended", "set", "sum", "add", "adds", "sign"];
        for at in 0..self.words.len() {
            let (verbs, reach): (&[&str], usize) = match self.word(at) {
                "down" => (&DOWN, 6),
                "up" => (&UP, 1),
                _ => continue,
            };
            let led = (at.saturating_sub(reach)..at).any(|before| verbs.contains(&self.word(before)));
            if led && let Some(slot) = self.concepts.get_mut(at) {
                slot.clear();
            }
        }
    }
}
