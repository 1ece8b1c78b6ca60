//! Finds the numbers in a text, dates and proportions in words among them, and what they claim to be. Amounts are in US dollars, as the bill is:
//! one in another currency, or in cents, is never supported.

use agent_bill_tools::Unit;
use jiff::civil::Date;
use regex::Captures;

use super::super::decimal::Decimal;
use super::number_words;
use super::pattern::NUMBERS;

/// One number as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub text: String,
    pub shown: Shown,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// `nano` is the magnitude × 10⁹; `step` the value of the last digit shown, in the same scale.
    Number {
        nano: i128,
        step: i128,
        units: &'static [Unit],
    },
    Day(Date),
    DayOfMonth {
        month: i8,
        day: i8,
    },
    Month {
        year: i16,
        month: i8,
    },
    /// `the 19th`.
    DayOfAnyMonth(i8),
    /// A month without its year.
    MonthName(i8),
    Year(i16),
    /// `half`, `twice`: a proportion in words, as the percentages it may stand for.
    Proportion(&'static [i128]),
    /// Looks like a number and cannot be read: never supported.
    Unreadable,
}

impl Reading {
    /// Whether `value`, rounded to the precision shown, is this number. Signs are for the words to tell.
    pub fn rounds_from(&self, value: &str) -> bool {
        let Shown::Number { nano, step, units } = self.shown else { return false };
        let Some(exact) = billionths(value) else { return false };
        // A zero says that there is nothing: a little is not nothing.
        if nano == 0 {
            return exact == 0;
        }
        let off = (exact - nano).abs();
        // Rounded to whole units or more it still has to be near: a billion is no 566 million.
        let coarse = step >= 1_000_000_000 && units != [Unit::Percent];
        off * 2 <= step && (!coarse || off * 100 <= nano * 6)
    }

    /// Whether `percent` is close to the proportion in words: within 6 % of it, so that `half` is 47 to 53 %.
    pub fn is_near(&self, percent: &str) -> bool {
        let Shown::Proportion(meant) = self.shown else { return false };
        let Some(exact) = billionths(percent) else { return false };
        meant.iter().any(|meant| (exact - meant * 1_000_000_000).abs() <= meant * 60_000_000)
    }
}

/// The magnitude × 10⁹.
fn billionths(value: &str) -> Option<i128> {
    Decimal::read(value).map(Decimal::billionths)
}

/// × 10⁹; no figure of ours comes near it.
const LARGEST: i128 = 1_000_000_000_000_000_000_000_000_000;

/// Every number in `text`, in order. Digits of other scripts and full-width forms count as unreadable numbers.
pub fn read(text: &str) -> Vec<Reading> {
    let text = &number_words::to_digits(text);
    let Some(pattern) = NUMBERS.as_ref() else {
        return vec![Reading { text: text.to_owned(), shown: Shown::Unreadable }];
    };
    let mut readings = Vec::new();
    let mut next_item = 1;
    for captures in pattern.captures_iter(text) {
        match captures.name("item").map(|item| item.as_str().parse::<u32>().unwrap_or_default()) {
            // `1.`, `2.`, `3.` number a list; any other number at the head of a line says something.
            Some(item) if item == 1 || item == next_item => next_item = item + 1,
            Some(item) => readings.push(Reading { text: item.to_string(), shown: Shown::Unreadable }),
            None => readings.extend(interpret(&captures)),
        }
    }
    if let Some(odd) = text.chars().find(|c| c.is_numeric() && !c.is_ascii()) {
        readings.push(Reading { text: odd.to_string(), shown: Shown::Unreadable });
    }
    readings
}

fn interpret(captures: &Captures<'_>) -> Vec<Reading> {
    let text = captures.get(0).map_or("", |found| found.as_str()).to_owned();
    let group = |name: &str| captures.name(name).map(|found| found.as_str());
    let one = |shown: Shown| vec![Reading { text: text.clone(), shown }];
    if group("bare").is_some() {
        return one(Shown::Unreadable);
    }
    if group("nth").is_some() {
        let day = group("num").and_then(|day| day.parse().ok()).filter(|day| (1..=31).contains(day));
        return one(day.map_or(Shown::Unreadable, Shown::DayOfAnyMonth));
    }
    if ["part", "compound", "rate"].iter().any(|name| group(name).is_some()) {
        return Vec::new();
    }
    if let Some(words) = group("proportion") {
        return one(proportion(words).map_or(Shown::Unreadable, Shown::Proportion));
    }
    if let Some(iso) = group("iso") {
        return one(iso.parse().map_or(Shown::Unreadable, Shown::Day));
    }
    if let Some(iso) = group("isomonth") {
        return one(iso
            .parse::<agent_bill_domain::period::Month>()
            .map_or(Shown::Unreadable, |month| Shown::Month { year: month.first().year(), month: month.first().month() }));
    }
    for (first, last, month, year) in [("range", "dmy_d", "dmy_m", "dmy_y"), ("mdr_from", "mdr_to", "mdr_m", "mdr_y")] {
        if let (Some(first), Some(last)) = (group(first), group(last)) {
            return [first, last].map(|day| Reading { text: text.clone(), shown: day_shown(day, group(month), group(year)) }).to_vec();
        }
    }
    if let Some(day) = group("d") {
        return one(day_shown(day, group("dm"), group("dy")));
    }
    if let Some(day) = group("mdd") {
        return one(day_shown(day, group("mdm"), group("mdy")));
    }
    if let (Some(month), Some(year)) = (group("mm").and_then(month_number), group("my")) {
        return one(year.parse().map_or(Shown::Unreadable, |year| Shown::Month { year, month }));
    }
    if let Some(month) = group("month").or_else(|| group("short")).and_then(month_number) {
        return one(Shown::MonthName(month));
    }
    one(number(&group))
}

