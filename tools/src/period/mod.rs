//! Period words → UTC days. Tolerant in how a period is written, strict in what it may be: days that do not exist and ranges that no bill
//! covers are refused with a sentence that says what would do.

mod grammar;
mod info;

use agent_bill_domain::period::{DateRange, Month};
use jiff::ToSpan;
use jiff::civil::Date;

pub(crate) use info::label;
pub use info::{Finality, PeriodInfo, date_in_words, describe_period, nothing_loaded, period_notes};

use crate::contract::ToolError;
use crate::view::Freshness;

/// The longest period one question may cover.
const MAX_DAYS: i64 = 1100;

/// What a period was asked for as; comparisons and labels depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    MonthToDate,
    /// One whole calendar month.
    Month,
    WeekToDate,
    Week,
    QuarterToDate,
    YearToDate,
    Day,
    Range,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub range: DateRange,
    pub shape: Shape,
    /// True when the asker named no period.
    pub assumed: bool,
}

/// What the meaning of a period word depends on.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    pub today: Date,
    pub loaded: Option<DateRange>,
}

impl Calendar {
    /// For records of our own, which are complete up to this moment whatever is loaded of the bill.
    #[must_use]
    pub const fn live(today: Date) -> Self {
        Self { today, loaded: None }
    }

    #[must_use]
    pub fn new(today: Date, freshness: &Freshness) -> Self {
        let first = freshness.months.iter().map(|month| month.month.first()).min();
        let loaded = first.zip(freshness.data_through).map(|(from, to)| DateRange { from, to });
        Self { today, loaded }
    }

    /// Reads `words`; nothing, or only white space, is the month to date.
    ///
    /// # Errors
    /// `ToolError::Tell` when the words are no period, name a day that does not exist, or a range that is reversed or too long.
    pub fn read(&self, words: Option<&str>) -> Result<Period, ToolError> {
        let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) else {
            return Ok(Period { assumed: true, ..self.month_to_date() });
        };
        let shown: String = words.chars().take(40).collect();
        let Some(period) = grammar::read(words, self) else {
            return Err(ToolError::Tell(format!(
                "`{shown}` is not a period; use month_to_date, last_month, last_week, a month like 2026-10, a day like 2026-11-05, or a range like \
                 2026-11-01..2026-11-10{}",
                self.loaded_hint()
            )));
        };
        if period.range.is_empty() {
            return Err(ToolError::Tell(format!("`{shown}` ends before it begins; write the earlier day first{}", self.loaded_hint())));
        }
        if period.range.days() > MAX_DAYS {
            return Err(ToolError::Tell(format!("`{shown}` is too long; a period may cover three years{}", self.loaded_hint())));
        }
        Ok(period)
    }

    /// Reads a month: a month in words, or the month to date. `None` is this month.
    ///
    /// # Errors
    /// `ToolError::Tell` when the words are no month.
    pub fn read_month(&self, words: Option<&str>) -> Result<(Month, bool), ToolError> {
        let period = self.read(words)?;
        match period.shape {
            Shape::MonthToDate | Shape::Month => Ok((Month::of(period.range.from), period.assumed)),
            _ => Err(ToolError::Tell("this is kept by month; ask for this_month, last_month or a month like 2026-10".to_owned())),
        }
    }

    fn loaded_hint(&self) -> String {
        self.loaded.map(|loaded| format!("; data is loaded for {}..{}", loaded.from, loaded.to)).unwrap_or_default()
    }

    fn month_to_date(&self) -> Period {
        self.of(Shape::MonthToDate, self.today.first_of_month(), self.today)
    }

    const fn of(&self, shape: Shape, from: Date, to: Date) -> Period {
        Period { range: DateRange { from, to }, shape, assumed: false }
    }

    /// The current month is asked for up to today; a past or coming one whole.
    fn month(&self, month: Month) -> Period {
        if month == Month::of(self.today) { self.month_to_date() } else { self.of(Shape::Month, month.first(), month.last()) }
    }

    fn year(&self, first: Date) -> Period {
        let last = first.last_of_year();
        if first.year() == self.today.year() { self.of(Shape::YearToDate, first, self.today) } else { self.of(Shape::Range, first, last) }
    }

    fn all(&self) -> Period {
        let longest = self.today.saturating_sub((MAX_DAYS - 1).days());
        let from = self.loaded.map_or(longest, |loaded| loaded.from.max(longest));
        self.of(Shape::Range, from.min(self.today), self.today)
    }
}

impl Period {
    /// The period an open comparison sets beside this one: the same days of the month, week, quarter or year before; otherwise the equally
    /// long period just before.
    #[must_use]
    pub fn before(&self) -> Self {
        let DateRange { from, to } = self.range;
        let shifted = |first: Date, last: Date| {
            let to = first.saturating_add((self.range.days() - 1).max(0).days()).min(last);
            DateRange { from: first, to }
        };
        let (range, shape) = match self.shape {
            Shape::MonthToDate => {
                let month = Month::of(from).previous();
                (shifted(month.first(), month.last()), Shape::Range)
            }
            Shape::Month => (Month::of(from).previous().range(), Shape::Month),
            Shape::WeekToDate | Shape::Week => {
                (DateRange { from: from.saturating_sub(7.days()), to: to.saturating_sub(7.days()) }, self.shape)
            }
            Shape::QuarterToDate => (shifted(from.saturating_sub(3.months()), from.saturating_sub(1.day())), Shape::Range),
            Shape::YearToDate => {
                let first = from.saturating_sub(1.year());
                (DateRange { from: first, to: to.saturating_sub(1.year()) }, Shape::Range)
            }
            Shape::Day | Shape::Range => (self.range.preceding(), self.shape),
        };
        let shape = match shape {
            Shape::WeekToDate if range.days() < 7 => Shape::Range,
            other => other,
        };
        Self { range, shape, assumed: false }
    }
}

#[cfg(test)]
mod tests;
