//! A text with references becomes a text with figures.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evaluate::{Refused, quantity};
use crate::fact::{Fact, texts};
use crate::formula::{Content, Reference, Unreadable};
use crate::print::{self, Locale};
use crate::sheet::Sheet;
use crate::unit::Unit;

/// What a reference or a formula was printed as: the evidence of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cited {
    /// As it stands in the text.
    #[serde(default)]
    pub shown: String,
    /// The exact value: a decimal, `YYYY-MM-DD` or `YYYY-MM` for a date, otherwise the text.
    pub value: String,
    /// What a number counts; null for a name or another text.
    pub unit: Option<Unit>,
    /// The tool of whose result the field is, or `formula`.
    pub source: String,
    /// JSON pointer into that result, or the formula as it was written.
    pub path: String,
    /// What it is about, from the whole to the part; empty for all of the asker's scope.
    #[serde(default)]
    pub subject: Vec<String>,
    /// What is measured, in words: `spend`, `estimate`; empty where that is not declared.
    #[serde(default)]
    pub measure: String,
    /// First and last day that it is about.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub from_date: Option<Date>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub to_date: Option<Date>,
    /// `final`, `open`, `mixed` or `not_loaded`.
    #[serde(default)]
    pub finality: Option<String>,
}

/// A ratio is kept as exactly as it is printed, anything else to the nano-dollar.
const RATIO_DECIMALS: u32 = 2;
const MOST_DECIMALS: u32 = 9;

/// Where the value of a formula comes from.
pub const FORMULA: &str = "formula";

impl Cited {
    /// A value of which nothing else is known.
    #[must_use]
    pub fn plain(value: String, unit: Unit, source: &str, path: &str) -> Self {
        Self {
            shown: String::new(),
            value,
            unit: Some(unit),
            source: source.to_owned(),
            path: path.to_owned(),
            subject: Vec::new(),
            measure: String::new(),
            from_date: None,
            to_date: None,
            finality: None,
        }
    }

    fn of(fact: &Fact<'_>, shown: String, value: String, unit: Option<Unit>) -> Self {
        let subject = fact.subject();
        let subject = if subject.is_empty() { fact.scope().into_iter().collect() } else { subject };
        let period = fact.period();
        Self {
            shown,
            value,
            unit,
            source: fact.tool().to_owned(),
            path: fact.pointer.clone(),
            subject: subject.into_iter().map(str::to_owned).collect(),
            measure: fact.figure.map(|figure| figure.measure.to_owned()).unwrap_or_default(),
            from_date: period.map(|period| period.from),
            to_date: period.map(|period| period.to),
            finality: fact.finality().map(str::to_owned),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Printed {
    pub text: String,
    pub cited: Vec<Cited>,
}

/// A reference or formula that cannot be printed, as it was written, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub written: String,
    pub reason: String,
}

/// A text is made of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'t> {
    Text {
        from: usize,
        to: usize,
    },
    /// From its brace to behind its brace.
    Citation {
        from: usize,
        to: usize,
        written: &'t str,
    },
}

/// The references and formulas of a text, and the texts between them.
pub fn segments<'t>(sheet: &Sheet, text: &'t str) -> Vec<Segment<'t>> {
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')).map(|offset| at + offset) {
        let behind = text.get(brace + 1..).unwrap_or_default();
        let kind = if sheet.is_quoted(text, brace) { Brace::Literal } else { Brace::before(behind) };
        let (written, to) = match kind {
            Brace::Literal => {
                at = brace + 1;
                continue;
            }
            Brace::Reference(written, after) => (written, text.len() - after.len()),
            Brace::Open => (behind, text.len()),
        };
        if from < brace {
            found.push(Segment::Text { from, to: brace });
        }
        found.push(Segment::Citation { from: brace, to, written });
        (from, at) = (to, to);
    }
    if from < text.len() {
        found.push(Segment::Text { from, to: text.len() });
    }
    found
}

impl Sheet {
    /// Prints every reference and every formula of a text, unchecked.
    ///
    /// # Errors
    /// Every one that leads nowhere, has no value or combines what does not belong together.
    pub fn print(&self, text: &str) -> Result<Printed, Vec<Fault>> {
        let (mut printed, mut faults) = (Printed::default(), Vec::new());
        for segment in segments(self, text) {
            match segment {
                Segment::Text { from, to } => printed.text.push_str(text.get(from..to).unwrap_or_default()),
                Segment::Citation { to, written, .. } => match self.cite(written) {
                    Ok(cited) => {
                        printed.text.push_str(&cited.shown);
                        printed.text.push_str(unit_behind(&cited, text.get(to..).unwrap_or_default()));
                        printed.cited.push(cited);
                    }
                    Err(reason) => faults.push(Fault { written: format!("{{{written}}}"), reason }),
                },
            }
        }
        if faults.is_empty() { Ok(printed) } else { Err(faults) }
    }

