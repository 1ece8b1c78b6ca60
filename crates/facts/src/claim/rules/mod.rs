//! What a sentence may not say against the records, one file for each kind of claim.

mod absence;
mod all;
mod cause;
mod change;
mod compare;
mod digits;
mod done;
mod finality;
mod owner;
mod rank;
mod state;
mod verdict;

use super::context::Context;
use super::sentence::Sentence;
use crate::fact::Fact;
use crate::sheet::Sheet;

/// A sentence with all that it is judged by.
pub struct Claim<'c, 's> {
    pub sentence: &'c Sentence<'s>,
    pub sheet: &'s Sheet,
    /// Every field of every result.
    pub known: &'c [Fact<'s>],
    pub context: &'c Context,
    /// Folded words of the question.
    pub asked: &'c [String],
}

/// Why a sentence is not shown, for whoever wrote it.
pub type Objection = String;

/// A kind of claim: its name, and what speaks against a sentence that makes one.
pub type Rule = (&'static str, fn(&Claim<'_, '_>) -> Option<Objection>);

pub const RULES: &[Rule] = &[
    ("digits", digits::objection),
    ("verdict", verdict::objection),
    ("change", change::objection),
    ("rank", rank::objection),
    ("compare", compare::objection),
    ("state", state::objection),
    ("finality", finality::objection),
    ("owner", owner::objection),
    ("absence", absence::objection),
    ("all", all::objection),
    ("cause", cause::objection),
    ("done", done::objection),
];

impl<'s> Claim<'_, 's> {
    /// Every field that the sentence cites.
    pub fn facts(&self) -> impl Iterator<Item = &Fact<'s>> {
        self.sentence.citations.iter().flat_map(|citation| &citation.facts)
    }

    /// A row of a tool that the sentence cites nearest to a token, or else names.
    pub fn row_near(&self, at: usize, fits: impl Fn(&Fact<'s>) -> bool) -> Option<Fact<'s>> {
        let cited = self.sentence.nearest(at, |citation| citation.facts.iter().any(&fits));
        if let Some(fact) = cited.and_then(|citation| citation.facts.iter().find(|fact| fits(fact))) {
            return Some(fact.clone());
        }
        let named = self.sentence.mentions.iter().min_by_key(|mention| mention.at.abs_diff(at))?;
        self.known.iter().find(|fact| fits(fact) && fact.subject().contains(&named.name.as_str())).cloned()
    }
}
