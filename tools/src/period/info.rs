//! What is said about a period: its label, its freshness and finality, and why it may be empty.

use agent_bill_domain::period::{DateRange, Month};
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Period, Shape};
use crate::empty::{Empty, EmptyReason};
use crate::view::{Freshness, MonthState};

/// The period an answer covers and how far it can be trusted. All dates are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeriodInfo {
    /// In words: `November 2026, month to date`, `October 2026`, `week of 15 to 21 November 2026`.
    pub label: String,
    #[schemars(with = "String")]
    pub from_date: Date,
    /// Last day asked for; it may lie beyond `data_through`.
    #[schemars(with = "String")]
    pub to_date: Date,
    /// Last day with data inside the period.
    #[schemars(with = "Option<String>")]
    pub data_through: Option<Date>,
    /// Last day that is no longer provisional.
    #[schemars(with = "Option<String>")]
    pub settled_through: Option<Date>,
    pub finality: Finality,
    /// True when the asker named no period and month to date was taken.
    pub assumed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// Every month in the period carries its invoice id.
    Final,
    /// Not invoiced yet: figures may still move.
    Open,
    /// Some months final, some open.
    Mixed,
    /// Nothing of the period is loaded.
    NotLoaded,
}

/// The period with its freshness and finality.
#[must_use]
pub fn describe_period(period: &Period, freshness: &Freshness) -> PeriodInfo {
    let range = period.range;
    let loaded = loaded_months(range, freshness);
    let data_through = loaded.iter().map(|month| month.data_through.min(range.to)).max().filter(|day| *day >= range.from);
    let finality = finality(range, &loaded);
    let settled_through = if finality == Finality::Final {
        data_through
    } else {
        freshness.settled_through.map(|settled| settled.min(range.to)).filter(|settled| *settled >= range.from)
    };
    PeriodInfo {
        label: label(period),
        from_date: range.from,
        to_date: range.to,
        data_through,
        settled_through,
        finality,
        assumed: period.assumed,
    }
}

fn loaded_months(range: DateRange, freshness: &Freshness) -> Vec<&MonthState> {
    let touches = |month: &&MonthState| month.month.first() <= range.to && range.from <= month.month.last();
    freshness.months.iter().filter(touches).collect()
}

fn finality(range: DateRange, loaded: &[&MonthState]) -> Finality {
    let mut asked = 0;
    let mut month = Month::of(range.from);
    while month.first() <= range.to {
        asked += 1;
        month = month.next();
    }
    let finals = loaded.iter().filter(|month| month.is_final).count();
    match (loaded.len(), finals) {
        (0, _) => Finality::NotLoaded,
        (_, 0) => Finality::Open,
        (_, finals) if finals == asked => Finality::Final,
        _ => Finality::Mixed,
    }
}

/// Sentences about days that are missing or may still move.
#[must_use]
pub fn period_notes(info: &PeriodInfo, freshness: &Freshness) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(through) = info.data_through else { return notes };
    let oldest = freshness.months.iter().map(|month| month.month.first()).min();
    if let Some(oldest) = oldest.filter(|oldest| *oldest > info.from_date) {
        notes.push(format!("Data begins on {}; earlier days are not loaded.", date_in_words(oldest)));
    }
    if through < info.to_date {
        let missing = DateRange { from: through.saturating_add(1.day()), to: info.to_date };
        notes.push(format!("{}: not loaded yet.", days_in_words(missing)));
    }
    match info.settled_through {
        Some(settled) if settled < through => {
            let moving = DateRange { from: settled.saturating_add(1.day()), to: through };
            notes.push(format!("{}: provisional, AWS may still add usage.", days_in_words(moving)));
        }
        None if info.finality != Finality::Final => {
            notes.push("All days of this period are provisional; AWS may still add usage.".to_owned());
        }
        _ => {}
    }
    notes
}

/// Why a period has no data at all, before anything is summed. `None` when some of it is loaded.
#[must_use]
pub fn nothing_loaded(info: &PeriodInfo, today: Date, freshness: &Freshness) -> Option<Empty> {
    if info.data_through.is_some() {
        return None;
    }
    let oldest = freshness.months.iter().map(|month| month.month.first()).min();
    let (reason, explanation) = if info.from_date > today {
        (EmptyReason::Future, format!("{} lies in the future; nothing can have been billed yet.", info.label))
    } else if oldest.is_some_and(|oldest| info.to_date < oldest) {
        (
            EmptyReason::OutsideRetention,
            format!(
                "{} is older than what is kept; the oldest data is from {}.",
                info.label,
                oldest.map(date_in_words).unwrap_or_default()
            ),
        )
    } else if let Some(through) = freshness.data_through {
        (EmptyReason::NotLoadedYet, format!("{} is not loaded yet; data reaches {}.", info.label, date_in_words(through)))
    } else {
        (EmptyReason::NotLoadedYet, "No billing data has been loaded yet.".to_owned())
    };
    Some(Empty { reason, explanation })
}

/// The period in words.
pub(crate) fn label(period: &Period) -> String {
    let DateRange { from, to } = period.range;
    match period.shape {
        Shape::MonthToDate => format!("{}, month to date", month_name(from)),
        Shape::Month => month_name(from),
        Shape::Week => format!("week of {}", days_in_words(period.range)),
        Shape::WeekToDate => format!("week to date, {}", days_in_words(period.range)),
        Shape::QuarterToDate => format!("quarter to date, {}", days_in_words(period.range)),
        Shape::YearToDate => format!("{}, year to date", from.year()),
        Shape::Range if from.day() == 1 && to == to.last_of_month() && Month::of(from) == Month::of(to) => month_name(from),
        Shape::Range if from == from.first_of_year() && to == from.last_of_year() => from.year().to_string(),
        Shape::Day | Shape::Range => days_in_words(period.range),
    }
}

fn month_name(day: Date) -> String {
    day.strftime("%B %Y").to_string()
}

/// `22 Nov 2026`.
#[must_use]
pub fn date_in_words(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// `22 November 2026`, `22 to 23 November 2026`, `20 September to 2 November 2026`, with both years where they differ.
fn days_in_words(range: DateRange) -> String {
    let DateRange { from, to } = range;
    let last = to.strftime("%-d %B %Y");
    if from == to {
        last.to_string()
    } else if Month::of(from) == Month::of(to) {
        format!("{} to {last}", from.day())
    } else if from.year() == to.year() {
        format!("{} to {last}", from.strftime("%-d %B"))
    } else {
        format!("{} to {last}", from.strftime("%-d %B %Y"))
    }
}
