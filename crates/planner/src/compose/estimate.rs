//! Estimates, caching and the health summary.

use agent_bill_tools::estimate_status::{Band, CacheLine, EstimateRow, EstimateStatusResult, EstimateUnit};
use agent_bill_tools::model_drift::DriftResult;
use agent_bill_tools::period::Finality;
use agent_bill_tools::unclaimed_principals::UnclaimedResult;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::super::display::{count, counted, freshness, percent, tokens, usd, whole_usd};
use super::super::frame::Frame;
use super::super::plan::Call;
use super::super::wording::{Say, list};
use super::{Results, empty, lines, notes, owned_by, sentence};

const MOST_ROWS: usize = 6;

pub fn say(frame: &Frame, results: &[(&Call, EstimateStatusResult)], briefing: &Briefing) -> Option<Say> {
    let (_, first) = results.first()?;
    let rows: Vec<&EstimateRow> = results.iter().flat_map(|(_, result)| &result.rows).collect();
    if rows.is_empty() {
        let reason = first.empty.as_ref()?;
        let without = if first.without_estimate.is_empty() {
            String::new()
        } else {
            format!("Without an estimate: {}.", list(&first.without_estimate))
        };
        return Some(empty(reason, &lines([without, freshness(&first.period)])));
    }
    let mut parts = vec![verdict(frame, first, &rows, results.len() == 1, briefing)];
    parts.extend(worst_first(&rows).iter().take(MOST_ROWS).flat_map(|row| status_lines(frame, row, briefing)));
    if rows.len() > MOST_ROWS {
        parts.push("The others are not listed; ask for one by name.".to_owned());
    }
    if let [(_, only)] = results
        && !only.without_estimate.is_empty()
    {
        parts.push(format!("No estimate yet: {}.", list(&only.without_estimate)));
    }
    if frame.budget {
        parts.push("I took the monthly estimate for your budget; annual budgets are not loaded here yet.".to_owned());
    }
    parts.push(lever(&rows));
    if let Some(row) = rows.iter().find(|row| !row.projection_method.is_empty()) {
        parts.push(format!("Projection: {}", sentence(&row.projection_method)));
    }
    parts.push(notes(&first.notes));
    parts.push(freshness(&first.period));
    let behaviour = if frame.budget { Behaviour::Assume } else { Behaviour::Answer };
    Some(Say::new(behaviour, lines(parts)))
}

/// Over by the projection, or by the result of a closed month.
fn is_over(row: &EstimateRow) -> bool {
    matches!(row.band, Band::Over | Band::FarOver)
}

fn worst_first<'r>(rows: &[&'r EstimateRow]) -> Vec<&'r EstimateRow> {
    let rank = |row: &EstimateRow| match row.band {
        Band::FarOver => 0,
        Band::Over => 1,
        Band::OnTrack => 2,
        Band::Under => 3,
        Band::Unknown => 4,
    };
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|row| rank(row));
    sorted
}

fn verdict(frame: &Frame, result: &EstimateStatusResult, rows: &[&EstimateRow], whole: bool, briefing: &Briefing) -> String {
    let over: Vec<String> = rows.iter().filter(|row| is_over(row)).map(|row| called(row, rows)).collect();
    let known = rows.iter().any(|row| row.band != Band::Unknown);
    let closed = result.period.finality == Finality::Final;
    let word = match (frame.polar && known, over.is_empty() != frame.asks_over) {
        (false, _) => "",
        (true, true) => "Yes: ",
        (true, false) => "No: ",
    };
    let tense = if closed { "ended" } else { "is on track to end" };
    let verdict = if !known && !result.without_claim.is_empty() {
        format!("it cannot be told: no role is claimed for {}, so no spend can be attributed there", list(&result.without_claim))
    } else if !known {
        "it is too early to tell".to_owned()
    } else if over.is_empty() {
        format!("nothing {tense} over its estimate")
    } else {
        let verb = match (closed, over.len()) {
            (true, _) => "ended",
            (false, 1) => "is on track to end",
            (false, _) => "are on track to end",
        };
        let by = match rows.iter().filter(|row| is_over(row)).collect::<Vec<_>>().as_slice() {
            [one] => one.projected_over_usd.or(one.over_usd).map(|amount| format!(" about {}", whole_usd(amount))).unwrap_or_default(),
            _ => String::new(),
        };
        format!("{} {verb}{by} over the estimate", list(&over))
    };
    let together = if whole && rows.len() > 1 && result.total_estimate_usd.0 > 0 {
        let projected = result.total_projected_usd.map(|usd_projected| format!(", projected {}", usd(usd_projected))).unwrap_or_default();
        format!(" Together {} of {}{projected}{}.", usd(result.total_spend_usd), usd(result.total_estimate_usd), beside(result, briefing))
    } else {
        String::new()
    };
    // What a month will come to is no figure of the month to date.
    let month = result.period.label.strip_suffix(", month to date").unwrap_or(&result.period.label);
    let without = result.scope.find(" without ").and_then(|at| result.scope.get(at..)).unwrap_or_default();
    let text = format!("{word}{verdict} in {month}{without}.{together}");
    super::capital(&text)
}

