//! Periods in words: named ones, months, days, weeks, quarters, ranges and `since`. All of them UTC, weeks Sunday to Saturday.

mod calendar;
mod dates;
mod parts;
mod reader;

use agent_bill_domain::period::{DateRange, Month, last_full_week, week_of};
use jiff::ToSpan;
use jiff::civil::Date;

pub use self::calendar::number;
pub use self::reader::find;

/// A period as the tools read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    MonthToDate,
    LastMonth,
    ThisWeek,
    LastWeek,
    Yesterday,
    Last7Days,
    YearToDate,
    All,
    Month(Month),
    Day(Date),
    Range(Date, Date),
}

impl When {
    /// The words of `SpendArgs.period`.
    pub fn text(&self) -> String {
        match self {
            Self::MonthToDate => "month_to_date".to_owned(),
            Self::LastMonth => "last_month".to_owned(),
            Self::ThisWeek => "this_week".to_owned(),
            Self::LastWeek => "last_week".to_owned(),
            Self::Yesterday => "yesterday".to_owned(),
            Self::Last7Days => "last_7_days".to_owned(),
            Self::YearToDate => "year_to_date".to_owned(),
            Self::All => "all".to_owned(),
            Self::Month(month) => month.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Range(from, to) => format!("{from}..{to}"),
        }
    }

    /// The first and last day, where that does not depend on the data.
    pub fn range(&self, today: Date) -> Option<DateRange> {
        Some(match self {
            Self::MonthToDate => DateRange { from: today.first_of_month(), to: today },
            Self::LastMonth => Month::of(today).previous().range(),
            Self::ThisWeek => DateRange { from: week_of(today).from, to: today },
            Self::LastWeek => last_full_week(today),
            Self::Yesterday => DateRange { from: today.saturating_sub(1.day()), to: today.saturating_sub(1.day()) },
            Self::Last7Days => DateRange { from: today.saturating_sub(7.days()), to: today.saturating_sub(1.day()) },
            Self::YearToDate => DateRange { from: today.first_of_year(), to: today },
            Self::All => return None,
            Self::Month(month) => month.range(),
            Self::Day(day) => DateRange { from: *day, to: *day },
            Self::Range(from, to) => DateRange { from: *from, to: *to },
        })
    }

    /// The month that an estimate is asked for: the one the period ends in.
    pub fn month(&self, today: Date) -> Month {
        self.range(today).map_or_else(|| Month::of(today), |range| Month::of(range.to))
    }

    /// The period of the same kind just before.
    pub fn preceding(&self, today: Date) -> Option<Self> {
        let current = Month::of(today);
        Some(match self {
            Self::MonthToDate => return None,
            Self::LastMonth => Self::Month(current.previous().previous()),
            Self::Month(month) => Self::Month(month.previous()),
            other => span(other.range(today)?.preceding()),
        })
    }

    /// The latest loaded period of the same kind, when nothing of this one can be loaded yet.
    pub fn latest_loaded(&self, today: Date, through: Date) -> Option<Self> {
        let range = self.range(today)?;
        let recent = range.from <= today && range.from > through;
        let loaded = match self {
            Self::ThisWeek => Self::LastWeek,
            Self::MonthToDate => Self::LastMonth,
            Self::Yesterday | Self::Day(_) => Self::Day(through),
            _ => return None,
        };
        recent.then_some(loaded)
    }

    pub fn is_future(&self, today: Date) -> bool {
        self.range(today).is_some_and(|range| range.from > today)
    }
}

/// A period found in a message and the words it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub when: When,
    pub start: usize,
    pub length: usize,
}

fn span(range: DateRange) -> When {
    When::Range(range.from, range.to)
}
