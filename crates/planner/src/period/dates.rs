//! Days, months and years by name or number.

use agent_bill_domain::period::Month;
use jiff::ToSpan;
use jiff::civil::Date;

use super::When;
use super::calendar::{day_number, days_of_month_first, month_number, weekday, written_out, year_number};
use super::reader::{Read, Reader};

impl Reader<'_> {
    /// A day: ISO, `8 Nov`, `Nov 8th 2026`, `on Monday`, `the 15th`.
    pub(super) fn day(&self, at: usize) -> Option<(Date, usize)> {
        let word = self.word(at);
        if let Some(day) = written_out(word) {
            return Some((day, 1));
        }
        if let Some(month) = month_number(word)
            && let Some(day) = day_number(self.word(at + 1))
        {
            return self.dated(month, day, at + 2).map(|(date, extra)| (date, 2 + extra));
        }
        if let Some(day) = day_number(word) {
            let of = usize::from(self.word(at + 1) == "of");
            if let Some(month) = month_number(self.word(at + 1 + of)) {
                return self.dated(month, day, at + 2 + of).map(|(date, extra)| (date, 2 + of + extra));
            }
            let ordinal = word.ends_with(char::is_alphabetic);
            if ordinal && matches!(self.previous(at), "the" | "since" | "on" | "until") {
                let date = self.today.with().day(day).build().ok()?;
                return Some((if date > self.today { date.saturating_sub(1.month()) } else { date }, 1));
            }
        }
        if weekday(word).is_some() && word.ends_with("day") && !matches!(self.previous(at), "every" | "each" | "per" | "by") {
            return self.latest(word).map(|day| (day, 1));
        }
        let named = weekday(word).is_some() && (word.ends_with("day") || self.words.get(at).is_some_and(|word| word.capital));
        (named && matches!(self.previous(at), "on" | "since" | "of" | "until" | "and" | "from" | "for" | "to" | "this" | "last"))
            .then(|| self.latest(word).map(|day| (day, 1)))
            .flatten()
    }

    fn previous(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| self.word(at))
    }

    fn dated(&self, month: i8, day: i8, at: usize) -> Option<(Date, usize)> {
        if let Some(year) = year_number(self.word(at)) {
            return Some((Date::new(year, month, day).ok()?, 1));
        }
        let date = Date::new(self.today.year(), month, day).ok()?;
        let past = Date::new(self.today.year() - 1, month, day).ok();
        let far_ahead = date > self.today.saturating_add(60.days());
        Some((if far_ahead && !self.future { past? } else { date }, 0))
    }

    /// `Nov 3 - 9`, `3-9 November`, `Nov 3 to Nov 9`.
    pub(super) fn maybe_range(&self, at: usize, from: Date, length: usize) -> (When, usize) {
        let joined = matches!(self.word(at + length), "to" | "through" | "until" | "till");
        let next = at + length + usize::from(joined);
        let glued = self.words.get(next).is_some_and(|word| word.glued || word.after_pause);
        if joined || glued {
            if let Some((to, more)) = self.day(next).filter(|(to, _)| *to >= from) {
                return (When::Range(from, to), next - at + more);
            }
            if let Some(to) = day_number(self.word(next)).and_then(|day| from.with().day(day).build().ok()).filter(|to| *to >= from) {
                return (When::Range(from, to), next - at + 1);
            }
        }
        (When::Day(from), length)
    }

    pub(super) fn month_or_year(&self, at: usize) -> Read {
        let led = matches!(
            self.previous(at),
            "in" | "for" | "during" | "of" | "and" | "versus" | "than" | "against" | "to" | "with" | "about" | "is" | "was" | "by"
        );
        if let Some(month) = month_number(self.word(at))
            && let Some((from, to)) = days_of_month_first(self.word(at + 1))
        {
            let (date, extra) = self.dated(month, to, at + 2)?;
            return Some((When::Range(date.with().day(from).build().ok()?, date), 2 + extra));
        }
        if let Some(found) = self.bare_month(at, led) {
            return Some(found);
        }
        if let Some((from, to)) = days_of_month_first(self.word(at))
            && let Some(month) = month_number(self.word(at + 1))
        {
            let (date, extra) = self.dated(month, to, at + 2)?;
            let start = date.with().day(from).build().ok()?;
            return (start <= date).then_some((When::Range(start, date), 2 + extra));
        }
        let year = year_number(self.word(at))?;
        let counted = matches!(self.previous(at), "task" | "ticket" | "card" | "top" | "first" | "limit" | "number");
        (led || (at > 0 && !counted && self.previous(at).chars().all(char::is_alphabetic)))
            .then(|| self.year(i32::from(year)).map(|when| (when, 1)))
            .flatten()
    }

    pub(super) fn bare_month(&self, at: usize, led: bool) -> Read {
        let word = self.word(at);
        if let Ok(month) = word.parse::<Month>() {
            return Some((When::Month(month), 1));
        }
        let month = month_number(word)?;
        // Words that are months only in context.
        let doubtful = matches!(word, "may" | "march" | "mar" | "sun" | "dec" | "jan" | "jun" | "jul" | "sep" | "apr");
        let shown = self.words.get(at).is_some_and(|word| word.capital && !word.initial);
        if let Some(year) = year_number(self.word(at + 1)) {
            return Date::new(year, month, 1).ok().map(|first| (When::Month(Month::of(first)), 2));
        }
        let verb = matches!(word, "may" | "march" | "mar");
        if doubtful && verb && !led && !shown {
            return None;
        }
        Some((self.month_with(month, 0), 1))
    }

    /// The month of that number nearest in the past, or the coming one when the question looks ahead.
    pub(super) fn month_with(&self, month: i8, step: i32) -> When {
        let current = Month::of(self.today);
        let this_year = Date::new(self.today.year(), month, 1).map_or(current, Month::of);
        let ahead = this_year > current;
        let soon = this_year <= current.next().next();
        let found = match (ahead, step) {
            (true, -1) => this_year.first().saturating_sub(1.year()),
            (true, 0) if !soon && !self.future => this_year.first().saturating_sub(1.year()),
            (false, 1) => this_year.first().saturating_add(1.year()),
            (false, -1) if this_year == current => this_year.first().saturating_sub(1.year()),
            _ => this_year.first(),
        };
        if Month::of(found) == current { When::MonthToDate } else { When::Month(Month::of(found)) }
    }

    pub(super) fn year(&self, year: i32) -> Option<When> {
        let year = i16::try_from(year).ok()?;
        if year == self.today.year() {
            return Some(When::YearToDate);
        }
        Some(When::Range(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
    }

    /// The latest day of that weekday before today.
    pub(super) fn latest(&self, name: &str) -> Option<Date> {
        let target = weekday(name)?;
        (1..=7_i64).map(|back| self.today.saturating_sub(back.days())).find(|day| day.weekday() == target)
    }
}
