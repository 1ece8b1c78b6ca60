//! Spend: the total or the leader first, then the rows, what is not attributed, credits when asked for.

use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenKind;
use agent_bill_tools::spend::{SpendResult, SpendRow};
use agent_bill_tools::view::Bucket;
use jiff::civil::Date;

use agent_bill_model::Behaviour;

use super::super::display::{count, counted, counts, date, during, freshness, month, percent, signed, tokens, usd};
use super::super::frame::{Frame, Topic};
use super::super::plan::Call;
use super::super::wording::{Say, list};
use super::{empty, lines, notes, owned_by, sentence};

const MOST_ROWS: usize = 12;
/// A month of days is shown whole.
const MOST_DAYS: usize = 31;

fn is_time(group_by: &str) -> bool {
    matches!(group_by, "day" | "week" | "month")
}

pub fn say(frame: &Frame, results: &[(&Call, SpendResult)]) -> Option<Say> {
    let (_, last) = results.last()?;
    if results.len() > 1 {
        return Some(several(frame, results));
    }
    if let Some(reason) = &last.empty {
        let unclaimed = unclaimed(last);
        return Some(empty(reason, &lines([unclaimed, freshness(&last.period)])));
    }
    Some(one(frame, last))
}

fn one(frame: &Frame, result: &SpendResult) -> Say {
    let mut rows = wanted(frame, result);
    let filtered = rows.len() < result.rows.len();
    if let Some(limit) = frame.limit.filter(|_| frame.superlative && is_time(&result.group_by) && result.rows_left_out_count == 0) {
        rows.sort_by_key(|row| if frame.least { row.spend_usd.0 } else { -row.spend_usd.0 });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    if rows.is_empty() && filtered {
        let text =
            lines([format!("Nothing of that kind was billed for {} {}.", result.scope, during(&result.period)), freshness(&result.period)]);
        return Say::new(Behaviour::Answer, text);
    }
    let mut parts = vec![headline(frame, result, &rows, filtered)];
    if let Some(credits) = &result.credits {
        parts.push(format!(
            "- gross {}, credits {}, discounts {}, refunds {}, tax {}, fees {}, net {}",
            usd(credits.gross_usd),
            signed(credits.credits_usd),
            signed(credits.discounts_usd),
            signed(credits.refunds_usd),
            signed(credits.tax_usd),
            signed(credits.fees_usd),
            usd(credits.net_usd)
        ));
    } else if frame.credits {
        parts.push("Credits, discounts, tax and the net are for the FinOps Lead and Finance; these figures are gross.".to_owned());
    }
    if result.group_by != "bucket" && (result.group_by != "total" || !result.rows.is_empty()) {
        let most = if is_time(&result.group_by) { MOST_DAYS } else { MOST_ROWS };
        parts.extend(rows.iter().take(most).map(|row| line(frame, row, result)));
    }
    if !filtered && result.rows_left_out_count > 0 {
        parts.push(format!("- {} more together: {}", count(result.rows_left_out_count), usd(result.rows_left_out_usd)));
    }
    parts.push(buckets(frame, result));
    if result.buckets.is_empty() && !frame.no_unclaimed {
        parts.push(unclaimed(result));
    }
    if frame.budget {
        parts.push("Annual budgets are not loaded here yet, so there is no comparison with budget.".to_owned());
    }
    parts.push(notes(&result.notes));
    parts.push(freshness(&result.period));
    Say::new(Behaviour::Answer, lines(parts))
}

/// The rows the question is about: a token kind or a role by name is a row of its breakdown.
fn wanted<'r>(frame: &Frame, result: &'r SpendResult) -> Vec<&'r SpendRow> {
    let kind = frame.token_kind.filter(|_| result.group_by == "token_type");
    let fits = |row: &SpendRow| {
        let kind_fits = kind.is_none_or(|kind| is_kind(&row.name, kind));
        let principal_fits = frame.principal.as_ref().is_none_or(|principal| {
            result.group_by != "principal" || row.name.contains(principal.as_str()) || principal.contains(row.name.as_str())
        });
        kind_fits && principal_fits
    };
    result.rows.iter().filter(|row| fits(row)).collect()
}

