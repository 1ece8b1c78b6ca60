//! None, nothing, never: something of this turn has to show it, and nothing of it may show the contrary.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Claim, Judged, Objection};
use crate::claim::names::is_name;
use crate::claim::words::fold;
use crate::declare::State;
use crate::evaluate::quantity;
use crate::fact::{Fact, texts};

/// Whether a fact is about what an absence is of.
type About = fn(&Fact<'_>) -> bool;

/// What an absence can be of: the class of its noun, and the facts that are about it.
const KINDS: [(&str, About); 8] = [
    ("unclaimed", |fact| fact.tool() == "unclaimed_principals" || measures(fact, &["unclaimed roles", "unclaimed spend"])),
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

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() || sentence.has("hedge") {
        return Ok(false);
    }
    // `No principal by design` is a row, in whatever language it is told.
    if let Some(objection) = of_cited(claim) {
        return Err(objection);
    }
    let of_label = claim.facts().any(|fact| !fact.subject().is_empty() && !fact.subject().iter().any(|name| is_name(name)));
    let cites =
        claim.facts().any(is_nothing) || sentence.citations.iter().any(|citation| citation.number.is_some_and(|number| number.is_zero()));
    if of_label || cites {
        return Ok(false);
    }
    let mut shown = false;
    // "… does not appear", "was not used": an absence in other words.
    let denied = sentence.cues_of("presence").filter(|cue| cue.at > 0 && sentence.negated_closely(cue.at) && claim.is_bare());
    for cue in sentence.cues_of("absence").chain(denied) {
        // "No, …" answers a question; that nobody claimed a role is its state.
        let mark = |token: &crate::claim::sentence::Token| matches!(token.word.as_str(), "," | ":" | "." | "–" | "-" | "—");
        let answers = cue.at == 0 && sentence.tokens.get(cue.tokens).is_some_and(mark);
        let state = sentence.cues_of("unclaimed").any(|other| other.at == cue.at) && claim.facts().next().is_some();
        // "I find nothing" tells of a search, not of the records.
        let own = sentence.cues_of("first").any(|first| first.at < cue.at && cue.at - first.at <= 3);
        if answers || state || own {
            continue;
        }
        // Nobody claimed it: its state. None fell: by the sign of each.
        let claims = sentence.cues_of("claimed").any(|claimed| claimed.at > cue.at && claimed.at - cue.at <= 4);
        let moves = sentence.cues_of("up").map(|up| (up.at, true)).chain(sentence.cues_of("down").map(|down| (down.at, false)));
        if let Some((_, up)) = moves.into_iter().find(|(at, _)| *at > cue.at && !sentence.is_cut(cue.at, *at)) {
            shown |= none_moved(claim, up)?;
            continue;
        }
        if claims {
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
        if let Some(objection) = objection {
            return Err(objection);
        }
        shown |= is_shown(claim);
    }
    Ok(shown)
}

/// Shown by something that is nothing, unless something of the kind is there.
fn of_kind(claim: &Claim<'_, '_>, class: &str, about: About) -> Option<Objection> {
    let own = || claim.known.iter().filter(|fact| about(fact));
    let there = match class {
        "over" => own().find(|fact| fact.value.as_str().is_some_and(|band| matches!(band, "over" | "far_over"))),
        "unclaimed" | "role-noun" => own().find(|fact| is_something(fact)),
        _ => own().find(|fact| fact.row().is_none() && is_something(fact)),
    };
    if let Some(fact) = there.filter(|_| claim.sentence.mentions.is_empty() && claim.sentence.periods.is_empty() && !claim.cites_value()) {
        return Some(format!("`{}` of {} shows the contrary", fact.field(), fact.tool()));
    }
    of_name(claim)
}

/// "It cost nothing", of the one thing that is cited with what it cost.
fn of_cited(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    let of_spend = |at: usize| sentence.cues_of("spend-noun").any(|noun| noun.at > at && noun.at - at <= 2);
    sentence.cues_of("absence").find(|no| of_spend(no.at))?;
    let mut rows: Vec<&Fact<'_>> = claim.facts().filter(|fact| fact.row().is_some()).collect();
    rows.dedup_by_key(|fact| fact.row().map(str::to_owned));
    let [row] = rows.as_slice() else { return None };
    let spent = ["spend_usd", "current_usd"].iter().find_map(|field| row.sibling(field)).filter(is_something)?;
    let named = sentence.mentions.iter().any(|mention| row.subject().contains(&mention.name.as_str()));
    (named && sentence.mentions.len() == 1).then(|| format!("`{}` of {} shows the contrary", spent.field(), spent.tool()))
}

/// Of a thing by name: it has no figures in this turn.
fn of_name(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    if claim.cites_value() || !["spend-noun", "presence", "measure remaining"].iter().any(|class| sentence.has(class)) {
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
    if claim.cites_value() {
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
    if claim.cites_value() || !sentence.has("owner") {
        return None;
    }
    let owned = |name: &str| {
        claim.known.iter().any(|fact| {
            fact.subject().contains(&name) && fact.related().iter().any(|(relation, _)| *relation == crate::declare::Relation::Owns)
        })
    };
    sentence.mentions.iter().find(|mention| owned(&mention.name)).map(|mention| format!("the owners of {} are on record", mention.name))
}

/// "None fell", "nobody rose": by the changes of the rows.
fn none_moved(claim: &Claim<'_, '_>, up: bool) -> Judged {
    let changes = claim.known.iter().filter(|fact| fact.row().is_some() && fact.field() == "change_usd");
    let values: Vec<Decimal> = changes.filter_map(|fact| quantity(fact.clone()).ok()).map(|quantity| quantity.number).collect();
    let moved = values.iter().any(|value| if up { *value > Decimal::ZERO } else { *value < Decimal::ZERO });
    if moved && claim.sentence.mentions.is_empty() {
        return Err(format!("a row of this turn {}", if up { "rose" } else { "fell" }));
    }
    Ok(!values.is_empty() && !moved)
}

/// Whether something of this turn is nothing: of what the sentence names, or of any whole where it names nothing.
fn is_shown(claim: &Claim<'_, '_>) -> bool {
    let sentence = claim.sentence;
    let ended = |named: &crate::claim::periods::Mentioned| {
        claim.known.iter().all(|fact| fact.period().is_none_or(|own| own.to < named.0.from || own.from > named.0.to))
    };
    // No row for a month: no result is about it. Nobody's: it is unclaimed.
    let nobody = sentence.cues_of("absence").any(|no| sentence.cues_of("unclaimed").any(|own| own.at == no.at));
    let of_claims = nobody && claim.known.iter().any(|fact| fact.tool() == "unclaimed_principals");
    let without_row = sentence.periods.iter().any(|(_, named)| {
        named.0.from != named.0.to
            && !claim.known.iter().any(|fact| fact.row().is_some() && fact.period().is_some_and(|own| own == named.0))
    });
    if sentence.has("over")
        || of_claims
        || sentence.periods.iter().any(|(_, named)| ended(named))
        || without_row && sentence.has("row-noun")
    {
        return true;
    }
    let named: Vec<String> = sentence.mentions.iter().map(|mention| fold(&mention.name)).collect();
    let is_zero = |fact: &Fact<'_>| is_nothing(fact) && (fact.figure.is_some() || fact.state().is_some() || fact.relation().is_some());
    let of_it = |fact: &Fact<'_>| {
        let scope = fact.scope().map(fold).unwrap_or_default();
        named.iter().any(|name| {
            fact.subject().iter().any(|own| fold(own) == *name)
                || fact.row().is_none() && scope.contains(name.as_str())
                // Those without something are listed by name.
                || fact.row().is_none() && fact.figure.is_none() && texts(fact.value).iter().any(|own| fold(own) == *name)
        })
    };
    if named.is_empty() {
        // Of what it measures, where the turn has figures of that.
        let measured = |fact: &Fact<'_>| fact.figure.is_some_and(|figure| sentence.has(&format!("measure {}", figure.measure)));
        let speaks = claim.known.iter().any(|fact| fact.row().is_none() && measured(fact));
        let why = |fact: &Fact<'_>| fact.pointer == "/empty/reason" && (fact.value.as_str() == Some("true_zero") || sentence.has("yet"));
        return claim.known.iter().any(|fact| fact.row().is_none() && (is_zero(fact) && (measured(fact) || !speaks) || why(fact)));
    }
    let is_list = |fact: &Fact<'_>| fact.value.is_array() && fact.figure.is_none() && fact.relation().is_none();
    claim.known.iter().any(|fact| (is_zero(fact) || is_list(fact)) && of_it(fact))
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
