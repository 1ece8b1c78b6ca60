//! Why something changed: by a driver or an effect of the comparison.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::declare::Kind;
use crate::evaluate::quantity;
use crate::fact::Fact;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() || sentence.has("hedge") || sentence.has("negation") {
        return Ok(false);
    }
    let Some(cue) = sentence.cues_of("cause").next() else { return Ok(false) };
    let of_change = |fact: &Fact<'_>| fact.row().is_some() && fact.sibling("change_usd").is_some();
    let named = claim.row_near(cue.at, |fact| {
        of_change(fact) && fact.figure.is_none_or(|figure| figure.kind == Kind::Change || figure.measure == "spend")
    });
    if let Some(driver) = named {
        let change = |fact: Option<Fact<'_>>| fact.and_then(|fact| quantity(fact).ok()).map(|quantity| quantity.number);
        let whole = claim.known.iter().find(|fact| fact.result == driver.result && fact.pointer == "/change_usd");
        let Some((own, whole)) = change(driver.sibling("change_usd")).zip(change(whole.cloned())) else { return Ok(false) };
        let main = own * whole > Decimal::ZERO && own.abs() * Decimal::from(5) >= whole.abs();
        return if main { Ok(true) } else { Err(format!("{} is no main part of the change", driver.subject().join(", "))) };
    }
    let speaks_of_change = ["up", "down"].iter().any(|class| sentence.has(class));
    let cites = sentence.values().next().is_some() || !sentence.mentions.is_empty();
    if speaks_of_change && !cites {
        return Err("a cause is a driver or an effect that a result names: cite it, or ask".to_owned());
    }
    Ok(false)
}
