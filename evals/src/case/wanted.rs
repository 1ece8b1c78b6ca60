//! Arguments that a tool must have been called with.

use std::collections::BTreeMap;

use agent_bill::agent::answer::ToolTrace;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the calls of one tool must hold: one set of arguments, or several that need not be the same call.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Wanted {
    One(WantedCall),
    Each(Vec<WantedCall>),
}

/// Argument → value. A text may list alternatives, `last_month|2026-10`; an empty alternative means that the argument may be left out. Other
/// arguments of the call are not looked at.
pub type WantedCall = BTreeMap<String, Value>;

impl Wanted {
    /// The sets that no call of `tool` has, in words.
    #[must_use]
    pub fn missing(&self, tool: &str, calls: &[ToolTrace]) -> Vec<String> {
        let wanted: Vec<&WantedCall> = match self {
            Self::One(one) => vec![one],
            Self::Each(each) => each.iter().collect(),
        };
        let has = |wanted: &WantedCall| calls.iter().any(|call| call.name == tool && fits(wanted, &call.arguments));
        wanted.into_iter().filter(|wanted| !has(wanted)).map(|wanted| serde_json::to_string(wanted).unwrap_or_default()).collect()
    }
}

fn fits(wanted: &WantedCall, arguments: &Value) -> bool {
    wanted.iter().all(|(name, value)| {
        let given = arguments.get(name).filter(|given| !given.is_null());
        match value {
            Value::String(alternatives) => {
                let given = given.map(folded).unwrap_or_default();
                alternatives.split('|').any(|alternative| folded(&Value::String(alternative.to_owned())) == given)
            }
            other => given.is_some_and(|given| folded(given) == folded(other)),
        }
    })
}

/// Tools read their words tolerantly, so the same tolerance applies here: letter case, `_`, `-` and the plural do not matter.
fn folded(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let words: Vec<String> = text
        .to_lowercase()
        .replace(['_', '-'], " ")
        .split_whitespace()
        .map(|word| if word.len() > 3 { word.trim_end_matches('s').to_owned() } else { word.to_owned() })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::Outcome;
    use serde_json::json;

    use super::*;

    fn calls(arguments: &[Value]) -> Vec<ToolTrace> {
        let trace =
            |arguments: &Value| ToolTrace { name: "spend".to_owned(), arguments: arguments.clone(), outcome: Outcome::Ok, duration_ms: 0 };
        arguments.iter().map(trace).collect()
    }

    fn wanted(value: Value) -> Wanted {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_argument_fits_in_any_spelling_that_the_tool_takes() {
        let calls = calls(&[json!({ "group_by": "Models", "period": "last-month", "limit": 3 })]);
        assert!(wanted(json!({ "group_by": "model", "limit": 3 })).missing("spend", &calls).is_empty());
        assert!(wanted(json!({ "period": "2026-10|last_month" })).missing("spend", &calls).is_empty());
        assert_eq!(wanted(json!({ "group_by": "day" })).missing("spend", &calls), [r#"{"group_by":"day"}"#]);
        assert!(!wanted(json!({ "group_by": "model" })).missing("compare", &calls).is_empty());
    }

    #[test]
    fn an_argument_that_may_be_left_out_is_said_with_an_empty_alternative() {
        assert!(wanted(json!({ "period": "|month_to_date" })).missing("spend", &calls(&[json!({})])).is_empty());
        assert!(wanted(json!({ "period": "|month_to_date" })).missing("spend", &calls(&[json!({ "period": null })])).is_empty());
        assert!(!wanted(json!({ "period": "|month_to_date" })).missing("spend", &calls(&[json!({ "period": "2026-10" })])).is_empty());
    }

    #[test]
    fn two_sets_may_be_two_calls() {
        let both = calls(&[json!({ "of": "HR Portal" }), json!({ "of": "Policy Assistant" })]);
        let each = wanted(json!([{ "of": "HR Portal" }, { "of": "Policy Assistant" }]));
        assert!(each.missing("spend", &both).is_empty());
        assert_eq!(each.missing("spend", &both[..1]).len(), 1);
    }
}
