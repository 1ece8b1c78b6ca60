//! Whether a sentence calls a figure projected, estimated or expected.

use crate::claim::sentence::{Citation, Is, Sentence};

/// "Projected", "an estimated", "expected" right beside a figure.
pub fn is_guessed(sentence: &Sentence<'_>, citation: &Citation<'_>) -> bool {
    let at = citation.token;
    let free = |from: usize, to: usize| {
        let mut between = sentence.tokens.iter().skip(from).take(to.saturating_sub(from));
        between.all(|token| !matches!(token.is, Is::Citation(_)) && !matches!(token.word.as_str(), "," | ";" | ":" | "." | ")"))
    };
    sentence.cues_of("kindword").any(|cue| {
        let end = cue.at + cue.tokens;
        let cell = sentence.tokens.get(at.wrapping_sub(1)).is_some_and(|token| token.word == "|");
        let before = end <= at && (at - end <= 1 || cell && at - end <= 3) && free(end, at);
        let behind = cue.at > at && cue.at - at <= 2 && free(at + 1, cue.at);
        before || behind
    })
}
