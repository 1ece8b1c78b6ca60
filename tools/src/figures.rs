//! Figures: every amount, count, percentage and date of a tool result, found by the unit in its field name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Usd,
    Tokens,
    Percent,
    Count,
    Days,
    Date,
}

/// One checked value. `value` is the exact text of the result: a decimal for `usd`, an integer for tokens, counts and days, a decimal
/// with at most one place for percent, `YYYY-MM-DD` or `YYYY-MM` for dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    pub value: String,
    pub unit: Unit,
    /// The tool it came from.
    pub source: String,
    /// JSON pointer into that tool's result.
    pub path: String,
}

impl Unit {
    /// The unit a result field carries in its name: `spend_usd`, `output_tokens`, `used_percent`, `invocations_count`, `age_days`,
    /// `data_through`, `first_seen`, `effective_on`.
    #[must_use]
    pub fn of_field(name: &str) -> Option<Self> {
        let last = name.rsplit('_').next().unwrap_or(name);
        match last {
            "usd" => Some(Self::Usd),
            "tokens" => Some(Self::Tokens),
            "percent" => Some(Self::Percent),
            "count" => Some(Self::Count),
            "days" => Some(Self::Days),
            "date" | "through" | "seen" | "on" | "from" | "to" | "month" => Some(Self::Date),
            _ => None,
        }
    }
}

/// All figures of a result. Fields without a unit in their name carry none.
#[must_use]
pub fn collect(source: &str, result: &Value) -> Vec<Figure> {
    let mut figures = Vec::new();
    walk(source, "", None, result, &mut figures);
    figures
}

fn walk(source: &str, path: &str, unit: Option<Unit>, value: &Value, figures: &mut Vec<Figure>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(source, &format!("{path}/{name}"), Unit::of_field(name), member, figures);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(source, &format!("{path}/{index}"), unit, item, figures);
            }
        }
        // A bare day or month is a date whatever its field is called: rows broken down by day are named by it.
        Value::String(text) => push(source, path, unit.or_else(|| is_date(text).then_some(Unit::Date)), text.clone(), figures),
        Value::Number(number) => push(source, path, unit, number.to_string(), figures),
        Value::Null | Value::Bool(_) => {}
    }
}

/// `2026-11-05` or `2026-11`.
fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00" | "0000-00")
}

fn push(source: &str, path: &str, unit: Option<Unit>, value: String, figures: &mut Vec<Figure>) {
    if let Some(unit) = unit {
        figures.push(Figure { value, unit, source: source.to_owned(), path: path.to_owned() });
    }
}
