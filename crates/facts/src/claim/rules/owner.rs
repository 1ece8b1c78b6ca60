//! Who owns what: an unclaimed role belongs to nobody, and an owner is one that a result names.

use super::{Claim, Judged, Objection};
use crate::declare::Relation;
use crate::fact::Fact;

/// Somebody by name beside a row whose people are others.
fn stranger(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if ["advice", "hedge", "couldclaim"].iter().any(|class| sentence.has(class)) {
        return Ok(false);
    }
    // The asker may ask for something without being on its record.
    let of_act = ["owner", "measure committed on", "measure decided on"].iter().any(|class| sentence.has(class));
    let mut shown = false;
    for person in sentence.people.iter().filter(|person| person.name != claim.asker || of_act) {
        let near =
            sentence.citations.iter().filter(|citation| citation.token.abs_diff(person.at) <= 12).flat_map(|citation| &citation.facts);
        let cited: Vec<(Relation, &str)> = near.flat_map(Fact::related).collect();
        let named = sentence.mentions.iter().flat_map(|mention| rows_of(claim, &mention.name)).flatten();
        let related: Vec<(Relation, &str)> = if cited.is_empty() { named.collect() } else { cited.into_iter().chain(named).collect() };
        let known = related.iter().any(|(_, name)| *name == person.name);
        if !related.is_empty() && !known {
            return Err(format!("no result names {} there: cite the people of the row", person.name));
        }
        shown |= known;
    }
    Ok(shown)
}

/// "Nobody could claim …", of what somebody could.
fn nobody_could(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    let nobody = sentence.cues_of("absence").find(|no| {
        sentence.cues_of("couldclaim").any(|could| could.at > no.at && could.at - no.at <= 3 && !sentence.is_cut(no.at, could.at))
    });
    nobody.filter(|_| !sentence.is_question())?;
    let could = |name: &str, fact: &Fact<'_>| {
        fact.subject().contains(&name)
            && fact.related().iter().any(|(relation, _)| matches!(relation, Relation::CouldClaim | Relation::PointsTo))
    };
    let named = sentence.mentions.iter().find(|mention| claim.known.iter().any(|fact| could(&mention.name, fact)))?;
    Some(format!("the record names who could claim {}", named.name))
}

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    for cue in sentence.cues_of("owner") {
        let hedges = sentence.cues_of("couldclaim").chain(sentence.cues_of("hedge"));
        let hedged =
            hedges.into_iter().any(|other| other.at.abs_diff(cue.at) <= 5 && !sentence.is_cut(other.at.min(cue.at), other.at.max(cue.at)));
        // "Not claimed" is no "not owned".
        let of_claim = |at: usize| sentence.cues_of("unclaimed").any(|own| own.tokens > 1 && (own.at..own.at + own.tokens).contains(&at));
        let denials = sentence.cues_of("absence").chain(sentence.cues_of("negation"));
        let nobody = denials.filter(|other| !of_claim(other.at)).any(|other| other.at.abs_diff(cue.at) <= 5);
        if hedged || nobody {
            continue;
        }
        // `belongs to {c2.could_claim}`
        let cited = sentence.nearest(cue.at, |citation| {
            let (from, to) = (citation.token.min(cue.at), citation.token.max(cue.at));
            to - from <= 6 && !sentence.is_cut(from, to) && citation.facts.iter().any(|fact| fact.relation().is_some())
        });
        let relation = cited.and_then(|citation| citation.facts.iter().find_map(Fact::relation));
        if matches!(relation, Some(Relation::CouldClaim | Relation::PointsTo)) {
            return Err("who could claim it, or what it points to, does not own it".to_owned());
        }
        let belongs = sentence.has("unclaimed") && sentence.cues_of("belongs").any(|other| other.at == cue.at);
        if belongs {
            return Err("what is unclaimed belongs to nobody: it points to something".to_owned());
        }
        if relation.is_some() {
            continue;
        }
        let people = sentence.people.iter().filter(|person| person.at.abs_diff(cue.at) <= 8);
        let stranger = people.min_by_key(|person| person.at.abs_diff(cue.at)).filter(|person| !is_owner(claim, &person.name));
        if let Some(person) = stranger {
            return Err(format!("no result names {} as the owner: cite the owners of the row", person.name));
        }
    }
    stranger(claim)?;
    nobody_could(claim).or_else(|| beside_a_name(claim)).map_or(Ok(false), Err)
}

/// `HR Portal (Lena Fischer)`: read as its owner.
fn beside_a_name(claim: &Claim<'_, '_>) -> Option<Objection> {
    let sentence = claim.sentence;
    let said = |class: &str| sentence.has(class);
    if said("couldclaim") || said("hedge") || said("unclaimed") {
        return None;
    }
    for person in &sentence.people {
        let Some(thing) = sentence.mentions.iter().rfind(|mention| mention.at < person.at) else { continue };
        let opens = sentence.tokens.get(person.at.wrapping_sub(1)).is_some_and(|token| token.word == "(");
        let near = person.at - thing.at <= 8 && opens;
        let rows: Vec<Vec<(Relation, &str)>> = rows_of(claim, &thing.name);
        if near && !rows.is_empty() && !rows.iter().flatten().any(|(_, name)| *name == person.name) {
            return Some(format!("no result names {} beside {}", person.name, thing.name));
        }
    }
    None
}

fn rows_of<'s>(claim: &Claim<'_, 's>, name: &str) -> Vec<Vec<(Relation, &'s str)>> {
    let own = claim.known.iter().filter(|fact| fact.subject().contains(&name));
    own.map(|fact| fact.related()).filter(|related| !related.is_empty()).collect()
}

/// Whether the person owns something that the sentence or its context is about.
fn is_owner(claim: &Claim<'_, '_>, person: &str) -> bool {
    let names: Vec<&str> = claim.sentence.mentions.iter().map(|mention| mention.name.as_str()).collect();
    let owns = |fact: &Fact<'_>| fact.related().iter().any(|(relation, name)| *relation == Relation::Owns && *name == person);
    let all = claim.known;
    let mut named = all.iter().filter(|fact| fact.subject().iter().any(|name| names.contains(name))).peekable();
    if named.peek().is_some() { named.any(owns) } else { all.iter().any(owns) }
}
