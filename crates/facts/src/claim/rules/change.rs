//! Rose or fell, against the sign of the change that the sentence cites.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::claim::names::is_time;
use crate::claim::sentence::{Citation, Sentence};
use crate::declare::Kind;
use crate::evaluate::quantity;
use crate::fact::Fact;
use crate::formula::{Expression, Function, Operator};
use crate::sheet::Sheet;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    let words: Vec<(usize, bool)> = ["up", "down"]
        .into_iter()
        .flat_map(|class| sentence.cues_of(class).map(move |cue| (cue.at, class == "up")))
        .filter(|(at, _)| !sentence.negated(*at))
        .collect();
    let mut shown = false;
    for (at, says_up) in &words {
        if words.iter().any(|(other, up)| up != says_up && other.abs_diff(*at) <= 2) {
            continue;
        }
        let apart = |citation: &Citation<'_>| {
            let (from, to) = (citation.token.min(*at), citation.token.max(*at));
            sentence.mentions.iter().any(|mention| mention.at > from && mention.at < to)
        };
        let reach = |citation: &Citation<'_>| {
            change(citation, claim.sheet).is_some() && citation.token.abs_diff(*at) <= 12 && (citation.token > *at || !apart(citation))
        };
        // The change behind the word, before one in front of it.
        let behind =
            sentence.citations.iter().find(|citation| citation.token > *at && reach(citation) && !cut(sentence, *at, citation.token));
        let cited = behind.or_else(|| sentence.nearest(*at, reach));
        let truth = cited
            .and_then(|citation| change(citation, claim.sheet))
            .or_else(|| from_to(sentence, *at))
            .or_else(|| of_row(sentence, *at))
            .or_else(|| of_name(claim, *at))
            .or_else(|| of_whole(claim));
        let Some(truth) = truth.filter(|truth| !truth.is_zero()) else { continue };
        shown = true;
        if (truth > Decimal::ZERO) != *says_up {
            return Err(format!("the record says that it {}", if *says_up { "fell" } else { "rose" }));
        }
    }
    Ok(shown)
}

fn cut(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    sentence.tokens.iter().skip(from).take(to.saturating_sub(from)).any(|token| token.word == ";")
}

/// The later value less the earlier one, where the citation is such a difference.
pub fn change(citation: &Citation<'_>, sheet: &Sheet) -> Option<Decimal> {
    let number = citation.number?;
    match (&citation.formula, citation.facts.as_slice()) {
        (None, [fact]) => fact.figure.filter(|figure| figure.kind == Kind::Change).map(|_| number),
        (Some(formula), _) => {
            let (inner, number) = unsigned(formula, sheet, number)?;
            if let Expression::Field(reference) = inner {
                let fact = sheet.fact(&reference.id, &reference.names()).ok()?;
                return fact.figure.filter(|figure| figure.kind == Kind::Change).map(|_| number);
            }
            Some(if order(inner, sheet)? { number } else { -number })
        }
        _ => None,
    }
}

/// What `abs(…)` or a minus takes the sign from, with its sign.
fn unsigned<'e>(formula: &'e Expression, sheet: &Sheet, number: Decimal) -> Option<(&'e Expression, Decimal)> {
    let inner = match formula {
        Expression::Call(Function::Absolute, arguments) => arguments.first()?,
        Expression::Negative(inner) => inner,
        own => return Some((own, number)),
    };
    Some((inner, inner.evaluate(sheet).ok()?.number))
}

/// Whether a formula takes the earlier value from the later one; `None` where it is no difference of two periods.
fn order(formula: &Expression, sheet: &Sheet) -> Option<bool> {
    match formula {
        Expression::Binary(Operator::Minus, left, right) => {
            let period = |side: &Expression| side.facts(sheet).iter().find_map(Fact::period);
            let (later, earlier) = (period(left)?, period(right)?);
            if later == earlier { None } else { Some(later.from > earlier.from || later.from == earlier.from && later.to > earlier.to) }
        }
        Expression::Call(Function::Percentage, arguments) => order(arguments.first()?, sheet),
        Expression::Binary(Operator::Over | Operator::Times, left, _) => order(left, sheet),
        _ => None,
    }
}

