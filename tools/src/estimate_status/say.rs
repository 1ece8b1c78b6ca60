//! How estimates stand, in words: what is over and by how much, then each of them, then the one lever and how it was projected.

mod cache;

use agent_bill_domain::money::NanoUsd;

use super::{Band, EstimateRow, EstimateStatusResult, EstimateUnit};
use crate::period::Finality;
use crate::say::{Asked, Aspect, Cite, Kind, Noted, Page, Row, Said, Table, freshness, in_words, inner, listed, notes, owned_by, sentence};

const MOST_ROWS: usize = 6;

type Status = Noted<EstimateStatusResult>;
type Estimate<'n> = Row<'n, EstimateRow>;

pub(super) fn say(asked: &Asked, results: &[Status]) -> Option<Said> {
    let first = results.first()?;
    let rows: Vec<Estimate<'_>> = results.iter().flat_map(|status| status.rows("rows", &status.rows)).collect();
    let mut page = match (asked.aspect, rows.is_empty()) {
        (Aspect::Cache { saving }, _) => cache::page(saving, first, &rows),
        (_, true) => nothing(first)?,
        (_, false) => standing(asked, results, first, &rows),
    };
    page.end.push(notes(&first.notes));
    page.end.push(freshness(first, "period", &first.period));
    page.end.retain(|text| !text.is_empty());
    Some(page.said(asked))
}

fn nothing(status: &Status) -> Option<Page> {
    let lead = sentence(&status.empty.as_ref()?.explanation);
    let without = listed(status, "without_estimate", &status.without_estimate);
    let without = if without.is_empty() { String::new() } else { format!("Without an estimate: {without}.") };
    Some(Page { kind: Kind::Empty, lead, more: vec![without], ..Page::default() })
}

fn standing(asked: &Asked, results: &[Status], first: &Status, rows: &[Estimate<'_>]) -> Page {
    let known = rows.iter().any(|row| row.band != Band::Unknown);
    let over: Vec<&Estimate<'_>> = rows.iter().filter(|row| is_over(row)).collect();
    let verdict = known.then_some(over.is_empty() != asked.over);
    let alone = if results.len() == 1 { Some(first) } else { None };
    let answer = format!("{} {}.", verdict_of(first, rows, &over), month(first));
    let (lead, number) = match asked.aspect {
        Aspect::Left => left(first, alone, rows, &answer),
        _ if asked.tokens => (in_tokens(first, rows, &answer), None),
        _ => (format!("{answer}{}", together(asked, alone, rows)), used(alone, rows)),
    };
    let mut worst: Vec<&Estimate<'_>> = rows.iter().collect();
    worst.sort_by_key(|row| rank(row));
    let mut page = Page { lead, number, verdict, sound: Some(over.is_empty()), ..Page::default() };
    page.rows = worst.iter().take(MOST_ROWS).map(|row| line(asked, row)).collect();
    page.table = Some(table(&worst));
    if rows.len() > MOST_ROWS {
        page.rows.push("The others are not listed; ask for one by name.".to_owned());
    }
    if let Some(only) = alone.filter(|only| !only.without_estimate.is_empty()) {
        page.more.push(format!("No estimate yet: {}.", listed(only, "without_estimate", &only.without_estimate)));
    }
    if asked.budget {
        page.kind = Kind::Assumed;
        page.more.push("I took the monthly estimate for your budget; annual budgets are not loaded here yet.".to_owned());
    }
    let lever = worst.iter().find(|row| !row.lever.is_empty());
    page.next = lever.map(|row| format!("Next, for {}: {}", called(row, rows), sentence(&row.lever))).unwrap_or_default();
    let projected = rows.iter().find(|row| !row.projection_method.is_empty());
    page.end.extend(projected.map(|row| format!("Projection: {}.", inner(&row.projection_method))));
    page
}

/// Over by the projection, or by the result of a closed month.
fn is_over(row: &EstimateRow) -> bool {
    matches!(row.band, Band::Over | Band::FarOver)
}

fn rank(row: &EstimateRow) -> u8 {
    match row.band {
        Band::FarOver => 0,
        Band::Over => 1,
        Band::OnTrack => 2,
        Band::Under => 3,
        Band::Unknown => 4,
    }
}

/// What an estimate covers is a whole month, though its spend is that of the month to date.
fn month(status: &Status) -> String {
    let label = status.period.label.strip_suffix(", month to date").unwrap_or(&status.period.label);
    let state = if status.period.finality == Finality::Final { " (final)" } else { "" };
    let without = status.scope.find(" without ").and_then(|at| status.scope.get(at..)).unwrap_or_default();
    format!("in {label}{state}{without}")
}

fn verdict_of(status: &Status, rows: &[Estimate<'_>], over: &[&Estimate<'_>]) -> String {
    let closed = status.period.finality == Finality::Final;
    let known = rows.iter().any(|row| row.band != Band::Unknown);
    match (rows, over) {
        _ if !known && !status.without_claim.is_empty() => format!(
            "it cannot be told, because no role is claimed for {} and no spend can be attributed there,",
            listed(status, "without_claim", &status.without_claim)
        ),
        _ if !known => "it is too early to tell".to_owned(),
        ([only], []) => match (only.projected_over_usd, only.over_usd) {
            (_, Some(_)) => format!("{} ended {}", called(only, rows), beside(only, "over_usd", only.over_usd)),
            (Some(_), None) => {
                format!("{} is on track to end {}", called(only, rows), beside(only, "projected_over_usd", only.projected_over_usd))
            }
            (None, None) => format!("{} is not over its estimate", called(only, rows)),
        },
        (_, []) if closed => "nothing ended over its estimate".to_owned(),
        (_, []) => "nothing is on track to end over its estimate".to_owned(),
        (_, over) => in_words(&over.iter().map(|row| overrun(row, rows)).collect::<Vec<_>>()),
    }
}

/// One that is over: already, by a closed month, or as projected.
fn overrun(row: &Estimate<'_>, rows: &[Estimate<'_>]) -> String {
    let name = called(row, rows);
    match (row.over_usd, row.remaining_usd, row.projected_over_usd) {
        (Some(_), ..) => format!("{name} ended {}", beside(row, "over_usd", row.over_usd)),
        (None, Some(left), _) if left.is_negative() => format!("{name} is already {} over its estimate", row.size("remaining_usd")),
        (None, _, Some(_)) => format!("{name} is on track to end {}", beside(row, "projected_over_usd", row.projected_over_usd)),
        (None, _, None) => format!("{name} is on track to end over its estimate"),
    }
}

