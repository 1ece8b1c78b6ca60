//! What stands right beside a figure and changes it: "million", "euros", a minus, "a day".

use super::{Claim, Judged};
use crate::claim::sentence::Citation;
use crate::declare::Kind;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    for citation in sentence.values() {
        let before = sentence.text.get(..citation.from).and_then(|text| text.chars().next_back());
        let behind = sentence.text.get(citation.to..).and_then(|text| text.chars().next());
        let glued = before.is_some_and(|c| matches!(c, '$' | '€' | '£' | '-' | '{' | '#'))
            || behind.is_some_and(|c| c.is_alphanumeric() || c == '}');
        let scaled = sentence.cues_of("magnitude").chain(sentence.cues_of("currency")).any(|cue| cue.at == citation.token + 1);
        if glued || scaled {
            return Err("a figure is printed with its sign and unit: write nothing that changes it beside it".to_owned());
        }
        if is_rate(claim, citation) {
            return Err("this figure is no rate: compute one, or leave \"a day\", \"per user\" out".to_owned());
        }
    }
    Ok(false)
}

/// "{…} a day", of a figure that is none of a day.
fn is_rate(claim: &Claim<'_, '_>, citation: &Citation<'_>) -> bool {
    let [fact] = citation.facts.as_slice() else { return false };
    let own = fact
        .figure
        .is_some_and(|figure| figure.measure.contains(" per ") || matches!(figure.kind, Kind::Limit) || figure.measure == "limit");
    let said = claim.sentence.cues_of("rate").any(|cue| cue.at == citation.token + 1);
    citation.formula.is_none() && said && !own
}
