//! What Agent Bill itself consumes, in words: the amount or the limit that was asked for, then the rows, the limits and who can change them.

mod limits;

use super::{AgentUsageResult, UsageRow};
use crate::empty::EmptyReason;
use crate::say::{Asked, Aspect, Cite, Kind, Noted, Page, Rank, Row, Said, Table, capital, counted, sentence, unlisted};

const MOST_ROWS: usize = 12;
/// A month of days is shown whole.
const MOST_DAYS: usize = 31;

type Usage = Noted<AgentUsageResult>;
type Used<'n> = Row<'n, UsageRow>;

pub(super) fn say(asked: &Asked, results: &[Usage]) -> Option<Said> {
    let usage = results.first()?;
    let refused = asked.named.others && !usage.who_sees_everybody.is_empty();
    let mut page = match &usage.empty {
        Some(empty) => Page { lead: sentence(&empty.explanation), number: Some(usage.cite("totals.cost_usd")), ..Page::default() },
        None => used(asked, usage),
    };
    if let Aspect::Limits { near } = asked.aspect {
        page.more = vec![capital(&page.lead)];
        page.lead = limits::binding(near, usage);
        page.rows.clear();
    }
    if refused {
        let own = "here is your own use.";
        page.lead =
            format!("what other people's questions consume is for {} to see; {own} {}", usage.who_sees_everybody, capital(&page.lead));
    }
    page.rows.extend(limits::all(usage));
    page.next = format!("Limits are changed by {}; at a limit the built-in planner answers instead, at no cost.", usage.who_can_change);
    page.end = end(asked, usage, refused);
    let ahead = usage.empty.as_ref().is_some_and(|empty| empty.reason != EmptyReason::TrueZero);
    page.kind = match (refused, ahead) {
        (true, _) => Kind::RoleDenied,
        (false, true) => Kind::Empty,
        (false, false) => Kind::Answer,
    };
    Some(page.said(asked))
}

fn end(asked: &Asked, usage: &Usage, refused: bool) -> Vec<String> {
    let mut end = Vec::new();
    if !refused && !asked.asker.own && !usage.everybody && !usage.who_sees_everybody.is_empty() {
        end.push(format!("This is your own use; everybody's is for {} to see.", usage.who_sees_everybody));
    }
    if usage.empty.is_none() {
        end.extend(usage.notes.iter().map(|note| sentence(note)));
    }
    end
}

/// The amount or the row that was asked for, and the rows.
fn used(asked: &Asked, usage: &Usage) -> Page {
    let rows = wanted(asked, usage);
    let (lead, number) = opening(asked, usage, &rows);
    let mut page = Page { lead, number, ..Page::default() };
    if usage.group_by == "total" {
        return page;
    }
    let most = if usage.group_by == "day" { MOST_DAYS } else { MOST_ROWS };
    page.rows = rows.iter().take(most).map(|row| line(asked, row)).collect();
    page.rows.extend(unlisted(rows.len() > most || usage.rows_left_out_count > 0));
    let cells =
        |row: &Used<'_>| vec![named(row), row.cite("figures.cost_usd"), row.cite("figures.calls_count"), row.cite("figures.total_tokens")];
    page.table = Some(Table { head: vec!["Name", "Cost", "Calls", "Tokens"], rows: rows.iter().take(most).map(cells).collect() });
    page.more.push(odd(usage));
    page
}

/// Calls that came to nothing, or whose price is not known.
fn odd(usage: &Usage) -> String {
    let odd = [
        ("failed_calls_count", usage.failed_calls_count, "gave no reply"),
        ("unpriced_calls_count", usage.unpriced_calls_count, "had no known price"),
    ];
    let told: Vec<String> = odd
        .into_iter()
        .filter(|(_, calls, _)| *calls > 0)
        .map(|(field, calls, what)| format!("{} {what}", counted(&usage.cite(field), calls, "call")))
        .collect();
    if told.is_empty() { String::new() } else { format!("Of these, {}.", told.join(" and ")) }
}

/// The rows of the people asked about, or all.
fn wanted<'n>(asked: &Asked, usage: &'n Usage) -> Vec<Used<'n>> {
    let any = names_people(asked, usage);
    usage.rows("rows", &usage.rows).into_iter().filter(|row| !any || asked.named.people.contains(&row.name)).collect()
}

