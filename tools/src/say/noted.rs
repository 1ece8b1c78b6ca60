//! A result that bears ids, read into its type: what is said of it cites by them.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde_json::Value;

const ID: &str = "id";

/// A result of this turn.
#[derive(Debug, Clone)]
pub struct Noted<R> {
    result: R,
    value: Value,
}

/// A row of a list in it.
#[derive(Debug)]
pub struct Row<'n, T> {
    row: &'n T,
    value: &'n Value,
}

impl<T> Clone for Row<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Row<'_, T> {}

impl<R: DeserializeOwned> Noted<R> {
    /// `None` for a refusal, for what is no such result, and for one without ids.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        if value.get("error").is_some() || value.get(ID).is_none() {
            return None;
        }
        Some(Self { result: serde_json::from_value(value.clone()).ok()?, value: value.clone() })
    }
}

impl<R> Deref for Noted<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.result
    }
}

impl<T> Deref for Row<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.row
    }
}

/// What has an id.
pub trait Cite {
    fn value(&self) -> &Value;

    /// `a3.spend_usd`, for a formula.
    fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.value().get(ID).and_then(Value::as_str).unwrap_or_default())
    }

    /// `{a3.spend_usd}`
    fn cite(&self, field: &str) -> String {
        format!("{{{}}}", self.at(field))
    }

    /// Without its sign, which the words tell: `{= abs(a3.change_usd)}`.
    fn size(&self, field: &str) -> String {
        format!("{{= abs({})}}", self.at(field))
    }

    /// The rows of a list; `typed` is the same list.
    fn rows<'n, T>(&'n self, list: &str, typed: &'n [T]) -> Vec<Row<'n, T>> {
        let values = self.value().get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        typed.iter().zip(values).map(|(row, value)| Row { row, value }).collect()
    }
}

impl<R> Cite for Noted<R> {
    fn value(&self) -> &Value {
        &self.value
    }
}

impl<T> Cite for Row<'_, T> {
    fn value(&self) -> &Value {
        self.value
    }
}
