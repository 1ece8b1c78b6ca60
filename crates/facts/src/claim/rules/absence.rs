//! None, nothing, never: something of this turn has to show it, and nothing of it may show the contrary.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Claim, Objection};
use crate::claim::names::is_name;
use crate::claim::words::fold;
use crate::declare::State;
use crate::evaluate::quantity;
use crate::fact::Fact;

/// Whether a fact is about what an absence is of.
type About = fn(&Fact<'_>) -> bool;

/// What an absence can be of: the class of its noun, and the facts that are about it.
const KINDS: [(&str, About); 8] = [
    ("unclaimed", |fact| measures(fact, &["unclaimed roles", "unclaimed spend"])),
    ("role-noun", |fact| fact.tool() == "unclaimed_principals" || measures(fact, &["unclaimed roles", "unclaimed spend"])),
    ("model-noun", |fact| matches!(fact.tool(), "model_drift" | "model_catalog") || measures(fact, &["findings", "models"])),
    ("over", |fact| fact.state() == Some(State::Band)),
    ("limit-noun", |fact| measures(fact, &["limit"])),
    ("change-noun", |fact| measures(fact, &["change"])),
    ("credit-noun", |fact| measures(fact, &["credits", "discounts", "refunds", "tax", "fees"])),
    ("spend-noun", |fact| measures(fact, &["spend"])),
];

fn measures(fact: &Fact<'_>, measures: &[&str]) -> bool {
    fact.figure.is_some_and(|figure| measures.contains(&figure.measure))
}

pub fn objection(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if sentence.is_question() || sentence.has("hedge") {
        return None;
    }
    // `No principal by design` is a row, in whatever language it is told.
    let of_label = claim.facts().any(|fact| !fact.subject().is_empty() && !fact.subject().iter().any(|name| is_name(name)));
    let cites =
        claim.facts().any(is_nothing) || sentence.citations.iter().any(|citation| citation.number.is_some_and(|number| number.is_zero()));
    if of_label || cites {
        return None;
    }
    for cue in sentence.cues_of("absence") {
        // "No, …" answers a question; that nobody claimed a role is its state.
        let mark = |token: &crate::claim::sentence::Token| matches!(token.word.as_str(), "," | ":" | "." | "–" | "-" | "—");
        let answers = cue.at == 0 && sentence.tokens.get(cue.tokens).is_some_and(mark);
        let state = sentence.cues_of("unclaimed").any(|other| other.at == cue.at) && claim.facts().next().is_some();
        // "I find nothing" tells of a search, not of the records.
        let own = sentence.cues_of("first").any(|first| first.at < cue.at && cue.at - first.at <= 3);
        if answers || state || own {
            continue;
        }
        let near = |class: &str| {
            sentence.cues_of(class).any(|noun| noun.at >= cue.at && noun.at - cue.at <= 5 && !sentence.is_cut(cue.at, noun.at))
        };
        let kind = KINDS
            .iter()
            .find(|(class, _)| near(class) && !(*class == "unclaimed" && sentence.cues_of("unclaimed").any(|other| other.at == cue.at)));
        let objection = match kind {
            Some((class, about)) => of_kind(claim, class, *about),
            None => of_name(claim),
        };
        let objection = objection.or_else(|| of_measure(claim, cue.at)).or_else(|| of_owner(claim));
        if objection.is_some() {
            return objection;
        }
    }
    None
}

/// Shown by something that is nothing, unless something of the kind is there.
fn of_kind(claim: &Claim<'_, '_>, class: &str, about: About) -> Option<Objection> {
    let own = || claim.known.iter().filter(|fact| about(fact));
    let there = match class {
        "over" => own().find(|fact| fact.value.as_str().is_some_and(|band| matches!(band, "over" | "far_over"))),
        _ => own().find(|fact| fact.row().is_none() && is_something(fact)),
    };
    if let Some(fact) =
        there.filter(|_| claim.sentence.mentions.is_empty() && claim.sentence.periods.is_empty() && claim.facts().next().is_none())
    {
        return Some(format!("`{}` of {} shows the contrary", fact.field(), fact.tool()));
    }
    if let Some(objection) = of_name(claim) {
        return Some(objection);
    }
    let shown =
        claim.known.iter().any(|fact| fact.row().is_none() && is_nothing(fact) && (about(fact) || fact.pointer.starts_with("/empty/")));
    let silent = matches!(class, "spend-noun" | "over" | "change-noun");
    (!shown && !silent).then(|| "nothing of this turn shows an absence: cite the empty result or the count that is zero".to_owned())
}

/// Of a thing by name: it has no figures in this turn.
fn of_name(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if claim.facts().next().is_some() || !["spend-noun", "presence", "measure remaining"].iter().any(|class| sentence.has(class)) {
        return None;
    }
    let names: Vec<String> = sentence.mentions.iter().map(|mention| fold(&mention.name)).collect();
    let of_it = |fact: &Fact<'_>| {
        let scope = fact.scope().map(fold).unwrap_or_default();
        names
            .iter()
            .any(|name| fact.subject().iter().any(|own| fold(own) == *name) || fact.row().is_none() && scope.ends_with(name.as_str()))
    };
    let there = claim.known.iter().find(|fact| measures(fact, &["spend", "remaining"]) && is_something(fact) && of_it(fact));
    there.map(|fact| format!("`{}` of {} shows the contrary", fact.field(), fact.tool()))
}

