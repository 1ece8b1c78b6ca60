//! Numbers in a text, and the figures they stand on. Read anew here, independent of the service's own check.

mod spelled;
mod token;

use agent_bill::agent::answer::Answer;
use agent_bill_facts::{Cited, Unit};

use token::Token;

/// A number as shown, with what it must equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub text: String,
    pub value: f64,
    /// Half a unit of the last digit shown.
    pub tolerance: f64,
    pub unit: Unit,
}

/// Amounts (`$14,200`, `USD 14.2K`), percentages (`18.5 %`), token counts (`3.3 B tokens`) and counts of things (`3 roles`).
#[must_use]
pub fn shown(text: &str) -> Vec<Shown> {
    let tokens = token::read(text);
    let mut found: Vec<Shown> = Vec::new();
    for token in &tokens {
        if let Some(unit) = token.unit() {
            found.push(Shown { text: token.text.clone(), value: token.value, tolerance: token.tolerance, unit });
        }
    }
    found
}

/// Numbers in whatever notation a careful writer would not use: without a currency, abbreviated, in words.
#[must_use]
pub fn loose(text: &str) -> Vec<Shown> {
    let plain = token::read(text)
        .into_iter()
        .filter(|token| matches!(token.unit(), None | Some(Unit::Usd)) && !token.is_part_of_a_word && !token.reads_as_a_year())
        .flat_map(Token::readings);
    plain.chain(spelled::read(text)).collect()
}

/// Whether a figure rounds to what is shown; signs are told in words.
#[must_use]
pub fn stands_on(shown: &Shown, figures: &[Cited]) -> bool {
    let comparable = |unit: Unit| match shown.unit {
        // A count of days or of tokens is a count, too.
        Unit::Count => matches!(unit, Unit::Count | Unit::Days | Unit::Tokens),
        other => unit == other,
    };
    figures.iter().filter(|figure| figure.unit.is_some_and(comparable)).any(|figure| rounds_to(figure, shown))
}

/// Whether a figure of any unit rounds to what is shown.
#[must_use]
pub fn stands_on_anything(shown: &Shown, figures: &[Cited]) -> bool {
    figures.iter().any(|figure| rounds_to(figure, shown))
}

fn rounds_to(figure: &Cited, shown: &Shown) -> bool {
    figure.value.parse::<f64>().is_ok_and(|value| (value.abs() - shown.value).abs() <= shown.tolerance)
}

/// How many numbers of an answer were looked at, and those that stand on no figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sourced {
    pub numbers: usize,
    pub unsourced: Vec<String>,
}

/// Every amount, percentage and count of an answer. Dates are not among them: many stand in sentences that tools return whole, of which an answer keeps
/// no figure, so that a check from outside would raise false alarms.
#[must_use]
pub fn sourced(answer: &Answer) -> Sourced {
    let shown = shown(&answer.answer);
    let numbers = shown.len();
    let unsourced = shown.into_iter().filter(|number| !stands_on(number, &answer.figures)).map(|number| number.text).collect();
    Sourced { numbers, unsourced }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: &str, unit: Unit) -> Cited {
        Cited::plain(value.to_owned(), unit, "spend", "/total_usd")
    }

    fn texts(found: &[Shown]) -> Vec<&str> {
        found.iter().map(|number| number.text.as_str()).collect()
    }

    #[test]
    fn amounts_percentages_and_counts_are_found_and_other_numbers_are_not() {
        let found = shown("$14,200 (47.8 %), 3 roles on 21 Nov 2026, Claude Opus 4.7, 18%. 3.3 B tokens in us-east-1, role i-0a1b2c3.");
        assert_eq!(texts(&found), ["14,200", "47.8", "3", "18", "3.3 B"]);
    }

    #[test]
    fn an_amount_is_an_amount_in_every_usual_notation() {
        for (text, value) in [("$14.2K", 14_200.0), ("USD 14,200.50", 14_200.5), ("14200 dollars", 14_200.0), ("$1.5 million", 1_500_000.0)]
        {
            let amount = shown(text).remove(0);
            assert!(amount.unit == Unit::Usd && (amount.value - value).abs() < 0.01, "{text}: {amount:?}");
        }
    }

    #[test]
    fn a_shown_amount_stands_only_on_a_figure_that_rounds_to_it_in_its_unit() {
        let amount = shown("$14,200").remove(0);
        assert!(stands_on(&amount, &[figure("14199.60", Unit::Usd)]));
        assert!(stands_on(&amount, &[figure("-14200.00", Unit::Usd)]));
        assert!(!stands_on(&amount, &[figure("14201.00", Unit::Usd)]));
        assert!(!stands_on(&amount, &[figure("14200", Unit::Percent)]));
        let tokens = shown("3.3 B tokens").remove(0);
        assert!(stands_on(&tokens, &[figure("3318200417", Unit::Tokens)]) && !stands_on(&tokens, &[figure("3418200417", Unit::Tokens)]));
    }

    #[test]
    fn numbers_are_found_in_notations_that_hide_them() {
        for text in ["14200", "14 200", "14.200", "14.2k", "fourteen thousand two hundred", "Fourteen-thousand and two hundred"] {
            assert!(loose(text).iter().any(|number| (number.value - 14_200.0).abs() <= number.tolerance), "{text}: {:?}", loose(text));
        }
        assert!(loose("in October 2026, by one of two roles, arn:aws:iam::111122223333:role/x").is_empty());
    }
}
