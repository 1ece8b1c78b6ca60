//! How `agent_usage` sums calls of language models, and sets them beside the limits.

use agent_bill_domain::bill::model_name::canonical_name;
use agent_bill_domain::consumption::{AgentLimit, Consumption};
use agent_bill_domain::money::{NanoUsd, permille};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::permission::Action;

use super::{AgentUsageArgs, AgentUsageResult, LimitLine, UsageFigures, UsagePeriod, UsageRow};
use crate::bounded::{count, cut, percent, permille_as_percent, shorten};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::period::{Calendar, Period, label};
use crate::view::{AgentUsage, AgentUsageQuery, AgentUsageSum, LimitUse, UsageBy, View};

const MOST_ROWS: usize = 25;
/// A month of days is shown whole.
const MOST_DAYS: usize = 31;
const ROW_BYTES: usize = 14_000;

const OTHERS: &str = "other people's conversations";
const WHO_CAN_CHANGE: &str = "an Admin, in the configuration";
const LIST_PRICE: &str = "Amounts are at list price; the bill decides.";

pub(super) async fn run(view: &dyn View, args: AgentUsageArgs) -> Result<Answered<AgentUsageResult>, ToolError> {
    let period = Calendar::live(view.today()).read(args.period.as_deref())?;
    let by = read_group(args.group_by.as_deref().unwrap_or_default())?;
    let query = AgentUsageQuery { range: period.range, by, only_mine: args.only_mine.unwrap_or_default() };
    let usage = view.agent_usage(query).await?;
    let totals = totals(&usage.sums);
    let mut rows = rows(&usage.sums, by, totals.cost_usd);
    let left_out = keep_most(&mut rows, by);
    let sum = |of: fn(&AgentUsageSum) -> i64| usage.sums.iter().map(of).sum::<i64>();
    let limits = limit_lines(view, &usage.limits);
    let mut result = AgentUsageResult {
        scope: if usage.everybody { "everybody's use" } else { "your own use" }.to_owned(),
        everybody: usage.everybody,
        group_by: by.key().to_owned(),
        rows,
        rows_left_out_count: count(left_out.len()),
        rows_left_out_usd: left_out.iter().map(|row| row.figures.cost_usd).sum(),
        failed_calls_count: sum(|sum| sum.failed),
        running_calls_count: sum(|sum| sum.running),
        estimated_calls_count: sum(|sum| sum.estimated),
        unpriced_calls_count: sum(|sum| sum.unpriced),
        binding_limit: limits.iter().find(|line| line.binding).map(|line| line.name.clone()).unwrap_or_default(),
        limits,
        who_can_change: WHO_CAN_CHANGE.to_owned(),
        who_sees_everybody: view.require(Action::ReadAgentUsage).err().map(|_| Action::ReadAgentUsage.who_can()).unwrap_or_default(),
        notes: Vec::new(),
        empty: (totals.calls_count == 0).then(|| nothing(view, &period, &usage)),
        period: UsagePeriod { label: label(&period), from_date: period.range.from, to_date: period.range.to, assumed: period.assumed },
        totals,
    };
    result.notes = notes(&result);
    Ok(if result.empty.is_some() { Answered::empty(result) } else { Answered::ok(result) })
}

fn read_group(written: &str) -> Result<UsageBy, ToolError> {
    let folded = fold_name(written).replace(['_', '-'], " ");
    let word = folded.strip_prefix("by ").or_else(|| folded.strip_prefix("per ")).unwrap_or(&folded).trim();
    Ok(match word.strip_suffix('s').unwrap_or(word) {
        "" | "model" => UsageBy::Model,
        "person" | "people" | "user" | "colleague" | "who" => UsageBy::Person,
        "conversation" | "chat" | "thread" => UsageBy::Conversation,
        "day" | "date" | "daily" => UsageBy::Day,
        "total" | "none" | "nothing" | "all" => UsageBy::Total,
        _ => {
            return Err(ToolError::Tell("that is not a breakdown of it; use one of: model, person, conversation, day, total".to_owned()));
        }
    })
}

fn figures(sum: &AgentUsageSum) -> UsageFigures {
    let tokens = sum.tokens;
    UsageFigures {
        calls_count: sum.calls,
        input_tokens: tokens.input_tokens,
        output_tokens: tokens.output_tokens,
        cache_read_tokens: tokens.cache_read_tokens,
        cache_write_tokens: tokens.cache_write_tokens,
        total_tokens: sum.total_tokens,
        cost_usd: sum.cost,
        cache_hit_percent: percent(tokens.cache_read_tokens, tokens.prompt()),
    }
}

impl UsageFigures {
    fn add(&mut self, other: &Self) {
        self.calls_count += other.calls_count;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cache_read_tokens += other.cache_read_tokens;
        self.cache_write_tokens += other.cache_write_tokens;
        self.total_tokens += other.total_tokens;
        self.cost_usd += other.cost_usd;
        self.cache_hit_percent = percent(self.cache_read_tokens, self.input_tokens + self.cache_read_tokens + self.cache_write_tokens);
    }
}

