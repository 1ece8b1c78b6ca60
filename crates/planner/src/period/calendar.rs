//! Names and numbers of the calendar.

use jiff::civil::{Date, Weekday};

use super::super::lexicon::MONTH_NAMES;

pub fn month_number(word: &str) -> Option<i8> {
    let short = matches!(word, "jan" | "feb" | "mar" | "apr" | "jun" | "jul" | "aug" | "sep" | "sept" | "oct" | "nov" | "dec");
    let at = MONTH_NAMES.iter().position(|name| *name == word || (short && name.starts_with(word)))?;
    i8::try_from(at + 1).ok()
}

pub fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "sunday" | "sun" => Weekday::Sunday,
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        _ => return None,
    })
}

/// `8`, `8th`, `21st`.
pub fn day_number(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day))
}

/// `3-9` of `3-9 November`.
pub fn days_of_month_first(word: &str) -> Option<(i8, i8)> {
    let (from, to) = word.split_once('-')?;
    let (from, to) = (day_number(from)?, day_number(to)?);
    (from < to).then_some((from, to))
}

pub fn year_number(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse::<i16>().ok()).flatten().filter(|year| (2015..=2099).contains(year))
}

/// Small numbers in digits or words.
pub fn number(word: &str) -> Option<i64> {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if let Some(at) = words.iter().position(|known| *known == word) {
        return i64::try_from(at).ok();
    }
    (word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok()).flatten()
}

/// `q3`, `h1`; the second word of `quarter 3`. Quarters are 0–3, halves 4–5; with the words taken.
pub fn quarter(word: &str, next: &str) -> Option<(i8, usize)> {
    let index = |digit: &str, most: i8| digit.parse::<i8>().ok().filter(|n| (1..=most).contains(n)).map(|n| n - 1);
    if let Some(found) = word.strip_prefix('q').and_then(|digit| index(digit, 4)) {
        return Some((found, 1));
    }
    if let Some(found) = word.strip_prefix('h').and_then(|digit| index(digit, 2)) {
        return Some((found + 4, 1));
    }
    (word == "quarter").then(|| index(next, 4)).flatten().map(|found| (found, 2))
}

/// `2026-11-08`, `08.11.2026`, and `11/08/2026` where only one reading is a date.
pub fn written_out(word: &str) -> Option<Date> {
    if let Ok(date) = word.parse::<Date>() {
        return (word.len() == 10).then_some(date);
    }
    let cut = |separator: char| -> Option<[i16; 3]> {
        let numbers: Vec<i16> = word.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
        numbers.try_into().ok()
    };
    let date = |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    if let Some([day, month, year]) = cut('.') {
        return date(year, month, day);
    }
    let [first, second, third] = cut('/')?;
    if first > 1000 {
        return date(first, second, third);
    }
    date(third, first, second).or_else(|| date(third, second, first))
}
