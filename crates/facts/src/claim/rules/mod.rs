//! What a sentence may not say against the records, one file for each kind of claim.

mod absence;
mod all;
mod cause;
mod change;
mod compare;
mod digits;
mod done;
mod finality;
mod only;
mod owner;
mod rank;
mod scope;
mod state;
mod unit;
mod verdict;

use super::context::Context;
use super::names::Names;
use super::sentence::{Is, Sentence, Token};
use crate::fact::Fact;
use crate::sheet::Sheet;

/// A sentence with all that it is judged by.
pub struct Claim<'c, 's> {
    pub sentence: &'c Sentence<'s>,
    pub sheet: &'s Sheet,
    /// Every field of every result.
    pub known: &'c [Fact<'s>],
    pub context: &'c Context,
    pub asker: &'c str,
    /// Names that the turn knows: all are ones that the asker may see.
    pub names: &'c Names,
    /// Folded words of the question.
    pub asked: &'c [String],
}

/// Why a sentence is not shown, for whoever wrote it.
pub type Objection = String;

/// Whether the records show what a sentence claims; `false` where it claims nothing of the kind, or nothing tells.
pub type Judged = Result<bool, Objection>;

/// A kind of claim: its name, and how a sentence that makes one is judged.
pub type Rule = (&'static str, fn(&Claim<'_, '_>) -> Judged);

pub const RULES: &[Rule] = &[
    ("digits", digits::judge),
    ("unit", unit::judge),
    ("verdict", verdict::judge),
    ("change", change::judge),
    ("rank", rank::judge),
    ("compare", compare::judge),
    ("state", state::judge),
    ("finality", finality::judge),
    ("owner", owner::judge),
    ("absence", absence::judge),
    ("all", all::judge),
    ("only", only::judge),
    ("scope", scope::judge),
    ("cause", cause::judge),
    ("done", done::judge),
];

/// The words of claims in the lexicon, beside those of decisions.
const CLAIMS: [&str; 19] = [
    "over", "under", "up", "down", "more", "less", "most", "least", "second", "third", "final", "open", "owner", "absence", "all",
    "complete", "cause", "claimed", "done",
];

/// "Yes, both.", or two names: an answer that is judged by what follows.
const SHORT_ANSWER: usize = 3;

fn is_mark(word: &str) -> bool {
    !word.is_empty() && !word.chars().any(char::is_alphanumeric)
}

impl<'s> Claim<'_, 's> {
    /// Every field that the sentence cites.
    pub fn facts(&self) -> impl Iterator<Item = &Fact<'s>> {
        self.sentence.citations.iter().flat_map(|citation| &citation.facts)
    }

    /// Whether the sentence states something and cites nothing by which it could be judged: no question, advice, limit of what can be seen, or guess.
    pub fn is_bare(&self) -> bool {
        const SOFT: [&str; 4] = ["hedge", "advice", "cannot", "until"];
        let sentence = self.sentence;
        let text = sentence.text.trim();
        let is_stated = !text.ends_with(['?', ':']) && !text.starts_with('|');
        let begins = |at: usize| at.checked_sub(1).and_then(|before| sentence.tokens.get(before)).is_none_or(|token| is_mark(&token.word));
        let asks = sentence.cues_of("imperative").any(|cue| begins(cue.at));
        // "I never execute anything": of the answerer, not of the records.
        let of_me = sentence.cues_of("first").any(|cue| cue.at == 0);
        let joins = |at: usize| sentence.cues_of("together").any(|cue| cue.at == at && cue.tokens == 1);
        let is_word = |(at, token): &(usize, &Token)| token.is == Is::Word && token.word.chars().any(char::is_alphanumeric) && !joins(*at);
        let words = sentence.tokens.iter().enumerate().filter(is_word).count();
        // Two names and a word between them say something; names alone, or a word or two, answer a question.
        let names = sentence.mentions.len() + sentence.people.len();
        let is_fragment = words == 0 || words + names <= SHORT_ANSWER;
        is_stated && !asks && !of_me && !is_fragment && !self.cites_value() && !SOFT.iter().any(|class| sentence.has(class))
    }

    /// Whether it cites more than the names of what it speaks of.
    pub fn cites_value(&self) -> bool {
        let is_name = |fact: &Fact<'_>| {
            fact.figure.is_none()
                && fact.state().is_none()
                && fact.relation().is_none()
                && fact.value.as_str().is_some_and(|text| fact.subject().contains(&text))
        };
        self.sentence.citations.iter().any(|citation| !citation.facts.iter().all(is_name)) || !self.sentence.faults.is_empty()
    }

    /// Whether the sentence makes a claim about the records and cites nothing for it: it speaks of something by name, or has the words of a kind of
    /// claim.
    pub fn is_uncited(&self) -> bool {
        let sentence = self.sentence;
        let speaks = !sentence.mentions.is_empty()
            || !sentence.people.is_empty()
            || CLAIMS.iter().chain(&state::CLASSES).any(|class| sentence.has(class))
            || sentence.has("was") && sentence.has("act");
        // Without any lookup only what is said of the records by name or by period.
        let named = !sentence.mentions.is_empty() || !sentence.people.is_empty() || !sentence.periods.is_empty();
        let looked_up = !self.known.is_empty()
            || named && ["final", "owner", "approved", "blocked", "act", "done"].iter().any(|class| sentence.has(class));
        speaks && looked_up && self.is_bare()
    }

    /// A row of a tool that the sentence cites nearest to a token, or else names.
    pub fn row_near(&self, at: usize, fits: impl Fn(&Fact<'s>) -> bool) -> Option<Fact<'s>> {
        let cited = self.sentence.nearest(at, |citation| citation.facts.iter().any(&fits));
        let cited = cited.and_then(|citation| Some((citation.token.abs_diff(at), citation.facts.iter().find(|fact| fits(fact))?.clone())));
        let named = self.sentence.mentions.iter().min_by_key(|mention| mention.at.abs_diff(at)).and_then(|mention| {
            let row = self.known.iter().find(|fact| fits(fact) && fact.subject().contains(&mention.name.as_str()))?;
            Some((mention.at.abs_diff(at), row.clone()))
        });
        match (cited, named) {
            // Of a whole, where a name stands nearer: what is said is said of the name.
            (Some((far, fact)), Some((near, row))) if near < far && fact.row().is_none() => Some(row),
            (Some((_, fact)), _) | (None, Some((_, fact))) => Some(fact),
            (None, None) => None,
        }
    }
}
