//! Answers to which several tools have something to say.

use agent_bill_model::Behaviour;
use agent_bill_tools::compare::CompareResult;
use agent_bill_tools::estimate_status::EstimateStatusResult;
use agent_bill_tools::say::{Asked, Cite, Form, Noted, Said, freshness};

use super::super::wording::{Say, list};
use super::{Results, behaviour, lines};

/// In one sentence, as a part of the answer.
fn line(results: &Results<'_>, tool: &str) -> Option<Said> {
    results.said(tool, &Asked { form: Form::Line, part: true, polar: false, ..results.asked.clone() })
}

/// What changed; for one kind of token with the models behind it.
pub(super) fn movement(results: &Results<'_>) -> Option<Say> {
    let said = results.said("compare", &results.asked)?;
    let part = Asked { part: true, without_unclaimed: true, ..results.asked.clone() };
    let behind = results.said("spend", &part).filter(|_| results.asked.form == Form::Prose);
    let text = match (said.text.split_once('\n'), behind) {
        (Some((first, rest)), Some(behind)) => lines([first.to_owned(), behind.text, rest.to_owned()]),
        _ => said.text,
    };
    Some(Say::new(behaviour(said.kind), text))
}

/// Exactly as many bullets as were asked for, as far as there is something to say.
pub(super) fn changes(results: &Results<'_>) -> Option<Say> {
    let Form::Bullets(count) = results.asked.form else { return movement(results) };
    let compared: Noted<CompareResult> = results.one("compare")?;
    let all = results.said("compare", &Asked { form: Form::Bullets(usize::MAX), part: true, ..results.asked.clone() })?;
    let mut bullets = all.text.lines().map(str::to_owned);
    let watched = [("Unapproved models", "model_drift"), ("Unclaimed roles", "unclaimed_principals")]
        .into_iter()
        .filter_map(|(what, tool)| Some(format!("- {what}: {}", line(results, tool)?.text)));
    let kept: Vec<String> = bullets.next().into_iter().chain(watched).chain(bullets).take(count.max(1)).collect();
    let text = lines(kept.into_iter().chain([freshness(&compared, "current", &compared.current)]));
    Some(Say::new(behaviour(all.kind), text))
}

/// At most five lines: what needs attention, estimates, drift, unclaimed roles, freshness.
pub(super) fn health(results: &Results<'_>) -> Option<Say> {
    let estimates: Noted<EstimateStatusResult> = results.one("estimate_status")?;
    let mut open = Vec::new();
    let mut parts = Vec::new();
    for (what, tool) in
        [("Estimates", "estimate_status"), ("Unapproved models", "model_drift"), ("Unclaimed roles", "unclaimed_principals")]
    {
        let Some(said) = line(results, tool) else { continue };
        if said.sound == Some(false) {
            open.push(what.to_lowercase());
        }
        parts.push(format!("- {what}: {}", said.text));
    }
    let summary = format!("health summary of {}, {}", estimates.scope, estimates.cite("period.label"));
    let verdict = match open.as_slice() {
        [] => format!("Yes, as far as the records go ({summary})."),
        open => format!("Mostly, but {} need attention ({summary}).", list(open)),
    };
    let fresh = freshness(&estimates, "period", &estimates.period);
    Some(Say::new(Behaviour::Assume, lines([verdict].into_iter().chain(parts).chain([fresh]))))
}

/// What the period asked about shows, then the walk over the whole of it.
pub(super) fn diagnosis(results: &Results<'_>) -> Option<Say> {
    let walk = results.said("data_status", &results.asked)?;
    let spent = line(results, "spend").map(|said| said.text);
    Some(Say::new(behaviour(walk.kind), lines(spent.into_iter().chain([walk.text]))))
}
