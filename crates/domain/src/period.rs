//! Days, weeks and months. All of them are UTC: a billing day is a UTC day whoever asks.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A calendar month, written `YYYY-MM`; also the name of a billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a month; write it as YYYY-MM, for example 2026-11")]
pub struct ParseMonthError(String);

impl Month {
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { first: date.first_of_month() }
    }

    #[must_use]
    pub fn first(self) -> Date {
        self.first
    }

    #[must_use]
    pub fn last(self) -> Date {
        self.first.last_of_month()
    }

    #[must_use]
    pub fn days(self) -> i64 {
        i64::from(self.first.days_in_month())
    }

    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: self.first.saturating_sub(1.month()) }
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first.saturating_add(1.month()) }
    }

    #[must_use]
    pub fn range(self) -> DateRange {
        DateRange { from: self.first(), to: self.last() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl FromStr for Month {
    type Err = ParseMonthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseMonthError(text.chars().take(20).collect());
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        if year.len() != 4 || month.len() != 2 || !(year.bytes().chain(month.bytes())).all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let first = Date::new(year.parse().map_err(|_| error())?, month.parse().map_err(|_| error())?, 1).map_err(|_| error())?;
        Ok(Self { first })
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An inclusive range of UTC days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateRange {
    pub from: Date,
    pub to: Date,
}

impl DateRange {
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && date <= self.to
    }

    /// Days in the range; zero when it is empty (`to` before `from`).
    #[must_use]
    pub fn days(self) -> i64 {
        days_between(self.from, self.to).map_or(0, |days| (days + 1).max(0))
    }

    /// The equally long range that ends the day before this one begins.
    #[must_use]
    pub fn preceding(self) -> Self {
        let to = self.from.saturating_sub(1.day());
        Self { from: to.saturating_sub((self.days() - 1).max(0).days()), to }
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.to < self.from
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> Option<i64> {
    from.until(to).ok().map(|span| i64::from(span.get_days()))
}

/// The Sunday–Saturday week that holds `date`.
#[must_use]
pub fn week_of(date: Date) -> DateRange {
    let since_sunday = i64::from(date.weekday().since(Weekday::Sunday));
    let from = date.saturating_sub(since_sunday.days());
    DateRange { from, to: from.saturating_add(6.days()) }
}

/// The last full Sunday–Saturday week before the one that holds `today`.
#[must_use]
pub fn last_full_week(today: Date) -> DateRange {
    week_of(week_of(today).from.saturating_sub(1.day()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn last_week_on_monday_23_november_2026_is_the_15th_to_the_21st() {
        let week = last_full_week(date(2026, 11, 23));
        assert_eq!((week.from, week.to), (date(2026, 11, 15), date(2026, 11, 21)));
    }

    #[test]
    fn a_week_begins_on_sunday_and_the_month_before_january_is_december() {
        assert_eq!(week_of(date(2026, 11, 22)).from, date(2026, 11, 22));
        assert_eq!("2026-01".parse::<Month>().unwrap().previous().to_string(), "2025-12");
    }

    #[test]
    fn days_are_counted_across_months_and_the_preceding_range_is_as_long() {
        let range = DateRange { from: date(2026, 9, 20), to: date(2026, 11, 2) };
        assert_eq!(range.days(), 44);
        assert_eq!(range.preceding().days(), 44);
        assert_eq!(range.preceding().to, date(2026, 9, 19));
    }

    #[test]
    fn only_four_and_two_digits_make_a_month() {
        for bad in ["2026", "2026-13", "2026-1", "26-11", "2026-11-01", "+026-01"] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
