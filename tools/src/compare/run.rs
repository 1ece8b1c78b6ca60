//! How `compare` sets two periods of equal length beside each other.

use std::collections::BTreeMap;

use agent_bill_domain::effects::{Change, split};
use agent_bill_domain::money::NanoUsd;
use jiff::ToSpan;

use super::{CompareArgs, CompareResult, Driver, Effects};
use crate::bounded::{percent, shorten};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::grouping::{Group, Labels};
use crate::period::PeriodInfo;
use crate::period::{Calendar, Period, Shape, describe_period, nothing_loaded, period_notes};
use crate::selection::{Selection, Written};
use crate::spend::run::token_counts;
use crate::view::{Dimension, Freshness, SpendFact, View};

const MOST_DRIVERS: usize = 10;
const EFFECT_DIMENSIONS: [Dimension; 2] = [Dimension::Model, Dimension::TokenClass];

pub(super) async fn run(view: &dyn View, args: CompareArgs) -> Result<Answered<CompareResult>, ToolError> {
    let freshness = view.freshness().await?;
    let calendar = Calendar::new(view.today(), &freshness);
    let (current, previous) = periods(&args, &calendar, &freshness)?;
    let written = Written {
        of: args.of.as_deref(),
        exclude: args.exclude.as_deref(),
        model: args.model.as_deref(),
        account: args.account.as_deref(),
        region: args.region.as_deref(),
    };
    let selection = Selection::read(view, &written).await?;
    let group = args.group_by.as_deref().map(str::trim).filter(|word| !word.is_empty());
    let group = group.map(|word| Group::read(word, &selection.hierarchy)).transpose()?;
    let group = group.unwrap_or(Group::Level(selection.hierarchy.product_level()));
    if group.is_time() || group == Group::Total {
        return Err(ToolError::Tell(
            "two periods are compared by product, model, account or another thing, not by time or total".to_owned(),
        ));
    }
    let mut result = blank(&selection, group, describe_period(&current, &freshness), describe_period(&previous, &freshness), &freshness);
    let empty =
        nothing_loaded(&result.current, view.today(), &freshness).or_else(|| nothing_loaded(&result.previous, view.today(), &freshness));
    if let Some(empty) = empty {
        result.empty = Some(empty);
        return Ok(Answered::empty(result));
    }
    let dimensions = match group.dimension() {
        Dimension::None | Dimension::Model | Dimension::TokenClass => EFFECT_DIMENSIONS,
        other => [other, Dimension::Model],
    };
    let now = counted(&selection, view, &current, dimensions).await?;
    let then = counted(&selection, view, &previous, dimensions).await?;
    fill_drivers(&mut result, &selection, group, dimensions, [&now, &then]);
    let same = dimensions == EFFECT_DIMENSIONS;
    let effects_now = if same { now } else { counted(&selection, view, &current, EFFECT_DIMENSIONS).await? };
    let effects_then = if same { then } else { counted(&selection, view, &previous, EFFECT_DIMENSIONS).await? };
    fill_effects(&mut result, [&effects_now, &effects_then]);
    if result.drivers.is_empty() {
        result.empty =
            Some(Empty { reason: EmptyReason::TrueZero, explanation: format!("Neither period shows usage for {}.", result.scope) });
        return Ok(Answered::empty(result));
    }
    Ok(Answered::ok(result))
}

/// The two periods. One that is still running is cut at the last loaded day, so that both sides hold as many days.
fn periods(args: &CompareArgs, calendar: &Calendar, freshness: &Freshness) -> Result<(Period, Period), ToolError> {
    let mut current = calendar.read(args.period.as_deref())?;
    if let Some(through) = freshness.data_through
        && current.range.contains(through)
        && through < current.range.to
        && current.shape != Shape::Month
    {
        current.range.to = through;
    }
    let against = args.against.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let mut previous = match against {
        Some(words) => calendar.read(Some(words))?,
        None => current.before(),
    };
    // A month that still runs against a whole one: the same days of both.
    if current.shape == Shape::MonthToDate && previous.shape == Shape::Month && current.range.days() < previous.range.days() {
        previous.range.to = previous.range.from.saturating_add((current.range.days() - 1).max(0).days());
        previous.shape = Shape::Range;
    }
    Ok((current, previous))
}

