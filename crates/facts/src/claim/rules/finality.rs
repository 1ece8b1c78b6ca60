//! Final or open, by the period of what the sentence cites or names.

use super::{Claim, Judged};
use crate::claim::periods::fits;
use crate::fact::Fact;

/// Of a month that no result of the turn is about.
const NOT_HERE: &str = "not among the results of this turn";

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() || sentence.has("offer") {
        return Ok(false);
    }
    let mut shown = false;
    for (class, says_final) in [("final", true), ("open", false)] {
        for cue in sentence.cues_of(class) {
            // "The last settled days" are days, not the period.
            let of_days = sentence.cues.iter().any(|other| {
                matches!(other.class, "measure days" | "measure days of the projection") && (1..=2).contains(&other.at.abs_diff(cue.at))
            });
            // "Closed months are final, the current one is open" is said of no period.
            let beside = |place: usize| place.abs_diff(cue.at) <= 3 && !sentence.is_cut(place.min(cue.at), place.max(cue.at));
            if sentence.has("final") && sentence.has("open") && !sentence.periods.iter().any(|(place, _)| beside(*place)) {
                continue;
            }
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
                NOT_HERE => true,
                _ => false,
            };
            shown |= !wrong;
            if wrong {
                return Err(format!("the record says that the period is {found}"));
            }
        }
    }
    Ok(shown)
}

/// Of the period named nearest, where the sheet holds it; otherwise of the figure cited nearest.
fn finality(claim: &Claim<'_, '_>, at: usize) -> Option<String> {
    let sentence = claim.sentence;
    let settled = |fact: &&Fact<'_>| fact.figure.is_some_and(|figure| matches!(figure.measure, "settled through" | "data through"));
    // "Settled through the 19th", "final up to": a day, not a month. What comes after it is open, what comes before it is final.
    let is_day = |citation: &&crate::claim::sentence::Citation<'_>| citation.facts.iter().any(|fact| settled(&fact));
    let behind = sentence.citations.iter().filter(is_day).find(|citation| citation.token > at && citation.token - at <= 4);
    let before = sentence.citations.iter().filter(is_day).rfind(|citation| citation.token < at && at - citation.token <= 8);
    let named = sentence.periods.iter().any(|(place, _)| place.abs_diff(at) <= 3);
    if let Some(day) = behind.or(before).filter(|_| !named) {
        let begin = day.token.min(at).saturating_sub(4);
        let after = sentence.cues_of("after").any(|cue| cue.at >= begin && cue.at < day.token);
        let of_data = day.facts.iter().any(|fact| fact.figure.is_some_and(|figure| figure.measure == "data through"));
        if after {
            return Some("open".to_owned());
        }
        if !of_data && (behind.is_some() || before.is_some_and(|day| at - day.token <= 3)) {
            return None;
        }
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
        let is_month = mentioned.0.from.first_of_month() == mentioned.0.to.first_of_month();
        let unknown = || claim.known.iter().any(|fact| is_month && fact.finality().is_some()).then(|| NOT_HERE.to_owned());
        return of_it.and_then(|fact| fact.finality().map(str::to_owned)).or_else(unknown);
    }
    if let Some(found) = cited.and_then(|citation| citation.facts.iter().find_map(Fact::finality)) {
        return Some(found.to_owned());
    }
    let all: Vec<&str> = claim.known.iter().filter_map(Fact::finality).collect();
    let first = *all.first()?;
    all.iter().all(|other| *other == first).then(|| first.to_owned())
}
