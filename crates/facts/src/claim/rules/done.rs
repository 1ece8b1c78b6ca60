//! Nothing is changed by an answer: whoever says so is not shown.

use super::{Claim, Judged};

/// Days on which something was done.
const OF_ACTS: [&str; 6] = ["decided on", "effective from", "implemented on", "committed on", "released on", "first seen"];

/// From "has been" to what was done there are no more words than these.
const REACH: usize = 8;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    // What is on record carries its day, or the decision.
    let on_record =
        claim.facts().any(|fact| fact.tool() == "model_catalog" || fact.figure.is_some_and(|figure| OF_ACTS.contains(&figure.measure)));
    if sentence.is_question() || on_record {
        return Ok(false);
    }
    let acts = |at: usize| sentence.cues_of("act").any(|act| act.at >= at && act.at - at <= REACH && !sentence.is_cut(at, act.at));
    let hedged = |at: usize| sentence.cues_of("hedge").any(|hedge| hedge.at.abs_diff(at) <= 4);
    let denied = |at: usize| hedged(at) || sentence.negated(at) || sentence.cues_of("negation").any(|no| no.at > at && no.at - at <= 3);
    let says = sentence.cues_of("done").any(|cue| acts(cue.at) && !denied(cue.at));
    // "I switched it on": no verb between.
    let first =
        sentence.cues_of("first").any(|cue| sentence.cues_of("act").any(|act| act.at > cue.at && act.at - cue.at <= 2) && !denied(cue.at));
    let opens = sentence
        .cues_of("opener")
        .any(|cue| cue.at == 0 && sentence.tokens.get(cue.tokens).is_some_and(|token| !token.word.chars().any(char::is_alphanumeric)));
    if says || first || opens {
        return Err("nothing is changed by an answer: say what would be done, and by whom".to_owned());
    }
    Ok(false)
}