/// What the totals leave out.
fn beside(result: &EstimateStatusResult, briefing: &Briefing) -> String {
    let others: Vec<String> = result.in_tokens_only.iter().chain(&result.without_estimate).cloned().collect();
    // Who sees the whole company would take this for all of its spend.
    let unclaimed = if briefing.company_wide { Some("what nobody claimed".to_owned()) } else { None };
    let left_out: Vec<String> = (!others.is_empty()).then(|| list(&others)).into_iter().chain(unclaimed).collect();
    if left_out.is_empty() { String::new() } else { format!("; not in it: {}", left_out.join(", and ")) }
}

fn status_lines(frame: &Frame, row: &EstimateRow, briefing: &Briefing) -> Vec<String> {
    let name = named(row);
    let answer = if frame.polar { own_answer(frame, row) } else { "" };
    let owners = if row.owners.contains(&briefing.person) { String::new() } else { owned_by(&row.owners) };
    let in_tokens = frame.tokens || row.unit == EstimateUnit::Tokens;
    let mut figures = vec![match row.estimate_usd {
        Some(estimate) => format!("{} of {} estimated", usd(row.spend_usd), usd(estimate)),
        None => format!("{} spent", usd(row.spend_usd)),
    }];
    if let Some(used) = row.used_percent {
        figures.push(format!("{}{} used", percent(used), if row.estimate_usd.is_none() { " of the estimated tokens" } else { "" }));
    }
    if let Some(left) = row.remaining_usd.filter(|left| frame.asks_left && !left.is_negative()) {
        figures.push(format!("{} left", usd(left)));
    }
    if let Some(projected) = row.projected_usd {
        figures.push(format!("projected {}", usd(projected)));
    }
    if let Some(over) = row.projected_over_usd.or(row.over_usd) {
        figures.push(format!("{} {}", usd(over), if over.is_negative() { "under" } else { "over" }));
    }
    let mut detail = Vec::new();
    if let Some(kind) = &row.main_token_kind
        && let Some(line) = row.tokens.iter().find(|line| line.kind == *kind)
    {
        let pace = line.pace_percent.map(|pace| format!(" at {} of the pace that was estimated", percent(pace))).unwrap_or_default();
        detail.push(format!("{kind} tokens run{pace}"));
    }
    if let Some(cache) = &row.cache {
        detail.push(format!("cache hit rate {}", percent(cache.hit_rate_percent)));
    }
    let detail = if detail.is_empty() { String::new() } else { format!("; {}", detail.join("; ")) };
    let mut lines = vec![format!("- {name}{owners}: {answer}{}{detail}", figures.join(", "))];
    if in_tokens {
        lines.push(token_line(row));
    }
    lines
}

/// Yes or no for one product.
fn own_answer(frame: &Frame, row: &EstimateRow) -> &'static str {
    match (row.band, is_over(row) == frame.asks_over) {
        (Band::Unknown, _) => "too early to tell, ",
        (_, true) => "yes, ",
        (_, false) => "no, ",
    }
}

/// A product, with its workload where several of the product are listed.
fn called(row: &EstimateRow, rows: &[&EstimateRow]) -> String {
    let alone = rows.iter().filter(|other| other.product == row.product).count() == 1;
    if alone { row.product.clone() } else { named(row) }
}

fn named(row: &EstimateRow) -> String {
    if row.workload == row.product || row.workload.is_empty() { row.product.clone() } else { format!("{} ({})", row.product, row.workload) }
}

fn token_line(row: &EstimateRow) -> String {
    let kinds: Vec<String> = row
        .tokens
        .iter()
        .map(|line| match line.estimate_tokens {
            Some(estimate) => format!("{} {} of {} tokens", line.kind, tokens(line.actual_tokens), tokens(estimate)),
            None => format!("{} {} tokens", line.kind, tokens(line.actual_tokens)),
        })
        .collect();
    let only_usd = !row.tokens.iter().any(|line| line.estimate_tokens.is_some());
    format!("- of it by type: {}{}", kinds.join(", "), if only_usd { "; its estimate is in dollars only" } else { "" })
}

