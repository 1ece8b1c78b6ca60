//! Tool schemas as every model takes them: types without `null`, no bounds, formats or defaults, and nothing beyond what was described. What the
//! schema no longer says is checked by the tools themselves: a model's arguments are not to be trusted anyway.

use serde_json::{Map, Value};

/// Keywords of the common subset.
const KEPT: [&str; 8] = ["type", "properties", "required", "items", "enum", "description", "additionalProperties", "const"];

/// `additionalProperties: false` on every object, as strict tools demand.
pub(super) fn lower(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let members = nullable_of(members).unwrap_or(members);
    let mut lowered = Map::new();
    for (name, member) in members {
        match (name.as_str(), member) {
            ("type", Value::Array(kinds)) => {
                let kind = kinds.iter().find(|kind| kind.as_str() != Some("null")).cloned().unwrap_or(Value::Null);
                lowered.insert(name.clone(), kind);
            }
            ("properties", Value::Object(properties)) => {
                let properties = properties.iter().map(|(name, property)| (name.clone(), lower(property))).collect();
                lowered.insert(name.clone(), Value::Object(properties));
            }
            ("items", item) => {
                lowered.insert(name.clone(), lower(item));
            }
            ("enum", Value::Array(values)) => {
                lowered.insert(name.clone(), Value::Array(values.iter().filter(|value| !value.is_null()).cloned().collect()));
            }
            (keyword, member) if KEPT.contains(&keyword) => {
                lowered.insert(name.clone(), member.clone());
            }
            _ => {}
        }
    }
    if lowered.get("type").and_then(Value::as_str) == Some("object") {
        lowered.entry("properties").or_insert_with(|| Value::Object(Map::new()));
        lowered.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if let Some(description) = members.get("description").or_else(|| schema.get("description")) {
        lowered.insert("description".to_owned(), description.clone());
    }
    Value::Object(lowered)
}

/// The other half of `anyOf: [X, null]`.
fn nullable_of(members: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let choices = members.get("anyOf").or_else(|| members.get("oneOf"))?.as_array()?;
    let mut real = choices.iter().filter(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
    match (real.next(), real.next()) {
        (Some(Value::Object(only)), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::registry::registry;
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_bounds_formats_and_defaults_are_left_out() {
        let schema = json!({
            "type": "object",
            "properties": {
                "period": { "type": ["string", "null"], "default": null, "description": "which" },
                "limit": { "type": ["integer", "null"], "format": "int64", "minimum": 1, "maximum": 50 },
                "state": { "anyOf": [{ "type": "string", "enum": ["a", "b", null] }, { "type": "null" }], "description": "what" },
            }
        });
        let lowered = json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "period": { "type": "string", "description": "which" },
                "limit": { "type": "integer" },
                "state": { "type": "string", "enum": ["a", "b"], "description": "what" },
            }
        });
        assert_eq!(lower(&schema), lowered);
    }

    /// Keywords in use anywhere in a lowered schema, property names aside.
    fn keywords(schema: &Value, found: &mut Vec<String>) {
        let Value::Object(members) = schema else { return };
        for (name, member) in members {
            found.push(name.clone());
            match (name.as_str(), member) {
                ("properties", Value::Object(properties)) => properties.values().for_each(|property| keywords(property, found)),
                ("items", item) => keywords(item, found),
                _ => {}
            }
        }
    }

    #[test]
    fn every_tool_of_the_registry_fits_the_common_subset() {
        for tool in registry() {
            let lowered = lower(&tool.spec().input_schema);
            assert_eq!(lowered["type"], "object", "{}", tool.spec().name);
            let mut found = Vec::new();
            keywords(&lowered, &mut found);
            assert!(found.iter().all(|keyword| KEPT.contains(&keyword.as_str())), "{}: {found:?}", tool.spec().name);
            let before: Vec<_> =
                tool.spec().input_schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            let after: Vec<_> = lowered["properties"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(before, after, "{}", tool.spec().name);
            for (name, property) in lowered["properties"].as_object().unwrap() {
                assert!(property["type"].is_string(), "{} {name}: {property}", tool.spec().name);
            }
        }
    }
}
