//! What Agent Bill itself consumes: the amount or the limit that was asked for first, then the rows, the limits and who can change them.

use agent_bill_tools::agent_usage::{AgentUsageResult, LimitLine, UsageFigures, UsageRow};
use agent_bill_tools::empty::EmptyReason;
use jiff::civil::Date;

use agent_bill_model::Behaviour;

use super::super::display::{count, counted, date, percent, tokens, usd};
use super::super::frame::{AgentAsk, Frame};
use super::super::wording::Say;
use super::{capital, lines};

const MOST_ROWS: usize = 12;
/// A month of days is shown whole.
const MOST_DAYS: usize = 31;
/// From this share on a limit is close.
const CLOSE_PERCENT: f64 = 80.0;

pub fn say(frame: &Frame, result: Option<&AgentUsageResult>) -> Option<Say> {
    let result = result?;
    let ask = frame.agent.unwrap_or_default();
    let refused = frame.asks_others() && !result.who_sees_everybody.is_empty();
    let mut parts = Vec::new();
    if refused {
        parts.push(format!("What other people's questions consume is for {} to see; here is your own use.", result.who_sees_everybody));
    }
    if ask.limits {
        parts.push(limit_first(ask, result));
    }
    match &result.empty {
        Some(reason) => parts.push(reason.explanation.clone()),
        None => parts.extend(used(frame, result)),
    }
    parts.extend(limits(result));
    parts.push(format!("Limits are changed by {}; at a limit the built-in planner answers instead, at no cost.", result.who_can_change));
    if !refused && !ask.mine && !result.everybody && !result.who_sees_everybody.is_empty() {
        parts.push(format!("This is your own use; everybody's is for {} to see.", result.who_sees_everybody));
    }
    if result.empty.is_none() {
        parts.push(result.notes.join(" "));
    }
    let ahead = result.empty.as_ref().is_some_and(|empty| empty.reason != EmptyReason::TrueZero);
    let behaviour = match (refused, ahead) {
        (true, _) => Behaviour::DenyRole,
        (false, true) => Behaviour::NoData,
        (false, false) => Behaviour::Answer,
    };
    Some(Say::new(behaviour, lines(parts)))
}

/// How the limit that would stop the asker first stands.
fn limit_first(ask: AgentAsk, result: &AgentUsageResult) -> String {
    let Some(line) = result.limits.iter().find(|line| line.binding) else { return String::new() };
    let state = match (line.reached, line.used_percent) {
        (Some(true), _) => "Reached: ",
        (_, Some(share)) if share >= CLOSE_PERCENT => "Close: ",
        // Hidden use binds only when less of it is left than of one's own day.
        (None, _) => "Close: ",
        _ if ask.near => "Not near: ",
        _ => "",
    };
    let used = match line.used_percent {
        Some(share) => format!("; {} of it is used", percent(share)),
        None => String::new(),
    };
    capital(&format!("{state}the limit that stops you first is {} for {}{used}.", allowed(line), line.name))
}

fn allowed(line: &LimitLine) -> String {
    format!("{} or {} tokens", usd(line.limit_usd), tokens(line.limit_tokens))
}

fn limits(result: &AgentUsageResult) -> Vec<String> {
    let line = |line: &LimitLine| {
        let used = match (line.used_usd, line.used_tokens) {
            (Some(amount), Some(counted)) => format!(", used {} and {} tokens", usd(amount), tokens(counted)),
            _ => String::new(),
        };
        let binding = if line.binding { " (stops you first)" } else { "" };
        format!("- Limit for {}: {}{used}{binding}", line.name, allowed(line))
    };
    result.limits.iter().map(line).collect()
}