/// The percentages that a proportion in words may stand for; what doubles is 200 % of what it was, and 100 % more.
fn proportion(words: &str) -> Option<&'static [i128]> {
    const STEMS: [(&str, &[i128]); 11] = [
        ("hal", &[50]),
        ("2 third", &[67]),
        ("third", &[33]),
        ("3 quarter", &[75]),
        ("quarter", &[25]),
        ("fifth", &[20]),
        ("tenth", &[10]),
        ("doubl", &[200, 100]),
        ("twice", &[200, 100]),
        ("tripl", &[300, 200]),
        ("thrice", &[300, 200]),
    ];
    let words = words.to_lowercase().replace('-', " ");
    STEMS.iter().find(|(stem, _)| words.contains(stem)).map(|(_, percents)| *percents)
}

fn day_shown(day: &str, month: Option<&str>, year: Option<&str>) -> Shown {
    let (Ok(day), Some(month)) = (day.parse::<i8>(), month.and_then(month_number)) else { return Shown::Unreadable };
    match year.map(str::parse::<i16>) {
        None => Shown::DayOfMonth { month, day },
        Some(Ok(year)) => Date::new(year, month, day).map_or(Shown::Unreadable, Shown::Day),
        Some(Err(_)) => Shown::Unreadable,
    }
}

fn month_number(name: &str) -> Option<i8> {
    let key = name.get(..3)?.to_ascii_lowercase();
    let at =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].iter().position(|month| **month == key)?;
    i8::try_from(at + 1).ok()
}

fn number<'t>(group: &impl Fn(&str) -> Option<&'t str>) -> Shown {
    let digits = group("num").unwrap_or("");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let suffix = group("suffix").or_else(|| group("scale")).map(str::to_ascii_lowercase);
    let tail = group("tail").map(str::to_ascii_lowercase);
    let unread = ["foreign", "other", "odd"].iter().any(|name| group(name).is_some());
    if unread || group("glue").is_some_and(|glue| !glue.is_empty()) || !well_grouped(whole) || fraction.len() > 9 {
        return Shown::Unreadable;
    }
    let multiplier: i128 = match suffix.as_deref() {
        None => 1,
        Some("k" | "thousand") => 1_000,
        Some("m" | "million") => 1_000_000,
        Some(_) => 1_000_000_000,
    };
    let Ok(whole_number) = whole.replace(',', "").parse::<i128>() else { return Shown::Unreadable };
    let Ok(fraction_number) = format!("{fraction:0<9}").parse::<i128>() else { return Shown::Unreadable };
    let units: &'static [Unit] = match (group("cur").is_some(), tail.as_deref()) {
        (true, None | Some("usd" | "dollar" | "dollars"))
        | (false, Some("usd" | "dollar" | "dollars" | "us dollar" | "us dollars" | "buck" | "bucks")) => &[Unit::Usd],
        (false, Some("%" | "percent" | "pct")) => &[Unit::Percent],
        (false, Some("token" | "tokens")) => &[Unit::Tokens],
        (false, Some("day" | "days")) => &[Unit::Days, Unit::Count],
        (false, None) if suffix.is_some() => &[Unit::Tokens, Unit::Count],
        (false, None) => &[Unit::Count, Unit::Tokens, Unit::Days],
        _ => return Shown::Unreadable,
    };
    let exact = whole_number.checked_mul(1_000_000_000).and_then(|whole| whole.checked_add(fraction_number));
    let Some(nano) = exact.and_then(|nano| nano.checked_mul(multiplier)).filter(|nano| *nano < LARGEST) else { return Shown::Unreadable };
    let places = u32::try_from(fraction.len()).unwrap_or(9);
    let is_year = units.len() == 3 && fraction.is_empty() && whole.len() == 4 && !whole.contains(',');
    if is_year
        && let Ok(year) = whole.parse::<i16>()
        && (2000..2100).contains(&year)
    {
        return Shown::Year(year);
    }
    // Exact where a whole count is written out; half a unit of the last digit otherwise.
    let exact = units != [Unit::Usd] && units != [Unit::Percent] && multiplier == 1;
    let step = if exact { 0 } else { 10_i128.pow(9 - places) * multiplier };
    Shown::Number { nano, step, units }
}

/// `14,200` and `14200` are well grouped; `1,42,00` and `14,20` are not.
fn well_grouped(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    !first.is_empty() && (rest.is_empty() || first.len() <= 3) && rest.iter().all(|group| group.len() == 3)
}
