//! Finds periods in the words of a sentence: fixed phrases, then what is relative, counted or spans from one day to another.

use agent_bill_domain::period::{Month, last_full_week, week_of};
use jiff::ToSpan;
use jiff::civil::Date;

use super::calendar::{day_number, month_number, number, weekday};
use super::{Found, When, span};
use crate::text::Word;

/// Every period of a sentence, in order. `future` tells that the question looks ahead.
pub fn find(words: &[Word], today: Date, future: bool) -> Vec<Found> {
    let reader = Reader { words, today, future };
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some((when, length)) = reader.at(at) {
            found.push(Found { when, start: at, length });
            at += length.max(1);
        } else {
            at += 1;
        }
    }
    found
}

pub(super) struct Reader<'w> {
    pub words: &'w [Word],
    pub today: Date,
    pub future: bool,
}

pub(super) type Read = Option<(When, usize)>;

impl Reader<'_> {
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    fn is(&self, at: usize, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(offset, word)| self.word(at + offset) == word)
    }

    fn at(&self, at: usize) -> Read {
        self.fixed(at)
            .or_else(|| self.between(at))
            .or_else(|| self.since(at))
            .or_else(|| self.counted(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.week_of_day(at))
            .or_else(|| self.part_of_month(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.day(at).map(|(day, length)| self.maybe_range(at, day, length)))
            .or_else(|| self.month_or_year(at))
    }

    fn fixed(&self, at: usize) -> Read {
        let month = Month::of(self.today);
        let last_year = self.today.saturating_sub(1.year());
        let phrases: [(&str, When); 39] = [
            ("the month before last", When::Month(month.previous().previous())),
            ("month before last", When::Month(month.previous().previous())),
            ("the week before last", span(last_full_week(self.today).preceding())),
            ("week before last", span(last_full_week(self.today).preceding())),
            ("the day before yesterday", When::Day(self.today.saturating_sub(2.days()))),
            ("day before yesterday", When::Day(self.today.saturating_sub(2.days()))),
            ("month to date", When::MonthToDate),
            ("week to date", When::ThisWeek),
            ("year to date", When::YearToDate),
            ("whole year so far", When::YearToDate),
            ("this year so far", When::YearToDate),
            ("year so far", When::YearToDate),
            ("quarter to date", self.quarter_span(0)),
            ("so far this month", When::MonthToDate),
            ("so far this week", When::ThisWeek),
            ("so far this year", When::YearToDate),
            ("the same month last year", When::Month(Month::of(last_year))),
            ("same month last year", When::Month(Month::of(last_year))),
            ("past week", When::Last7Days),
            ("past month", When::LastMonth),
            ("past weekend", self.weekend()),
            ("last weekend", self.weekend()),
            ("the weekend", self.weekend()),
            ("week last", When::LastWeek),
            ("month last", When::LastMonth),
            ("all time", When::All),
            ("of all time", When::All),
            ("all history", When::All),
            ("entire history", When::All),
            ("since the beginning", When::All),
            ("since the start", When::All),
            ("since launch", When::All),
            ("since inception", When::All),
            ("since day one", When::All),
            ("ever since", When::All),
            ("today", When::Day(self.today)),
            ("yesterday", When::Yesterday),
            ("tomorrow", When::Day(self.today.saturating_add(1.day()))),
            ("lifetime", When::All),
        ];
        // `by week last month` is not `in the week last`.
        let unit = |at: usize| matches!(self.word(at), "month" | "week" | "quarter" | "year");
        let fits = |phrase: &str| self.is(at, phrase) && !(phrase.ends_with(" last") && unit(at + 2));
        phrases.into_iter().find(|(phrase, _)| fits(phrase)).map(|(phrase, when)| (when, phrase.split(' ').count()))
    }

    /// `this month`, `previous week`, `next quarter`, `current year`.
    fn relative(&self, at: usize) -> Read {
        let step = match self.word(at) {
            "this" | "current" | "running" => 0,
            "last" | "previous" | "prior" | "past" | "preceding" => -1,
            "next" | "coming" | "upcoming" | "following" => 1,
            _ => return None,
        };
        let skip = usize::from(matches!(
            self.word(at + 1),
            "full" | "whole" | "entire" | "complete" | "calendar" | "billing" | "fiscal" | "financial"
        ));
        let unit = self.word(at + 1 + skip);
        let length = 2 + skip;
        let month = Month::of(self.today);
        let week = week_of(self.today);
        let when = match (unit, step) {
            ("month" | "months" | "period", 0) => When::MonthToDate,
            ("month" | "months" | "period", -1) => When::LastMonth,
            ("month" | "period", 1) => When::Month(month.next()),
            ("week" | "weeks", 0) => When::ThisWeek,
            ("week" | "weeks", -1) => When::LastWeek,
            ("week", 1) => When::Range(week.to.saturating_add(1.day()), week.to.saturating_add(7.days())),
            ("year", 0) => When::YearToDate,
            ("year", step) => self.year(i32::from(self.today.year()) + step)?,
            ("quarter", step) => self.quarter_span(step),
            ("day", 0) => When::Day(self.today),
            ("day", -1) => When::Yesterday,
            (name, step) if step <= 0 && weekday(name).is_some() => When::Day(self.latest(name)?),
            (name, step) if month_number(name).is_some() => self.month_with(month_number(name)?, step),
            _ => return None,
        };
        Some((when, length))
    }

    /// `last 30 days`, `past three months`, `2 weeks ago`.
    fn counted(&self, at: usize) -> Read {
        let leads = matches!(self.word(at), "last" | "past" | "previous" | "trailing" | "recent" | "prior");
        let start = if leads { at + 1 } else { at };
        let (count, taken) = match (self.word(start), self.word(start + 1), self.word(start + 2)) {
            ("a", "couple", "of") | ("couple", "of", _) => (2, if self.word(start) == "a" { 3 } else { 2 }),
            ("couple", _, _) => (2, 1),
            ("a" | "one", "month" | "week" | "day" | "year", "ago") => (1, 1),
            ("few", _, _) => (3, 1),
            (word, _, _) => (number(word)?, 1),
        };
        let unit = self.word(start + taken);
        let ago = self.word(start + taken + 1) == "ago";
        if !leads && !ago || !(1..=400).contains(&count) {
            return None;
        }
        let length = start - at + taken + 1 + usize::from(ago);
        let days = |days: i64| {
            let to = self.today.saturating_sub(1.day());
            When::Range(to.saturating_sub((days - 1).days()), to)
        };
        let back = |months: i64| (0..months).fold(Month::of(self.today), |month, _| month.previous());
        let when = match (unit, ago) {
            ("day" | "days", true) => When::Day(self.today.saturating_sub(count.days())),
            ("week" | "weeks", true) => span(week_of(self.today.saturating_sub((count * 7).days()))),
            ("month" | "months", true) => When::Month(back(count)),
            ("year" | "years", true) => self.year(i32::from(self.today.year()) - i32::try_from(count).ok()?)?,
            ("day" | "days", false) if count == 7 => When::Last7Days,
            ("day" | "days", false) => days(count),
            ("week" | "weeks", false) => {
                let last = last_full_week(self.today);
                When::Range(last.to.saturating_sub((count * 7 - 1).days()), last.to)
            }
            ("month" | "months", false) => When::Range(back(count).first(), Month::of(self.today).previous().last()),
            ("year" | "years", false) if count == 1 => self.year(i32::from(self.today.year()) - 1)?,
            _ => return None,
        };
        Some((when, length))
    }

    /// `since May`, `from 3 November on`, `until the 10th`, `through last week`.
    fn since(&self, at: usize) -> Read {
        let opens = matches!(self.word(at), "since" | "starting" | "after");
        let closes = matches!(self.word(at), "until" | "till" | "upto");
        if !opens && !closes {
            return None;
        }
        let skip = usize::from(matches!(self.word(at + 1), "the" | "from" | "early"));
        let (when, length) = self.single(at + 1 + skip)?;
        let range = when.range(self.today)?;
        let when =
            if opens { When::Range(range.from, self.today.max(range.from)) } else { When::Range(range.to.first_of_month(), range.to) };
        Some((when, length + 1 + skip))
    }

    /// `between 3 and 9 November`, `from October to November`.
    fn between(&self, at: usize) -> Read {
        if !matches!(self.word(at), "between" | "from") {
            return None;
        }
        let joins = |word: &str| matches!(word, "and" | "to" | "through" | "until" | "till");
        // `3 and 9 November`, `3 to 9 Nov 2026`: the month stands at the end.
        if let Some(first) = day_number(self.word(at + 1))
            && joins(self.word(at + 2))
            && let Some((last, length)) = self.day(at + 3)
        {
            let from = last.with().day(first).build().ok()?;
            return (from <= last).then_some((When::Range(from, last), length + 3));
        }
        let (from, first) = self.single(at + 1)?;
        if !joins(self.word(at + 1 + first)) {
            return None;
        }
        let end = at + 2 + first;
        let (to, second) = match self.single(end) {
            Some(found) => found,
            None => {
                let start = from.range(self.today)?.from;
                (When::Day(start.with().day(day_number(self.word(end))?).build().ok()?), 1)
            }
        };
        let (from, to) = (from.range(self.today)?, to.range(self.today)?);
        (from.from <= to.to).then_some((When::Range(from.from, to.to), 2 + first + second))
    }

    /// One date, month or named period, for the ends of ranges.
    pub(super) fn single(&self, at: usize) -> Read {
        self.fixed(at)
            .or_else(|| self.relative(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.day(at).map(|(day, length)| (When::Day(day), length)))
            .or_else(|| self.bare_month(at, true))
    }
}
