//! All, only, the two: of a list that was cut nothing of the kind can be said.

use super::{Claim, Judged};
use crate::fact::Fact;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    let is_cut = |fact: &Fact<'_>| fact.place().is_some_and(|place| !place.complete);
    let cited = claim.cites_value();
    // Where it cites no row it speaks of the lists of the turn.
    let cut = claim.facts().any(is_cut) || !cited && claim.known.iter().any(is_cut);
    let whole = sentence.cues_of("complete").any(|cue| !sentence.negated(cue.at));
    // "Both", "the three together" are those cited; "all the rest" is the rest.
    let rows = sentence
        .values()
        .filter(|citation| citation.facts.iter().all(|fact| fact.row().is_some()))
        .map(|citation| citation.facts.len())
        .sum::<usize>();
    let of_rest = claim.facts().any(|fact| fact.field().contains("left_out"));
    let of_cited = sentence.cues_of("number-word").next().is_some() && rows > 1 || sentence.has("both") || of_rest;
    let all = !sentence.has("listed")
        && !of_cited
        && cited
        && sentence.cues_of("all").any(|cue| !sentence.negated(cue.at) && !sentence.cues_of("total").any(|total| total.at == cue.at));
    // "Both months are final" is about months.
    let of_months = sentence.has("final") || sentence.has("open");
    let bare = claim.is_bare()
        && !of_months
        && ["all", "complete"].iter().any(|class| sentence.cues_of(class).any(|cue| !sentence.negated(cue.at)));
    if cut && (whole || all || bare) {
        return Err("the list was cut: say \"of those listed\", or leave it".to_owned());
    }
    // "That is the complete list": no list of the turn was cut.
    Ok(whole && !cited)
}