fn totals(sums: &[AgentUsageSum]) -> UsageFigures {
    let mut totals = UsageFigures::default();
    sums.iter().for_each(|sum| totals.add(&figures(sum)));
    totals
}

fn rows(sums: &[AgentUsageSum], by: UsageBy, total: NanoUsd) -> Vec<UsageRow> {
    let mut rows: Vec<UsageRow> = Vec::new();
    for sum in sums.iter().filter(|_| by != UsageBy::Total) {
        let name = row_name(sum, by);
        let figures = figures(sum);
        // A model may be configured by several ids and profiles; two people may bear one name.
        match rows.iter_mut().find(|row| by == UsageBy::Model && row.name == name) {
            Some(row) => row.figures.add(&figures),
            None => rows.push(UsageRow { name, started_on: sum.started_on, share_percent: None, figures }),
        }
    }
    for row in &mut rows {
        row.share_percent = percent(row.figures.cost_usd.0, total.0);
    }
    let size = |row: &UsageRow| (row.figures.cost_usd, row.figures.total_tokens);
    if by == UsageBy::Day {
        // The latest first, until the list is cut.
        rows.sort_by(|a, b| b.name.cmp(&a.name));
    } else {
        rows.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    }
    rows
}

fn row_name(sum: &AgentUsageSum, by: UsageBy) -> String {
    match by {
        UsageBy::Model => model_name(&sum.value),
        UsageBy::Conversation if sum.value.is_empty() => OTHERS.to_owned(),
        _ => shorten(&sum.value, 120),
    }
}

/// The model's name; of a profile without one only its own id, because an ARN names an account.
fn model_name(configured: &str) -> String {
    let canonical = canonical_name(configured);
    if canonical.mapped {
        return canonical.name;
    }
    let last = configured.rsplit('/').next().unwrap_or(configured);
    shorten(&if configured.starts_with("arn:") { format!("inference profile {last}") } else { configured.to_owned() }, 120)
}

/// Cuts the list, keeping the row of everybody else last; returns what was cut off.
fn keep_most(rows: &mut Vec<UsageRow>, by: UsageBy) -> Vec<UsageRow> {
    let others = rows.iter().position(|row| by == UsageBy::Conversation && row.name == OTHERS).map(|at| rows.remove(at));
    let left_out = cut(rows, if by == UsageBy::Day { MOST_DAYS } else { MOST_ROWS }, ROW_BYTES);
    if by == UsageBy::Day {
        rows.reverse();
    }
    rows.extend(others);
    left_out
}

fn limit_lines(view: &dyn View, used: &LimitUse) -> Vec<LimitLine> {
    let limits = view.settings().agent_limits;
    let line = |name: &str, limit: Consumption, used: Option<Consumption>, binding: bool| {
        let share = |part: i64, whole: i64| permille(part, whole).unwrap_or(1_000);
        LimitLine {
            name: name.to_owned(),
            used_usd: used.map(|used| used.usd),
            limit_usd: limit.usd,
            used_tokens: used.map(|used| used.tokens),
            limit_tokens: limit.tokens,
            used_percent: used.map(|used| permille_as_percent(share(used.usd.0, limit.usd.0).max(share(used.tokens, limit.tokens)))),
            reached: used.map(|used| used.reaches(&limit)),
            binding,
        }
    };
    vec![
        line("one question", limits.turn, None, false),
        line("one person, one UTC day", limits.person_day, Some(used.person_day), used.binding == AgentLimit::PersonDay),
        line("everybody, one UTC month", limits.month, used.month, used.binding == AgentLimit::Month),
    ]
}

fn nothing(view: &dyn View, period: &Period, usage: &AgentUsage) -> Empty {
    let label = label(period);
    if period.range.from > view.today() {
        return Empty {
            reason: EmptyReason::Future,
            explanation: format!("{label} lies in the future; nothing can have been consumed yet."),
        };
    }
    let whose = if usage.everybody { "anybody's" } else { "your" };
    let explanation = format!(
        "No language model was called for {whose} questions in {label}: the built-in planner answers without one and costs nothing."
    );
    Empty { reason: EmptyReason::TrueZero, explanation }
}

fn notes(result: &AgentUsageResult) -> Vec<String> {
    let noted = [
        (true, LIST_PRICE),
        (result.unpriced_calls_count > 0, "Calls of a model without a known list price are counted in tokens only."),
        (result.running_calls_count > 0, "Calls that have not ended, or never did, count with their worst case."),
        (
            result.estimated_calls_count > result.running_calls_count,
            "The provider did not count the tokens of some calls; theirs are estimated.",
        ),
    ];
    noted.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note.to_owned()).collect()
}