/// The latest less the earliest of figures of one kind and subject.
fn series(citations: &[&Citation<'_>]) -> Option<Decimal> {
    let facts: Vec<&Fact<'_>> = citations.iter().filter_map(|citation| citation.facts.first()).collect();
    let first = facts.first()?;
    let alike =
        facts.iter().all(|fact| fact.figure == first.figure && (fact.subject() == first.subject() || fact.period() != first.period()));
    let earliest = facts.iter().min_by_key(|fact| fact.period().map(|span| span.from))?;
    let latest = facts.iter().max_by_key(|fact| fact.period().map(|span| span.from))?;
    let value = |fact: &Fact<'_>| quantity(fact.clone()).ok().map(|quantity| quantity.number);
    if alike && earliest.period()? != latest.period()? { Some(value(latest)? - value(earliest)?) } else { None }
}

/// The change of a thing that is only named.
fn of_name(claim: &Claim<'_, '_>, at: usize) -> Option<Decimal> {
    if claim.cites_value() || claim.sentence.has("hedge") {
        return None;
    }
    let named = claim.sentence.mentions.iter().min_by_key(|mention| mention.at.abs_diff(at))?;
    let row =
        claim.known.iter().find(|fact| fact.is_compared() && fact.row().is_some() && fact.subject().contains(&named.name.as_str()))?;
    quantity(row.sibling("change_usd")?).ok().map(|quantity| quantity.number)
}

/// From the first to the last row of a list of months, of what the sentence measures.
fn of_months(claim: &Claim<'_, '_>) -> Option<Decimal> {
    let spend = |fact: &&Fact<'_>| fact.figure.is_some_and(|figure| figure.measure == "spend");
    let said = |fact: &&Fact<'_>| {
        fact.figure.is_some_and(|figure| figure.measure.ends_with("tokens") && claim.sentence.has(&format!("measure {}", figure.measure)))
    };
    let in_months =
        |fact: &&Fact<'_>| fact.row().is_some() && fact.subject().iter().all(|name| is_time(name)) && fact.period() != fact.main_period();
    let first = claim.known.iter().filter(in_months).find(said).or_else(|| claim.known.iter().filter(in_months).find(spend))?;
    let mut rows = first.beside();
    rows.sort_by_key(|fact| fact.period().map(|span| span.from));
    // A month that still runs has not risen or fallen yet.
    rows.retain(|fact| fact.finality() != Some("open") && fact.period().is_some_and(|span| span.to < claim.context.today));
    let value = |fact: &Fact<'_>| quantity(fact.clone()).ok().map(|quantity| quantity.number);
    (rows.len() > 1).then(|| Some(value(rows.last()?)? - value(rows.first()?)?))?
}

/// The change of the whole, where nothing is named and all comparisons of the turn go one way.
fn of_whole(claim: &Claim<'_, '_>) -> Option<Decimal> {
    let sentence = claim.sentence;
    let is_said = !sentence.text.trim_start().starts_with('|') && !sentence.has("hedge") && !claim.cites_value();
    if !is_said || !sentence.mentions.iter().all(|mention| claim.known.iter().any(|fact| fact.scope() == Some(mention.name.as_str()))) {
        return None;
    }
    let whole = claim.known.iter().filter(|fact| fact.pointer == "/change_usd");
    let mut changes: Vec<Decimal> = whole.filter_map(|fact| quantity(fact.clone()).ok()).map(|quantity| quantity.number).collect();
    if changes.is_empty() {
        changes.extend(of_months(claim));
    }
    let first = *changes.first()?;
    changes.iter().all(|change| change.is_sign_negative() == first.is_sign_negative()).then_some(first)
}

/// The change of the row whose value is cited behind the word: "dropped to {…}".
fn of_row(sentence: &Sentence<'_>, at: usize) -> Option<Decimal> {
    let cited = sentence.values().find(|citation| citation.token > at && citation.token - at <= 4 && citation.formula.is_none())?;
    let fact = cited.facts.first().filter(|fact| fact.is_compared())?;
    quantity(fact.sibling("change_usd")?).ok().map(|quantity| quantity.number)
}

/// `from x to y` of one thing: the later less the earlier, by their periods.
fn from_to(sentence: &Sentence<'_>, at: usize) -> Option<Decimal> {
    let single = |citation: &&Citation<'_>| citation.formula.is_none() && citation.token.abs_diff(at) <= 14;
    let mut two: Vec<&Citation<'_>> = sentence.values().filter(single).collect();
    two.sort_by_key(|citation| citation.token.abs_diff(at));
    // "Rising: {…}, {…}, {…}": from the earliest to the latest.
    if two.len() > 2 {
        return series(&two);
    }
    let (one, other) = (two.first()?.facts.first()?, two.get(1)?.facts.first()?);
    let alike = one
        .figure
        .zip(other.figure)
        .is_some_and(|(one, other)| one.measure == other.measure && one.unit == other.unit && one.kind == other.kind);
    let (first, second) = (one.period()?, other.period()?);
    if !alike || first == second || two.len() > 2 {
        return None;
    }
    let value = |fact: &Fact<'_>| quantity(fact.clone()).ok().map(|quantity| quantity.number);
    let difference = value(other)? - value(one)?;
    Some(if second.from >= first.from { difference } else { -difference })
}
