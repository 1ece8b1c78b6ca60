//! What was spent, in words: the total or the row that was asked for, then the rows, then what is not attributed or claimed.

mod beside;

use agent_bill_domain::tokens::{TokenCounts, TokenKind};

use super::{SpendResult, SpendRow};
use crate::empty::EmptyReason;
use crate::period::Finality;
use crate::say::{
    Asked, Aspect, Cite, Form, Kind, Noted, Page, Rank, Row, Said, Table, during, freshness, in_words, notes, owned_by, sentence, spender,
};
use beside::{buckets, credits, reconciled, together, unattributed, unclaimed};

const MOST_ROWS: usize = 12;
/// A month of days is shown whole.
const MOST_DAYS: usize = 31;
/// Days or months behind the one that was asked for.
const MOST_RANKED: usize = 3;
/// So many rows stand in the first sentence itself.
const MOST_INLINE: usize = 3;

type Spent = Noted<SpendResult>;

pub(super) fn say(asked: &Asked, results: &[Spent]) -> Option<Said> {
    match results {
        [] => None,
        [one] => Some(page(asked, one).said(asked)),
        several => Some(together(asked, several).said(asked)),
    }
}

fn page(asked: &Asked, spent: &Spent) -> Page {
    let mut page = match &spent.empty {
        Some(_) => nothing(asked, spent),
        None => something(asked, spent),
    };
    if spent.buckets.is_empty() && !asked.without_unclaimed {
        page.more.push(unclaimed(spent));
    }
    if spent.empty.is_none() && asked.budget {
        page.more.push("Annual budgets are not loaded here yet, so there is no comparison with budget.".to_owned());
    }
    page.end = vec![notes(&spent.notes), freshness(spent, "period", &spent.period)];
    page.end.retain(|text| !text.is_empty());
    page
}

fn nothing(asked: &Asked, spent: &Spent) -> Page {
    let Some(empty) = &spent.empty else { return Page::default() };
    let reason = sentence(&empty.explanation);
    if empty.reason != EmptyReason::TrueZero {
        return Page { kind: Kind::Empty, lead: reason, ..Page::default() };
    }
    let lead = format!(
        "{} spent {} {}: {}",
        spender(asked, &spent.scope),
        spent.cite("total_usd"),
        during(spent, "period", &spent.period),
        reason
    );
    Page { lead, number: Some(spent.cite("total_usd")), ..Page::default() }
}

fn something(asked: &Asked, spent: &Spent) -> Page {
    let rows = wanted(asked, spent);
    let filtered = rows.len() < spent.rows.len();
    if rows.is_empty() && filtered {
        let lead = format!("nothing of that kind was billed for {} {}.", spent.scope, during(spent, "period", &spent.period));
        return Page { lead, ..Page::default() };
    }
    if asked.aspect == Aspect::Reconciled {
        return reconciled(spent);
    }
    let rows = ranked(asked, spent, rows);
    let told = if filtered { None } else { inline(asked, spent, &rows) };
    let mut page = match rows.first().filter(|_| filtered) {
        Some(row) => one_row(asked, spent, row),
        None => opening(asked, spent, &rows, told.as_deref()),
    };
    if asked.credits && spent.credits.is_none() {
        page.more.push("Credits, discounts, tax and the net are for the FinOps Lead and Finance; these figures are gross.".to_owned());
    }
    if spent.group_by == "bucket" {
        page.rows = buckets(spent);
    } else if told.is_none() && !(filtered && rows.len() == 1) {
        let most = if is_time(&spent.group_by) { MOST_DAYS } else { MOST_ROWS };
        page.table = Some(table(asked, spent, &rows));
        page.rows = rows.iter().take(most).map(|row| line(asked, spent, row)).collect();
    }
    if !filtered && spent.rows_left_out_count > 0 {
        page.rows.push(format!("{} more together: {}", spent.cite("rows_left_out_count"), spent.cite("rows_left_out_usd")));
    }
    if spent.group_by != "bucket" && asked.rank.is_none() {
        page.more.push(unattributed(spent));
    }
    page
}

fn is_time(group_by: &str) -> bool {
    matches!(group_by, "day" | "week" | "month")
}

/// The rows the question is about: a token kind or a role by name is a row of its breakdown.
fn wanted<'n>(asked: &Asked, spent: &'n Spent) -> Vec<Row<'n, SpendRow>> {
    let kind = asked.kind.filter(|_| spent.group_by == "token_type");
    let principal = asked.named.principal.as_ref().filter(|_| spent.group_by == "principal");
    let fits = |row: &Row<'n, SpendRow>| {
        kind.is_none_or(|kind| is_kind(&row.name, kind))
            && principal.is_none_or(|principal| row.name.contains(principal.as_str()) || principal.contains(row.name.as_str()))
    };
    spent.rows("rows", &spent.rows).into_iter().filter(fits).collect()
}

