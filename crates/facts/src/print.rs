//! How a value reads. Only rounding happens here.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::unit::Unit;

/// `$14,200`, `-$54.63`, `30.1 %`, `3.2 points`, `12.3 M` (tokens), `1,204`; a ratio as `1.5`.
pub fn number(number: Decimal, unit: Option<Unit>) -> String {
    let magnitude = match unit {
        Some(Unit::Usd) => usd(number.abs()),
        Some(Unit::Tokens) => tokens(number.abs()),
        Some(Unit::Percent) => format!("{} %", places(number.abs(), 1)),
        Some(Unit::Points) => format!("{} points", places(number.abs(), 1)),
        Some(Unit::Count | Unit::Days) => places(number.abs(), 1),
        Some(Unit::Ratio | Unit::Date) | None => places(number.abs(), 2),
    };
    let shows_zero = magnitude.chars().filter(char::is_ascii_digit).all(|digit| digit == '0');
    if number.is_sign_negative() && !shows_zero { format!("-{magnitude}") } else { magnitude }
}

/// How a language writes numbers and what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    group: char,
    decimal: char,
    points: &'static str,
    pub day: &'static str,
    pub days: &'static str,
}

impl Locale {
    pub const ENGLISH: Self = Self { group: ',', decimal: '.', points: "points", day: "day", days: "days" };

    /// Sign between groups of digits, decimal sign, and the words for points, day and days.
    pub fn read(line: &'static str) -> Self {
        let [group, decimal, points, day, days] = line.split_whitespace().collect::<Vec<_>>()[..] else { return Self::ENGLISH };
        let sign = |word: &str| if word == "space" { '\u{202f}' } else { word.chars().next().unwrap_or(' ') };
        Self { group: sign(group), decimal: sign(decimal), points, day, days }
    }

    /// A number as [`number`] writes it, as this language does; dollars behind the amount where points group digits.
    pub fn tell(self, english: &str) -> String {
        if self == Self::ENGLISH {
            return english.to_owned();
        }
        let told: String = english
            .replace("points", self.points)
            .chars()
            .map(|c| match c {
                ',' => self.group,
                '.' => self.decimal,
                c => c,
            })
            .collect();
        match told.split_once('$') {
            Some((sign, amount)) => format!("{sign}{amount}\u{a0}$"),
            None => told,
        }
    }
}

/// `21 Nov 2026` for a day, `November 2026` for a month; `None` for any other text.
pub fn day_or_month(text: &str) -> Option<String> {
    match text.len() {
        10 => text.parse::<Date>().ok().map(|day| day.strftime("%-d %b %Y").to_string()),
        7 => format!("{text}-01").parse::<Date>().ok().map(|day| day.strftime("%B %Y").to_string()),
        _ => None,
    }
}

/// `Lena Fischer, Dev Patel and Maria Okafor`
pub fn list(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// Less than a hundredth of a cent is what rounding left.
const LEAST_SHOWN: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// Whole dollars from a hundred on, so that amounts beside each other have one precision; cents below, and two digits that count below a cent.
fn usd(amount: Decimal) -> String {
    let cents = round(amount, 2);
    let shown = if amount >= Decimal::ONE_HUNDRED || cents == cents.trunc() && !cents.is_zero() {
        grouped(round(amount, 0), 0)
    } else if cents.is_zero() && amount >= LEAST_SHOWN {
        amount.round_sf(2).unwrap_or(amount).normalize().to_string()
    } else if cents.is_zero() {
        "0".to_owned()
    } else {
        grouped(cents, 2)
    };
    format!("${shown}")
}

fn tokens(count: Decimal) -> String {
    let scaled = |unit: i64, suffix: &str| format!("{} {suffix}", grouped(round(count / Decimal::from(unit), 1), 1));
    match count {
        count if count < Decimal::from(10_000) => places(count, 1),
        count if round(count / Decimal::from(1_000), 1) < Decimal::ONE_THOUSAND => scaled(1_000, "k"),
        count if round(count / Decimal::from(1_000_000), 1) < Decimal::ONE_THOUSAND => scaled(1_000_000, "M"),
        _ => scaled(1_000_000_000, "B"),
    }
}

/// With at most so many decimals.
fn places(number: Decimal, most: u32) -> String {
    let rounded = round(number, most).normalize();
    grouped(rounded, rounded.scale())
}

fn round(number: Decimal, decimals: u32) -> Decimal {
    number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// With a comma between groups of three digits.
fn grouped(number: Decimal, decimals: u32) -> String {
    let text = format!("{number:.*}", decimals.try_into().unwrap_or_default());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown = String::with_capacity(text.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if fraction.is_empty() { shown } else { format!("{shown}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let shown = |text: &str, measure| number(text.parse().unwrap(), measure);
        for (text, measure, reads) in [
            ("14200.00", Some(Unit::Usd), "$14,200"),
            ("1260.43", Some(Unit::Usd), "$1,260"),
            ("999.50", Some(Unit::Usd), "$1,000"),
            ("99.95", Some(Unit::Usd), "$99.95"),
            ("45.00", Some(Unit::Usd), "$45"),
            ("-546.30", Some(Unit::Usd), "-$546"),
            ("0.00", Some(Unit::Usd), "$0"),
            ("0.0042499", Some(Unit::Usd), "$0.0042"),
            ("-0.0000000", Some(Unit::Usd), "$0"),
            ("1234567.5", Some(Unit::Usd), "$1,234,568"),
            ("9999", Some(Unit::Tokens), "9,999"),
            ("45249", Some(Unit::Tokens), "45.2 k"),
            ("999950", Some(Unit::Tokens), "1.0 M"),
            ("12423784123", Some(Unit::Tokens), "12.4 B"),
            ("30.10", Some(Unit::Percent), "30.1 %"),
            ("18.0", Some(Unit::Percent), "18 %"),
            ("-3.25", Some(Unit::Points), "-3.3 points"),
            ("1204", Some(Unit::Count), "1,204"),
            ("1.5106", None, "1.51"),
        ] {
            assert_eq!(shown(text, measure), reads, "{text}");
        }
        assert_eq!(day_or_month("2026-11-21").as_deref(), Some("21 Nov 2026"));
        assert_eq!(day_or_month("2026-11").as_deref(), Some("November 2026"));
        assert_eq!(day_or_month("2026-13"), None);
        assert_eq!(list(&["A".into(), "B".into(), "C".into()], "and"), "A, B and C");
    }
}
