//! Whether a sentence calls a figure projected, estimated or expected.

use crate::claim::sentence::{Citation, Is, Sentence};
use crate::declare::{Figure, Kind};

/// Whether the word right beside a figure gives it another kind than it has: projected, net, billed.
pub fn is_of_other_kind(sentence: &Sentence<'_>, citation: &Citation<'_>, figure: &Figure) -> bool {
    // What a formula makes of spend may well be a projection.
    if citation.formula.is_some() {
        return false;
    }
    let spend = figure.measure.ends_with("spend");
    match figure.kind {
        Kind::Actual => is_called(sentence, citation, "kindword") || spend && is_called(sentence, citation, "netword"),
        Kind::Projected | Kind::List => is_called(sentence, citation, "actualword"),
        _ => false,
    }
}

/// "Projected", "an estimated", "expected" right beside a figure.
fn is_called(sentence: &Sentence<'_>, citation: &Citation<'_>, class: &str) -> bool {
    let at = citation.token;
    let free = |from: usize, to: usize| {
        let mut between = sentence.tokens.iter().skip(from).take(to.saturating_sub(from));
        between.all(|token| !matches!(token.is, Is::Citation(_)) && !matches!(token.word.as_str(), "," | ";" | ":" | "." | ")"))
    };
    sentence.cues_of(class).any(|cue| {
        let end = cue.at + cue.tokens;
        let cell = sentence.tokens.get(at.wrapping_sub(1)).is_some_and(|token| token.word == "|");
        let before = end <= at && (at - end <= 1 || cell && at - end <= 3) && free(end, at);
        let behind = cue.at > at && cue.at - at <= 2 && free(at + 1, cue.at);
        before || behind
    })
}
