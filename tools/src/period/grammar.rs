//! The words people and models write for a period.

use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::{DateRange, Month, last_full_week, week_of};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Calendar, Period, Shape};

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

pub(super) fn read(words: &str, calendar: &Calendar) -> Option<Period> {
    let text = normalise(words);
    let text =
        ["the ", "for ", "in ", "during ", "of ", "on "].iter().fold(text.as_str(), |rest, lead| rest.strip_prefix(lead).unwrap_or(rest));
    named(text, calendar).or_else(|| last_few(text, calendar)).or_else(|| single(text, calendar)).or_else(|| between(text, calendar))
}

/// Lower case, one blank between words, underscores as blanks, no commas; hyphens stay only inside dates.
fn normalise(words: &str) -> String {
    let folded = fold_name(words).replace(['_', ','], " ").replace(['\u{2013}', '\u{2014}'], " to ").replace("...", "..");
    let spaced: Vec<String> = folded
        .split_whitespace()
        .map(|word| if word.starts_with(|c: char| c.is_ascii_digit()) { word.to_owned() } else { word.replace('-', " ") })
        .collect();
    spaced.join(" ").trim().to_owned()
}

fn named(text: &str, calendar: &Calendar) -> Option<Period> {
    let today = calendar.today;
    let this_week = week_of(today);
    let yesterday = today.saturating_sub(1.day());
    Some(match text {
        "month to date" | "mtd" | "this month" | "current month" | "month" | "so far" | "this month so far" | "so far this month"
        | "now" | "current" | "to date" | "this month to date" => calendar.month_to_date(),
        "last month" | "previous month" | "prior month" | "month before" | "past month" => calendar.month(Month::of(today).previous()),
        "next month" => calendar.month(Month::of(today).next()),
        "this week" | "week to date" | "wtd" | "current week" | "week" | "this week so far" | "so far this week" => {
            calendar.of(Shape::WeekToDate, this_week.from, today)
        }
        "last week" | "previous week" | "prior week" | "last full week" | "past week" | "week before" => {
            let week = last_full_week(today);
            calendar.of(Shape::Week, week.from, week.to)
        }
        "today" => calendar.of(Shape::Day, today, today),
        "yesterday" => calendar.of(Shape::Day, yesterday, yesterday),
        "tomorrow" => calendar.of(Shape::Day, today.saturating_add(1.day()), today.saturating_add(1.day())),
        "year to date" | "ytd" | "this year" | "current year" | "year" | "this year so far" | "so far this year" => {
            calendar.year(today.first_of_year())
        }
        "last year" | "previous year" => calendar.year(today.first_of_year().saturating_sub(1.year())),
        "this quarter" | "quarter to date" | "qtd" | "current quarter" | "quarter" => {
            calendar.of(Shape::QuarterToDate, quarter_of(today).from, today)
        }
        "last quarter" | "previous quarter" => {
            let quarter = quarter_of(quarter_of(today).from.saturating_sub(1.day()));
            calendar.of(Shape::Range, quarter.from, quarter.to)
        }
        "all" | "all time" | "alltime" | "everything" | "ever" | "overall" | "all data" | "lifetime" => calendar.all(),
        _ => return None,
    })
}

/// `last 7 days`, `past 2 weeks`, `3 months`: full days up to yesterday, full weeks and months before the current ones.
fn last_few(text: &str, calendar: &Calendar) -> Option<Period> {
    let words: Vec<&str> = text.split(' ').filter(|word| !matches!(*word, "last" | "past" | "previous" | "trailing" | "full")).collect();
    let [count, unit] = words.as_slice() else { return None };
    let count: i64 = count.parse().ok().filter(|count| (1..=2000).contains(count))?;
    let today = calendar.today;
    let (from, to) = match *unit {
        "day" | "days" => (today.saturating_sub(count.days()), today.saturating_sub(1.day())),
        "week" | "weeks" => {
            let to = last_full_week(today).to;
            (to.saturating_sub((count * 7 - 1).days()), to)
        }
        "month" | "months" => (today.first_of_month().saturating_sub(count.months()), today.first_of_month().saturating_sub(1.day())),
        _ => return None,
    };
    Some(calendar.of(Shape::Range, from, to))
}

/// A day, a week by one of its days, a month, a quarter or a year.
fn single(text: &str, calendar: &Calendar) -> Option<Period> {
    if let Some(date) = day(text, calendar) {
        return Some(calendar.of(Shape::Day, date, date));
    }
    if let Some(date) = text.strip_prefix("week of ").and_then(|rest| day(rest, calendar)) {
        let week = week_of(date);
        return Some(calendar.of(if week.contains(calendar.today) { Shape::WeekToDate } else { Shape::Week }, week.from, week.to));
    }
    if let Some(month) = month(text, calendar) {
        return Some(calendar.month(month));
    }
    let words: Vec<&str> = text.split([' ', '-']).collect();
    let quarter =
        |word: &str| word.strip_prefix('q').and_then(|number| number.parse::<i8>().ok()).filter(|number| (1..=4).contains(number));
    match words.as_slice() {
        [one] => year(one).map(|first| calendar.year(first)).or_else(|| {
            let first = Date::new(calendar.today.year(), quarter(one)? * 3 - 2, 1).ok()?;
            Some(quarter_period(if first > calendar.today { first.saturating_sub(1.year()) } else { first }, calendar))
        }),
        [a, b] => {
            let (number, first) = quarter(a).zip(year(b)).or_else(|| quarter(b).zip(year(a)))?;
            Some(quarter_period(Date::new(first.year(), number * 3 - 2, 1).ok()?, calendar))
        }
        _ => None,
    }
}

