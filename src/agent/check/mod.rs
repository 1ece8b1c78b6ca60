//! The check on every answer: an amount, a count, a percentage or a date stands in it only when a tool returned it, and a name only when it was
//! read somewhere.
//!
//! Text that a tool returned word for word (names such as `Claude Opus 4.7`, explanations) is taken out first; whatever number remains must
//! equal a figure after rounding to the precision shown.

mod names;
mod number_words;
mod numbers;
mod pattern;

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

    /// The value of a formula of the answer.
    pub fn add_computed(&mut self, figure: Figure) {
        if !self.figures.contains(&figure) {
            self.figures.push(figure);
        }
    }

    /// Words that may appear as names: the question, the conversation, what the prompt says of the asker.
    pub fn add_words(&mut self, text: &str) {
        self.vocabulary.add(text);
    }

    /// Words of the asker: a name that stands nowhere else may be repeated, but no figure goes with it.
    pub fn add_asked(&mut self, text: &str) {
        self.vocabulary.add_asked(text);
    }

    /// Account ids among arguments that a tool took: it found them in the scope, though its result may hold their names only.
    pub fn add_accepted(&mut self, arguments: &Value) {
        match arguments {
            Value::String(text) => account_ids(text).for_each(|id| self.add_name(id)),
            Value::Object(members) => members.values().for_each(|member| self.add_accepted(member)),
            _ => {}
        }
    }

    /// A name that may be mentioned though it holds digits.
    pub fn add_name(&mut self, name: &str) {
        // `Sonnet 4.6`, as people call it.
        if let Some(short) = name.strip_prefix("Claude ") {
            self.add_name(short);
        }
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
                account_ids(text).for_each(|id| self.add_name(id));
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
            if names { self.vocabulary.unknown_names(text).into_iter().map(Unsupported).collect() } else { Vec::new() };
        match checked {
            Ok(used) if strangers.is_empty() => Ok(used),
            Ok(_) => Err(strangers),
            Err(numbers) => Err(numbers.into_iter().chain(strangers).collect()),
        }
    }

    /// Whether the text holds a name that nobody wrote.
    #[must_use]
    pub fn names_unknown(&self, text: &str) -> bool {
        !self.vocabulary.unknown_names(text).is_empty()
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

    /// A day after the last settled one, up to the end of the period of which `figure` is the last day with data: results name the ends, people
    /// name the days between.
    fn is_provisional_day(&self, reading: &Reading, figure: &Figure) -> bool {
        let Some(prefix) = figure.path.strip_suffix("/data_through") else { return false };
        let through: Option<Date> = figure.value.parse().ok();
        let settled = self.figures.iter().find(|other| other.source == figure.source && other.path == format!("{prefix}/settled_through"));
        let Some((through, settled)) = through.zip(settled.and_then(|settled| settled.value.parse::<Date>().ok())) else { return false };
        // The rest of the period is not loaded yet, which results say, too.
        let last = self.figures.iter().find(|other| other.source == figure.source && other.path == format!("{prefix}/to_date"));
        let last = last.and_then(|last| last.value.parse().ok()).unwrap_or(through).max(through);
        let day = match reading.shown {
            Shown::Day(day) => Some(day),
            Shown::DayOfMonth { month, day } => Date::new(through.year(), month, day).ok(),
            _ => None,
        };
        day.is_some_and(|day| settled < day && day <= last)
    }
}

/// AWS account ids in a text.
fn account_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 12)
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
mod tests;
