//! A field of a result with what it says: subject, measure, period, kind, unit, its place in a list, and what stands beside it.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use crate::declare::{Figure, List, Relation, State};
use crate::sheet::{Noted, Sheet};

mod beside;

/// One field of a result.
#[derive(Debug, Clone)]
pub struct Fact<'s> {
    /// JSON pointer into the result.
    pub pointer: String,
    pub value: &'s Value,
    /// What it is; `None` for a name, a text or a state.
    pub figure: Option<&'static Figure>,
    /// Which result of the turn it is in.
    pub(crate) result: usize,
    noted: &'s Noted,
}

/// First and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Date,
    pub to: Date,
}

/// Where a row stands in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 0.
    pub at: usize,
    pub rows: usize,
    /// Whether the list leaves nothing out.
    pub complete: bool,
}

impl PartialEq for Fact<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.result == other.result && self.pointer == other.pointer
    }
}

impl<'s> Fact<'s> {
    pub(crate) fn new(result: usize, noted: &'s Noted, pointer: String, value: &'s Value) -> Self {
        let figure = noted.facts.figure(&declared(&pointer));
        Self { pointer, value, figure, result, noted }
    }

    /// The name of the field.
    #[must_use]
    pub fn field(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    #[must_use]
    pub fn tool(&self) -> &'s str {
        &self.noted.tool
    }

    #[must_use]
    pub fn relation(&self) -> Option<Relation> {
        self.noted.facts.relation(&declared(&self.pointer))
    }

    #[must_use]
    pub fn state(&self) -> Option<State> {
        self.noted.facts.state(&declared(&self.pointer))
    }

    /// The rows around it, outermost first: the pointer of each, and what its list is declared as.
    fn rows(&self) -> Vec<(&str, Option<&'static List>)> {
        let mut found = Vec::new();
        let mut end = 0;
        for part in self.pointer.split('/').skip(1) {
            end += 1 + part.len();
            if part.bytes().all(|byte| byte.is_ascii_digit()) {
                let pointer = self.pointer.get(..end).unwrap_or_default();
                found.push((pointer, self.noted.facts.list(&declared(pointer))));
            }
        }
        found
    }

