//! A text with references becomes a text with figures.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::evaluate::{Refused, quantity};
use crate::formula::{Content, Reference, Unreadable};
use crate::print;
use crate::sheet::Sheet;
use crate::unit::Unit;

/// What a reference or a formula was printed as.
#[derive(Debug, Clone, PartialEq)]
pub struct Cited {
    /// The tool of whose result the field is; `None` for a formula.
    pub tool: Option<String>,
    /// JSON pointer into that result, or the formula as it was written.
    pub source: String,
    /// Exact; `None` for a name, a date or a list.
    pub number: Option<Decimal>,
    pub unit: Option<Unit>,
    /// As it stands in the text.
    pub shown: String,
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

impl Sheet {
    /// Prints every reference and every formula of a text.
    ///
    /// # Errors
    /// Every one that leads nowhere, has no value or combines what does not belong together.
    pub fn print(&self, text: &str) -> Result<Printed, Vec<Fault>> {
        let (mut printed, mut faults) = (Printed::default(), Vec::new());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            printed.text.push_str(before);
            let at = text.len() - behind.len() - '{'.len_utf8();
            let brace = if self.is_quoted(text, at) { Brace::Literal } else { Brace::before(behind) };
            let (written, after) = match brace {
                Brace::Literal => {
                    printed.text.push('{');
                    rest = behind;
                    continue;
                }
                Brace::Reference(written, after) => (written, after),
                Brace::Open => (behind, ""),
            };
            match self.cite(written) {
                Ok(cited) => {
                    printed.text.push_str(&cited.shown);
                    if cited.unit == Some(Unit::Days) && !says_days(after) {
                        printed.text.push_str(if cited.number == Some(Decimal::ONE) { " day" } else { " days" });
                    }
                    printed.cited.push(cited);
                }
                Err(reason) => faults.push(Fault { written: format!("{{{written}}}"), reason }),
            }
            rest = after;
        }
        printed.text.push_str(rest);
        if faults.is_empty() { Ok(printed) } else { Err(faults) }
    }

    fn cite(&self, written: &str) -> Result<Cited, String> {
        match Content::read(written).map_err(|error| error.to_string())? {
            Content::Field(reference) => self.cite_field(&reference).map_err(|refused| refused.to_string()),
            Content::Formula(formula) => {
                if !formula.cites() {
                    return Err(Unreadable.to_string());
                }
                let result = formula.evaluate(self).map_err(|refused| refused.to_string())?;
                Ok(Cited {
                    tool: None,
                    source: written.trim().trim_start_matches('=').trim().to_owned(),
                    shown: print::number(result.number, result.unit),
                    number: Some(result.number),
                    unit: result.unit,
                })
            }
        }
    }

    fn cite_field(&self, Reference { id, fields }: &Reference) -> Result<Cited, Refused> {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let fact = self.fact(id, &fields)?;
        let words =
            |shown: String| Cited { tool: Some(fact.tool().to_owned()), source: fact.pointer.clone(), number: None, unit: None, shown };
        match fact.value {
            Value::String(text) if fact.figure.is_none_or(|figure| figure.unit == Unit::Date) && !text.is_empty() => {
                Ok(words(print::day_or_month(text).unwrap_or_else(|| text.clone())))
            }
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
                let items: Vec<String> = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                Ok(words(print::list(&items)))
            }
            Value::String(text) if text.is_empty() => Err(Refused::NoValue(fact.field().to_owned())),
            Value::Array(items) if items.is_empty() => Err(Refused::NoValue(fact.field().to_owned())),
            _ => {
                let (tool, source) = (Some(fact.tool().to_owned()), fact.pointer.clone());
                let quantity = quantity(fact)?;
                let shown = print::number(quantity.number, quantity.unit);
                Ok(Cited { tool, source, number: Some(quantity.number), unit: quantity.unit, shown })
            }
        }
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

/// So many words behind a reference may still change how it is printed.
const WORDS_BEHIND: usize = 3;

/// How far a growing text, printed up to `from`, can be printed: before the last reference unless it is whole and a line or three words followed it.
#[must_use]
pub fn finished(text: &str, from: usize) -> usize {
    let Some(last) = text.get(from..).and_then(|new| new.rfind('{')) else { return text.len() };
    let behind = match text.get(from + last..).and_then(|reference| reference.strip_prefix('{')) {
        // One letter of it is too little to tell.
        Some(behind) if behind.len() > 1 && matches!(Brace::before(behind), Brace::Literal) && !may_become(behind) => return text.len(),
        Some(behind) => behind.split_once('}').map(|(_, behind)| behind),
        None => None,
    };
    let complete = behind.is_some_and(|behind| behind.contains('\n') || behind.split_whitespace().count() > WORDS_BEHIND);
    if complete { text.len() } else { from + last }
}

/// Whether a brace that begins no reference yet may still begin one: `{a3` before its dot.
fn may_become(behind: &str) -> bool {
    behind.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | ' ')) && behind.len() < 24
}

/// Whether the words behind a number of days name the days themselves: "the last {…} settled days".
fn says_days(after: &str) -> bool {
    let words = after.split('{').next().unwrap_or_default().split_whitespace().take(WORDS_BEHIND);
    words.map(|word| word.trim_matches(|c: char| !c.is_alphabetic())).any(|word| matches!(word, "day" | "days"))
}

#[cfg(test)]
mod tests;
