//! Final or open, by the period of what the sentence cites or names.

use super::{Claim, Objection};
use crate::claim::periods::fits;
use crate::fact::Fact;

pub fn objection(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return None;
    }
    for (class, says_final) in [("final", true), ("open", false)] {
        for cue in sentence.cues_of(class) {
            // "The last settled days" are days, not the period.
            let of_days = sentence.cues.iter().any(|other| {
                matches!(other.class, "measure days" | "measure days of the projection") && (1..=2).contains(&other.at.abs_diff(cue.at))
            });
            // "Until the month is final": it is not yet.
            let not_yet = sentence.cues_of("until").any(|other| other.at < cue.at && cue.at - other.at <= 6);
            if of_days || not_yet {
                continue;
            }
            let says_final = says_final != sentence.negated(cue.at);
            let Some(found) = finality(claim, cue.at) else { continue };
            let wrong = match found.as_str() {
                "final" => !says_final,
                "open" => says_final,
                _ => false,
            };
            if wrong {
                return Some(format!("the record says that the period is {found}"));
            }
        }
    }
    None
}

/// Of the period named nearest, where the sheet holds it; otherwise of the figure cited nearest.
fn finality(claim: &Claim<'_, '_>, at: usize) -> Option<String> {
    let sentence = claim.sentence;
    let settled = |fact: &&Fact<'_>| fact.figure.is_some_and(|figure| matches!(figure.measure, "settled through" | "data through"));
    // "Settled through the 19th", "final up to": a day, not a month.
    if sentence.citations.iter().any(|citation| citation.token.abs_diff(at) <= 8 && citation.facts.iter().any(|fact| settled(&fact))) {
        return None;
    }
    let mentioned = sentence.periods.iter().filter(|(place, _)| place.abs_diff(at) <= 12).min_by_key(|(place, _)| place.abs_diff(at));
    let cited = sentence.nearest(at, |citation| citation.facts.iter().any(|fact| fact.finality().is_some()));
    if let Some((_, mentioned)) = mentioned {
        // A month that still runs is final nowhere.
        if mentioned.0.to >= claim.context.today && mentioned.0.from <= claim.context.today {
            return Some("open".to_owned());
        }
        let of_it = claim.known.iter().find(|fact| {
            fact.finality().is_some()
                && fact.period().is_some_and(|own| {
                    own.from == mentioned.0.from && (own.to <= mentioned.0.to || fits(*mentioned, own, claim.context.today))
                })
        });
        return of_it.and_then(|fact| fact.finality().map(str::to_owned));
    }
    if let Some(found) = cited.and_then(|citation| citation.facts.iter().find_map(Fact::finality)) {
        return Some(found.to_owned());
    }
    let all: Vec<String> = claim.known.iter().filter_map(|fact| fact.finality().map(str::to_owned)).collect();
    let first = all.first().cloned();
    first.filter(|first| all.iter().all(|other| other == first))
}
