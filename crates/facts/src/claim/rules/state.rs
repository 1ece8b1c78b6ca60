//! Approved, restricted, blocked, undecided, implemented: by the decision that the sentence cites, or of the model that it names.

use super::{Claim, Objection};
use crate::claim::sentence::Sentence;
use crate::declare::State;
use crate::fact::Fact;

const CLASSES: [&str; 7] = ["approved", "unapproved", "restricted", "blocked", "undecided", "implemented", "unimplemented"];

pub fn objection(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return None;
    }
    for class in CLASSES {
        for cue in sentence.cues_of(class) {
            let rows = decided(claim, cue.at);
            let waits =
                class == "implemented" && (sentence.has("unimplemented") || claim.facts().any(|fact| fact.field() == "waiting_days"));
            if rows.is_empty() || hedged(sentence, cue.at) || waits {
                continue;
            }
            let says = !sentence.negated(cue.at) || matches!(class, "unapproved" | "unimplemented");
            let fits = |row: &Fact<'_>| holds(class, row);
            let stands =
                if says { rows.iter().any(|row| fits(row) != Some(false)) } else { rows.iter().any(|row| fits(row) != Some(true)) };
            if !stands {
                let state = rows.first().map(|row| told(row)).unwrap_or_default();
                return Some(format!("the record says {state}"));
            }
        }
    }
    None
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
    let Some(named) = claim.sentence.mentions.iter().min_by_key(|mention| mention.at.abs_diff(at)) else { return Vec::new() };
    let of_it = |fact: &Fact<'s>| fact.state() == Some(State::Decision) && fact.subject().contains(&named.name.as_str());
    claim.known.iter().filter(|fact| of_it(fact)).cloned().collect()
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