/// The headline and the rows.
fn used(frame: &Frame, result: &AgentUsageResult) -> Vec<String> {
    let rows = wanted(frame, result);
    let mut parts = vec![headline(frame, result, &rows)];
    let ask = frame.agent.unwrap_or_default();
    if !ask.limits && result.group_by != "total" {
        let most = if result.group_by == "day" { MOST_DAYS } else { MOST_ROWS };
        parts.extend(rows.iter().take(most).map(|row| row_line(frame, row)));
        if rows.len() > most || result.rows_left_out_count > 0 {
            parts.push("- … and smaller ones that are not listed; the totals above hold all of them.".to_owned());
        }
        let odd = [(result.failed_calls_count, "gave no reply"), (result.unpriced_calls_count, "had no known price")];
        let odd: Vec<String> =
            odd.iter().filter(|(calls, _)| *calls > 0).map(|(calls, what)| format!("{} {what}", counted(*calls, "call"))).collect();
        parts.push(if odd.is_empty() { String::new() } else { format!("Of these, {}.", odd.join(" and ")) });
    }
    parts
}

/// The rows of the people asked about, or all.
fn wanted<'r>(frame: &Frame, result: &'r AgentUsageResult) -> Vec<&'r UsageRow> {
    let named = |row: &UsageRow| frame.people.iter().any(|person| person.name == row.name);
    let any = result.group_by == "person" && result.everybody && !frame.people.is_empty();
    result.rows.iter().filter(|row| !any || named(row)).collect()
}

fn headline(frame: &Frame, result: &AgentUsageResult, rows: &[&UsageRow]) -> String {
    let label = &result.period.label;
    let totals = &result.totals;
    if result.group_by == "person" && result.everybody && !frame.people.is_empty() {
        return match rows {
            [] => format!("No language model was called for them in {label}."),
            [row] => format!("{}: {} at list price in {label}, {}.", row.name, usd(row.figures.cost_usd), calls_and_tokens(&row.figures)),
            _ => format!("In {label}, at list price:"),
        };
    }
    let whose = if result.everybody { "Everybody's questions" } else { "Your questions" };
    let leader = if frame.least { rows.last().filter(|_| result.rows_left_out_count == 0) } else { rows.first() };
    if (frame.superlative || frame.asks_who && result.everybody)
        && let Some(row) = leader.filter(|_| rows.len() > 1)
    {
        let verb = if result.group_by == "person" { "uses me the" } else { "cost the" };
        let rank = if frame.least { "least" } else { "most" };
        return format!(
            "{} {verb} {rank}: {}{} at list price in {label}, out of {} for {}.",
            capital(&name(row)),
            usd(row.figures.cost_usd),
            share(row),
            usd(totals.cost_usd),
            if result.everybody { "everybody" } else { "you" }
        );
    }
    if frame.tokens {
        return format!(
            "{whose} used {} tokens in {label}: input {}, output {}, cache read {}, cache write {}; {} at list price, {}.",
            tokens(totals.total_tokens),
            tokens(totals.input_tokens),
            tokens(totals.output_tokens),
            tokens(totals.cache_read_tokens),
            tokens(totals.cache_write_tokens),
            usd(totals.cost_usd),
            counted(totals.calls_count, "model call")
        );
    }
    let cached = totals.cache_hit_percent.map(|rate| format!(", cache hit rate {}", percent(rate))).unwrap_or_default();
    format!("{whose} cost {} at list price in {label}: {}{cached}.", usd(totals.cost_usd), calls_and_tokens(totals))
}

fn calls_and_tokens(figures: &UsageFigures) -> String {
    format!("{}, {} tokens", counted(figures.calls_count, "model call"), tokens(figures.total_tokens))
}

fn row_line(frame: &Frame, row: &UsageRow) -> String {
    let figures = &row.figures;
    if frame.tokens {
        return format!("- {}: {} tokens ({})", name(row), tokens(figures.total_tokens), usd(figures.cost_usd));
    }
    let calls = if figures.calls_count == 1 { "call" } else { "calls" };
    format!(
        "- {}: {}{}, {} {calls}, {} tokens",
        name(row),
        usd(figures.cost_usd),
        share(row),
        count(figures.calls_count),
        tokens(figures.total_tokens)
    )
}

/// A day as people write it, a conversation with the day it began on.
fn name(row: &UsageRow) -> String {
    match (row.name.parse::<Date>(), row.started_on) {
        (Ok(day), _) => date(day),
        (_, Some(day)) => format!("conversation {} of {}", row.name, date(day)),
        _ => row.name.clone(),
    }
}

fn share(row: &UsageRow) -> String {
    row.share_percent.map(|value| format!(" ({})", percent(value))).unwrap_or_default()
}