fn blank(selection: &Selection, group: Group, current: PeriodInfo, previous: PeriodInfo, freshness: &Freshness) -> CompareResult {
    let mut notes = period_notes(&current, freshness);
    notes.extend(period_notes(&previous, freshness).into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>());
    let days = |info: &PeriodInfo| agent_bill_domain::period::days_between(info.from_date, info.to_date);
    if days(&current) != days(&previous) {
        notes.push("The two periods are not equally long.".to_owned());
    }
    CompareResult {
        scope: selection.label_without(),
        current,
        previous,
        current_usd: NanoUsd::ZERO,
        previous_usd: NanoUsd::ZERO,
        change_usd: NanoUsd::ZERO,
        change_percent: None,
        current_tokens: agent_bill_domain::tokens::TokenCounts::default(),
        previous_tokens: agent_bill_domain::tokens::TokenCounts::default(),
        group_by: group.key(&selection.hierarchy),
        drivers: Vec::new(),
        drivers_left_out_count: 0,
        effects: Effects { volume_usd: NanoUsd::ZERO, mix_usd: NanoUsd::ZERO, rate_usd: NanoUsd::ZERO },
        notes,
        empty: None,
    }
}

async fn counted(selection: &Selection, view: &dyn View, period: &Period, dimensions: [Dimension; 2]) -> Result<Vec<SpendFact>, ToolError> {
    let mut facts = selection.facts(view, period, dimensions).await?;
    facts.retain(|fact| selection.counts(fact));
    Ok(facts)
}

fn fill_drivers(result: &mut CompareResult, selection: &Selection, group: Group, dimensions: [Dimension; 2], sides: [&[SpendFact]; 2]) {
    let labels = Labels { hierarchy: &selection.hierarchy, models: &selection.models };
    let at = dimensions.iter().position(|dimension| *dimension == group.dimension());
    let mut rows: BTreeMap<(String, String), [NanoUsd; 2]> = BTreeMap::new();
    for (side, facts) in sides.into_iter().enumerate() {
        for fact in facts {
            let value = at.and_then(|at| fact.values.get(at)).map_or("", String::as_str);
            let row = labels.row(group, fact, value);
            if let Some(sum) = rows.entry((row.id, row.name)).or_default().get_mut(side) {
                *sum += fact.amount;
            }
        }
    }
    let driver = |((_, name), [current, previous]): ((String, String), [NanoUsd; 2])| Driver {
        name: shorten(&name, 120),
        current_usd: current,
        previous_usd: previous,
        change_usd: current - previous,
        change_percent: percent((current - previous).0, previous.0),
    };
    result.drivers = rows.into_iter().map(driver).collect();
    result.current_usd = result.drivers.iter().map(|driver| driver.current_usd).sum();
    result.previous_usd = result.drivers.iter().map(|driver| driver.previous_usd).sum();
    result.change_usd = result.current_usd - result.previous_usd;
    result.change_percent = percent(result.change_usd.0, result.previous_usd.0);
    result.drivers.sort_by(|a, b| b.change_usd.abs().cmp(&a.change_usd.abs()).then_with(|| a.name.cmp(&b.name)));
    if result.drivers.len() > MOST_DRIVERS {
        result.drivers_left_out_count = i64::try_from(result.drivers.len() - MOST_DRIVERS).unwrap_or(i64::MAX);
        result.drivers.truncate(MOST_DRIVERS);
        result.notes.push("Only the largest changes are listed; the totals hold all of them.".to_owned());
    }
}

fn fill_effects(result: &mut CompareResult, [now, then]: [&[SpendFact]; 2]) {
    let mut changes: BTreeMap<[String; 2], Change> = BTreeMap::new();
    for fact in now {
        let change = changes.entry(fact.values.clone()).or_default();
        change.current += fact.amount;
        change.current_tokens += fact.tokens;
    }
    for fact in then {
        let change = changes.entry(fact.values.clone()).or_default();
        change.previous += fact.amount;
        change.previous_tokens += fact.tokens;
    }
    let parts = split(&changes.into_values().collect::<Vec<_>>());
    result.effects = Effects { volume_usd: parts.volume, mix_usd: parts.mix, rate_usd: parts.rate };
    result.current_tokens = token_counts(now.iter(), 1);
    result.previous_tokens = token_counts(then.iter(), 1);
}
