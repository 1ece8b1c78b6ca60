//! Roles that nobody claimed, in words: how many and what they spent, each with what points to its owner, and how to claim it.

use super::{UnclaimedResult, UnclaimedRow};
use crate::empty::EmptyReason;
use crate::say::{
    Asked, Cite, Kind, Noted, Page, Rank, Row, Said, Table, capital, counted, during, freshness, in_words, inner, listed, notes, sentence,
    unlisted,
};
use crate::view::VisibleBecause;

const MOST_ROWS: usize = 10;
/// Names in the first sentence.
const MOST_NAMES: usize = 3;

type Unclaimed = Noted<UnclaimedResult>;

pub(super) fn say(asked: &Asked, results: &[Unclaimed]) -> Option<Said> {
    let first = results.first()?;
    let found: Vec<&Unclaimed> = results.iter().filter(|unclaimed| !unclaimed.rows.is_empty()).collect();
    let mut page = match found.as_slice() {
        [] => nothing(first),
        found => some(asked, found),
    };
    page.end = vec![notes(&first.notes), freshness(first, "period", &first.period)];
    page.end.retain(|text| !text.is_empty());
    Some(page.said(asked))
}

fn nothing(first: &Unclaimed) -> Page {
    match &first.empty {
        Some(empty) if !matches!(empty.reason, EmptyReason::TrueZero | EmptyReason::NothingInScope) => {
            Page { kind: Kind::Empty, lead: sentence(&empty.explanation), ..Page::default() }
        }
        _ => {
            let lead = format!("there are no unclaimed roles in your scope {}.", during(first, "period", &first.period));
            let number = Some(first.cite("principals_count"));
            Page { verdict: Some(false), sound: Some(true), lead, number, ..Page::default() }
        }
    }
}

fn some(asked: &Asked, found: &[&Unclaimed]) -> Page {
    let leads: Vec<String> = found.iter().map(|unclaimed| lead(asked, unclaimed)).collect();
    let mut page = Page { verdict: Some(true), sound: Some(false), ..Page::default() };
    page.lead = leads.iter().enumerate().map(|(at, lead)| if at == 0 { lead.clone() } else { capital(lead) }).collect::<Vec<_>>().join(" ");
    let mut cells = Vec::new();
    for unclaimed in found {
        let rows = unclaimed.rows("rows", &unclaimed.rows);
        let most = wanted(asked);
        page.rows.extend(rows.iter().take(most).map(line));
        page.rows.extend(unlisted(rows.len() > most || unclaimed.rows_left_out_count > 0));
        cells
            .extend(rows.iter().take(most).map(|row| ["name", "account", "spend_usd", "first_seen"].map(|field| row.cite(field)).to_vec()));
        page.number.get_or_insert(unclaimed.cite("principals_count"));
        page.next = Page::next_step(&unclaimed.next_step);
    }
    page.table = Some(Table { head: vec!["Role", "Account", "Spend", "First seen"], rows: cells });
    page
}

fn lead(asked: &Asked, unclaimed: &Unclaimed) -> String {
    let roles = counted(&unclaimed.cite("principals_count"), unclaimed.principals_count, "unclaimed role");
    let rows = unclaimed.rows("rows", &unclaimed.rows);
    if let (Some(Rank::Most), Some(largest)) = (asked.rank, rows.first().filter(|_| rows.len() > 1)) {
        return format!(
            "{} spent the most of {roles} in {}: {} {}, out of {}.",
            largest.cite("name"),
            unclaimed.scope,
            largest.cite("spend_usd"),
            during(unclaimed, "period", &unclaimed.period),
            unclaimed.cite("total_usd"),
        );
    }
    let named: Vec<String> = rows.iter().take(MOST_NAMES).map(|row| row.cite("name")).collect();
    let few = rows.len() <= MOST_NAMES && unclaimed.rows_left_out_count == 0;
    let named = if few { format!(": {}", in_words(&named)) } else { String::new() };
    let (total, period) = (unclaimed.cite("total_usd"), during(unclaimed, "period", &unclaimed.period));
    let lead = format!("{roles} in {} spent {total} {period}{named}.", unclaimed.scope);
    if asked.only_new { format!("{lead} {}", appeared(unclaimed)) } else { lead }
}

/// Those that were first seen in the period.
fn appeared(unclaimed: &Unclaimed) -> String {
    let rows = unclaimed.rows("rows", &unclaimed.rows);
    let fresh: Vec<String> = rows.iter().filter(|row| row.first_seen >= unclaimed.period.from_date).map(|row| row.cite("name")).collect();
    if fresh.is_empty() {
        "None of them appeared first in this period.".to_owned()
    } else {
        format!("First seen in this period: {}.", in_words(&fresh))
    }
}

fn wanted(asked: &Asked) -> usize {
    asked.limit.unwrap_or(MOST_ROWS).min(MOST_ROWS)
}

fn line(row: &Row<'_, UnclaimedRow>) -> String {
    let share =
        row.allocated_share_percent.map(|_| format!(" (allocated share {})", row.cite("allocated_share_percent"))).unwrap_or_default();
    let points = row.points_to.as_ref().map(|_| format!(", points to {}", row.cite("points_to")));
    let could =
        if row.could_claim.is_empty() { None } else { Some(format!(", {} could claim it", listed(row, "could_claim", &row.could_claim))) };
    let released = row.released_on.map(|_| format!(", claim released {}", row.cite("released_on")));
    let because = if row.visible_because == VisibleBecause::CompanyWide || row.because.is_empty() {
        None
    } else {
        Some(format!("; you see it because {}", inner(&row.because)))
    };
    let warning = if row.warning.is_empty() { None } else { Some(format!("; {}", inner(&row.warning))) };
    let detail: String = [points, could, released, because, warning].into_iter().flatten().collect();
    format!(
        "{} ({}, account {}): {}{share}, first seen {}{detail}",
        row.cite("name"),
        row.kind,
        row.cite("account"),
        row.cite("spend_usd"),
        row.cite("first_seen"),
    )
}
