//! What changed, and why.

use agent_bill_domain::money::NanoUsd;
use agent_bill_tools::compare::CompareResult;
use agent_bill_tools::model_drift::DriftResult;
use agent_bill_tools::spend::SpendResult;
use agent_bill_tools::unclaimed_principals::UnclaimedResult;

use agent_bill_model::Behaviour;

use super::super::display::{change, count, counted, freshness, percent, tokens, usd};
use super::super::frame::Frame;
use super::super::wording::{Say, list};
use super::spend::is_kind;
use super::{Results, empty, lines, notes};

pub fn say(frame: &Frame, results: &Results<'_>) -> Option<Say> {
    let compared = results.all::<CompareResult>("compare");
    let (_, first) = compared.first()?;
    if compared.len() == 1
        && let Some(reason) = &first.empty
    {
        return Some(empty(reason, &freshness(&first.current)));
    }
    let mut parts = Vec::new();
    for (_, result) in &compared {
        if let Some(reason) = &result.empty {
            parts.push(format!("{}: {}", super::capital(&result.scope), reason.explanation));
            continue;
        }
        if let Some(kind) = frame.token_kind {
            parts.push(format!(
                "Taking {kind} to mean {kind} tokens, {}: {} in {} against {} in {}.",
                result.scope,
                tokens(result.current_tokens.get(kind)),
                result.current.label,
                tokens(result.previous_tokens.get(kind)),
                result.previous.label
            ));
            parts.extend(by_model(frame, results, &result.scope));
            parts.push(format!("All spend went {}.", movement(result)));
        } else {
            parts.push(headline(result));
        }
        parts.extend(drivers(result, 5));
        parts.push(effects(result));
        parts.push(notes(&result.notes));
    }
    if frame.token_kind.is_some() {
        parts.push("The bill shows tokens and cost, not prompts, so I cannot say what was asked of the models.".to_owned());
    }
    parts.push(freshness(&first.current));
    let behaviour = if frame.token_kind.is_some() { Behaviour::Assume } else { Behaviour::Answer };
    Some(Say::new(behaviour, lines(parts)))
}

fn headline(result: &CompareResult) -> String {
    format!(
        "{}: {} in {}, {}, compared with {}.",
        super::capital(&result.scope),
        usd(result.current_usd),
        result.current.label,
        movement(result),
        result.previous.label
    )
}

/// `up $200 (12 %) from $1,000`.
fn movement(result: &CompareResult) -> String {
    let share = result.change_percent.map(|value| format!(" ({})", percent(value))).unwrap_or_default();
    format!("{}{share} from {}", change(result.change_usd), usd(result.previous_usd))
}

fn drivers(result: &CompareResult, most: usize) -> Vec<String> {
    let moved = result.drivers.iter().filter(|driver| driver.change_usd.0 != 0).take(most);
    moved
        .map(|driver| {
            format!("- {}: {} (from {} to {})", driver.name, change(driver.change_usd), usd(driver.previous_usd), usd(driver.current_usd))
        })
        .collect()
}

fn effects(result: &CompareResult) -> String {
    if result.change_usd.0 == 0 {
        return String::new();
    }
    let effects = [
        ("volume", result.effects.volume_usd),
        ("mix of models and token types", result.effects.mix_usd),
        ("prices", result.effects.rate_usd),
    ];
    let told: Vec<String> = effects
        .iter()
        .filter(|(_, amount)| amount.abs() >= NanoUsd::from_cents(1))
        .map(|(name, amount)| format!("{name} {}", change(*amount)))
        .collect();
    if told.is_empty() { String::new() } else { format!("Of the change: {}.", told.join(", ")) }
}

/// The models behind one kind of token.
fn by_model(frame: &Frame, results: &Results<'_>, scope: &str) -> Vec<String> {
    let Some(kind) = frame.token_kind else { return Vec::new() };
    let spent = results.all::<SpendResult>("spend");
    let rows = spent
        .iter()
        .filter(|(_, result)| result.scope == scope)
        .flat_map(|(_, result)| &result.rows)
        .filter(|row| is_kind(&row.name, kind) && !row.sub_name.is_empty());
    rows.take(5).map(|row| format!("- {}: {} {kind} tokens, {}", row.sub_name, tokens(row.tokens.get(kind)), usd(row.spend_usd))).collect()
}

/// Exactly as many bullets as were asked for, as far as there is something to say.
pub fn bullets(frame: &Frame, results: &Results<'_>) -> Option<Say> {
    let result: CompareResult = results.one("compare")?;
    if let Some(reason) = &result.empty {
        return Some(empty(reason, &freshness(&result.current)));
    }
    let mut all = Vec::new();
    let lead: Vec<String> = result
        .drivers
        .iter()
        .filter(|driver| driver.change_usd.0 != 0)
        .take(2)
        .map(|driver| format!("{} {}", driver.name, change(driver.change_usd)))
        .collect();
    let lead = if lead.is_empty() { String::new() } else { format!(" Largest: {}.", lead.join(", ")) };
    all.push(format!("- Spend: {}{lead}", headline(&result)));
    if let Some(drift) = results.one::<DriftResult>("model_drift") {
        let mut models: Vec<String> = drift.rows.iter().map(|row| row.model.clone()).collect();
        models.dedup();
        all.push(if drift.findings_count == 0 {
            format!("- Unapproved models: none in {}.", drift.period.label)
        } else {
            format!("- Unapproved models: {}, {} ({}).", counted(drift.findings_count, "finding"), usd(drift.total_usd), list(&models))
        });
    }
    if let Some(unclaimed) = results.one::<UnclaimedResult>("unclaimed_principals") {
        let names: Vec<String> = unclaimed.rows.iter().map(|row| row.name.clone()).collect();
        all.push(if unclaimed.principals_count == 0 {
            "- Unclaimed roles: none in your scope.".to_owned()
        } else {
            format!("- Unclaimed roles: {}, {} ({}).", count(unclaimed.principals_count), usd(unclaimed.total_usd), list(&names))
        });
    }
    all.extend(Some(effects(&result)).filter(|text| !text.is_empty()).map(|text| format!("- {text}")));
    all.extend(drivers(&result, 5));
    all.truncate(frame.bullets.unwrap_or(3).max(1));
    all.push(freshness(&result.current));
    Some(Say::new(Behaviour::Answer, lines(all)))
}
