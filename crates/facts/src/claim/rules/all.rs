//! All, only, the two: of a list that was cut nothing of the kind can be said.

use super::{Claim, Objection};
use crate::fact::Fact;

pub fn objection(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return None;
    }
    let is_cut = |fact: &Fact<'_>| fact.place().is_some_and(|place| !place.complete);
    let cited = claim.facts().next().is_some();
    // Where it cites no row it speaks of the lists of the turn.
    let cut = claim.facts().any(is_cut) || !cited && claim.known.iter().any(is_cut);
    let whole = sentence.cues_of("complete").any(|cue| !sentence.negated(cue.at));
    let all = !sentence.has("listed")
        && cited
        && sentence.cues_of("all").any(|cue| !sentence.negated(cue.at) && !sentence.cues_of("total").any(|total| total.at == cue.at));
    (cut && (whole || all)).then(|| "the list was cut: say \"of those listed\", or leave it".to_owned())
}
