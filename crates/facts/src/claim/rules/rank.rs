//! Most, least, second: by the list in which the row stands.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::claim::names::is_name;
use crate::claim::sentence::{Citation, Sentence};
use crate::evaluate::quantity;
use crate::fact::Fact;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    // Where only one row is cited, commas part nothing.
    let mut rows: Vec<Option<&str>> = claim.facts().map(Fact::row).collect();
    rows.dedup();
    let of_one_row = rows.len() == 1;
    let mut shown = false;
    for (class, place) in [("most", 0), ("second", 1), ("third", 2), ("least", usize::MAX)] {
        for cue in sentence.cues_of(class) {
            // "Twice the runner-up" is said of the first.
            let of_another = place > 0 && place < usize::MAX && sentence.has("most");
            // "The cheapest per million tokens" is ranked by what the answer computes.
            let computed = sentence.cues_of("measure spend per million tokens").any(|per| per.tokens > 1 && per.at.abs_diff(cue.at) <= 6);
            if sentence.negated(cue.at) || several(claim, cue.at) || of_another || computed {
                continue;
            }
            let reach = |citation: &Citation<'_>| {
                citation.token.abs_diff(cue.at) <= 12
                    && (of_one_row || !parted(sentence, citation.token.min(cue.at), citation.token.max(cue.at)))
                    && citation.formula.is_none()
                    && citation.facts.iter().any(in_list)
            };
            let formula = sentence.nearest(cue.at, |citation| citation.number.is_some()).is_some_and(|citation| citation.formula.is_some());
            if formula {
                continue;
            }
            if !claim.cites_value() {
                shown |= by_name(claim, cue.at, place)?;
                continue;
            }
            // Behind a comma stands another thought: "… is the largest, at {…}" is judged by the name.
            let near_name = sentence
                .mentions
                .iter()
                .any(|mention| mention.at.abs_diff(cue.at) <= 6 && !parted(sentence, mention.at.min(cue.at), mention.at.max(cue.at)));
            if near_name && sentence.nearest(cue.at, reach).is_none() {
                shown |= by_name(claim, cue.at, place)?;
                continue;
            }
            let Some(fact) = sentence.nearest(cue.at, reach).and_then(|citation| citation.facts.first()) else { continue };
            let by: Vec<Fact<'_>> = measured(fact, sentence.nearest(cue.at, |citation| citation.number.is_some() && reach(citation)));
            if by.is_empty() {
                continue;
            }
            if place == usize::MAX && fact.place().is_some_and(|place| !place.complete) {
                return Err("the list was cut, so its last row is not the least".to_owned());
            }
            if !by.iter().any(|figure| is_at(figure, place)) {
                return Err(format!("{} is not in that place of its list", fact.subject().join(", ")));
            }
        }
    }
    Ok(shown)
}

/// Whether another clause begins between two tokens.
fn parted(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    sentence.tokens.iter().skip(from).take(to - from).any(|token| matches!(token.word.as_str(), "," | ";"))
}

/// A thing that is only named: by the lists in which it stands.
fn by_name(claim: &Claim<'_, '_>, at: usize, place: usize) -> Judged {
    let named = claim.sentence.mentions.iter().chain(&claim.sentence.labels).min_by_key(|mention| mention.at.abs_diff(at));
    let Some(named) = named else { return Ok(false) };
    let rows = claim.known.iter().filter(|fact| in_list(fact) && fact.subject().contains(&named.name.as_str()));
    let figures: Vec<Fact<'_>> =
        rows.flat_map(|fact| fact.ordering().into_iter().chain(fact.sibling("change_usd").filter(|_| fact.is_compared()))).collect();
    if figures.is_empty() {
        return Ok(false);
    }
    let fits =
        figures.iter().any(|figure| is_at(figure, place) && (place < usize::MAX || figure.place().is_some_and(|place| place.complete)));
    if fits { Ok(true) } else { Err(format!("{} is not in that place of its list", named.name)) }
}

/// "The two largest", "top three": of several nothing is one.
fn several(claim: &Claim<'_, '_>, at: usize) -> bool {
    const NUMBERS: [&str; 24] = [
        "two", "three", "four", "five", "ten", "zwei", "drei", "vier", "fuenf", "deux", "trois", "quatre", "cinq", "dos", "tres", "cuatro",
        "cinco", "due", "tre", "quattro", "cinque", "both", "beiden", "few",
    ];
    let tokens = &claim.sentence.tokens;
    tokens
        .iter()
        .skip(at.saturating_sub(2))
        .take(5)
        .any(|token| NUMBERS.contains(&token.word.as_str()) || token.word.parse::<u32>().is_ok())
}

fn in_list(fact: &Fact<'_>) -> bool {
    fact.place().is_some_and(|place| place.rows > 1) && fact.subject().iter().any(|name| !name.is_empty())
}

/// The figures by which the row may be ranked: the one cited with it, and the one by which its list is ordered.
fn measured<'s>(fact: &Fact<'s>, beside: Option<&Citation<'s>>) -> Vec<Fact<'s>> {
    let same_row = |other: &&Fact<'s>| other.row() == fact.row() && other.result == fact.result;
    let cited = beside.and_then(|citation| citation.facts.first()).filter(same_row).cloned();
    cited
        .into_iter()
        .filter(|fact| quantity(fact.clone()).is_ok())
        .chain(fact.ordering())
        .chain(fact.sibling("change_usd").filter(|_| fact.is_compared()))
        .collect()
}

/// Whether a figure has this place among those of its list that are about something by name, or among those of one of its names.
fn is_at(figure: &Fact<'_>, place: usize) -> bool {
    let value = |fact: &Fact<'_>| quantity(fact.clone()).ok().map(|quantity| quantity.number);
    let Some(own) = value(figure) else { return false };
    let all = figure.beside();
    let named = |fact: &&Fact<'_>| fact.subject().iter().any(|name| is_name(name) || fact.period() != figure.period());
    let of_names: Vec<&Fact<'_>> =
        if all.iter().any(|fact| named(&fact)) { all.iter().filter(named).collect() } else { all.iter().collect() };
    let at = |group: Vec<&Fact<'_>>| {
        let values: Vec<Decimal> = group.into_iter().filter_map(value).collect();
        match place {
            usize::MAX => values.iter().all(|other| *other >= own) || values.iter().all(|other| other.abs() >= own.abs()),
            place => {
                let above = values.iter().filter(|other| **other > own).count();
                let farther = values.iter().filter(|other| other.abs() > own.abs()).count();
                above <= place && place < above + values.iter().filter(|other| **other == own).count().max(1) || farther == place
            }
        }
    };
    let subject = figure.subject();
    let within = subject
        .iter()
        .filter(|_| subject.len() > 1)
        .map(|name| all.iter().filter(|fact| fact.subject().contains(name)).collect::<Vec<_>>());
    at(of_names) || at(all.iter().collect()) || within.into_iter().any(at)
}
