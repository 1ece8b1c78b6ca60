//! Which subject, period and measure a sentence gives a figure, and the label that is printed behind one for which it gives another, or none.
//!
//! A label costs beauty, not the answer: a wrong id shows itself by it.

mod day;
mod formula;
mod kind;
mod measure;
mod period;
mod subject;

use super::context::Context;
use super::sentence::{Citation, Is, Sentence, Token};
use crate::unit::Unit;
use measure::measure;
use period::period;
use subject::subject;

pub use subject::is_repeated;

/// What is printed in brackets behind a figure; empty where the sentence says it all.
pub fn label(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> String {
    let parts = if is_day(citation) {
        let is_row = citation.facts.iter().all(|fact| fact.row().is_some() && fact.period().is_some_and(|span| span.from == span.to));
        // The day of a row that is a day needs no word.
        let own = if is_row && citation.facts.iter().all(|fact| matches!(fact.field(), "from_date" | "to_date")) {
            None
        } else {
            measure(sentence, citation, context)
        };
        [own, period::of_day(sentence, citation), None]
    } else if citation.number.is_none() {
        [subject::of_text(sentence, citation, context), period::of_text(sentence, citation, context), None]
    } else {
        let own =
            if citation.operands.is_some() { formula::label(sentence, citation, context) } else { subject(sentence, citation, context) };
        [own, period(sentence, citation, context), measure(sentence, citation, context)]
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn is_day(citation: &Citation<'_>) -> bool {
    citation.formula.is_none() && citation.cited.unit == Some(Unit::Date)
}

/// The things that a sentence may mean at a place: those in front of it, unless another figure has taken them, and then those behind it.
fn meant<'m, M>(sentence: &Sentence<'_>, mentions: &'m [(usize, M)], at: usize) -> Vec<&'m M> {
    let value_between = |from: usize, to: usize| sentence.values().filter(|other| other.token > from && other.token < to).count();
    let before: Vec<&(usize, M)> = mentions.iter().filter(|(place, _)| *place < at).collect();
    let behind = mentions.iter().find(|(place, _)| *place > at && value_between(at, *place) == 0).map(|(_, mention)| mention);
    let Some((last, _)) = before.last() else {
        let any = || mentions.iter().find(|(place, _)| *place > at).map(|(_, mention)| mention);
        return behind.or_else(any).into_iter().collect();
    };
    // `A (B)` begins with A.
    let mut begins = before.len() - 1;
    while let Some((earlier, own)) = begins.checked_sub(1).and_then(|place| Some((before.get(place)?.0, before.get(begins)?.0))) {
        let between = sentence.tokens.iter().skip(earlier).take(own - earlier);
        if own - earlier > 6 || !between.clone().all(|token| matches!(token.is, Is::Name(_) | Is::Citation(_)) || token.word == "(") {
            break;
        }
        begins -= 1;
    }
    let first = before.get(begins).map_or(*last, |mention| mention.0);
    let taken = value_between(*last, at) + usize::from(follows_value(sentence, first));
    // `A and B: x and y` in order.
    let mut group = vec![before.len() - 1];
    while let Some(first) = group.first().copied().filter(|first| *first > 0) {
        let (from, to) = (before.get(first - 1).map_or(0, |mention| mention.0), before.get(first).map_or(0, |mention| mention.0));
        let joined = to - from <= 8 && value_between(from, to) == 0 && sentence.tokens.iter().skip(from).take(to - from).all(is_joint);
        if !joined {
            break;
        }
        group.insert(0, first - 1);
    }
    let in_group = |place: usize| group.get(place).and_then(|index| before.get(*index)).map(|(_, mention)| mention);
    let figures = sentence.values().filter(|other| other.token > *last).count();
    if group.len() > 1 && figures >= group.len() && taken < group.len() {
        return in_group(taken).into_iter().collect();
    }
    let own = group.iter().filter_map(|index| before.get(*index)).map(|(_, mention)| mention);
    // What stands in brackets behind a figure is of the same thing.
    let bracket = |token: &Token| match token.word.as_str() {
        "(" | "[" => 1,
        ")" | "]" => -1,
        _ => 0,
    };
    let inside = sentence.tokens.iter().skip(*last).take(at - *last).map(bracket).sum::<i32>() > 0;
    if taken > 0 && !inside { own.chain(behind).collect() } else { own.collect() }
}

/// "{…} in October": the name belongs to the figure in front of it.
fn follows_value(sentence: &Sentence<'_>, at: usize) -> bool {
    let before = sentence.values().filter(|other| other.token < at).map(|other| other.token).max();
    let is_small = |token: &Token| {
        token.word.chars().count() <= 4
            && token.word.chars().all(char::is_alphabetic)
            && !matches!(token.word.as_str(), "and" | "und" | "et" | "y" | "e")
    };
    before.is_some_and(|value| {
        let between = at - value - 1;
        (1..=2).contains(&between) && sentence.tokens.iter().skip(value + 1).take(between).all(is_small)
    })
}

fn is_joint(token: &Token) -> bool {
    matches!(token.is, Is::Name(_) | Is::Citation(_))
        || matches!(token.word.as_str(), "and" | "or" | "und" | "oder" | "et" | "ou" | "y" | "e" | "o" | "," | "/" | "&" | "+")
}
