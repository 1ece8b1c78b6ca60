//! Amounts and percentages in a text, and the figures they stand on. Read anew here, independent of the service's own check.

use agent_bill_tools::{Figure, Unit};

/// An amount (`$14,200`) or a percentage (`18.5 %`) as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub text: String,
    pub value: f64,
    /// Half a unit of the last digit shown.
    pub tolerance: f64,
    pub unit: Unit,
}

#[must_use]
pub fn shown(text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let digits: String = characters.iter().skip(at).take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).and_then(|index| characters.get(index)).copied();
        let length = digits.chars().count();
        let after: String = characters.iter().skip(at + length).take(2).collect();
        let number = digits.trim_end_matches(['.', ',']);
        let unit = if before == Some('$') {
            Some(Unit::Usd)
        } else if after.starts_with('%') || after == " %" {
            Some(Unit::Percent)
        } else {
            None
        };
        if let Some(unit) = unit
            && let Ok(value) = number.replace(',', "").parse::<f64>()
        {
            let places = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let places = i32::try_from(places).unwrap_or(9);
            found.push(Shown { text: number.to_owned(), value, tolerance: 0.5 * 10_f64.powi(-places) + 1e-9, unit });
        }
        at += length;
    }
    found
}

/// Whether a figure rounds to what is shown; signs are told in words.
#[must_use]
pub fn stands_on(shown: &Shown, figures: &[Figure]) -> bool {
    figures
        .iter()
        .filter(|figure| figure.unit == shown.unit)
        .filter_map(|figure| figure.value.parse::<f64>().ok())
        .any(|value| (value.abs() - shown.value).abs() <= shown.tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: &str, unit: Unit) -> Figure {
        Figure { value: value.to_owned(), unit, source: "spend".to_owned(), path: "/total_usd".to_owned() }
    }

    #[test]
    fn amounts_and_percentages_are_found_and_other_numbers_are_not() {
        let found = shown("$14,200 (47.8 %), 3 roles on 21 Nov 2026, Claude Opus 4.7, 18%.");
        let texts: Vec<&str> = found.iter().map(|number| number.text.as_str()).collect();
        assert_eq!(texts, ["14,200", "47.8", "18"]);
    }

    #[test]
    fn a_shown_amount_stands_only_on_a_figure_that_rounds_to_it_in_its_unit() {
        let amount = shown("$14,200").remove(0);
        assert!(stands_on(&amount, &[figure("14199.60", Unit::Usd)]));
        assert!(stands_on(&amount, &[figure("-14200.00", Unit::Usd)]));
        assert!(!stands_on(&amount, &[figure("14201.00", Unit::Usd)]));
        assert!(!stands_on(&amount, &[figure("14200", Unit::Percent)]));
    }
}