pub fn is_kind(name: &str, kind: TokenKind) -> bool {
    let folded = name.to_lowercase().replace('_', " ");
    folded == kind.label()
        || folded.strip_suffix(" tokens") == Some(kind.label())
        || TokenKind::of_class(&name.to_lowercase().replace(' ', "_")) == Some(kind)
}

fn headline(frame: &Frame, result: &SpendResult, rows: &[&SpendRow], filtered: bool) -> String {
    let scope = sentence(&result.scope);
    let scope = scope.trim_end_matches('.');
    let period = during(&result.period);
    let without = if result.excluded.is_empty() { String::new() } else { format!(" without {}", list(&result.excluded)) };
    if frame.topic == Some(Topic::Reconcile) {
        return format!(
            "{scope}: {} of Bedrock usage {period}{without}, every dollar in exactly one line; what is not usage leads from there to the net of the bill:",
            usd(result.total_usd)
        );
    }
    if filtered && let [row] = rows {
        return format!(
            "{}: {} {period} for {}{without}{}.",
            sentence(&row.name).trim_end_matches('.'),
            usd(row.spend_usd),
            result.scope,
            share(row)
        );
    }
    if frame.superlative && is_time(&result.group_by) && result.rows_left_out_count > 0 {
        return format!(
            "{scope}: {} {period}{without}. That is more {}s than I can rank at once; ask for a month of them, or by month.",
            usd(result.total_usd),
            result.group_by
        );
    }
    if frame.superlative
        && let Some(row) = leader(frame, result, rows)
    {
        let rank = match (is_time(&result.group_by), frame.least) {
            (true, true) => "has the lowest spend",
            (true, false) => "has the highest spend",
            (false, true) => "spends the least",
            (false, false) => "spends the most",
        };
        return format!(
            "{} {rank}: {}{} {period}, out of {} for {}{without}.",
            in_words(&row.name),
            usd(row.spend_usd),
            share(row),
            usd(result.total_usd),
            result.scope
        );
    }
    if frame.tokens {
        return format!("{scope} used {} tokens {period}{without}, for {}.", counts(&result.tokens), usd(result.total_usd));
    }
    let metric = if result.cost_metric == "unblended" { "" } else { " (net unblended)" };
    format!("{scope}: {}{metric} {period}{without}.", usd(result.total_usd))
}

/// The row that spends most or least. Rows in order of time are no ranking, and what belongs to nobody leads nothing; where rows were left out,
/// the last one is not the least.
fn leader<'r>(frame: &Frame, result: &SpendResult, rows: &[&'r SpendRow]) -> Option<&'r SpendRow> {
    let whole = result.rows_left_out_count == 0;
    let mut named = rows.iter().copied().filter(|row| !result.buckets.iter().any(|bucket| bucket.label == row.name));
    match (is_time(&result.group_by), frame.least) {
        (true, true) if whole => named.min_by_key(|row| row.spend_usd),
        (true, false) if whole => named.max_by_key(|row| row.spend_usd),
        (false, true) if whole => named.next_back(),
        (false, false) => named.next(),
        _ => None,
    }
}

fn share(row: &SpendRow) -> String {
    row.share_percent.map(|value| format!(" ({})", percent(value))).unwrap_or_default()
}

fn line(frame: &Frame, row: &SpendRow, result: &SpendResult) -> String {
    let name = in_words(&row.name);
    let name = if row.sub_name.is_empty() { name } else { format!("{name}, {}", in_words(&row.sub_name)) };
    let allocated = if row.allocated { ", allocated share of a shared account" } else { "" };
    let owners = if row.sub_name.is_empty() { owned_by(&row.owners) } else { String::new() };
    let amount = if frame.tokens {
        format!("{} ({})", used(row, &result.group_by), usd(row.spend_usd))
    } else {
        format!("{}{}", usd(row.spend_usd), share(row))
    };
    format!("- {name}: {amount}{owners}{allocated}")
}