fn is_kind(name: &str, kind: TokenKind) -> bool {
    let folded = name.to_lowercase().replace('_', " ");
    folded == kind.label()
        || folded.strip_suffix(" tokens") == Some(kind.label())
        || TokenKind::of_class(&name.to_lowercase().replace(' ', "_")) == Some(kind)
}

/// Rows in the order of time; where the most or the least of them is asked for, so many by amount.
fn ranked<'n>(asked: &Asked, spent: &Spent, mut rows: Vec<Row<'n, SpendRow>>) -> Vec<Row<'n, SpendRow>> {
    if let (Some(rank), true) = (asked.rank, is_time(&spent.group_by) && spent.rows_left_out_count == 0) {
        rows.sort_by_key(|row| if rank == Rank::Least { row.spend_usd.0 } else { -row.spend_usd.0 });
        rows.truncate(asked.limit.unwrap_or(MOST_RANKED));
    }
    rows
}

/// The row that spends most or least. Rows in order of time are no ranking, and what belongs to nobody leads nothing; where rows were left out,
/// the last one is not the least.
fn leader<'r, 'n>(rank: Rank, spent: &Spent, rows: &'r [Row<'n, SpendRow>]) -> Option<&'r Row<'n, SpendRow>> {
    let whole = spent.rows_left_out_count == 0;
    let mut named = rows.iter().filter(|row| !spent.buckets.iter().any(|bucket| bucket.label == row.name));
    match (is_time(&spent.group_by), rank) {
        (true, Rank::Least) if whole => named.min_by_key(|row| row.spend_usd),
        (true, Rank::Most) if whole => named.max_by_key(|row| row.spend_usd),
        (false, Rank::Least) if whole => named.next_back(),
        (false, Rank::Most) => named.next(),
        _ => None,
    }
}

/// The row that a token kind or a role by name is.
fn one_row(asked: &Asked, spent: &Spent, row: &Row<'_, SpendRow>) -> Page {
    let period = format!("{}{}", during(spent, "period", &spent.period), without(spent));
    let of = if asked.asker.own { String::new() } else { format!(" for {}", spent.scope) };
    let lead = match (asked.kind, row.sub_name.is_empty()) {
        (Some(kind), false) => format!("of {kind} tokens, {} cost the most: {} {period}.", row.cite("sub_name"), row.cite("spend_usd")),
        (Some(kind), true) => {
            format!("{kind} tokens cost {}{} {period}{of}: {} of them.", row.cite("spend_usd"), share(row), row.cite(&field(kind)))
        }
        (None, _) => format!("{} spent {}{} {period}{of}.", row.cite("name"), row.cite("spend_usd"), share(row)),
    };
    Page { lead, number: Some(row.cite("spend_usd")), ..Page::default() }
}

/// The sentence that answers; `told` are rows that stand in it.
fn opening(asked: &Asked, spent: &Spent, rows: &[Row<'_, SpendRow>], told: Option<&str>) -> Page {
    let period = format!("{}{}", during(spent, "period", &spent.period), without(spent));
    let whose = if asked.asker.own { "in all".to_owned() } else { format!("for {}", spent.scope) };
    if let Some(rank) = asked.rank
        && let Some(row) = leader(rank, spent, rows)
    {
        let lead = format!(
            "{} {}: {}{} {period}, out of {} {whose}.",
            row.cite("name"),
            superlative(spent, rank),
            row.cite("spend_usd"),
            share(row),
            spent.cite("total_usd"),
        );
        return Page { lead, number: Some(row.cite("name")), ..Page::default() };
    }
    let (who, total) = (spender(asked, &spent.scope), spent.cite("total_usd"));
    if asked.tokens {
        let number = used(&spent.tokens, spent);
        return Page { lead: format!("{who} used {number} {period}, for {total}."), number: Some(number), ..Page::default() };
    }
    let metric = if spent.cost_metric == "unblended" { "" } else { " (net unblended)" };
    let on = if asked.asker.own && !spent.scope.contains(", ") { format!(" on {}", spent.scope) } else { String::new() };
    let head = format!("{who} spent {total}{metric}{on} {period}");
    let told = credits(spent).map_or_else(|| told.unwrap_or_default().to_owned(), |credits| format!(": {credits}"));
    let number = Some(total);
    if asked.rank.is_some() && is_time(&spent.group_by) && spent.rows_left_out_count > 0 {
        let lead = format!("{head}. That is more {}s than I can rank at once; ask for a month of them, or by month.", spent.group_by);
        return Page { lead, number, ..Page::default() };
    }
    Page { lead: format!("{head}{told}."), number, ..Page::default() }
}

fn without(spent: &Spent) -> String {
    if spent.excluded.is_empty() { String::new() } else { format!(", without {}", in_words(&spent.excluded)) }
}

fn superlative(spent: &Spent, rank: Rank) -> &'static str {
    let past = spent.period.finality == Finality::Final;
    match (is_time(&spent.group_by), rank, past) {
        (true, Rank::Least, false) => "has the lowest spend",
        (true, Rank::Most, false) => "has the highest spend",
        (true, Rank::Least, true) => "had the lowest spend",
        (true, Rank::Most, true) => "had the highest spend",
        (false, Rank::Least, false) => "spends the least",
        (false, Rank::Most, false) => "spends the most",
        (false, Rank::Least, true) => "spent the least",
        (false, Rank::Most, true) => "spent the most",
    }
}

