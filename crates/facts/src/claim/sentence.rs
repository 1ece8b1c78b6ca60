//! A sentence, list item or cell as tokens with what is known of each: citations, names, cues of the lexicon, periods.

use rust_decimal::Decimal;

use super::lexicon::{Lexicon, TAKES_ALL};
use super::names::{Name, Names, is_name, is_time};
use super::periods::{self, Mentioned};
use super::words::{fold, pieces};
use crate::evaluate::quantity;
use crate::fact::Fact;
use crate::formula::{Content, Expression, Operands};
use crate::sheet::Sheet;
use crate::text::{Cited, Segment, segments};

#[derive(Debug, Clone)]
pub struct Token {
    pub is: Is,
    /// Folded; empty for a citation.
    pub word: String,
    /// Where it stands in the text of the sentence.
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    Word,
    Citation(usize),
    /// A word of a name.
    Name(usize),
    /// A word of a text that a result holds, repeated as it is.
    Quoted,
}

/// A reference or formula of a sentence.
#[derive(Debug, Clone)]
pub struct Citation<'s> {
    pub token: usize,
    pub from: usize,
    pub to: usize,
    /// Every field in it: one for a reference.
    pub facts: Vec<Fact<'s>>,
    pub formula: Option<Expression>,
    pub operands: Option<Operands<'s>>,
    /// Exact; `None` for a name, a date, a state or a list.
    pub number: Option<Decimal>,
    pub cited: Cited,
}

/// Words that stand for a class of the lexicon.
#[derive(Debug, Clone, Copy)]
pub struct Cue {
    pub class: &'static str,
    /// The first token.
    pub at: usize,
    pub tokens: usize,
}

#[derive(Debug, Clone)]
pub struct Mention {
    pub at: usize,
    pub name: String,
}

#[derive(Debug, Default)]
pub struct Sentence<'s> {
    pub text: String,
    pub tokens: Vec<Token>,
    pub citations: Vec<Citation<'s>>,
    pub cues: Vec<Cue>,
    /// Things that figures can be about, by name or by a citation of their name.
    pub mentions: Vec<Mention>,
    pub people: Vec<Mention>,
    /// Rows by a label that is no name: `unclaimed roles`.
    pub labels: Vec<Mention>,
    pub periods: Vec<(usize, Mentioned)>,
    /// References and formulas that cannot be printed.
    pub faults: Vec<(String, String)>,
}

/// A scope with its filters is a long name.
const MOST_NAME_WORDS: usize = 24;
/// A shorter text of a result is a word or two that anybody may write.
pub const LEAST_QUOTED: usize = 16;
/// Phrases are no longer than this.
const MOST_WORDS: usize = 6;

impl<'s> Sentence<'s> {
    pub fn read(text: &str, sheet: &'s Sheet, names: &Names, lexicon: &Lexicon) -> Self {
        let mut sentence = Self { text: text.to_owned(), ..Self::default() };
        for segment in segments(sheet, text) {
            match segment {
                Segment::Text { from, to } => sentence.add_words(from, to),
                Segment::Citation { from, to, written } => sentence.add_citation(from, to, written, sheet),
            }
        }
        sentence.find_quoted(names);
        sentence.find_names(names);
        sentence.find_cues(lexicon);
        sentence.find_periods(lexicon, names);
        sentence.find_strangers(lexicon, names);
        sentence
    }

    fn add_words(&mut self, from: usize, to: usize) {
        let text = self.text.get(from..to).unwrap_or_default();
        let tokens: Vec<Token> = pieces(text)
            .into_iter()
            .map(|(start, end)| Token {
                is: Is::Word,
                word: fold(text.get(start..end).unwrap_or_default()),
                from: from + start,
                to: from + end,
            })
            .collect();
        self.tokens.extend(tokens);
    }

    fn add_citation(&mut self, from: usize, to: usize, written: &str, sheet: &'s Sheet) {
        let cited = match sheet.cite(written) {
            Ok(cited) => cited,
            Err(reason) => {
                self.faults.push((format!("{{{written}}}"), reason));
                return;
            }
        };
        let (facts, formula) = match Content::read(written) {
            Ok(Content::Field(reference)) => (sheet.fact(&reference.id, &reference.names()).into_iter().collect(), None),
            // A field alone is one, whatever stands before it.
            Ok(Content::Formula(Expression::Field(reference))) => {
                (sheet.fact(&reference.id, &reference.names()).into_iter().collect(), None)
            }
            Ok(Content::Formula(formula)) => (formula.facts(sheet), Some(formula)),
            Err(_) => (Vec::new(), None),
        };
        let number = match (&formula, facts.as_slice()) {
            (Some(formula), _) => formula.evaluate(sheet).ok().map(|quantity| quantity.number),
            (None, [fact]) => quantity(fact.clone()).ok().map(|quantity| quantity.number),
            _ => None,
        };
        let operands = formula.as_ref().and_then(|formula| formula.operands(sheet));
        let token = self.tokens.len();
        self.tokens.push(Token { is: Is::Citation(self.citations.len()), word: String::new(), from, to });
        self.citations.push(Citation { token, from, to, facts, formula, operands, number, cited });
    }

    /// Notes, methods and other sentences of tools are theirs, digits and all.
    fn find_quoted(&mut self, names: &Names) {
        // Without their capitals, which a sentence gives them; ASCII, so that every letter stays where it is.
        let lower = self.text.to_ascii_lowercase();
        let own = lower.trim().trim_end_matches('.');
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for text in &names.texts {
            if let Some(at) = lower.find(text.as_str()) {
                ranges.push((at, at + text.len()));
            } else if own.len() >= LEAST_QUOTED && text.contains(own) {
                ranges.push((0, self.text.len()));
            }
        }
        for token in self.tokens.iter_mut().filter(|token| token.is == Is::Word) {
            if ranges.iter().any(|(from, to)| token.from >= *from && token.to <= *to) {
                token.is = Is::Quoted;
            }
        }
    }