    /// One reference or formula, as it stands between its braces.
    ///
    /// # Errors
    /// Why it cannot be printed, for whoever wrote it.
    pub fn cite(&self, written: &str) -> Result<Cited, String> {
        match Content::read(written).map_err(|error| error.to_string())? {
            Content::Field(reference) => self.cite_field(&reference).map_err(|refused| refused.to_string()),
            Content::Formula(formula) => {
                let facts = formula.facts(self);
                let result = formula.evaluate(self).map_err(|refused| refused.to_string())?;
                let Some(first) = facts.first() else { return Err(Unreadable.to_string()) };
                let shown = print::number(result.number, result.unit);
                let decimals = if result.unit.is_none() { RATIO_DECIMALS } else { MOST_DECIMALS };
                let value = result.number.round_dp(decimals).normalize().to_string();
                let mut cited = Cited::of(first, shown, value, Some(result.unit.unwrap_or(Unit::Ratio)));
                cited.source = FORMULA.to_owned();
                cited.path = written.trim().trim_start_matches('=').trim().to_owned();
                for fact in facts.iter().skip(1) {
                    cited.join(&Cited::of(fact, String::new(), String::new(), None));
                }
                Ok(cited)
            }
        }
    }

    fn cite_field(&self, reference: &Reference) -> Result<Cited, Refused> {
        let fact = self.fact(&reference.id, &reference.names())?;
        match fact.value {
            Value::String(text) if fact.figure.is_none_or(|figure| figure.unit == Unit::Date) && !text.is_empty() => {
                let is_word = fact.state().is_some() || fact.field() == "reason";
                let shown = print::day_or_month(text).unwrap_or_else(|| if is_word { text.replace('_', " ") } else { text.clone() });
                let unit = fact.figure.map(|figure| figure.unit);
                Ok(Cited::of(&fact, shown, text.clone(), unit))
            }
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
                let items: Vec<String> = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                let shown = print::list(&items, "and");
                Ok(Cited::of(&fact, shown.clone(), shown, None))
            }
            Value::Null | Value::Array(_) | Value::String(_) if fact.relation().is_some() && texts(fact.value).is_empty() => {
                Ok(Cited::of(&fact, "nobody".to_owned(), String::new(), None))
            }
            Value::String(text) if text.is_empty() => Err(Refused::NoValue(fact.field().to_owned())),
            // A list of nothing is what shows a "none".
            Value::Array(items) if items.is_empty() => Ok(Cited::of(&fact, "none".to_owned(), "[]".to_owned(), None)),
            Value::Bool(flag) => Ok(Cited::of(&fact, if *flag { "yes" } else { "no" }.to_owned(), flag.to_string(), None)),
            _ => {
                let quantity = quantity(fact.clone())?;
                let shown = print::number(quantity.number, quantity.unit);
                Ok(Cited::of(&fact, shown, quantity.number.to_string(), quantity.unit))
            }
        }
    }
}

impl Cited {
    /// A formula is about all that it uses: what they do not share is left out.
    fn join(&mut self, other: &Self) {
        other
            .subject
            .iter()
            .filter(|name| !self.subject.contains(name))
            .cloned()
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|name| self.subject.push(name));
        if self.measure != other.measure {
            self.measure = String::new();
        }
        self.from_date = self.from_date.min(other.from_date);
        self.to_date = self.to_date.max(other.to_date);
        if self.finality != other.finality {
            self.finality = None;
        }
    }
}

/// The word that a number of days needs behind it.
fn unit_behind(cited: &Cited, after: &str) -> &'static str {
    match cited.unit {
        Some(Unit::Days) if !says_days(after, Locale::ENGLISH) => {
            if cited.value == "1" {
                " day"
            } else {
                " days"
            }
        }
        _ => "",
    }
}

/// What an opening brace begins.
enum Brace<'t> {
    /// A reference or formula, and the text behind it.
    Reference(&'t str, &'t str),
    /// A reference or formula whose end is not written yet.
    Open,
    /// Nothing of ours: names may hold braces.
    Literal,
}

impl<'t> Brace<'t> {
    fn before(behind: &'t str) -> Self {
        let end = behind.find(['{', '}', '\n']);
        let (written, after) = behind.split_at(end.unwrap_or(behind.len()));
        let of_references = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | ' ');
        let begins_like_one = written.trim_start().starts_with('=') || written.chars().all(of_references);
        match after.strip_prefix('}') {
            _ if !begins_like_one => Self::Literal,
            Some(after) if !written.trim().is_empty() => Self::Reference(written, after),
            None if end.is_none() && written.contains(['.', '=']) => Self::Open,
            _ => Self::Literal,
        }
    }
}

/// So many words behind a number of days may name the days.
const WORDS_BEHIND: usize = 3;

/// Whether the words behind a number of days name the days themselves: "the last {…} settled days".
pub(crate) fn says_days(after: &str, locale: Locale) -> bool {
    let words = after.split('{').next().unwrap_or_default().split_whitespace().take(WORDS_BEHIND);
    words
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
        .any(|word| word.starts_with(locale.day) || word.starts_with(locale.days))
}

#[cfg(test)]
mod tests;