/// A day or a month as people write it; any other name as it is.
fn in_words(name: &str) -> String {
    name.parse::<Date>().ok().map(date).or_else(|| name.parse::<Month>().ok().map(month)).unwrap_or_else(|| name.to_owned())
}

/// Tokens of a row: one kind when the row is one, otherwise all four.
fn used(row: &SpendRow, group_by: &str) -> String {
    let kinds = TokenKind::ALL.into_iter().filter(|kind| row.tokens.get(*kind) != 0).collect::<Vec<_>>();
    match kinds.as_slice() {
        [kind] if group_by == "token_type" => format!("{} tokens", tokens(row.tokens.get(*kind))),
        _ => counts(&row.tokens),
    }
}

/// What is not attributed, by cause; all buckets when the bill is tied out.
fn buckets(frame: &Frame, result: &SpendResult) -> String {
    let whole = frame.topic == Some(Topic::Reconcile) || result.group_by == "bucket";
    let shown: Vec<_> = result
        .buckets
        .iter()
        .filter(|row| row.spend_usd.0 != 0 && (whole || !matches!(row.bucket, Bucket::Attributed | Bucket::NotUsage)))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let all =
        if result.unattributed_usd.0 == 0 { String::new() } else { format!("Unattributed in all: {}.", usd(result.unattributed_usd)) };
    if whole {
        let rows = shown.iter().map(|row| {
            // Shares are of the usage; what is not usage lies outside of it.
            let share = row.share_percent.filter(|_| row.bucket != Bucket::NotUsage);
            let share = share.map(|value| format!(" ({})", percent(value))).unwrap_or_default();
            format!("- {}: {}{share}", row.label, signed(row.spend_usd))
        });
        return lines(rows.chain([all]));
    }
    let causes: Vec<String> = shown.iter().map(|row| format!("{} {}", row.label, usd(row.spend_usd))).collect();
    format!("Unattributed part of the total, {}: {}.", usd(result.unattributed_usd), causes.join("; "))
}

fn unclaimed(result: &SpendResult) -> String {
    if result.unclaimed_usd.0 == 0 {
        return String::new();
    }
    let points =
        if result.unclaimed_products.is_empty() { String::new() } else { format!(" (pointing to {})", list(&result.unclaimed_products)) };
    let whom = if result.unclaimed_count == 1 { "its owner claim it" } else { "their owners claim them" };
    format!(
        "On top, {} in your scope spent {}{points}. Next: have {whom}.",
        counted(result.unclaimed_count, "unclaimed role"),
        usd(result.unclaimed_usd)
    )
}

/// Several names or models asked about at once: a line for each.
fn several(frame: &Frame, results: &[(&Call, SpendResult)]) -> Say {
    let mut parts = Vec::new();
    let mut behaviour = Behaviour::NoData;
    let all_empty = results.iter().all(|(_, result)| result.empty.is_some());
    for (call, result) in results {
        let of_model = call.args.get("model").is_some();
        if let Some(reason) = &result.empty {
            // A model of the family that nobody used needs no line.
            if !of_model || all_empty {
                parts.push(if of_model { reason.explanation.clone() } else { format!("- {}: {}", result.scope, reason.explanation) });
            }
            continue;
        }
        behaviour = Behaviour::Answer;
        let rows = wanted(frame, result);
        let model = rows.first().filter(|_| of_model).map(|row| if result.group_by == "model" { &row.name } else { &row.sub_name });
        let model = model.filter(|name| !name.is_empty());
        let label = model
            .filter(|model| !result.scope.contains(model.as_str()))
            .map_or_else(|| result.scope.clone(), |model| format!("{model}, {}", result.scope));
        let detail: Vec<String> = rows.iter().take(3).map(|row| format!("{} {}", row.name, usd(row.spend_usd))).collect();
        let told = model.is_some() && result.group_by == "model";
        let detail = if detail.is_empty() || told { String::new() } else { format!(" ({})", detail.join(", ")) };
        parts.push(format!("- {label}: {} {}{detail}", usd(result.total_usd), during(&result.period)));
    }
    parts.dedup();
    if let Some((_, last)) = results.last() {
        parts.push(freshness(&last.period));
    }
    Say::new(behaviour, lines(parts))
}