/// A few plain rows fit the first sentence: `: HR Portal $14,200, Policy Assistant $882`.
fn inline(asked: &Asked, spent: &Spent, rows: &[Row<'_, SpendRow>]) -> Option<String> {
    let plain = |row: &Row<'_, SpendRow>| row.sub_name.is_empty() && !row.allocated && owned_by(&row.owners, asked).is_empty();
    let few = (1..=MOST_INLINE).contains(&rows.len()) && spent.rows_left_out_count == 0 && spent.group_by != "bucket";
    if asked.form == Form::Table || asked.rank.is_some() || asked.tokens || spent.credits.is_some() || !few || !rows.iter().all(plain) {
        return None;
    }
    match rows {
        [only] if spent.group_by == "total" || spent.scope.contains(only.name.as_str()) => Some(String::new()),
        [only] => Some(format!(", all of it {}", only.cite("name"))),
        several => {
            let named: Vec<String> = several.iter().map(|row| format!("{} {}", row.cite("name"), row.cite("spend_usd"))).collect();
            Some(format!(": {}", named.join(", ")))
        }
    }
}

fn share(row: &Row<'_, SpendRow>) -> String {
    row.share_percent.map(|_| format!(" ({})", row.cite("share_percent"))).unwrap_or_default()
}

fn named(row: &Row<'_, SpendRow>) -> String {
    if row.sub_name.is_empty() { row.cite("name") } else { format!("{}, {}", row.cite("name"), row.cite("sub_name")) }
}

fn line(asked: &Asked, spent: &Spent, row: &Row<'_, SpendRow>) -> String {
    let allocated = if row.allocated { ", allocated share of a shared account" } else { "" };
    let owners = if row.sub_name.is_empty() { owned_by(&row.owners, asked) } else { String::new() };
    if let (Some(kind), "token_type", false) = (asked.kind, spent.group_by.as_str(), row.sub_name.is_empty()) {
        return format!("{}: {} {kind} tokens, {}", row.cite("sub_name"), row.cite(&field(kind)), row.cite("spend_usd"));
    }
    if asked.tokens {
        let counts = one_kind(spent, row).map_or_else(|| used(&row.tokens, row), |kind| format!("{} tokens", row.cite(&field(kind))));
        return format!("{}: {counts}, {}{owners}{allocated}", named(row), row.cite("spend_usd"));
    }
    format!("{}: {}{}{owners}{allocated}", named(row), row.cite("spend_usd"), share(row))
}

/// The kind of a row that is one by its name.
fn one_kind(spent: &Spent, row: &SpendRow) -> Option<TokenKind> {
    let mut kinds = TokenKind::ALL.into_iter().filter(|kind| row.tokens.get(*kind) != 0);
    let first = kinds.next().filter(|_| spent.group_by == "token_type")?;
    if kinds.next().is_none() { Some(first) } else { None }
}

fn table(asked: &Asked, spent: &Spent, rows: &[Row<'_, SpendRow>]) -> Table {
    let by = match spent.group_by.as_str() {
        "product" => "Product",
        "model" => "Model",
        "day" => "Day",
        _ => "Name",
    };
    let mut head = vec![by, "Spend", "Share"];
    let tokens = asked.tokens;
    if tokens {
        head.push("Tokens");
    }
    let cells = |row: &Row<'_, SpendRow>| {
        let share = row.share_percent.map(|_| row.cite("share_percent")).unwrap_or_default();
        [named(row), row.cite("spend_usd"), share].into_iter().chain(tokens.then(|| used(&row.tokens, row))).collect()
    };
    Table { head, rows: rows.iter().take(MOST_DAYS).map(cells).collect() }
}

fn field(kind: TokenKind) -> String {
    format!("tokens.{}_tokens", kind.label().replace(' ', "_"))
}

/// Tokens by kind, those that were used: `3.5 B input and 791.7 M output tokens`.
fn used(counts: &TokenCounts, cited: &impl Cite) -> String {
    let kinds: Vec<String> = TokenKind::ALL
        .into_iter()
        .filter(|kind| counts.get(*kind) != 0)
        .map(|kind| format!("{} {}", cited.cite(&field(kind)), kind.label()))
        .collect();
    if kinds.is_empty() { "no tokens".to_owned() } else { format!("{} tokens", in_words(&kinds)) }
}
