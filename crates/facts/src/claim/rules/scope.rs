//! "… is not in your scope": never of what the asker may see.

use super::{Claim, Judged};
use crate::claim::words::fold;

/// From "not" to "scope" and from the name to "not" there are no more tokens than these.
const REACH: usize = 8;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    let out = sentence
        .cues_of("scope-noun")
        .find(|cue| sentence.cues_of("negation").any(|no| no.at < cue.at && cue.at - no.at <= REACH && !sentence.is_cut(no.at, cue.at)));
    let Some(cue) = out.filter(|_| !sentence.is_question()) else { return Ok(false) };
    let named = sentence.mentions.iter().find(|mention| mention.at < cue.at && cue.at - mention.at <= 2 * REACH);
    let inside = |name: &str| {
        let name = fold(name);
        claim.things.iter().any(|thing| fold(thing) == name)
            || claim.known.iter().any(|fact| fact.subject().iter().any(|own| fold(own) == name))
    };
    match named.filter(|mention| inside(&mention.name)) {
        Some(mention) => Err(format!("{} is in the asker's scope", mention.name)),
        None => Ok(false),
    }
}
