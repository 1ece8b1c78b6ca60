//! The check on every answer: an amount, a count, a percentage or a date stands in it only when a tool returned it, and a name only when it was
//! read somewhere.
//!
//! Text that a tool returned word for word (names such as `Claude Opus 4.7`, explanations) is taken out first; whatever number remains must
//! equal a figure after rounding to the precision shown.

mod names;
mod number_words;
mod numbers;

use std::collections::BTreeSet;

use agent_bill_tools::{Figure, Unit};
use jiff::civil::Date;
use serde_json::Value;

use names::Vocabulary;
use numbers::{Reading, Shown};

/// What a text may draw its numbers from.
#[derive(Debug, Default)]
pub struct Evidence {
    figures: Vec<Figure>,
    /// Text of tool results and of the briefing that holds a digit, longest first.
    verbatim: BTreeSet<(std::cmp::Reverse<usize>, String)>,
    today: Option<Date>,
    vocabulary: Vocabulary,
}

/// A part of the text that stands on nothing: a number no tool returned, a name nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported(pub String);

impl Evidence {
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { today: Some(today), ..Self::default() }
    }

    pub fn add_result(&mut self, source: &str, result: &Value, figures: &[Figure]) {
        self.figures.extend_from_slice(figures);
        count_rows(source, "", result, &mut self.figures);
        self.add_strings(result);
        self.vocabulary.add_json(result);
    }

    /// Words that may appear as names: the question, the conversation, what the prompt says of the asker.
    pub fn add_words(&mut self, text: &str) {
        self.vocabulary.add(text);
    }

    /// Words of the asker: a name that stands nowhere else may be repeated, but no figure goes with it.
    pub fn add_asked(&mut self, text: &str) {
        self.vocabulary.add_asked(text);
    }

    /// A name that may be mentioned though it holds digits.
    pub fn add_name(&mut self, name: &str) {
        let has_letter = name.chars().any(char::is_alphabetic);
        let is_identifier = name.len() >= 10;
        let counts = name.chars().any(|c| c.is_ascii_digit()) || number_words::to_digits(name) != name;
        if counts && (has_letter || is_identifier) {
            self.verbatim.insert((std::cmp::Reverse(name.len()), name.to_owned()));
            // The same words may begin a sentence.
            let mut letters = name.chars();
            if let Some(first) = letters.next().filter(|first| first.is_lowercase()) {
                let capitalised: String = first.to_uppercase().chain(letters).collect();
                self.verbatim.insert((std::cmp::Reverse(capitalised.len()), capitalised));
            }
        }
    }

    /// The last day with data inside the period that the results are about.
    #[must_use]
    pub fn data_through(&self) -> Option<Date> {
        let of_period = |figure: &&Figure| matches!(figure.path.as_str(), "/period/data_through" | "/current/data_through");
        self.figures.iter().rfind(of_period).and_then(|figure| figure.value.parse().ok())
    }

    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    fn add_strings(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                // A bare date or amount is a figure, not a name.
                let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
                if is_account || numbers::read(text).iter().all(|reading| reading.text.len() < text.len()) {
                    self.add_name(text);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_strings(item)),
            Value::Object(members) => members.values().for_each(|member| self.add_strings(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The figures that `text` uses, each once.
    ///
    /// # Errors
    /// Every number of the text that no figure supports.
    pub fn check(&self, text: &str) -> Result<Vec<Figure>, Vec<Unsupported>> {
        let mut used: Vec<Figure> = Vec::new();
        let mut unsupported = Vec::new();
        for reading in numbers::read(&self.without_verbatim(text)) {
            match self.support(&reading) {
                Support::Figure(figure) => {
                    if !used.contains(figure) {
                        used.push(figure.clone());
                    }
                }
                Support::Given => {}
                Support::None => unsupported.push(Unsupported(reading.text.clone())),
            }
        }
        if unsupported.is_empty() { Ok(used) } else { Err(unsupported) }
    }

    /// As [`Self::check`]; with `names`, no name of the text may be made up either. The planner's names come from results by construction, a
    /// model that writes freely is held to them here.
    ///
    /// # Errors
    /// Every number and name that stands on nothing.
    pub fn verify(&self, text: &str, names: bool) -> Result<Vec<Figure>, Vec<Unsupported>> {
        let checked = self.check(text);
        let strangers: Vec<Unsupported> =
            if names { self.vocabulary.strangers(text).into_iter().map(Unsupported).collect() } else { Vec::new() };
        match checked {
            Ok(used) if strangers.is_empty() => Ok(used),
            Ok(_) => Err(strangers),
            Err(numbers) => Err(numbers.into_iter().chain(strangers).collect()),
        }
    }

    /// Whether the text holds a name that nobody wrote.
    #[must_use]
    pub fn names_strangers(&self, text: &str) -> bool {
        !self.vocabulary.strangers(text).is_empty()
    }

    fn without_verbatim(&self, text: &str) -> String {
        let mut remaining = text.to_owned();
        for (_, phrase) in &self.verbatim {
            let mut kept = String::with_capacity(remaining.len());
            let mut rest = remaining.as_str();
            while let Some(at) = rest.find(phrase.as_str()) {
                let (before, found) = rest.split_at(at);
                let after = found.get(phrase.len()..).unwrap_or("");
                let joined = |c: char| c.is_alphanumeric();
                let whole = !before.chars().next_back().is_some_and(joined) && !after.chars().next().is_some_and(joined);
                kept.push_str(before);
                kept.push_str(if whole { " ¶ " } else { phrase });
                rest = after;
            }
            kept.push_str(rest);
            remaining = kept;
        }
        remaining
    }

    fn support(&self, reading: &Reading) -> Support<'_> {
        if let Shown::Day(date) = reading.shown
            && Some(date) == self.today
        {
            return Support::Given;
        }
        let fits = |figure: &&Figure| reading.fits(figure) || self.is_provisional_day(reading, figure);
        // Prefer the unit the text names, so that evidence points at the right field.
        self.figures.iter().find(fits).map_or(Support::None, Support::Figure)
    }
}

impl Evidence {
    /// A day after the last settled one, up to the last with data, which is `figure`: results name both ends, people name the days between.
    fn is_provisional_day(&self, reading: &Reading, figure: &Figure) -> bool {
        let Some(prefix) = figure.path.strip_suffix("/data_through") else { return false };
        let through: Option<Date> = figure.value.parse().ok();
        let settled = self.figures.iter().find(|other| other.source == figure.source && other.path == format!("{prefix}/settled_through"));
        let Some((through, settled)) = through.zip(settled.and_then(|settled| settled.value.parse::<Date>().ok())) else { return false };
        let day = match reading.shown {
            Shown::Day(day) => Some(day),
            Shown::DayOfMonth { month, day } => Date::new(through.year(), month, day).ok(),
            _ => None,
        };
        day.is_some_and(|day| settled < day && day <= through)
    }
}

/// How many rows a list has is a figure like any other; how many notes or owners, or that a list is empty, is none.
fn count_rows(source: &str, path: &str, value: &Value, figures: &mut Vec<Figure>) {
    match value {
        Value::Array(items) if items.is_empty() || path.ends_with("/notes") || path.ends_with("/owners") => {}
        Value::Array(items) => {
            let path = format!("{path}#count");
            figures.push(Figure { value: items.len().to_string(), unit: Unit::Count, source: source.to_owned(), path });
        }
        Value::Object(members) => members.iter().for_each(|(name, member)| count_rows(source, &format!("{path}/{name}"), member, figures)),
        _ => {}
    }
}

enum Support<'a> {
    Figure(&'a Figure),
    Given,
    None,
}

impl Reading {
    fn fits(&self, figure: &Figure) -> bool {
        match (&self.shown, figure.unit) {
            (Shown::Number { units, .. }, unit) if units.contains(&unit) => self.rounds_from(&figure.value),
            (Shown::Proportion(_), Unit::Percent) => self.is_near(&figure.value),
            (Shown::Day(date), Unit::Date) => figure.value == date.to_string(),
            (Shown::DayOfMonth { month, day }, Unit::Date) => figure.value.get(5..) == Some(&format!("{month:02}-{day:02}")),
            (Shown::DayOfAnyMonth(day), Unit::Date) => figure.value.get(8..) == Some(&format!("{day:02}")),
            (Shown::Month { year, month }, Unit::Date) => figure.value.starts_with(&format!("{year:04}-{month:02}")),
            (Shown::MonthName(month), Unit::Date) => figure.value.get(5..7) == Some(&format!("{month:02}")),
            (Shown::Year(year), Unit::Date) => figure.value.starts_with(&format!("{year:04}-")),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::figures::collect;
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn evidence(result: &Value) -> Evidence {
        let mut evidence = Evidence::new(date(2026, 11, 23));
        evidence.add_result("spend", result, &collect("spend", result));
        evidence
    }

    fn sample() -> Evidence {
        evidence(&json!({
            "total_usd": "14200.00", "over_usd": "199.873", "hit_rate_percent": 18.0, "share_percent": 60.2, "output_tokens": 12_345_678,
            "findings_count": 2, "data_through": "2026-11-21", "month": "2026-10",
            "rows": [{ "model": "Claude Opus 4.7", "invocations_count": 140, "account": "123456789012" }],
            "note": "usage younger than 48 h is provisional"
        }))
    }

    #[test]
    fn figures_rounded_to_what_is_shown_are_supported() {
        for text in [
            "$14,200 so far",
            "$14,200.00",
            "USD 14200",
            "$14.2K",
            "about $200 over",
            "$199.87",
            "cache hit rate 18 %",
            "18.0% and 60%",
            "60.2 percent",
            "12.3 M output tokens",
            "12,345,678 tokens",
            "12 million tokens",
            "140 logged calls",
            "2 findings",
            "data through 2026-11-21",
            "through Sat 21 Nov 2026",
            "through November 21, 2026",
            "since 21 Nov",
            "October 2026 is final",
            "today is 23 November 2026",
        ] {
            assert!(sample().check(text).is_ok(), "{text}: {:?}", sample().check(text));
        }
    }

    #[test]
    fn a_number_no_tool_returned_is_found() {
        for text in [
            "$14,201",
            "$14,200.01",
            "$15K",
            "about $300",
            "19 %",
            "18.1%",
            "13 M tokens",
            "141 calls",
            "3 findings",
            "through 22 Nov 2026",
            "September 2026",
            "in 2025",
            "$14.200",
            "-$5",
            "14,200 %",
        ] {
            assert!(sample().check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_count_of_tokens_beyond_nine_billion_is_still_a_figure() {
        let many = evidence(&json!({ "input_tokens": 11_412_345_678_i64 }));
        assert!(many.check("input 11.4 B tokens").is_ok());
        assert!(many.check("input 11.5 B tokens").is_err());
    }

    #[test]
    fn the_days_that_may_still_move_can_be_named() {
        let evidence = evidence(&json!({ "period": { "settled_through": "2026-11-18", "data_through": "2026-11-21" } }));
        for text in ["19 and 20 November are provisional", "19–21 November 2026", "provisional after the 18th"] {
            assert!(evidence.check(text).is_ok(), "{text}");
        }
        for text in ["17 November is provisional", "22 November 2026"] {
            assert!(evidence.check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_does_not_pass_as_a_count_nor_a_count_as_an_amount() {
        assert!(sample().check("$140").is_err());
        assert!(sample().check("14,200 calls").is_err());
        assert!(sample().check("140 %").is_err());
    }

    #[test]
    fn names_with_digits_and_sentences_of_a_tool_are_not_numbers() {
        assert!(sample().check("Claude Opus 4.7 in 123456789012; usage younger than 48 h is provisional").is_ok());
        assert!(sample().check("Usage younger than 48 h is provisional.").is_ok());
        assert!(sample().check("Claude Opus 4.8").is_err());
        assert!(sample().check("xClaude Opus 4.70").is_err());
    }

    #[test]
    fn the_figures_used_are_named_once_with_their_source() {
        let used = sample().check("$14,200, that is $14,200.00, 18 %").unwrap();
        assert_eq!(used.len(), 2);
        assert_eq!((used[0].source.as_str(), used[0].path.as_str()), ("spend", "/total_usd"));
    }

    #[test]
    fn numbers_written_with_odd_digits_or_separators_do_not_slip_through() {
        for text in [
            "$9 999 999",
            "＄９９９",
            "$9_999",
            "٣٤٥ calls",
            "$9'999",
            "9999 dollars",
            "ninety 9 9",
            "€14,200",
            "14,200 euros",
            "140 cents",
            "14 grand",
            "5 bucks",
        ] {
            assert!(sample().check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_magnitude_belongs_to_its_number_however_it_is_joined() {
        for text in [
            "$14,200 trillion",
            "$14,200t",
            "$14,200 mn",
            "$14,200 lakh",
            "$14,200 hundred",
            "$14,200  thousand",
            "$14,200\n thousand",
            "$14,200 (thousand)",
            "$14,200,thousand",
            "$14,200 (in thousands)",
            "$14,200 squared",
            "$14,200^2",
            "C$14,200",
            "AU$14,200",
            "hundreds of dollars",
            "a cool million",
            "a couple of thousand dollars",
            "tens of thousands of dollars",
            "an eighth of it",
        ] {
            assert!(sample().check(text).is_err(), "{text}");
        }
        for text in ["US$14,200", "14,200 US dollars", "$14.2 thousand", "priced per million tokens", "the 21st is provisional"] {
            assert!(sample().check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_zero_stands_on_a_zero_only() {
        let little = evidence(
            &json!({ "recoverable_usd": "0.0000037", "over_usd": "101.18", "left_usd": "0.00", "notes": ["a"], "rows": [{}, {}] }),
        );
        for text in ["$0 million", "$0.0M", "0 roles", "1 role"] {
            assert!(
                evidence(&json!({ "recoverable_usd": "0.0000037", "over_usd": "101.18", "notes": ["a"] })).check(text).is_err(),
                "{text}"
            );
        }
        assert!(little.check("$0 left in 2 rows").is_ok());
        assert!(little.check("1 row").is_err());
    }

    #[test]
    fn a_proportion_in_words_stands_on_a_percentage_close_to_it() {
        let evidence = evidence(&json!({ "share_percent": 48.0, "growth_percent": 104.2, "output_percent": 66.6 }));
        for text in [
            "nearly half of it",
            "it doubled",
            "twice last month",
            "two thirds of the tokens",
            "the second half of the day; double-check it",
        ] {
            assert!(evidence.check(text).is_ok(), "{text}: {:?}", evidence.check(text));
        }
        for text in [
            "a third of it",
            "it tripled",
            "three quarters of the tokens",
            "a quarter of it",
            "it quadrupled",
            "it was halved twice, tenfold",
        ] {
            assert!(evidence.check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn billions_of_tokens_are_checked_like_any_other_number() {
        let evidence = evidence(&json!({ "input_tokens": 17_012_345_678_i64 }));
        assert!(evidence.check("17.0 B tokens").is_ok());
        assert!(evidence.check("17.1 B tokens").is_err());
    }

    #[test]
    fn list_numbering_is_not_a_figure() {
        assert!(sample().check("1. $14,200\n2. 18 %\n3. done").is_ok());
    }

    proptest! {
        #[test]
        fn any_amount_other_than_the_figure_is_refused(cents in 0_i64..10_000_000) {
            let shown = format!("${}.{:02}", cents / 100, cents % 100);
            let supported = evidence(&json!({ "total_usd": "14200.00" })).check(&shown).is_ok();
            prop_assert_eq!(supported, cents == 1_420_000);
        }

        #[test]
        fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
            let _ = sample().check(&text);
        }
    }
}
