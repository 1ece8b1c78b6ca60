//! Over or within an estimate or a limit, now or at the end of the month.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::claim::sentence::{Cue, Sentence};
use crate::declare::State;
use crate::evaluate::quantity;
use crate::fact::Fact;

/// "Not over", "nobody went over", "over is none".
fn denied(sentence: &Sentence<'_>, at: usize) -> bool {
    let none = |no: &Cue| no.at.abs_diff(at) <= 8 && !sentence.is_cut(no.at.min(at), no.at.max(at));
    sentence.negated_closely(at) || sentence.cues_of("absence").any(none)
}

/// How a row stands.
struct Standing {
    over_now: Option<bool>,
    over_later: Option<bool>,
}

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    let words: Vec<(usize, bool)> = ["over", "under"]
        .into_iter()
        .flat_map(|class| sentence.cues_of(class).map(move |cue| (cue.at, class == "over")))
        .map(|(at, over)| (at, over != denied(sentence, at)))
        .collect();
    let mut shown = false;
    for (at, says_over) in &words {
        // "Between under and over", "over or under": nothing is claimed by one of two.
        if words.iter().any(|(other, over)| over != says_over && other.abs_diff(*at) <= 3) || sentence.has("hedge") && !says_over {
            continue;
        }
        let Some(row) = claim.row_near(*at, stands) else {
            shown |= sentence.mentions.is_empty() && of_all(claim, *at, *says_over)?;
            continue;
        };
        // Ahead of the pace, in tokens, is not over.
        let of_pace = sentence.nearest(*at, |citation| citation.number.is_some()).is_some_and(|citation| {
            citation.token.abs_diff(*at) <= 6
                && citation.facts.iter().any(|fact| fact.figure.is_some_and(|figure| figure.measure == "pace"))
        });
        if of_pace {
            continue;
        }
        let standing = standing(&row);
        let near = |class: &str| sentence.cues_of(class).any(|cue| cue.at.abs_diff(*at) <= 6);
        let used = sentence.nearest(*at, |citation| citation.number.is_some()).is_some_and(|citation| {
            citation.facts.iter().any(|fact| fact.figure.is_some_and(|figure| matches!(figure.measure, "used" | "remaining" | "spend")))
        });
        let truths = match (near("future"), near("now")) {
            // Within its estimate is what stays within it.
            (false, false) if !says_over && !used && standing.over_later.is_some() => [standing.over_later, None],
            (true, false) => [standing.over_later, None],
            (false, true) => [standing.over_now, None],
            _ => [standing.over_now, standing.over_later],
        };
        let truths: Vec<bool> = truths.into_iter().flatten().collect();
        shown |= truths.contains(says_over);
        if !truths.is_empty() && !truths.contains(says_over) {
            let name = row.subject().join(", ");
            let truth = if *says_over { "within" } else { "over" };
            return Err(format!("the record says that {name} is {truth}"));
        }
    }
    Ok(shown)
}

/// Of nothing by name: at least one row has to stand so; with "all" every one, with "none" no one.
fn of_all(claim: &Claim<'_, '_>, at: usize, says_over: bool) -> Judged {
    let sentence = claim.sentence;
    let rows: Vec<Standing> = claim.known.iter().filter(|fact| fact.state() == Some(State::Band)).map(standing).collect();
    if claim.cites_value() || sentence.text.trim_start().starts_with('|') || rows.is_empty() {
        return Ok(false);
    }
    let stands = |row: &Standing, over: bool| [row.over_now, row.over_later].contains(&Some(over));
    let word = if says_over { "over" } else { "within" };
    let none = sentence.cues_of("absence").any(|no| no.at.abs_diff(at) <= 8);
    // The denial is in the verdict already: "none is over" says within.
    let holds = if sentence.has("all") || none {
        rows.iter().all(|row| stands(row, says_over))
    } else {
        rows.iter().any(|row| stands(row, says_over))
    };
    if holds { Ok(true) } else { Err(format!("not so by the rows of this turn: {word}")) }
}

/// Whether the row of a field, or its result, holds an estimate.
fn stands(fact: &Fact<'_>) -> bool {
    fact.figure.is_some_and(|figure| matches!(figure.measure, "estimate" | "remaining" | "used" | "projected over" | "projection" | "over"))
        && (fact.sibling("estimate_usd").is_some() || fact.sibling("total_estimate_usd").is_some())
        || fact.states().iter().any(|(state, _)| *state == State::Band)
}

fn standing(fact: &Fact<'_>) -> Standing {
    let number = |field: &str| fact.sibling(field).and_then(|fact| quantity(fact).ok()).map(|quantity| quantity.number);
    let either = |one: &str, other: &str| number(one).or_else(|| number(other));
    let remaining = either("remaining_usd", "total_remaining_usd").map(|left| left < Decimal::ZERO);
    let used = either("used_percent", "total_used_percent").map(|used| used > Decimal::ONE_HUNDRED);
    let band = fact.sibling("band").and_then(|fact| fact.value.as_str().map(|band| matches!(band, "over" | "far_over")));
    let by_band = fact.sibling("band").filter(|fact| fact.value.as_str() != Some("unknown")).and(band);
    let projected = either("projected_over_usd", "total_projected_over_usd").map(|over| over > Decimal::ZERO);
    Standing { over_now: used.or(remaining), over_later: projected.or(by_band) }
}
