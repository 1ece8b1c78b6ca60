//! "… is not in your scope": never of what the asker may see.

use super::{Claim, Judged};

/// From "not" to "scope" and from the name to "not" there are no more tokens than these.
const REACH: usize = 8;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    let out = sentence
        .cues_of("scope-noun")
        .find(|cue| sentence.cues_of("negation").any(|no| no.at < cue.at && cue.at - no.at <= REACH && !sentence.is_cut(no.at, cue.at)));
    let Some(cue) = out.filter(|_| !sentence.is_question()) else { return Ok(false) };
    let named = sentence.mentions.iter().find(|mention| mention.at < cue.at && cue.at - mention.at <= 2 * REACH);
    match named.filter(|mention| claim.names.is_thing(&mention.name)) {
        Some(mention) => Err(format!("{} is in the asker's scope", mention.name)),
        None => Ok(false),
    }
}
