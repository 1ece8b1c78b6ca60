//! Periods in words: named ones, months, days, weeks, quarters, ranges and `since`. All of them UTC, weeks Sunday to Saturday.

mod calendar;

use agent_bill_domain::period::{DateRange, Month, last_full_week, week_of};
use jiff::ToSpan;
use jiff::civil::Date;

pub use self::calendar::number;
use self::calendar::{day_number, month_number, quarter, weekday, year_number};
use super::text::Word;

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

struct Reader<'w> {
    words: &'w [Word],
    today: Date,
    future: bool,
}

type Read = Option<(When, usize)>;

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
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
        let phrases: [(&str, When); 36] = [
            ("the month before last", When::Month(month.previous().previous())),
            ("month before last", When::Month(month.previous().previous())),
            ("the week before last", span(last_full_week(self.today).preceding())),
            ("week before last", span(last_full_week(self.today).preceding())),
            ("the day before yesterday", When::Day(self.today.saturating_sub(2.days()))),
            ("day before yesterday", When::Day(self.today.saturating_sub(2.days()))),
            ("month to date", When::MonthToDate),
            ("week to date", When::ThisWeek),
            ("year to date", When::YearToDate),
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
    fn single(&self, at: usize) -> Read {
        self.fixed(at)
            .or_else(|| self.relative(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.day(at).map(|(day, length)| (When::Day(day), length)))
            .or_else(|| self.bare_month(at, true))
    }

    /// `week of Nov 8`, `week starting 8 November`.
    fn week_of_day(&self, at: usize) -> Read {
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
    fn part_of_month(&self, at: usize) -> Read {
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

    fn quarter(&self, at: usize) -> Read {
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

    fn quarter_span(&self, step: i32) -> When {
        let first = (self.today.month() - 1) / 3 * 3 + 1;
        let current = self.today.with().month(first).day(1).build().unwrap_or(self.today);
        let from = current.saturating_add((i64::from(step) * 3).months());
        self.until_today(from, from.saturating_add(2.months()).last_of_month())
    }

    /// A range that is still running ends today.
    fn until_today(&self, from: Date, to: Date) -> When {
        if from <= self.today && self.today < to { When::Range(from, self.today) } else { When::Range(from, to) }
    }

    fn weekend(&self) -> When {
        let saturday = last_full_week(self.today).to;
        let sunday = saturday.saturating_add(1.day());
        if sunday < self.today {
            When::Range(saturday, sunday)
        } else {
            When::Range(saturday.saturating_sub(7.days()), saturday.saturating_sub(6.days()))
        }
    }

    /// A day: ISO, `8 Nov`, `Nov 8th 2026`, `on Monday`, `the 15th`.
    fn day(&self, at: usize) -> Option<(Date, usize)> {
        let word = self.word(at);
        if let Some(day) = calendar::written_out(word) {
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
    fn maybe_range(&self, at: usize, from: Date, length: usize) -> (When, usize) {
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

    fn month_or_year(&self, at: usize) -> Read {
        let led = matches!(
            self.previous(at),
            "in" | "for" | "during" | "of" | "and" | "versus" | "than" | "against" | "to" | "with" | "about" | "is" | "was" | "by"
        );
        if let Some(month) = month_number(self.word(at))
            && let Some((from, to)) = calendar::days_of_month_first(self.word(at + 1))
        {
            let (date, extra) = self.dated(month, to, at + 2)?;
            return Some((When::Range(date.with().day(from).build().ok()?, date), 2 + extra));
        }
        if let Some(found) = self.bare_month(at, led) {
            return Some(found);
        }
        if let Some((from, to)) = calendar::days_of_month_first(self.word(at))
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

    fn bare_month(&self, at: usize, led: bool) -> Read {
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
    fn month_with(&self, month: i8, step: i32) -> When {
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

    fn year(&self, year: i32) -> Option<When> {
        let year = i16::try_from(year).ok()?;
        if year == self.today.year() {
            return Some(When::YearToDate);
        }
        Some(When::Range(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
    }

    /// The latest day of that weekday before today.
    fn latest(&self, name: &str) -> Option<Date> {
        let target = weekday(name)?;
        (1..=7_i64).map(|back| self.today.saturating_sub(back.days())).find(|day| day.weekday() == target)
    }
}

fn span(range: DateRange) -> When {
    When::Range(range.from, range.to)
}