fn quarter_period(first: Date, calendar: &Calendar) -> Period {
    let quarter = quarter_of(first);
    if quarter.contains(calendar.today) {
        calendar.of(Shape::QuarterToDate, quarter.from, calendar.today)
    } else {
        calendar.of(Shape::Range, quarter.from, quarter.to)
    }
}

/// `A..B`, `A to B`, `from A until B`, `between A and B`, `since A`, both ends included.
fn between(text: &str, calendar: &Calendar) -> Option<Period> {
    if let Some(start) = ["since ", "starting ", "from "].iter().find_map(|lead| text.strip_prefix(lead))
        && let Some(from) = read_end(start, calendar)
    {
        return Some(calendar.of(Shape::Range, from.from, calendar.today));
    }
    let text = ["from ", "between "].iter().fold(text, |rest, lead| rest.strip_prefix(lead).unwrap_or(rest));
    for separator in ["..", " to ", " until ", " till ", " through ", " thru ", " and ", " - ", "/"] {
        if let Some((start, end)) = text.split_once(separator) {
            let end = read_end(end.trim(), calendar)?;
            let start = read_end(start.trim(), calendar).or_else(|| bare_day(start.trim(), end.from))?;
            return Some(calendar.of(Shape::Range, start.from, end.to));
        }
    }
    None
}

fn read_end(text: &str, calendar: &Calendar) -> Option<DateRange> {
    named(text, calendar).or_else(|| single(text, calendar)).map(|period| period.range)
}

/// The `1` of `1 to 10 November`.
fn bare_day(text: &str, end: Date) -> Option<DateRange> {
    let date = Date::new(end.year(), end.month(), day_number(text)?).ok()?;
    Some(DateRange { from: date, to: date })
}

fn day(text: &str, calendar: &Calendar) -> Option<Date> {
    if let Some(date) = iso_day(text) {
        return Some(date);
    }
    let text = text.strip_prefix("last ").unwrap_or(text);
    if let Some(weekday) = weekday(text) {
        let back = i64::from(calendar.today.weekday().since(weekday));
        return Some(calendar.today.saturating_sub((if back == 0 { 7 } else { back }).days()));
    }
    let words: Vec<&str> = text.split(' ').filter(|word| *word != "of").collect();
    let (month, number, year_of) = match words.as_slice() {
        [a, b] => (month_number(a).or_else(|| month_number(b))?, day_number(a).or_else(|| day_number(b))?, None),
        [a, b, c] => (month_number(a).or_else(|| month_number(b))?, day_number(a).or_else(|| day_number(b))?, Some(year(c)?.year())),
        _ => return None,
    };
    if let Some(year) = year_of {
        return Date::new(year, month, number).ok();
    }
    let this_year = Date::new(calendar.today.year(), month, number).ok()?;
    let last_year = || Date::new(calendar.today.year() - 1, month, number).ok();
    if Month::of(this_year) > Month::of(calendar.today) { last_year() } else { Some(this_year) }
}

fn iso_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [year_part, month, day] = parts.as_slice() else { return None };
    let digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(month) || !digits(day) {
        return None;
    }
    Date::new(year(year_part)?.year(), month.parse().ok()?, day.parse().ok()?).ok()
}

fn month(text: &str, calendar: &Calendar) -> Option<Month> {
    let text = text.strip_prefix("month of ").unwrap_or(text);
    let words: Vec<&str> = text.split([' ', '-', '/']).collect();
    match words.as_slice() {
        [one] => {
            let first = Date::new(calendar.today.year(), month_number(one)?, 1).ok()?;
            Some(Month::of(if first > calendar.today { first.saturating_sub(1.year()) } else { first }))
        }
        ["last", name] => month(name, calendar),
        [a, b] => {
            let by_name = || month_number(a).zip(year(b)).or_else(|| month_number(b).zip(year(a)));
            let numeric = |part: &str| (part.len() <= 2).then(|| part.parse::<i8>().ok()).flatten();
            let by_number = || numeric(b).zip(year(a)).or_else(|| numeric(a).zip(year(b)));
            let (number, first) = by_name().or_else(by_number)?;
            Date::new(first.year(), number, 1).ok().map(Month::of)
        }
        _ => None,
    }
}

fn year(text: &str) -> Option<Date> {
    let number: i16 = (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()?;
    Date::new(number, 1, 1).ok()
}

fn month_number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let is = |name: &&str| word == *name || (word.len() >= 3 && name.starts_with(word));
    (1_i8..).zip(MONTHS.iter()).find(|(_, name)| is(name)).map(|(number, _)| number)
}

fn day_number(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word).trim_end_matches('.');
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten().filter(|number| (1..=31).contains(number))
}

fn weekday(word: &str) -> Option<Weekday> {
    let names = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    names.into_iter().find(|(name, _)| word == *name || (word.len() >= 3 && name.starts_with(word))).map(|(_, weekday)| weekday)
}

fn quarter_of(date: Date) -> DateRange {
    let first_month = (date.month() - 1) / 3 * 3 + 1;
    let from = Date::new(date.year(), first_month, 1).unwrap_or(date);
    DateRange { from, to: from.saturating_add(2.months()).last_of_month() }
}
