//! What a change by chat would look like. Nothing is ever written here; each preview says so, and how it is done today.

use agent_bill_tools::data_status::DataStatusResult;
use agent_bill_tools::model_catalog::CatalogResult;
use agent_bill_tools::say::{Asked, Cite, Form, Noted};
use agent_bill_tools::unclaimed_principals::UnclaimedResult;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::super::frame::{Frame, Write};
use super::super::wording::Say;
use super::{Results, lines};

const UNWRITTEN: &str = "Nothing was written: changes by chat are not available yet.";

fn confirm(parts: impl IntoIterator<Item = String>) -> Option<Say> {
    Some(Say::new(Behaviour::Confirm, lines(parts)))
}

/// What a tool says of the state today: no yes or no, whatever the question looked like.
fn today(results: &Results<'_>, tool: &str, part: bool) -> Option<String> {
    let asked = Asked { form: Form::Prose, polar: false, rank: None, part, ..results.asked.clone() };
    results.said(tool, &asked).map(|said| said.text)
}

fn model(catalog: &Noted<CatalogResult>) -> String {
    if catalog.model.is_some() { catalog.cite("model") } else { "this model".to_owned() }
}

pub fn decide(frame: &Frame, results: &Results<'_>) -> Option<Say> {
    let catalog: Noted<CatalogResult> = results.one("model_catalog")?;
    let account = frame.account.as_ref().map(|account| format!(" for {account}")).unwrap_or_default();
    let used = today(results, "spend", false).map(|text| format!("Affected use: {text}")).unwrap_or_default();
    confirm([
        format!("Preview of a decision on {}{account}. {UNWRITTEN}", model(&catalog)),
        format!("Today: {}", today(results, "model_catalog", true)?),
        used,
        "To decide I would need your written rationale, then one Cloud Engineer task per account and Region follows. What is the rationale?".to_owned(),
    ])
}

pub fn request(frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Option<Say> {
    let catalog: Noted<CatalogResult> = results.one("model_catalog")?;
    let purpose = frame.names.first().map(|name| format!(" for {}", name.name)).unwrap_or_default();
    let draft = format!(
        "Draft request to the FinOps Lead: {} asks for {}{purpose}, inference only; still open: account, Region, purpose and until when.",
        briefing.person,
        model(&catalog)
    );
    confirm([
        today(results, "model_catalog", true)?,
        draft,
        format!("{UNWRITTEN} Send the draft to the FinOps Lead, who decides. {}", catalog.next_step),
    ])
}

pub fn claim(results: &Results<'_>) -> Option<Say> {
    if let Some(status) = results.one::<DataStatusResult>("data_status") {
        let broken = status.walk.iter().find(|step| !step.ok && step.step != "claim" && step.step != "scope");
        let state = match broken {
            Some(step) => format!("The role cannot be claimed yet: {}.", step.detail.trim_end_matches('.')),
            None => "The role has billed usage, so it can be claimed unless it already is.".to_owned(),
        };
        let walk = today(results, "data_status", true)?;
        let steps = walk.lines().filter(|line| line.starts_with("- ")).map(str::to_owned);
        let how = "A claim is made by a Product Owner with the role and the workload it serves, effective from the day it is made; an operator records it with the `agent-bill` command line.";
        return confirm([format!("Preview of a claim. {UNWRITTEN}"), state].into_iter().chain(steps).chain([how.to_owned()]));
    }
    let unclaimed: Noted<UnclaimedResult> = results.one("unclaimed_principals")?;
    let seen = if unclaimed.rows.is_empty() {
        "No unclaimed role is visible in your scope.".to_owned()
    } else {
        today(results, "unclaimed_principals", false)?
    };
    confirm([format!("Which role, and for which workload? {UNWRITTEN}"), seen])
}

pub fn estimate(results: &Results<'_>) -> Option<Say> {
    confirm([
        format!(
            "Preview of a changed estimate. {UNWRITTEN} The change would apply from this month on, and the old estimate stays in the history."
        ),
        format!("Today it stands like this: {}", today(results, "estimate_status", false)?),
    ])
}

pub fn card(write: Write, results: &Results<'_>) -> Option<Say> {
    let act = if write == Write::DisputeCard { "a dispute" } else { "an acceptance" };
    confirm([
        format!("Preview of {act}. {UNWRITTEN} Weekly cards are not kept here yet; this is the spend that the card would rest on:"),
        today(results, "spend", false)?,
        "Keep your reason in one sentence; the Portfolio Manager resolves disputes.".to_owned(),
    ])
}
