//! The results of a turn, each with an id, each row of a list in it with one.

use serde_json::{Map, Value};

use crate::declare::Facts;
use crate::fact::Fact;

/// The most rows in one range: each is compared with each other one.
const MOST_ROWS: usize = 200;
/// Where ids stand in a result.
const ID: &str = "id";

/// Results in the order in which they came: `a`, `b` … Rows count through a result: `a1`, `a2` …, whatever list they are in.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub(crate) results: Vec<Noted>,
    /// Names and other texts of results that hold braces: data, whatever stands between them.
    with_braces: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub tool: String,
    pub facts: &'static Facts,
    pub result: Value,
    /// The JSON pointers of its rows, in the order of their ids.
    pub rows: Vec<String>,
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("no result or row of this turn has the id `{0}`")]
    Id(String),
    #[error("`{id}` has no field `{field}`; it has {has}")]
    Field { id: String, field: String, has: String },
}

impl Sheet {
    /// Takes a result in and gives it back with its ids: an object gets a member `id`, and so does each object in a list. `facts` says what its
    /// values are.
    pub fn add(&mut self, tool: &str, facts: &'static Facts, result: &Value) -> Value {
        let id = letters(self.results.len());
        let mut rows = Vec::new();
        let mut numbered = number(result, &id, "", &mut rows);
        if let Value::Object(members) = &mut numbered {
            members.insert(ID.to_owned(), Value::String(id));
        }
        collect_with_braces(result, &mut self.with_braces);
        self.results.push(Noted { tool: tool.to_owned(), facts, result: result.clone(), rows });
        numbered
    }

    /// The field that `a3.tokens.output_tokens` names: an id and the names of members.
    ///
    /// # Errors
    /// Nothing has this id, or it has no such field.
    pub fn fact(&self, id: &str, fields: &[&str]) -> Result<Fact<'_>, Lost> {
        let lost = || Lost::Id(id.to_owned());
        let split = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
        let (letters_of, row) = id.split_at(split);
        let index = (0..self.results.len()).find(|index| letters(*index) == letters_of).ok_or_else(lost)?;
        let noted = self.results.get(index).ok_or_else(lost)?;
        let mut pointer = match row {
            "" => String::new(),
            row => {
                let place: usize = row.parse().ok().filter(|place| *place > 0).ok_or_else(lost)?;
                noted.rows.get(place - 1).ok_or_else(lost)?.clone()
            }
        };
        let mut value = noted.result.pointer(&pointer).ok_or_else(lost)?;
        for field in fields {
            let has = || value.as_object().map_or_else(|| "none".to_owned(), names);
            value = value.get(field).ok_or_else(|| Lost::Field { id: id.to_owned(), field: (*field).to_owned(), has: has() })?;
            pointer.push('/');
            pointer.push_str(field);
        }
        Ok(Fact::new(index, noted, pointer, value))
    }

    /// Whether the byte `at` of `text` stands in a text of a result, repeated word for word.
    pub(crate) fn is_quoted(&self, text: &str, at: usize) -> bool {
        self.with_braces.iter().any(|quoted| text.match_indices(quoted.as_str()).any(|(from, _)| (from..from + quoted.len()).contains(&at)))
    }

    /// The ids from the first row to the last; `None` where they are no rows of one result in order, or too many.
    pub(crate) fn range(&self, first: &str, last: &str) -> Option<Vec<String>> {
        let place = |id: &str| {
            let (result, row) = id.split_at(id.find(|c: char| c.is_ascii_digit())?);
            Some((result.to_owned(), row.parse::<usize>().ok()?))
        };
        let ((result, from), (other, to)) = place(first).zip(place(last))?;
        let fits = result == other && from <= to && to - from < MOST_ROWS;
        fits.then(|| (from..=to).map(|place| format!("{result}{place}")).collect())
    }
}

fn collect_with_braces(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains('{') && !found.contains(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_with_braces(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect_with_braces(member, found)),
        _ => {}
    }
}

/// A result as it was before [`Sheet::add`] gave it ids.
#[must_use]
pub fn without_ids(result: &Value) -> Value {
    match result {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != ID)
            .map(|(name, member)| (name.clone(), without_ids(member)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_ids).collect(),
        other => other.clone(),
    }
}

fn names(members: &Map<String, Value>) -> String {
    members.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// `a` … `z`, `aa`, `ab` …
fn letters(index: usize) -> String {
    let letter = |place: usize| char::from(b'a' + u8::try_from(place % 26).unwrap_or_default());
    if index < 26 { letter(index).to_string() } else { format!("{}{}", letters(index / 26 - 1), letter(index)) }
}

fn number(value: &Value, id: &str, pointer: &str, rows: &mut Vec<String>) -> Value {
    match value {
        Value::Object(members) => {
            let numbered = members.iter().map(|(name, member)| (name.clone(), number(member, id, &format!("{pointer}/{name}"), rows)));
            Value::Object(numbered.collect())
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate().map(|(place, item)| {
                let pointer = format!("{pointer}/{place}");
                let Value::Object(_) = item else { return number(item, id, &pointer, rows) };
                rows.push(pointer.clone());
                let own = format!("{id}{}", rows.len());
                let mut row = number(item, id, &pointer, rows);
                if let Value::Object(members) = &mut row {
                    members.insert(ID.to_owned(), Value::String(own));
                }
                row
            });
            Value::Array(numbered.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_and_each_row_of_it_has_an_id_and_its_fields_are_found_by_it() {
        let mut sheet = Sheet::default();
        let result =
            json!({ "rows": [{ "spend_usd": "1.00" }, { "spend_usd": "2.00", "tokens": { "input_tokens": 5 } }], "total_usd": "3.00" });
        let numbered = sheet.add("spend", &Facts::NONE, &result);
        assert_eq!((&numbered["id"], &numbered["rows"][0]["id"], &numbered["rows"][1]["id"]), (&json!("a"), &json!("a1"), &json!("a2")));
        assert_eq!(sheet.add("spend", &Facts::NONE, &json!({}))["id"], json!("b"));
        let fact = sheet.fact("a2", &["tokens", "input_tokens"]).unwrap();
        assert_eq!((fact.pointer.as_str(), fact.value, fact.tool()), ("/rows/1/tokens/input_tokens", &json!(5), "spend"));
        assert_eq!(sheet.fact("a", &["total_usd"]).unwrap().value, &json!("3.00"));
        assert_eq!(without_ids(&numbered), result);
    }

    #[test]
    fn a_reference_to_nothing_says_what_there_is() {
        let mut sheet = Sheet::default();
        sheet.add("spend", &Facts::NONE, &json!({ "rows": [{ "spend_usd": "1.00", "name": "X" }] }));
        for id in ["b", "a0", "a2", "a99999999999999999999", "", "a1x", "1"] {
            assert_eq!(sheet.fact(id, &["spend_usd"]), Err(Lost::Id(id.to_owned())), "{id}");
        }
        let lost = sheet.fact("a1", &["cost_usd"]).unwrap_err().to_string();
        assert_eq!(lost, "`a1` has no field `cost_usd`; it has `name`, `spend_usd`");
    }

    #[test]
    fn ids_go_on_after_z() {
        assert_eq!([0, 25, 26, 27, 52].map(letters), ["a", "z", "aa", "ab", "ba"]);
    }
}