/// `{…} over its estimate`, `{…} under its estimate`.
fn beside(row: &Estimate<'_>, field: &str, amount: Option<NanoUsd>) -> String {
    match amount.unwrap_or_default() {
        NanoUsd::ZERO => "exactly at its estimate".to_owned(),
        amount if amount.is_negative() => format!("{} under its estimate", row.size(field)),
        _ => format!("{} over its estimate", row.cite(field)),
    }
}

/// All of them in one sum, and what it leaves out.
fn together(asked: &Asked, alone: Option<&Status>, rows: &[Estimate<'_>]) -> String {
    let Some(status) = alone.filter(|status| rows.len() > 1 && status.total_estimate_usd > NanoUsd::ZERO) else { return String::new() };
    let projected = status.total_projected_usd.map(|_| format!(", projected {}", status.cite("total_projected_usd"))).unwrap_or_default();
    let mut left_out: Vec<String> = status.in_tokens_only.iter().chain(&status.without_estimate).cloned().collect();
    // Who sees the whole company would take this for all of its spend.
    left_out.extend(asked.asker.company_wide.then(|| "what nobody claimed".to_owned()));
    let beside = if left_out.is_empty() { String::new() } else { format!("; not in it: {}", in_words(&left_out)) };
    format!(" Together {} of {}{projected}{beside}.", status.cite("total_spend_usd"), status.cite("total_estimate_usd"))
}

fn used(alone: Option<&Status>, rows: &[Estimate<'_>]) -> Option<String> {
    match rows {
        [only] => only.used_percent.map(|_| only.cite("used_percent")),
        _ => alone.filter(|status| status.total_used_percent.is_some()).map(|status| status.cite("total_used_percent")),
    }
}

/// How much of the estimates is left.
fn left(first: &Status, alone: Option<&Status>, rows: &[Estimate<'_>], answer: &str) -> (String, Option<String>) {
    let of = |row: &Estimate<'_>| match row.remaining_usd {
        Some(left) if left.is_negative() => Some(format!("{} nothing, it is {} over", called(row, rows), row.size("remaining_usd"))),
        Some(_) => Some(format!("{} {}", called(row, rows), row.cite("remaining_usd"))),
        None => None,
    };
    let each: Vec<String> = rows.iter().filter_map(of).collect();
    let answer = crate::say::capital(answer);
    match (alone.filter(|status| !status.total_remaining_usd.is_negative() && rows.len() > 1), each.is_empty()) {
        (_, true) => (answer, None),
        (Some(status), _) => {
            let left = status.cite("total_remaining_usd");
            let of = status.cite("total_estimate_usd");
            (format!("{left} of {of} is left {}: {}. {answer}", month(first), in_words(&each)), Some(left))
        }
        (None, _) => {
            let number = rows.iter().find(|row| row.remaining_usd.is_some()).map(|row| row.cite("remaining_usd"));
            (format!("left {}: {}. {answer}", month(first), in_words(&each)), number)
        }
    }
}

/// Tokens of each, against its estimate where that is in tokens.
fn in_tokens(first: &Status, rows: &[Estimate<'_>], answer: &str) -> String {
    let each: Vec<String> = rows
        .iter()
        .filter(|row| !row.tokens.is_empty())
        .map(|row| {
            let estimated = row.tokens.iter().any(|line| line.estimate_tokens.is_some());
            let of = if estimated { format!(" of {} estimated", sum(row, "estimate_tokens")) } else { String::new() };
            format!("{} {}{of}", called(row, rows), sum(row, "actual_tokens"))
        })
        .collect();
    let answer = crate::say::capital(answer);
    if each.is_empty() { answer } else { format!("tokens used {}: {}. {answer}", month(first), in_words(&each)) }
}

fn sum(row: &Estimate<'_>, field: &str) -> String {
    let lines = row.rows("tokens", &row.tokens);
    let counted = lines.iter().filter(|line| field == "actual_tokens" || line.estimate_tokens.is_some());
    let fields: Vec<String> = counted.map(|line| line.at(field)).collect();
    format!("{{= sum({})}}", fields.join(", "))
}

fn line(asked: &Asked, row: &Estimate<'_>) -> String {
    let mut figures = vec![match row.estimate_usd {
        Some(_) => format!("{} of {} estimated", row.cite("spend_usd"), row.cite("estimate_usd")),
        None => format!("{} spent", row.cite("spend_usd")),
    }];
    if row.used_percent.is_some() {
        let of = if row.estimate_usd.is_none() { " of the estimated tokens" } else { "" };
        figures.push(format!("{}{of} used", row.cite("used_percent")));
    }
    if row.projected_usd.is_some() {
        figures.push(format!("projected {}", row.cite("projected_usd")));
    }
    for (field, amount) in [("projected_over_usd", row.projected_over_usd), ("over_usd", row.over_usd)] {
        figures.extend(amount.map(|_| beside(row, field, amount).replace(" its estimate", "")));
    }
    let mut detail = vec![figures.join(", ")];
    if let Some(line) = row.rows("tokens", &row.tokens).iter().find(|line| Some(&line.kind) == row.main_token_kind.as_ref()) {
        let pace =
            line.pace_percent.map(|_| format!(" at {} of the pace that was estimated", line.cite("pace_percent"))).unwrap_or_default();
        detail.push(format!("{} tokens run{pace}", line.kind));
    }
    if row.cache.is_some() {
        detail.push(format!("cache hit rate {}", row.cite("cache.hit_rate_percent")));
    }
    if asked.tokens || row.unit == EstimateUnit::Tokens {
        detail.push(by_kind(row));
    }
    format!("{}{}: {}", named(row), owned_by(&row.owners, asked), detail.join("; "))
}

fn by_kind(row: &Estimate<'_>) -> String {
    let kinds = row.rows("tokens", &row.tokens).into_iter().map(|line| {
        let of = line.estimate_tokens.map(|_| format!(" of {}", line.cite("estimate_tokens"))).unwrap_or_default();
        format!("{} {}{of}", line.kind, line.cite("actual_tokens"))
    });
    let only_usd = !row.tokens.iter().any(|line| line.estimate_tokens.is_some());
    format!("tokens: {}{}", kinds.collect::<Vec<_>>().join(", "), if only_usd { "; its estimate is in dollars only" } else { "" })
}

fn table(rows: &[&Estimate<'_>]) -> Table {
    let cells = |row: &&Estimate<'_>| {
        let cite = |field: &str, there: bool| if there { row.cite(field) } else { String::new() };
        vec![
            named(row),
            row.cite("spend_usd"),
            cite("estimate_usd", row.estimate_usd.is_some()),
            cite("used_percent", row.used_percent.is_some()),
            cite("projected_usd", row.projected_usd.is_some()),
        ]
    };
    Table { head: vec!["Product", "Spent", "Estimate", "Used", "Projected"], rows: rows.iter().map(cells).collect() }
}

/// A product, with its workload where several of the product are listed.
fn called(row: &Estimate<'_>, rows: &[Estimate<'_>]) -> String {
    let alone = rows.iter().filter(|other| other.product == row.product).count() == 1;
    if alone { row.product.clone() } else { named(row) }
}

fn named(row: &EstimateRow) -> String {
    if row.workload == row.product || row.workload.is_empty() { row.product.clone() } else { format!("{} ({})", row.product, row.workload) }
}
