//! Numbers in English words: a way around a check that looks for digits.

use agent_bill_facts::Unit;

use super::Shown;

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

enum Word {
    /// Below a hundred.
    Small(u64),
    Hundred,
    /// A thousand or a million.
    Scale(u64),
    And,
    Other,
}

fn word(text: &str) -> Word {
    let index = |list: &[&str]| list.iter().position(|name| !name.is_empty() && *name == text).and_then(|at| u64::try_from(at).ok());
    match text {
        "hundred" => Word::Hundred,
        "thousand" => Word::Scale(1_000),
        "million" => Word::Scale(1_000_000),
        "and" => Word::And,
        _ => match (index(&UNITS), index(&TENS)) {
            (Some(unit), _) => Word::Small(unit),
            (None, Some(ten)) => Word::Small(ten * 10),
            (None, None) => Word::Other,
        },
    }
}

/// Numbers of at least one hundred; smaller ones are ordinary English.
pub(super) fn read(text: &str) -> Vec<Shown> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(word).chain([Word::Other]);
    let (mut found, mut total, mut group, mut smallest) = (Vec::new(), 0_u64, 0_u64, 1_u64);
    for word in words {
        match word {
            Word::Small(value) => {
                group = group.saturating_add(value);
                smallest = 1;
            }
            Word::Hundred => {
                group = group.max(1).saturating_mul(100);
                smallest = 100;
            }
            Word::Scale(scale) => {
                total = total.saturating_add(group.max(1).saturating_mul(scale));
                (group, smallest) = (0, scale);
            }
            Word::And => {}
            Word::Other => {
                found.extend(shown(total.saturating_add(group), smallest));
                (total, group, smallest) = (0, 0, 1);
            }
        }
    }
    found
}

fn shown(value: u64, smallest: u64) -> Option<Shown> {
    let as_float = |number: u64| u32::try_from(number).ok().map(f64::from);
    if value < 100 {
        return None;
    }
    Some(Shown { text: format!("{value} in words"), value: as_float(value)?, tolerance: as_float(smallest)? * 0.5, unit: Unit::Usd })
}
