//! Quarters, weekends, and parts of a month or week.

use agent_bill_domain::period::{Month, last_full_week, week_of};
use jiff::ToSpan;
use jiff::civil::Date;

use super::When;
use super::calendar::{quarter, year_number};
use super::reader::{Read, Reader};

impl Reader<'_> {
    /// `week of Nov 8`, `week starting 8 November`.
    pub(super) fn week_of_day(&self, at: usize) -> Read {
        if self.word(at) != "week" {
            return None;
        }
        let skip = match self.word(at + 1) {
            "of" | "from" | "starting" | "beginning" | "commencing" | "ending" | "to" => 1,
            _ => 0,
        };
        let skip = skip + usize::from(self.word(at + 1 + skip) == "the");
        let (day, length) = self.day(at + 1 + skip)?;
        let week = week_of(day);
        Some((When::Range(week.from, week.to), 1 + skip + length))
    }

    /// `first week of November`, `second half of October`.
    pub(super) fn part_of_month(&self, at: usize) -> Read {
        let which = match self.word(at) {
            "first" | "1st" => 0,
            "second" | "2nd" => 1,
            "third" | "3rd" => 2,
            "fourth" | "4th" => 3,
            "last" => 9,
            _ => return None,
        };
        let unit = self.word(at + 1);
        if !matches!(unit, "week" | "half") || !matches!(self.word(at + 2), "of" | "in") {
            return None;
        }
        let (when, length) = self.single(at + 3)?;
        let range = when.range(self.today)?;
        let month = Month::of(range.from);
        let (from, to) = match (unit, which) {
            ("half", 0) => (month.first(), month.first().saturating_add(14.days())),
            ("half", _) => (month.first().saturating_add(15.days()), month.last()),
            ("week", 9) => (month.last().saturating_sub(6.days()), month.last()),
            _ => (month.first().saturating_add((7 * which).days()), month.first().saturating_add((7 * which + 6).days()).min(month.last())),
        };
        Some((When::Range(from, to), 3 + length))
    }

    pub(super) fn quarter(&self, at: usize) -> Read {
        let (index, mut length) = quarter(self.word(at), self.word(at + 1))?;
        let mut year = self.today.year();
        let (first, months) = if index < 4 { (index * 3 + 1, 3) } else { ((index - 4) * 6 + 1, 6) };
        if let Some(named) = year_number(self.word(at + length)) {
            year = named;
            length += 1;
        } else if Date::new(year, first, 1).ok()? > self.today && !self.future {
            year -= 1;
        }
        let from = Date::new(year, first, 1).ok()?;
        let to = from.saturating_add(i64::from(months - 1).months()).last_of_month();
        Some((self.until_today(from, to), length))
    }

    pub(super) fn quarter_span(&self, step: i32) -> When {
        let first = (self.today.month() - 1) / 3 * 3 + 1;
        let current = self.today.with().month(first).day(1).build().unwrap_or(self.today);
        let from = current.saturating_add((i64::from(step) * 3).months());
        self.until_today(from, from.saturating_add(2.months()).last_of_month())
    }

    /// A range that is still running ends today.
    pub(super) fn until_today(&self, from: Date, to: Date) -> When {
        if from <= self.today && self.today < to { When::Range(from, self.today) } else { When::Range(from, to) }
    }

    pub(super) fn weekend(&self) -> When {
        let saturday = last_full_week(self.today).to;
        let sunday = saturday.saturating_add(1.day());
        if sunday < self.today {
            When::Range(saturday, sunday)
        } else {
            When::Range(saturday.saturating_sub(7.days()), saturday.saturating_sub(6.days()))
        }
    }
}