    /// The rows around it.
    pub(crate) fn row_values(&self) -> Vec<&'s Value> {
        self.rows().into_iter().filter_map(|(pointer, _)| self.noted.result.pointer(pointer)).collect()
    }

    /// The pointer of its innermost row.
    #[must_use]
    pub fn row(&self) -> Option<&str> {
        self.rows().last().map(|(pointer, _)| *pointer)
    }

    /// What it is about, from the outer row to the inner one; empty for the result as a whole.
    #[must_use]
    pub fn subject(&self) -> Vec<&'s str> {
        let mut names = Vec::new();
        for (pointer, list) in self.rows() {
            let row = self.noted.result.pointer(pointer);
            for field in list.map_or(&[][..], |list| list.subject) {
                let name = row.and_then(|row| row.get(field)).and_then(Value::as_str).filter(|name| !name.is_empty());
                names.extend(name.filter(|name| !names.contains(name)));
            }
        }
        names
    }

    /// What the result as a whole is about.
    #[must_use]
    pub fn scope(&self) -> Option<&'s str> {
        self.noted.result.get(self.noted.facts.about)?.as_str().filter(|text| !text.is_empty())
    }

    /// The days it is about: those of its row, of its field, or of its result.
    #[must_use]
    pub fn period(&self) -> Option<Span> {
        for (pointer, list) in self.rows().into_iter().rev() {
            let Some([first, last]) = list.and_then(|list| list.period) else { continue };
            let row = self.noted.result.pointer(pointer);
            let day = |field: &str| row.and_then(|row| row.get(field)).and_then(span_of);
            if let (Some(first), Some(last)) = (day(first), day(last)) {
                return Some(Span { from: first.from, to: last.to });
            }
        }
        // The period itself, where the field is one of it.
        let around = self.pointer.rsplit_once('/').and_then(|(member, _)| self.noted.result.pointer(member));
        if let Some(own) = around.filter(|member| member.get("from_date").is_some()).and_then(span_in) {
            return Some(own);
        }
        span_in(self.period_member()?)
    }

    /// Whether its result sets two periods beside each other.
    #[must_use]
    pub fn is_compared(&self) -> bool {
        self.noted.facts.figures.iter().any(|figure| figure.period.is_some())
    }

    /// The days that its result is about.
    #[must_use]
    pub fn main_period(&self) -> Option<Span> {
        span_in(self.period_member()?)
    }

    fn period_member(&self) -> Option<&'s Value> {
        let own = self.figure.and_then(|figure| figure.period);
        self.noted.result.get(own.unwrap_or(self.noted.facts.period))
    }

    /// `final`, `open`, `mixed` or `not_loaded`, where its period says.
    #[must_use]
    pub fn finality(&self) -> Option<&'s str> {
        let own = self.row().and_then(|row| self.noted.result.pointer(row)?.get("finality"));
        own.or_else(|| self.period_member()?.get("finality")).and_then(Value::as_str)
    }

    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let (pointer, list) = self.rows().pop()?;
        let (whole, at) = pointer.rsplit_once('/')?;
        let rows = self.noted.result.pointer(whole).and_then(Value::as_array)?.len();
        let left_out = list.and_then(|list| list.left_out).and_then(|field| self.noted.result.get(field)).and_then(Value::as_i64);
        Some(Place { at: at.parse().ok()?, rows, complete: left_out.unwrap_or(0) == 0 })
    }

    /// The same field of each row of its list, in order; itself alone where it is in none.
    pub fn beside(&self) -> Vec<Fact<'s>> {
        let Some(row) = self.row() else { return vec![self.clone()] };
        let Some((list, field)) = row.rsplit_once('/').zip(self.pointer.strip_prefix(row)).map(|((list, _), field)| (list, field)) else {
            return vec![self.clone()];
        };
        let rows = self.noted.result.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        let at = |place: usize| {
            let pointer = format!("{list}/{place}{field}");
            Some(Fact::new(self.result, self.noted, pointer.clone(), self.noted.result.pointer(&pointer)?))
        };
        (0..rows).filter_map(at).collect()
    }

    /// Another field of its row, or of its result where it is in none.
    #[must_use]
    pub fn sibling(&self, field: &str) -> Option<Fact<'s>> {
        let pointer = format!("{}/{field}", self.row().unwrap_or_default());
        let value = self.noted.result.pointer(&pointer)?;
        Some(Fact::new(self.result, self.noted, pointer, value))
    }

    /// Every state of its row.
    #[must_use]
    pub fn states(&self) -> Vec<(State, Fact<'s>)> {
        let row = self.row().unwrap_or_default();
        let list = declared(row);
        let own = |path: &str| {
            let rest = if list.is_empty() { Some(path) } else { path.strip_prefix(&list)?.strip_prefix('.') };
            rest.filter(|rest| !rest.contains('.')).map(str::to_owned)
        };
        self.noted.facts.states.iter().filter_map(|(path, state)| Some((*state, self.sibling(&own(path)?)?))).collect()
    }

    /// Every person or thing of its row that stands in a relation to the subject.
    #[must_use]
    pub fn related(&self) -> Vec<(Relation, &'s str)> {
        let row = self.row().unwrap_or_default();
        let list = declared(row);
        let mut found = Vec::new();
        for (path, relation) in self.noted.facts.relations {
            let rest = if list.is_empty() { Some(*path) } else { path.strip_prefix(&list).and_then(|rest| rest.strip_prefix('.')) };
            let Some(value) = rest.filter(|rest| !rest.contains('.')).and_then(|rest| self.noted.result.pointer(row)?.get(rest)) else {
                continue;
            };
            found.extend(texts(value).into_iter().map(|name| (*relation, name)));
        }
        found
    }
}

impl Sheet {
    /// Every field of every result, names and states included.
    pub fn facts(&self) -> Vec<Fact<'_>> {
        let mut found = Vec::new();
        for (index, noted) in self.results.iter().enumerate() {
            collect(index, noted, String::new(), &noted.result, &mut found);
        }
        found
    }
}

fn collect<'s>(index: usize, noted: &'s Noted, pointer: String, value: &'s Value, found: &mut Vec<Fact<'s>>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(index, noted, format!("{pointer}/{name}"), member, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.iter().enumerate() {
                collect(index, noted, format!("{pointer}/{place}"), item, found);
            }
        }
        _ => found.push(Fact::new(index, noted, pointer, value)),
    }
}

/// The path under which a pointer is declared.
pub(crate) fn declared(pointer: &str) -> String {
    let parts = pointer.split('/').filter(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()));
    parts.collect::<Vec<_>>().join(".")
}

/// The texts of a text or of a list of them.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) if !text.is_empty() => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect(),
        _ => Vec::new(),
    }
}

fn span_in(member: &Value) -> Option<Span> {
    match (member.get("from_date").and_then(span_of), member.get("to_date").and_then(span_of)) {
        (Some(first), Some(last)) => Some(Span { from: first.from, to: last.to }),
        _ => span_of(member),
    }
}

/// `2026-11-05` or `2026-11`.
fn span_of(value: &Value) -> Option<Span> {
    let text = value.as_str()?;
    match text.len() {
        10 => text.parse().ok().map(|day| Span { from: day, to: day }),
        7 => month_of(&format!("{text}-01")),
        _ => None,
    }
}

fn month_of(first: &str) -> Option<Span> {
    let from: Date = first.parse().ok()?;
    Some(Span { from, to: from.checked_add(1.month()).ok()?.checked_sub(1.day()).ok()? })
}
