//! Use of models that nobody allowed, in words: which models and what they cost, then who used each where.

use super::{DriftResult, DriftRow};
use crate::empty::EmptyReason;
use crate::say::{
    Asked, Cite, Kind, Noted, Page, Row, Said, Table, capital, counted, during, freshness, in_words, inner, notes, owned_by, sentence,
    spender, unlisted,
};

const MOST_ROWS: usize = 10;

type Drift = Noted<DriftResult>;

pub(super) fn say(asked: &Asked, results: &[Drift]) -> Option<Said> {
    let first = results.first()?;
    let found: Vec<&Drift> = results.iter().filter(|drift| !drift.rows.is_empty()).collect();
    let mut page = match found.as_slice() {
        [] => nothing(asked, first),
        found => some(asked, found),
    };
    page.end = vec![notes(&first.notes), freshness(first, "period", &first.period)];
    page.end.retain(|text| !text.is_empty());
    Some(page.said(asked))
}

fn nothing(asked: &Asked, first: &Drift) -> Page {
    match &first.empty {
        Some(empty) if !matches!(empty.reason, EmptyReason::TrueZero | EmptyReason::NothingInScope) => {
            Page { kind: Kind::Empty, lead: sentence(&empty.explanation), ..Page::default() }
        }
        _ => {
            let (period, number) = (during(first, "period", &first.period), Some(first.cite("findings_count")));
            let lead = format!("{} used no unapproved model {period}.", spender(asked, &first.scope));
            Page { verdict: Some(false), sound: Some(true), lead, number, ..Page::default() }
        }
    }
}

fn some(asked: &Asked, found: &[&Drift]) -> Page {
    let mut page = Page { verdict: Some(true), sound: Some(false), ..Page::default() };
    let mut cells = Vec::new();
    let most = asked.limit.unwrap_or(MOST_ROWS).min(MOST_ROWS);
    for drift in found {
        let rows = drift.rows("rows", &drift.rows);
        let lead = lead(asked, drift, &rows);
        page.lead = if page.lead.is_empty() { lead } else { format!("{} {}", page.lead, capital(&lead)) };
        page.rows.extend(rows.iter().take(most).map(|row| line(asked, row)));
        page.rows.extend(unlisted(rows.len() > most || drift.rows_left_out_count > 0));
        let fields = ["model", "principal", "account", "region", "spend_usd"];
        cells.extend(rows.iter().take(most).map(|row| fields.map(|field| row.cite(field)).to_vec()));
        page.number.get_or_insert(drift.cite("findings_count"));
        page.next = Page::next_step(&drift.next_step);
    }
    page.table = Some(Table { head: vec!["Model", "Role", "Account", "Region", "Spend"], rows: cells });
    page
}

/// `you used 2 unapproved models, Claude Opus 4.7 and Llama 3 70B, for {…} in {…}`
fn lead(asked: &Asked, drift: &Drift, rows: &[Row<'_, DriftRow>]) -> String {
    let mut models: Vec<(&str, String)> = Vec::new();
    for row in rows {
        if !models.iter().any(|(known, _)| *known == row.model) {
            models.push((&row.model, row.cite("model")));
        }
    }
    let named: Vec<String> = models.into_iter().map(|(_, cited)| cited).collect();
    let number = counted(&drift.cite("models_count"), drift.models_count, "unapproved model");
    let several = drift.findings_count != drift.models_count;
    let findings = counted(&drift.cite("findings_count"), drift.findings_count, "finding");
    let findings = if several { format!(" ({findings})") } else { String::new() };
    let (who, period) = (spender(asked, &drift.scope), during(drift, "period", &drift.period));
    format!("{who} used {number}, {}, for {} {period}{findings}.", in_words(&named), drift.cite("total_usd"))
}

fn line(asked: &Asked, row: &Row<'_, DriftRow>) -> String {
    let owners = owned_by(&row.owners, asked);
    let holder = match (&row.product, row.claimed) {
        (Some(_), true) => format!("claimed for {}{owners}", row.cite("product")),
        (None, true) => format!("claimed{owners}"),
        (Some(_), false) => format!("unclaimed, points to {}{owners}", row.cite("product")),
        (None, false) => "unclaimed, no owner".to_owned(),
    };
    let calls = match row.invocations_count {
        Some(calls) => counted(&row.cite("invocations_count"), calls, "logged invocation"),
        None => format!("invocations unknown ({})", inner(&row.invocations_source)),
    };
    let share =
        row.allocated_share_percent.map(|_| format!(" (allocated share {})", row.cite("allocated_share_percent"))).unwrap_or_default();
    format!(
        "{}: {} by role {} ({holder}), account {}, {}{share}; {}; {calls}, first {}, last {}",
        row.cite("model"),
        row.cite("spend_usd"),
        row.cite("principal"),
        row.cite("account"),
        row.cite("region"),
        row.kind_label,
        row.cite("first_seen"),
        row.cite("last_seen"),
    )
}