    fn find_names(&mut self, names: &Names) {
        let mut at = 0;
        while at < self.tokens.len() {
            if let Some(Is::Citation(index)) = self.tokens.get(at).map(|token| token.is) {
                if let Some(name) = self.citations.get(index).and_then(|citation| name_cited(citation, names)) {
                    let mention = Mention { at, name: name.to_owned() };
                    if is_name(&mention.name) { self.mentions.push(mention) } else { self.labels.push(mention) }
                }
                at += 1;
                continue;
            }
            let words: Vec<&str> = self.words_from(at, MOST_NAME_WORDS);
            let is_capital =
                self.tokens.get(at).and_then(|token| self.text.get(token.from..)?.chars().next()).is_some_and(char::is_uppercase);
            let Some((index, count)) = names.at(&words, is_capital) else {
                at += 1;
                continue;
            };
            self.tokens.iter_mut().skip(at).take(count).for_each(|token| token.is = Is::Name(index));
            match names.get(index) {
                Some(Name { text, is_person: true }) => self.people.push(Mention { at, name: text.clone() }),
                Some(Name { text, .. }) if !is_name(text) => self.labels.push(Mention { at, name: text.clone() }),
                Some(Name { text, .. }) => self.mentions.push(Mention { at, name: text.clone() }),
                None => {}
            }
            at += count;
        }
    }

    /// Words from a token on, up to a citation or a name.
    fn words_from(&self, at: usize, most: usize) -> Vec<&str> {
        self.tokens.iter().skip(at).take(most).take_while(|token| token.is == Is::Word).map(|token| token.word.as_str()).collect()
    }

    fn find_cues(&mut self, lexicon: &Lexicon) {
        let mut taken_to = 0;
        let mut cues = Vec::new();
        for at in 0..self.tokens.len() {
            let found = lexicon.at(&self.words_from(at, MOST_WORDS));
            for one in &found {
                let is_measure = one.class.starts_with("measure");
                if is_measure || at >= taken_to {
                    cues.push(Cue { class: one.class, at, tokens: one.words });
                }
            }
            let longest = found.iter().filter(|one| TAKES_ALL.contains(&one.class)).map(|one| at + one.words).max();
            if at >= taken_to {
                taken_to = longest.unwrap_or(taken_to);
            }
        }
        self.cues = cues;
    }

    fn find_periods(&mut self, lexicon: &Lexicon, names: &Names) {
        for at in 0..self.tokens.len() {
            let Some(token) = self.tokens.get(at) else { continue };
            let mentioned = match token.is {
                Is::Citation(index) => self.citations.get(index).and_then(periods::cited),
                Is::Name(_) | Is::Quoted => None,
                Is::Word => {
                    let raw = self.text.get(token.from..token.to).unwrap_or_default();
                    periods::written(raw, at == 0, &self.words_from(at, MOST_WORDS), lexicon, names.today)
                }
            };
            self.periods.extend(mentioned.map(|mentioned| (at, mentioned)));
        }
    }

    pub fn has(&self, class: &str) -> bool {
        self.cues.iter().any(|cue| cue.class == class)
    }

    pub fn cues_of(&self, class: &str) -> impl Iterator<Item = &Cue> {
        self.cues.iter().filter(move |cue| cue.class == class)
    }

    /// Whether a word of negation stands right before a token, or closely enough.
    pub fn negated(&self, at: usize) -> bool {
        self.cues_of("negation").any(|cue| cue.at < at && at - cue.at <= 4 && !self.is_cut(cue.at, at))
    }

    /// Whether a word of negation stands right before a token, at most one word between.
    pub fn negated_closely(&self, at: usize) -> bool {
        self.cues_of("negation").any(|cue| cue.at < at && at - cue.at <= 2)
    }

    /// Whether a mark that ends a thought stands between two tokens.
    pub fn is_cut(&self, from: usize, to: usize) -> bool {
        self.tokens.iter().skip(from).take(to.saturating_sub(from)).any(|token| matches!(token.word.as_str(), "," | ";" | ":" | "."))
    }

    pub fn is_question(&self) -> bool {
        self.text.trim_end().ends_with('?')
    }

    /// Whether the citation is a number, not a name or a text.
    pub fn values(&self) -> impl Iterator<Item = &Citation<'s>> {
        self.citations.iter().filter(|citation| citation.number.is_some())
    }

    /// The citation nearest to a token, before it rather than behind it where both are as near.
    pub fn nearest<'a>(&'a self, at: usize, fits: impl Fn(&Citation<'s>) -> bool) -> Option<&'a Citation<'s>> {
        self.citations.iter().filter(|citation| fits(citation)).min_by_key(|citation| citation.token.abs_diff(at))
    }
}

/// The name of a thing, where that is what is cited.
fn name_cited<'a>(citation: &'a Citation<'_>, names: &Names) -> Option<&'a str> {
    let [fact] = citation.facts.as_slice() else { return None };
    let text = fact.value.as_str().filter(|text| !is_time(text))?;
    let is_person = fact.relation().is_some_and(|relation| relation != crate::declare::Relation::PointsTo);
    let is_text = fact.figure.is_none() && fact.state().is_none() && !is_person;
    (is_text && (fact.subject().contains(&text) || names.is_thing(text))).then_some(text)
}
