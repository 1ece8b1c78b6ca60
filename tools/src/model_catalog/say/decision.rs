//! One decision, or those on one model, in a line.

use agent_bill_domain::catalog::DecisionState;

use super::{Decision, DecisionRow};
use crate::say::{Cite, inner, listed};

const MOST_PLACES: usize = 6;

/// The decisions on each model, in the order in which models appear.
pub(super) fn models<'r, 'n>(rows: &'r [Decision<'n>]) -> Vec<Vec<&'r Decision<'n>>> {
    let mut models: Vec<Vec<&Decision<'_>>> = Vec::new();
    for row in rows {
        match models.iter_mut().find(|known| known.first().is_some_and(|first| first.model == row.model)) {
            Some(known) => known.push(row),
            None => models.push(vec![row]),
        }
    }
    models
}

pub(super) const fn state(row: &DecisionRow) -> &'static str {
    match row.state {
        DecisionState::Approved => "approved",
        DecisionState::Restricted => "restricted",
        DecisionState::Blocked => "blocked",
    }
}

/// ` to Checkout Service`
pub(super) fn only(row: &Decision<'_>) -> String {
    if row.restricted_to.is_empty() { String::new() } else { format!(" to {}", listed(row, "restricted_to", &row.restricted_to)) }
}

fn waiting(row: &Decision<'_>) -> String {
    match row.waiting_days {
        Some(_) => format!("not implemented yet, waiting {}", row.cite("waiting_days")),
        None => "not implemented yet".to_owned(),
    }
}

pub(super) fn grouped(of_model: &[&Decision<'_>]) -> String {
    let mut places: Vec<String> = of_model.iter().map(|row| place(row)).collect();
    places.dedup();
    let more = if places.len() > MOST_PLACES { "; and more" } else { "" };
    places.truncate(MOST_PLACES);
    let model = of_model.first().map(|row| row.cite("model")).unwrap_or_default();
    format!("{model}: {}{more}", places.join("; "))
}

fn place(row: &Decision<'_>) -> String {
    let state = if row.state == DecisionState::Approved { String::new() } else { format!("{} ", state(row)) };
    let agentic = if row.action_scope_label.contains("inference only") { String::new() } else { format!(", {}", row.action_scope_label) };
    let open = if row.implemented { String::new() } else { format!(", {}", waiting(row)) };
    format!("{state}{} {} ({}{agentic}{open})", row.cite("account"), row.cite("region"), row.route_label)
}

pub(super) fn line(row: &Decision<'_>, with_reason: bool) -> String {
    let built = match row.implemented_on {
        _ if row.overruled => "not to be used, a block covers it".to_owned(),
        Some(_) => format!("implemented {}", row.cite("implemented_on")),
        None if row.implemented => "implemented".to_owned(),
        None => waiting(row),
    };
    let why = match (row.rationale_withheld, row.rationale.is_empty()) {
        (true, _) => String::new(),
        (false, true) => ": no rationale recorded".to_owned(),
        (false, false) => format!(": {}", inner(&row.rationale)),
    };
    let reason =
        if with_reason { format!("; decided by {} on {}{why}", row.cite("decided_by"), row.cite("decided_on")) } else { String::new() };
    format!(
        "{}: {}{} in {}, {}, {}, {}; {built}{reason}",
        row.cite("model"),
        state(row),
        only(row),
        row.cite("account"),
        row.cite("region"),
        row.route_label,
        row.action_scope_label
    )
}