/// Of a measure that has values in this turn: "no volume effect", "no estimate was set for …".
fn of_measure(claim: &Claim<'_, '_>, at: usize) -> Option<Objection> {
    let sentence = claim.sentence;
    if claim.facts().next().is_some() {
        return None;
    }
    let near = |cue: &&crate::claim::sentence::Cue| cue.at > at && cue.at - at <= 5 && !sentence.is_cut(at, cue.at);
    let named: Vec<String> = sentence.mentions.iter().map(|mention| fold(&mention.name)).collect();
    let concerns = |fact: &&Fact<'_>| {
        if named.is_empty() {
            fact.row().is_none() && sentence.periods.is_empty()
        } else {
            fact.subject().iter().any(|own| named.contains(&fold(own)))
        }
    };
    const FIRM: [&str; 8] =
        ["limit", "volume effect", "mix effect", "price effect", "change", "unclaimed spend", "unclaimed roles", "spend"];
    sentence.cues.iter().filter(near).find_map(|cue| {
        let measure = cue.class.strip_prefix("measure ").filter(|measure| FIRM.contains(measure))?;
        let there = claim.known.iter().filter(concerns).find(|fact| measures(fact, &[measure]) && is_something(fact))?;
        Some(format!("`{}` of {} shows the contrary", there.field(), there.tool()))
    })
}

/// "… has no owner", of what has one.
fn of_owner(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if claim.facts().next().is_some() || !sentence.has("owner") {
        return None;
    }
    let owned = |name: &str| {
        claim.known.iter().any(|fact| {
            fact.subject().contains(&name) && fact.related().iter().any(|(relation, _)| *relation == crate::declare::Relation::Owns)
        })
    };
    sentence.mentions.iter().find(|mention| owned(&mention.name)).map(|mention| format!("the owners of {} are on record", mention.name))
}

fn is_something(fact: &Fact<'_>) -> bool {
    quantity(fact.clone()).is_ok_and(|quantity| quantity.number != Decimal::ZERO)
}

/// A reason why there is nothing, a zero, an empty text or list, a refusal of a state.
fn is_nothing(fact: &Fact<'_>) -> bool {
    if fact.pointer.contains("left_out") || fact.pointer.ends_with("/notes") || fact.field() == "empty" {
        return false;
    }
    match fact.value {
        Value::String(text) => {
            fact.pointer.starts_with("/empty/")
                || text.trim_matches(['0', '.', '-']).is_empty() && (fact.figure.is_some() || text.is_empty())
        }
        Value::Number(number) => fact.figure.is_some() && number.as_f64() == Some(0.0),
        Value::Array(items) => items.is_empty(),
        Value::Bool(flag) => !flag && fact.state().is_some() || *flag && fact.field() == "never_decided",
        Value::Null => fact.figure.is_some() || fact.relation().is_some(),
        Value::Object(_) => false,
    }
}