/// The one lever worth naming, of the row that needs it most.
fn lever(rows: &[&EstimateRow]) -> String {
    worst_first(rows)
        .into_iter()
        .find(|row| !row.lever.is_empty())
        .map(|row| format!("Next, for {}: {}", called(row, rows), sentence(&row.lever)))
        .unwrap_or_default()
}

/// Hit rates and what a better one would have saved.
pub fn cache(results: &[(&Call, EstimateStatusResult)]) -> Option<Say> {
    let (_, first) = results.first()?;
    let rows: Vec<(&EstimateRow, &CacheLine)> =
        results.iter().flat_map(|(_, result)| &result.rows).filter_map(|row| Some((row, row.cache.as_ref()?))).collect();
    if rows.is_empty() {
        return Some(match &first.empty {
            Some(reason) => empty(reason, &freshness(&first.period)),
            None => Say::new(
                Behaviour::NoData,
                lines(["No prompt traffic that caching applies to was billed in this period.".to_owned(), freshness(&first.period)]),
            ),
        });
    }
    let mut parts = vec![format!("Cache hit rate and what a better one could have saved on input, {}:", first.period.label)];
    for (row, line) in rows.iter().take(MOST_ROWS) {
        let saved = if line.recoverable_usd.0 == 0 {
            format!("already at or above {}", percent(line.target_percent))
        } else {
            format!("up to {} recoverable at {}", usd(line.recoverable_usd), percent(line.target_percent))
        };
        parts.push(format!(
            "- {}: {} (healthy from {}); {saved}",
            named(row),
            percent(line.hit_rate_percent),
            percent(line.healthy_threshold_percent)
        ));
    }
    let mut methods: Vec<String> = rows.iter().map(|(_, line)| sentence(&line.method)).collect();
    methods.dedup();
    parts.push(methods.join(" "));
    parts.push("This is a bounded estimate from these inputs, not a promise; caching does not reduce output tokens.".to_owned());
    parts.push(freshness(&first.period));
    Some(Say::new(Behaviour::Answer, lines(parts)))
}

/// At most five lines: estimates, drift, unclaimed roles, freshness.
pub fn health(results: &Results<'_>) -> Option<Say> {
    let estimates: EstimateStatusResult = results.one("estimate_status")?;
    let over: Vec<String> = estimates.rows.iter().filter(|row| is_over(row)).map(|row| row.product.clone()).collect();
    let drift: Option<DriftResult> = results.one("model_drift");
    let unclaimed: Option<UnclaimedResult> = results.one("unclaimed_principals");
    let drifting = drift.as_ref().is_some_and(|drift| drift.findings_count > 0);
    let open = unclaimed.as_ref().is_some_and(|unclaimed| unclaimed.principals_count > 0);
    let sound = over.is_empty() && !drifting && !open;
    let verdict = if sound { "Yes, as far as the records go" } else { "Mostly, but some things need attention" };
    let mut parts = vec![format!("{verdict} (health summary of {}, {}).", estimates.scope, estimates.period.label)];
    parts.push(match &estimates.empty {
        Some(reason) => format!("- Estimates: {}", reason.explanation),
        None => {
            let projected = estimates.total_projected_usd.map(|amount| format!(", projected {}", usd(amount))).unwrap_or_default();
            let state = if over.is_empty() { "none on track to exceed".to_owned() } else { format!("over: {}", list(&over)) };
            format!("- Estimates: {} of {} used{projected}; {state}.", usd(estimates.total_spend_usd), usd(estimates.total_estimate_usd))
        }
    });
    if let Some(drift) = &drift {
        parts.push(match drifting {
            true => format!("- Unapproved models: {}, {}.", counted(drift.findings_count, "finding"), usd(drift.total_usd)),
            false => "- Unapproved models: none in use.".to_owned(),
        });
    }
    if let Some(unclaimed) = &unclaimed {
        parts.push(match open {
            true => format!("- Unclaimed roles: {}, {}.", count(unclaimed.principals_count), usd(unclaimed.total_usd)),
            false => "- Unclaimed roles: none in your scope.".to_owned(),
        });
    }
    parts.push(freshness(&estimates.period));
    Some(Say::new(Behaviour::Assume, lines(parts)))
}
