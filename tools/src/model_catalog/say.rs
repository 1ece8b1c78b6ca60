//! Decisions on models, in words. Approved is not implemented: both are said.

mod decision;

use agent_bill_domain::catalog::DecisionState;

use super::{CatalogResult, DecisionRow, PendingRow};
use crate::say::{Asked, Aspect, Cite, Noted, Page, Row, Said, Table, counted, in_words, notes, sentence};

const MOST_ROWS: usize = 12;
const MOST_PENDING: usize = 8;
/// Up to so many decisions are told one by one, more are grouped by their model.
const MOST_ALONE: usize = 3;

const AGENTIC: &str = "This is what was approved, not live IAM, which I do not read. By default a role's agentic policy denies calls that come \
     through the AWS MCP service; that Deny does not cover calls made directly with the role's credentials.";

type Catalog = Noted<CatalogResult>;
type Decision<'n> = Row<'n, DecisionRow>;

pub(super) fn say(asked: &Asked, results: &[Catalog]) -> Option<Said> {
    let catalog = results.first()?;
    let rows = catalog.rows("rows", &catalog.rows);
    let asks_one = asked.aspect == Aspect::OneModel || catalog.never_decided;
    let mut page = if rows.is_empty() && (catalog.pending.is_empty() || asks_one) {
        nothing(asked, catalog)
    } else if let (Aspect::OneModel, Some(_)) = (asked.aspect, &catalog.model) {
        one_model(catalog, &rows)
    } else {
        several(catalog, &rows)
    };
    if catalog.rows_left_out_count > 0 {
        page.rows.push(format!("{} more decisions", catalog.cite("rows_left_out_count")));
    }
    page.rows.extend(catalog.rows("pending", &catalog.pending).iter().take(MOST_PENDING).map(pending));
    page.table = Some(table(&rows));
    if catalog.show == "agentic" {
        page.more.push(AGENTIC.to_owned());
    }
    // What may be used as it was asked for leaves nothing to do.
    if page.verdict != Some(true) {
        page.next = Page::next_step(&catalog.next_step);
    }
    // What nobody decided is said already.
    if !catalog.never_decided {
        page.end.push(notes(&catalog.notes));
    }
    Some(page.said(asked))
}

fn pending(row: &Row<'_, PendingRow>) -> String {
    format!("{}: no decision yet, first seen {}{}", row.cite("model"), row.cite("first_seen"), if row.in_use { ", in use" } else { "" })
}

/// No decision of the kind that was asked for.
fn nothing(asked: &Asked, catalog: &Catalog) -> Page {
    let reason = catalog.empty.as_ref().map(|empty| sentence(&empty.explanation)).unwrap_or_default();
    let more = vec![reason];
    if catalog.never_decided || asked.aspect == Aspect::OneModel {
        let known = if asked.asker.decides_models {
            "no decision is on record there, so it was never approved and there is no rationale"
        } else {
            "it is not approved for use in your scope"
        };
        let model = if catalog.model.is_some() { catalog.cite("model") } else { "that model".to_owned() };
        let (lead, verdict) = match (asked.who, asked.polar) {
            (true, _) => (format!("nobody: {known} ({model})."), None),
            (false, true) => (format!("{known} ({model})."), Some(false)),
            (false, false) => (format!("{model}: {known}."), Some(false)),
        };
        return Page { lead, verdict, more, ..Page::default() };
    }
    let lead = match catalog.show.as_str() {
        "agentic" => "no role has an approved agentic scope.",
        "not_implemented" => "every approved scope is implemented.",
        "usable" | "approved" => "no model is approved there for your scope.",
        _ => "no such decision is on record.",
    };
    Page { lead: lead.to_owned(), more, ..Page::default() }
}

