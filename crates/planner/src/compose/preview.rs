//! What a change by chat would look like. Nothing is ever written here; each preview says so, and how it is done today.

use agent_bill_tools::data_status::DataStatusResult;
use agent_bill_tools::estimate_status::EstimateStatusResult;
use agent_bill_tools::model_catalog::CatalogResult;
use agent_bill_tools::spend::SpendResult;
use agent_bill_tools::unclaimed_principals::UnclaimedResult;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::super::display::{date, freshness, usd};
use super::super::frame::{Frame, Write};
use super::super::wording::Say;
use super::{Results, catalog, estimate, lines, sentence, spend};

const UNWRITTEN: &str = "Nothing was written: changes by chat are not available yet.";

fn confirm(parts: Vec<String>) -> Option<Say> {
    Some(Say::new(Behaviour::Confirm, lines(parts)))
}

pub fn decide(frame: &Frame, results: &Results<'_>) -> Option<Say> {
    let state: CatalogResult = results.one("model_catalog")?;
    let model = state.model.clone().unwrap_or_else(|| "this model".to_owned());
    let account = frame.account.as_ref().map(|account| format!(" for {account}")).unwrap_or_default();
    let mut parts = vec![format!("Preview of a decision on {model}{account}. {UNWRITTEN}")];
    if state.rows.is_empty() {
        parts.push("In force today: no decision.".to_owned());
    } else {
        parts.push(format!("In force as of {}:", date(state.as_of_date)));
        parts.extend(state.rows.iter().take(6).map(|row| catalog::line(row, false)));
    }
    if let Some(used) = results.one::<SpendResult>("spend") {
        parts.push(match &used.empty {
            Some(reason) => format!("Affected use: {}", sentence(&reason.explanation)),
            None => format!("Affected use in {}: {}.", used.period.label, usd(used.total_usd)),
        });
        parts.extend(used.rows.iter().take(6).map(|row| {
            format!("- {}, {}: {}", row.name, if row.sub_name.is_empty() { "no workload" } else { &row.sub_name }, usd(row.spend_usd))
        }));
        parts.push(freshness(&used.period));
    }
    parts.push("To decide I would need your written rationale, then one Cloud Engineer task per account and Region follows. What is the rationale?".to_owned());
    confirm(parts)
}

pub fn request(frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Option<Say> {
    let state: CatalogResult = results.one("model_catalog")?;
    let model = state.model.clone().unwrap_or_else(|| "that model".to_owned());
    let mut parts = vec![if state.rows.is_empty() {
        format!("{} is not approved for your scope.", sentence(&model).trim_end_matches('.'))
    } else {
        format!("What is decided on {model} today:")
    }];
    parts.extend(state.rows.iter().take(6).map(|row| catalog::line(row, false)));
    let purpose = frame.names.first().map(|name| format!(" for {}", name.name)).unwrap_or_default();
    parts.push(format!("Draft request to the FinOps Lead: {} asks for {model}{purpose}, inference only; still open: account, Region, purpose and until when.", briefing.person));
    parts.push(format!("{UNWRITTEN} Send the draft to the FinOps Lead, who decides. {}", sentence(&state.next_step)));
    confirm(parts)
}

pub fn claim(results: &Results<'_>) -> Option<Say> {
    if let Some(status) = results.one::<DataStatusResult>("data_status") {
        let broken = status.walk.iter().find(|step| !step.ok && step.step != "claim" && step.step != "scope");
        let state = match broken {
            Some(step) => format!("The role cannot be claimed yet: {}", sentence(&step.detail)),
            None => "The role has billed usage, so it can be claimed unless it already is.".to_owned(),
        };
        let walk = status.walk.iter().map(|step| format!("- {}: {}", step.step.replace('_', " "), step.detail)).collect::<Vec<_>>();
        let mut parts = vec![format!("Preview of a claim. {UNWRITTEN}"), state];
        parts.extend(walk);
        parts.push("A claim is made by a Product Owner with the role and the workload it serves, effective from the day it is made; an operator records it with the `agent-bill` command line.".to_owned());
        return confirm(parts);
    }
    let unclaimed: UnclaimedResult = results.one("unclaimed_principals")?;
    let mut parts = vec![format!("Which role, and for which workload? {UNWRITTEN}")];
    if unclaimed.rows.is_empty() {
        parts.push("No unclaimed role is visible in your scope.".to_owned());
    } else {
        parts.push("Unclaimed in your scope:".to_owned());
        parts.extend(unclaimed.rows.iter().take(6).map(|row| format!("- {} (account {}): {}", row.name, row.account, usd(row.spend_usd))));
    }
    parts.push(sentence(&unclaimed.next_step));
    parts.push(freshness(&unclaimed.period));
    confirm(parts)
}

pub fn estimate(frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Option<Say> {
    let status = results.all::<EstimateStatusResult>("estimate_status");
    let shown = estimate::say(&Frame { polar: false, ..frame.clone() }, &status, briefing)?;
    let mut parts = vec![format!(
        "Preview of a changed estimate. {UNWRITTEN} The change would apply from this month on, and the old estimate stays in the history."
    )];
    parts.push("Today it stands like this:".to_owned());
    parts.push(shown.text);
    confirm(parts)
}

pub fn card(write: Write, frame: &Frame, results: &Results<'_>) -> Option<Say> {
    let shown = spend::say(frame, &results.all::<SpendResult>("spend"))?;
    let act = if write == Write::DisputeCard { "a dispute" } else { "an acceptance" };
    confirm(vec![
        format!("Preview of {act}. {UNWRITTEN} Weekly cards are not kept here yet; this is the spend that the card would rest on:"),
        shown.text,
        "Keep your reason in one sentence; the Portfolio Manager resolves disputes.".to_owned(),
    ])
}
