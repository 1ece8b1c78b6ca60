//! Decisions on models. Approved is not implemented: both are said.

use agent_bill_domain::catalog::DecisionState;
use agent_bill_domain::permission::Action;
use agent_bill_tools::model_catalog::{CatalogResult, DecisionRow, PendingRow};

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::super::display::{count, date};
use super::super::frame::{Frame, Topic};
use super::super::wording::{Say, list, may};
use super::{inner, lines, notes, sentence};

const MOST_ROWS: usize = 12;
const MOST_PLACES: usize = 6;

pub fn say(frame: &Frame, result: Option<&CatalogResult>, briefing: &Briefing) -> Option<Say> {
    let result = result?;
    let mut parts = Vec::new();
    let asked_one = frame.topic == Some(Topic::ModelState) || result.never_decided;
    if result.rows.is_empty() && (result.pending.is_empty() || asked_one) {
        parts.push(nothing(frame, result, briefing));
        parts.push(result.empty.as_ref().map(|empty| empty.explanation.clone()).unwrap_or_default());
        parts.extend(pending(result));
    } else {
        parts.push(headline(frame, result));
        parts.extend(listed(frame, result));
        if result.rows_left_out_count > 0 {
            parts.push(format!("- {} more decisions", count(result.rows_left_out_count)));
        }
        parts.extend(pending(result));
    }
    if frame.show == Some("agentic") {
        parts.push("This is what was approved, not live IAM, which I do not read. By default a role's agentic policy denies calls that come through the AWS MCP service; that Deny does not cover calls made directly with the role's credentials.".to_owned());
    }
    parts.push(if result.next_step.is_empty() { String::new() } else { format!("Next: {}", sentence(&result.next_step)) });
    // What nobody decided is said already.
    if !result.never_decided {
        parts.push(notes(&result.notes));
    }
    Some(Say::new(Behaviour::Answer, lines(parts)))
}

/// One model in detail; of several, one line for each with the accounts below it.
fn listed(frame: &Frame, result: &CatalogResult) -> Vec<String> {
    if frame.topic == Some(Topic::ModelState) || result.rows.len() <= 3 {
        return result.rows.iter().take(MOST_ROWS).map(|row| line(row, frame.topic == Some(Topic::ModelState))).collect();
    }
    let mut models: Vec<&str> = Vec::new();
    for row in &result.rows {
        if !models.contains(&row.model.as_str()) {
            models.push(&row.model);
        }
    }
    let mut shown: Vec<String> = models.iter().take(MOST_ROWS).map(|model| grouped(model, result)).collect();
    if models.len() > MOST_ROWS {
        shown.push("- further models are not listed; ask for one by name".to_owned());
    }
    shown
}

fn grouped(model: &str, result: &CatalogResult) -> String {
    let rows = result.rows.iter().filter(|row| row.model == model);
    let mut places: Vec<String> = rows
        .map(|row| {
            let state = if row.state == DecisionState::Approved { String::new() } else { format!("{} ", state(row)) };
            let agentic =
                if row.action_scope_label.contains("inference only") { String::new() } else { format!(", {}", row.action_scope_label) };
            let open = match (row.implemented, row.waiting_days) {
                (true, _) => String::new(),
                (false, Some(days)) => format!(", not implemented yet, waiting {} days", count(days)),
                (false, None) => ", not implemented yet".to_owned(),
            };
            format!("{state}{} {} ({}{agentic}{open})", row.account, row.region, row.route_label)
        })
        .collect();
    places.dedup();
    let more = if places.len() > MOST_PLACES { "; and more" } else { "" };
    places.truncate(MOST_PLACES);
    format!("- {model}: {}{more}", places.join("; "))
}

fn pending(result: &CatalogResult) -> Vec<String> {
    let line = |row: &PendingRow| {
        format!("- {}: no decision yet, first seen {}{}", row.model, date(row.first_seen), if row.in_use { ", in use" } else { "" })
    };
    result.pending.iter().take(8).map(line).collect()
}

fn nothing(frame: &Frame, result: &CatalogResult, briefing: &Briefing) -> String {
    let model = result.model.as_deref().unwrap_or("that model");
    if result.never_decided || frame.topic == Some(Topic::ModelState) {
        let no = if frame.asks_who {
            "Nobody: "
        } else if frame.polar {
            "No: "
        } else {
            ""
        };
        let known = if may(briefing, Action::DecideModel) {
            "no decision is on record there, so it was never approved and there is no rationale"
        } else {
            "it is not approved for use in your scope"
        };
        return if no.is_empty() { format!("{model}: {known}.") } else { format!("{no}{known} ({model}).") };
    }
    match result.show.as_str() {
        "agentic" => "No role has an approved agentic scope.".to_owned(),
        "not_implemented" => "Every approved scope is implemented.".to_owned(),
        "usable" | "approved" => "No model is approved there for your scope.".to_owned(),
        _ => "No such decision is on record.".to_owned(),
    }
}

fn headline(frame: &Frame, result: &CatalogResult) -> String {
    if frame.topic == Some(Topic::ModelState)
        && let Some(model) = &result.model
    {
        let allowed = || result.rows.iter().filter(|row| row.state != DecisionState::Blocked && !row.overruled);
        let usable = allowed().any(|row| row.implemented);
        let approved = allowed().any(|row| row.state == DecisionState::Approved);
        let word = match (frame.polar, usable, approved) {
            (false, _, _) => "",
            (true, true, _) => "Yes, within what was decided: ",
            (true, false, true) => "Approved, but not implemented yet: ",
            (true, false, false) => "No: ",
        };
        let missing = if result.never_decided { ", none of them for the account or Region you named" } else { "" };
        return super::capital(&format!("{word}decisions on {model} as of {}{missing}:", date(result.as_of_date)));
    }
    let what = match result.show.as_str() {
        "usable" => "Models usable in your scope",
        "approved" => "Approved",
        "restricted" => "Restricted",
        "blocked" => "Blocked",
        "pending" => "Waiting for a decision",
        "not_implemented" => "Approved but not implemented yet",
        "agentic" => "Approved agentic scopes",
        _ => "Decisions",
    };
    format!("{what} as of {}:", date(result.as_of_date))
}

const fn state(row: &DecisionRow) -> &'static str {
    match row.state {
        DecisionState::Approved => "approved",
        DecisionState::Restricted => "restricted",
        DecisionState::Blocked => "blocked",
    }
}

pub fn line(row: &DecisionRow, with_reason: bool) -> String {
    let state = state(row);
    let only = if row.restricted_to.is_empty() { String::new() } else { format!(" to {}", list(&row.restricted_to)) };
    let built = match (row.implemented_on, row.waiting_days) {
        _ if row.overruled => "not to be used, a block covers it".to_owned(),
        (Some(day), _) => format!("implemented {}", date(day)),
        (None, Some(days)) => format!("not implemented yet, waiting {} days", count(days)),
        (None, None) if row.implemented => "implemented".to_owned(),
        (None, None) => "not implemented yet".to_owned(),
    };
    let reason = if with_reason {
        let why = match (row.rationale_withheld, row.rationale.is_empty()) {
            (true, _) => String::new(),
            (false, true) => ": no rationale recorded".to_owned(),
            (false, false) => format!(": {}", inner(&row.rationale)),
        };
        format!("; decided by {} on {}{why}", row.decided_by, date(row.decided_on))
    } else {
        String::new()
    };
    format!(
        "- {}: {state}{only} in {}, {}, {}, {}; {built}{reason}",
        row.model, row.account, row.region, row.route_label, row.action_scope_label
    )
}
