//! The only one, nothing but, fully loaded: against a list of several, and against the days that there are.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::evaluate::quantity;
use crate::fact::Fact;

/// From "the only" to what it is said of there are no more tokens than these.
const REACH: usize = 6;
/// "The only one that fell": one of several after all. So is the only one with a decision.
const NARROWS: [&str; 11] = ["up", "down", "over", "under", "more", "less", "most", "least", "unclaimed", "negation", "hedge"];

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    if claim.sentence.is_question() {
        return Ok(false);
    }
    fully_loaded(claim)?;
    one_of_several(claim)
}

/// "Every day of the month is in", of a period that has days without data.
fn fully_loaded(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    let said = sentence.cues_of("fully-loaded").any(|cue| !sentence.negated(cue.at)) && sentence.values().next().is_none();
    let day = |fact: Option<Fact<'_>>| fact.and_then(|fact| fact.value.as_str().map(str::to_owned));
    let misses = |fact: &Fact<'_>| {
        fact.field() == "to_date" && day(fact.sibling_of("data_through")).is_some_and(|through| Some(through) < day(Some(fact.clone())))
    };
    let missing = said && claim.known.iter().any(misses);
    if missing { Err("the period has days that are not loaded".to_owned()) } else { Ok(false) }
}

fn one_of_several(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if NARROWS.iter().chain(&super::state::CLASSES).any(|class| sentence.has(class)) {
        return Ok(false);
    }
    for cue in sentence.cues_of("only-one") {
        let named = sentence
            .mentions
            .iter()
            .filter(|mention| mention.at.abs_diff(cue.at) <= REACH)
            .min_by_key(|mention| mention.at.abs_diff(cue.at));
        let Some(named) = named else { continue };
        let of_it = |fact: &&Fact<'_>| fact.row().is_some() && fact.subject().contains(&named.name.as_str());
        let rows = claim.known.iter().filter(of_it).filter_map(Fact::ordering);
        for own in rows {
            let is_spent = |fact: &Fact<'_>| quantity(fact.clone()).is_ok_and(|quantity| quantity.number > Decimal::ZERO);
            let others =
                own.beside().into_iter().filter(|other| other.row() != own.row() && !other.subject().contains(&named.name.as_str()));
            if others.filter(is_spent).count() > 0 {
                return Err(format!("{} is one of several in its list", named.name));
            }
        }
    }
    Ok(false)
}