fn names_people(asked: &Asked, usage: &Usage) -> bool {
    usage.group_by == "person" && usage.everybody && !asked.named.people.is_empty()
}

/// The sentence that answers, and its figure.
fn opening(asked: &Asked, usage: &Usage, rows: &[Used<'_>]) -> (String, Option<String>) {
    let label = usage.cite("period.label");
    let cost = usage.cite("totals.cost_usd");
    if names_people(asked, usage) {
        let of =
            |row: &Used<'_>| format!("{}: {} at list price in {label}, {}", row.cite("name"), row.cite("figures.cost_usd"), calls(row));
        return match rows {
            [] => (format!("no language model was called for them in {label}."), None),
            [first, ..] => {
                let each: Vec<String> = rows.iter().map(of).collect();
                (format!("{}.", each.join("; ")), Some(first.cite("figures.cost_usd")))
            }
        };
    }
    let whose = if usage.everybody { "everybody's questions" } else { "your questions" };
    if let Some(rank) = asked.rank
        && let Some(row) = leader(rank, usage, rows)
    {
        return (superlative(rank, usage, row), Some(row.cite("name")));
    }
    if asked.tokens {
        let tokens = usage.cite("totals.total_tokens");
        let kinds = ["input", "output", "cache_read", "cache_write"]
            .map(|kind| format!("{} {}", kind.replace('_', " "), usage.cite(&format!("totals.{kind}_tokens"))));
        let calls = counted(&usage.cite("totals.calls_count"), usage.totals.calls_count, "model call");
        let lead = format!("{whose} used {tokens} tokens in {label}: {}; {cost} at list price, {calls}.", kinds.join(", "));
        return (lead, Some(tokens));
    }
    let cached = usage.totals.cache_hit_percent.map(|_| format!(", cache hit rate {}", usage.cite("totals.cache_hit_percent")));
    let calls = counted(&usage.cite("totals.calls_count"), usage.totals.calls_count, "model call");
    let tokens = usage.cite("totals.total_tokens");
    (format!("{whose} cost {cost} at list price in {label}: {calls}, {tokens} tokens{}.", cached.unwrap_or_default()), Some(cost))
}

fn leader<'r, 'n>(rank: Rank, usage: &Usage, rows: &'r [Used<'n>]) -> Option<&'r Used<'n>> {
    let found = match rank {
        Rank::Least => rows.last().filter(|_| usage.rows_left_out_count == 0),
        Rank::Most => rows.first(),
    };
    found.filter(|_| rows.len() > 1)
}

fn superlative(rank: Rank, usage: &Usage, row: &Used<'_>) -> String {
    let verb = if usage.group_by == "person" { "uses me the" } else { "cost the" };
    let rank = if rank == Rank::Least { "least" } else { "most" };
    format!(
        "{} {verb} {rank}: {}{} at list price in {}, out of {} for {}.",
        named(row),
        row.cite("figures.cost_usd"),
        share(row),
        usage.cite("period.label"),
        usage.cite("totals.cost_usd"),
        if usage.everybody { "everybody" } else { "you" }
    )
}

fn calls(row: &Used<'_>) -> String {
    let calls = counted(&row.cite("figures.calls_count"), row.figures.calls_count, "model call");
    format!("{calls}, {} tokens", row.cite("figures.total_tokens"))
}

fn line(asked: &Asked, row: &Used<'_>) -> String {
    let (cost, tokens) = (row.cite("figures.cost_usd"), row.cite("figures.total_tokens"));
    if asked.tokens {
        return format!("{}: {tokens} tokens, {cost}", named(row));
    }
    let calls = counted(&row.cite("figures.calls_count"), row.figures.calls_count, "call");
    format!("{}: {cost}{}, {calls}, {tokens} tokens", named(row), share(row))
}

/// A conversation with the day it began on.
fn named(row: &Used<'_>) -> String {
    match row.started_on {
        Some(_) => format!("conversation {} of {}", row.cite("name"), row.cite("started_on")),
        None => row.cite("name"),
    }
}

fn share(row: &Used<'_>) -> String {
    row.share_percent.map(|_| format!(" ({})", row.cite("share_percent"))).unwrap_or_default()
}