/// Whether one model may be used, and by which decisions.
fn one_model(catalog: &Catalog, rows: &[Decision<'_>]) -> Page {
    let model = catalog.cite("model");
    let allowed: Vec<&Decision<'_>> = rows.iter().filter(|row| row.state != DecisionState::Blocked && !row.overruled).collect();
    let usable: Vec<&Decision<'_>> = allowed.iter().copied().filter(|row| row.implemented).collect();
    let approved = allowed.iter().any(|row| row.state == DecisionState::Approved);
    let missing = if catalog.never_decided { "; none of it is for the account or Region you named" } else { "" };
    let (verdict, said) = if let [first, ..] = usable.as_slice() {
        let restricted = usable.iter().all(|row| row.state == DecisionState::Restricted);
        let state = if restricted { "is restricted" } else { "is approved and implemented" };
        let only = if restricted { decision::only(first) } else { String::new() };
        (Some(!catalog.never_decided), format!("{model} {state}{only} in {}{missing}.", places(&usable)))
    } else if approved {
        (Some(false), format!("{model} is approved in {}, but not implemented yet{missing}.", places(&allowed)))
    } else {
        (Some(false), format!("{model} is not to be used{missing}."))
    };
    Page { lead: said, verdict, rows: rows.iter().take(MOST_ROWS).map(|row| decision::line(row, true)).collect(), ..Page::default() }
}

/// Accounts and Regions, each once.
fn places(rows: &[&Decision<'_>]) -> String {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for row in rows {
        let place = (row.account.as_str(), row.region.as_str());
        if !seen.contains(&place) {
            seen.push(place);
            told.push(format!("{} {}", row.cite("account"), row.cite("region")));
        }
    }
    in_words(&told)
}

fn several(catalog: &Catalog, rows: &[Decision<'_>]) -> Page {
    let models = decision::models(rows);
    let names: Vec<String> = models.iter().filter_map(|of_model| of_model.first()).map(|row| row.cite("model")).collect();
    let day = catalog.cite("as_of_date");
    let decisions = counted(&catalog.cite("decisions_count"), catalog.decisions_count, "decision");
    let lead = match catalog.show.as_str() {
        "usable" => format!("you may use {} (as of {day}).", in_words(&names)),
        "approved" => format!("approved as of {day}: {}.", in_words(&names)),
        "restricted" => format!("restricted as of {day}: {}.", in_words(&names)),
        "blocked" => format!("blocked as of {day}: {}.", in_words(&names)),
        "pending" => format!("waiting for a decision as of {day}:"),
        "not_implemented" => {
            let approvals = counted(&catalog.cite("decisions_count"), catalog.decisions_count, "approval");
            let verb = if catalog.decisions_count == 1 { "is" } else { "are" };
            format!("{approvals} {verb} not implemented yet as of {day}: {}.", in_words(&names))
        }
        "agentic" => format!("approved agentic scopes as of {day}: {}.", in_words(&names)),
        _ if rows.is_empty() => format!("nothing is decided as of {day}:"),
        _ => format!("{decisions} in force as of {day}, on {}.", in_words(&names)),
    };
    let mut page = Page { lead, number: Some(catalog.cite("decisions_count")), ..Page::default() };
    if rows.len() <= MOST_ALONE {
        page.rows = rows.iter().map(|row| decision::line(row, false)).collect();
        return page;
    }
    page.rows = models.iter().take(MOST_ROWS).map(|of_model| decision::grouped(of_model)).collect();
    if models.len() > MOST_ROWS {
        page.rows.push("further models are not listed; ask for one by name".to_owned());
    }
    page
}

fn table(rows: &[Decision<'_>]) -> Table {
    let cells = |row: &Decision<'_>| {
        let built = if row.implemented { "yes" } else { "not yet" };
        let named = [row.cite("model"), decision::state(row).to_owned(), row.cite("account"), row.cite("region")];
        named.into_iter().chain([built.to_owned()]).collect()
    };
    Table { head: vec!["Model", "State", "Account", "Region", "Implemented"], rows: rows.iter().map(cells).collect() }
}
