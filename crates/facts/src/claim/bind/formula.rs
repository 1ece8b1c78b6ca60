//! What a formula is over, and whether the sentence says what it computes.

use super::subject::same;
use crate::claim::context::Context;
use crate::claim::names::{is_name, is_time};
use crate::claim::periods;
use crate::claim::sentence::{Citation, Cue, Sentence};
use crate::claim::words::fold;
use crate::fact::{Fact, Span};
use crate::formula::{Computed, Operands};

/// From a word such as "difference" or "together" to its figure there are no more tokens than these.
const REACH: usize = 8;
/// From a word such as "total".
const NEAR: usize = 3;

/// What is printed behind a formula of which the sentence does not say what it is over.
pub fn label(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let operands = citation.operands.as_ref()?;
    let (left, right) = (operands.left.as_slice(), operands.right.as_slice());
    let named = |facts: &[Fact<'_>]| facts.iter().all(|fact| is_named(sentence, context, fact));
    match operands.computed {
        Computed::Difference => {
            let said = near_any(sentence, citation, &["gap", "up", "down", "more", "less", "over", "under"], REACH);
            // A sum of parts that is taken from another thing names neither.
            let known = named(left) || named(right) || subjects(left) == subjects(right);
            let turned = citation.number.is_some_and(|number| number.is_sign_negative() && !number.is_zero())
                && !near_any(sentence, citation, &["down", "under", "less"], REACH);
            (!said || !known || turned).then(|| of_two(left, "−", right))
        }
        Computed::Share | Computed::Ratio => {
            let part_of_part = operands.computed == Computed::Share && subjects(left).is_empty() && !subjects(right).is_empty();
            (part_of_part || !named(left) || !named(right)).then(|| of_two(left, "/", right))
        }
        Computed::Together => together(sentence, citation, operands, named(left)),
    }
}

fn together(sentence: &Sentence<'_>, citation: &Citation<'_>, operands: &Operands<'_>, named: bool) -> Option<String> {
    let first = operands.left.first()?;
    let is_whole =
        first.place().is_some_and(|place| place.complete && place.rows == operands.left.len()) || subjects(&operands.left).is_empty();
    let said = near_any(sentence, citation, &["together"], REACH) || mentions(sentence, citation, &operands.left) > 1;
    let as_total = near_any(sentence, citation, &["whole"], NEAR);
    // The sum over every row of a list is the figure of what the list is of.
    let beside = mentions(sentence, citation, &operands.left);
    let of_one = !said && beside == 1;
    let missed = !said || as_total || !named && beside == 1;
    (of_one || missed && !is_whole).then(|| parts(&operands.left))
}

/// How many of the things that a formula is over stand beside it, no other figure between.
fn mentions(sentence: &Sentence<'_>, citation: &Citation<'_>, facts: &[Fact<'_>]) -> usize {
    // What all of them are of tells none apart.
    let shared = |name: &&str| facts.iter().all(|fact| fact.subject().contains(name));
    let names: Vec<String> = facts.iter().flat_map(Fact::subject).filter(|name| !shared(name)).map(fold).collect();
    let periods: Vec<Span> = facts.iter().filter_map(Fact::period).collect();
    let beside = |at: usize| !sentence.values().any(|other| other.token > at.min(citation.token) && other.token < at.max(citation.token));
    let named =
        sentence.mentions.iter().chain(&sentence.labels).filter(|mention| names.contains(&fold(&mention.name)) && beside(mention.at));
    let dated = sentence.periods.iter().filter(|(at, mentioned)| periods.contains(&mentioned.0) && beside(*at));
    named.count() + dated.count()
}

/// Whether a word of one of the classes stands near; not a small one such as "than" or "and", and not beyond a semicolon.
fn near_any(sentence: &Sentence<'_>, citation: &Citation<'_>, classes: &[&str], reach: usize) -> bool {
    let is_telling = |cue: &Cue| {
        let word = sentence.tokens.get(cue.at).map_or("", |token| token.word.as_str());
        cue.tokens > 1 || word.chars().count() > 3 || matches!(word, "up" | "mas" | "piu" | "gap" | "all" | "sum")
    };
    let ends = |at: usize| {
        let (from, to) = (at.min(citation.token), at.max(citation.token));
        sentence.tokens.iter().skip(from).take(to - from).any(|token| token.word == ";")
    };
    let near = |cue: &&Cue| cue.at.abs_diff(citation.token) <= reach && is_telling(cue) && !ends(cue.at);
    classes.iter().any(|class| sentence.cues_of(class).any(|cue| near(&cue)))
}

/// Whether the sentence, its lead or the sentence before names what a fact is about; a label that is no name needs no naming.
fn is_named(sentence: &Sentence<'_>, context: &Context, fact: &Fact<'_>) -> bool {
    let own: Vec<&str> = fact.subject().into_iter().filter(|name| is_name(name) && !is_time(name)).collect();
    let spoken = context.subjects();
    let is_said = |name: &&str| {
        sentence.mentions.iter().any(|mention| same(&fold(&mention.name), name)) || spoken.iter().any(|other| same(other, name))
    };
    own.is_empty() || fact.is_only_row() || own.iter().any(is_said)
}

fn subjects<'s>(facts: &[Fact<'s>]) -> Vec<&'s str> {
    let mut all: Vec<&str> = facts.iter().flat_map(|fact| fact.subject()).filter(|name| !is_time(name)).collect();
    all.dedup();
    all
}

/// The parts of a sum by name, or by period.
fn parts(facts: &[Fact<'_>]) -> String {
    let shared = |name: &str| facts.iter().all(|fact| fact.subject().contains(&name));
    let mut names: Vec<&str> = Vec::new();
    for name in subjects(facts).into_iter().filter(|name| !shared(name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > 1 {
        return names.join(" + ");
    }
    let mut days: Vec<String> = facts.iter().filter_map(Fact::period).map(periods::label).collect();
    days.dedup();
    days.join(" + ")
}

/// The operands by what tells them apart: subject, period or measure.
fn of_two(left: &[Fact<'_>], sign: &str, right: &[Fact<'_>]) -> String {
    let whole = |names: Vec<&str>| if names.is_empty() { "all".to_owned() } else { names.join(" + ") };
    let (one, other) = (whole(subjects(left)), whole(subjects(right)));
    if one != other {
        return format!("{one} {sign} {other}");
    }
    let days = |facts: &[Fact<'_>]| facts.first().and_then(Fact::period).map(periods::label).unwrap_or_default();
    let (one, other) = (days(left), days(right));
    if one != other {
        return format!("{one} {sign} {other}");
    }
    let measure = |facts: &[Fact<'_>]| facts.first().and_then(|fact| fact.figure).map_or("", |figure| figure.measure);
    format!("{} {sign} {}", measure(left), measure(right))
}
