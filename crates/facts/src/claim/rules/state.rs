//! Approved, restricted, blocked, undecided, implemented: by the decision that the sentence cites, or of the model that it names.

use super::{Claim, Judged, Objection};
use crate::claim::sentence::{Mention, Sentence};
use crate::declare::State;
use crate::fact::Fact;

/// The words of decisions in the lexicon.
pub const CLASSES: [&str; 7] = ["approved", "unapproved", "restricted", "blocked", "undecided", "implemented", "unimplemented"];

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    let mut shown = false;
    for class in CLASSES {
        for cue in sentence.cues_of(class) {
            let mut rows = decided(claim, cue.at);
            let none = sentence.cues_of("absence").any(|no| no.at < cue.at && cue.at - no.at <= 3);
            let every = sentence.has("all");
            let of_all = rows.is_empty() && sentence.mentions.is_empty() && claim.is_bare();
            if of_all {
                rows = claim.known.iter().filter(|fact| fact.state() == Some(State::Decision)).cloned().collect();
            }
            let waits = class == "implemented"
                && (sentence.has("unimplemented")
                    || sentence.cues_of("waits").any(|wait| !sentence.is_cut(wait.at.min(cue.at), wait.at.max(cue.at))));
            // "Unapproved use: 0 findings" says that there is none.
            let zero = class == "unapproved" && sentence.values().any(|citation| citation.number.is_some_and(|number| number.is_zero()));
            if zero || rows.is_empty() || hedged(sentence, cue.at) || waits {
                continue;
            }
            let says = !sentence.negated(cue.at) || matches!(class, "unapproved" | "unimplemented");
            let fits = |row: &Fact<'_>| holds(class, row);
            if of_all
                && (none && rows.iter().any(|row| fits(row) == Some(true))
                    || every && says && rows.iter().any(|row| fits(row) == Some(false)))
            {
                return Err("the decisions of this turn say otherwise".to_owned());
            }
            let stands =
                if says { rows.iter().any(|row| fits(row) != Some(false)) } else { rows.iter().any(|row| fits(row) != Some(true)) };
            shown |= stands;
            if !stands {
                let state = rows.first().map(|row| told(row)).unwrap_or_default();
                return Err(format!("the record says {state}"));
            }
        }
    }
    claimed(claim).map_or(Ok(shown), Err)
}

/// What is unclaimed called claimed.
fn claimed(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    let is_unclaimed = |fact: &Fact<'_>| {
        fact.tool() == "unclaimed_principals"
            || fact.figure.is_some_and(|figure| figure.measure.starts_with("unclaimed"))
            || fact.subject().iter().any(|name| name.contains("unclaimed"))
            || fact.states().iter().any(|(state, fact)| *state == State::Claimed && fact.value.as_bool() == Some(false))
    };
    let says = sentence.cues_of("claimed").find(|cue| {
        let softens = ["couldclaim", "hedge", "until", "advice"].iter().flat_map(|class| sentence.cues_of(class));
        let other = softens.into_iter().any(|soft| soft.at.abs_diff(cue.at) <= 3);
        let other = other || sentence.cues_of("unclaimed").any(|own| (own.at..own.at + own.tokens).contains(&cue.at));
        let near =
            sentence.citations.iter().any(|citation| citation.token.abs_diff(cue.at) <= 12 && citation.facts.iter().any(is_unclaimed));
        !other && !sentence.negated(cue.at) && near
    });
    says.map(|_| "the record says unclaimed".to_owned())
}

fn hedged(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.cues_of("hedge").any(|cue| cue.at.abs_diff(at) <= 4)
}

/// The decision or finding cited nearest; of a model that is only named, all of its.
fn decided<'s>(claim: &Claim<'_, 's>, at: usize) -> Vec<Fact<'s>> {
    let is_decision = |fact: &Fact<'s>| fact.row().is_some() && fact.states().iter().any(|(state, _)| *state == State::Decision);
    let near = claim.sentence.nearest(at, |citation| citation.token.abs_diff(at) <= 16 && citation.facts.iter().any(is_decision));
    if let Some(fact) = near.and_then(|citation| citation.facts.iter().find(|fact| is_decision(fact))) {
        return vec![fact.clone()];
    }
    let of_name = |name: &str| -> Vec<Fact<'s>> {
        let of_it = |fact: &&Fact<'_>| fact.state() == Some(State::Decision) && fact.subject().contains(&name);
        claim.known.iter().filter(of_it).cloned().collect()
    };
    let mut mentions: Vec<&Mention> = claim.sentence.mentions.iter().collect();
    mentions.sort_by_key(|mention| mention.at.abs_diff(at));
    let Some(rows) = mentions.iter().map(|mention| of_name(&mention.name)).find(|rows| !rows.is_empty()) else { return Vec::new() };
    // An account or a Region that the sentence names, too, tells which of them.
    let there = |row: &Fact<'_>, name: &str| row.texts_of_row().contains(&name);
    let named = mentions.iter().map(|mention| mention.name.as_str());
    let narrowing: Vec<&str> = named.filter(|name| rows.iter().any(|row| there(row, name))).collect();
    let narrowed: Vec<Fact<'s>> = rows.iter().filter(|row| narrowing.iter().all(|name| there(row, name))).cloned().collect();
    if narrowed.is_empty() { rows } else { narrowed }
}

/// Whether a row is what a class says; `None` where it does not tell.
fn holds(class: &str, row: &Fact<'_>) -> Option<bool> {
    let states = row.states();
    let of = |wanted: State| states.iter().find(|(state, _)| *state == wanted).map(|(_, fact)| fact);
    let decision = of(State::Decision).and_then(|fact| fact.value.as_str());
    let flag = |wanted: State| of(wanted).and_then(|fact| fact.value.as_bool());
    match class {
        "approved" => decision.map(|state| matches!(state, "approved" | "restricted") && flag(State::Overruled) != Some(true)),
        // A finding is use that nothing approved, whatever its kind.
        "unapproved" => decision.map(|state| !matches!(state, "approved" | "restricted")),
        "restricted" => decision.map(|state| matches!(state, "restricted" | "restricted_elsewhere")),
        "blocked" => decision.map(|state| state == "blocked" || flag(State::Overruled) == Some(true)),
        "undecided" => decision.map(|state| state == "undecided"),
        "implemented" => flag(State::Implemented),
        "unimplemented" => flag(State::Implemented).map(|done| !done),
        _ => None,
    }
}

fn told(row: &Fact<'_>) -> String {
    let words = row.states().into_iter().filter_map(|(state, fact)| match (state, fact.value.as_str(), fact.value.as_bool()) {
        (State::Decision, Some(text), _) => Some(text.replace('_', " ")),
        (State::Implemented, _, Some(done)) => Some(if done { "implemented" } else { "not implemented" }.to_owned()),
        (State::Overruled, _, Some(true)) => Some("blocked by another decision".to_owned()),
        _ => None,
    });
    format!("{}: {}", row.subject().join(", "), words.collect::<Vec<_>>().join(", "))
}
