//! Figures as people read them. Only rounding happens here, never arithmetic: each value stays the figure of a tool.

use agent_bill_domain::money::{NANO, NanoUsd};
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_tools::period::{Finality, PeriodInfo};
use jiff::civil::Date;

/// `$14,200`, `$45`, `$12.34`; the sign is for the words to tell.
pub fn usd(amount: NanoUsd) -> String {
    let nano = amount.0.unsigned_abs();
    let one = NANO.unsigned_abs();
    let cents = (nano + one / 200) / (one / 100);
    if nano > 0 && cents == 0 {
        return "under a cent".to_owned();
    }
    if nano >= 1_000 * one || cents.is_multiple_of(100) {
        return format!("${}", grouped((nano + one / 2) / one));
    }
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// `$200` for $200.43: as people say it.
pub fn whole_usd(amount: NanoUsd) -> String {
    let dollars = (amount.0.unsigned_abs() + NANO.unsigned_abs() / 2) / NANO.unsigned_abs();
    if dollars < 10 { usd(amount) } else { format!("${}", grouped(dollars)) }
}

/// `$200`, or `minus $200` where the sign is part of the figure.
pub fn signed(amount: NanoUsd) -> String {
    if amount.is_negative() { format!("minus {}", usd(amount)) } else { usd(amount) }
}

/// `up $200` or `down $200`.
pub fn change(amount: NanoUsd) -> String {
    match amount.0 {
        0 => "unchanged".to_owned(),
        _ if amount.is_negative() => format!("down {}", usd(amount)),
        _ => format!("up {}", usd(amount)),
    }
}

/// `12.3 M`, `45.2 k`, `980`.
pub fn tokens(count: i64) -> String {
    let magnitude = count.unsigned_abs();
    let scaled = |unit: u64, suffix: &str| {
        let tenths = (magnitude + unit / 20) / (unit / 10);
        format!("{}.{} {suffix}", grouped(tenths / 10), tenths % 10)
    };
    match magnitude {
        0..=9_999 => grouped(magnitude),
        10_000..=999_949 => scaled(1_000, "k"),
        999_950..=999_949_999 => scaled(1_000_000, "M"),
        _ => scaled(1_000_000_000, "B"),
    }
}

pub fn counts(counts: &TokenCounts) -> String {
    format!(
        "input {}, output {}, cache read {}, cache write {}",
        tokens(counts.input_tokens),
        tokens(counts.output_tokens),
        tokens(counts.cache_read_tokens),
        tokens(counts.cache_write_tokens)
    )
}

/// `18 %`, `60.2 %`.
pub fn percent(value: f64) -> String {
    let shown = format!("{:.1}", value.abs());
    format!("{} %", shown.strip_suffix(".0").unwrap_or(&shown))
}

/// `1 finding`, `2 findings`.
pub fn counted(value: i64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

pub fn count(value: i64) -> String {
    grouped(value.unsigned_abs())
}

/// `21 Nov 2026`.
pub fn date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `November 2026`.
pub fn month(month: Month) -> String {
    month.first().strftime("%B %Y").to_string()
}

/// `in November 2026, month to date`, `on 21 November 2026`.
pub fn during(period: &PeriodInfo) -> String {
    let preposition = if period.from_date == period.to_date { "on" } else { "in" };
    format!("{preposition} {}", period.label)
}

/// How current and how final the figures of a period are, in one line.
pub fn freshness(period: &PeriodInfo) -> String {
    let Some(through) = period.data_through else { return "No data of this period is loaded yet.".to_owned() };
    let state = match period.finality {
        Finality::Final => "final",
        Finality::Open => "still open, figures may move",
        Finality::Mixed => "closed months are final, the current month is open",
        Finality::NotLoaded => "not loaded",
    };
    let provisional = match period.settled_through {
        Some(settled) if settled < through && period.finality != Finality::Final => {
            format!("; days after {} are provisional", date(settled))
        }
        None if period.finality != Finality::Final => "; all of it is provisional".to_owned(),
        _ => String::new(),
    };
    format!("Data through {} ({state}{provisional}).", date(through))
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
