//! What is sent is what the OpenAPI document says: every reply that a test of the HTTP interface receives is held against it.

use std::sync::LazyLock;

use agent_bill::channels::http::openapi::document;
use regex::Regex;
use serde_json::{Value, json};

use crate::http_house::Reply;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// Fails when the reply to `method target` is not a documented one. Requests that no operation is meant for have no documented replies.
pub fn assert_documented(method: &str, target: &str, reply: &Reply) {
    let Some(operation) = operation(method, target) else { return };
    // Refused below the interface: not HTTP, or a head that is too long.
    if reply.header("x-request-id").is_none() {
        return;
    }
    let status = reply.status.to_string();
    let response = operation["responses"].get(&status).unwrap_or_else(|| panic!("{method} {target}: {status} is not documented"));
    for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        assert!(reply.header(&name.to_lowercase()).is_some(), "{method} {target}: {status} has no {name}");
    }
    let media_type = reply.header("content-type").unwrap_or_default();
    let content = response["content"].get(media_type).unwrap_or_else(|| panic!("{method} {target}: `{media_type}` is not documented"));
    if media_type == "text/event-stream" {
        return;
    }
    let body = reply.json();
    if let Err(reason) = fits(&body, &content["schema"]) {
        panic!("{method} {target}: {reason} in {body}");
    }
    if media_type == "application/problem+json" {
        let code = format!("(`{}`)", body["code"].as_str().unwrap());
        assert!(response["description"].as_str().unwrap().contains(&code), "{method} {target}: {code} is not documented under {status}");
    }
}

fn operation(method: &str, target: &str) -> Option<&'static Value> {
    let path: Vec<&str> = target.split('?').next()?.split('/').collect();
    let is_template_of = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == path.len() && template.iter().zip(&path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    };
    let (_, item) = DOCUMENT["paths"].as_object()?.iter().find(|(template, _)| is_template_of(template))?;
    item.get(method.to_lowercase())
}

/// The keywords of JSON Schema that the document uses; another one fails, so that none goes unchecked.
fn fits(value: &Value, schema: &Value) -> Result<(), String> {
    let Value::Object(keywords) = schema else { return (schema == &Value::Bool(true)).then_some(()).ok_or("nothing fits".to_owned()) };
    for (keyword, rule) in keywords {
        let ok = match keyword.as_str() {
            "description" | "format" => true,
            "$ref" => return fits(value, DOCUMENT.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap()),
            "type" => rule.as_array().map_or_else(|| is_a(value, rule), |kinds| kinds.iter().any(|kind| is_a(value, kind))),
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "anyOf" => rule.as_array().unwrap().iter().any(|one| fits(value, one).is_ok()),
            "oneOf" => rule.as_array().unwrap().iter().filter(|one| fits(value, one).is_ok()).count() == 1,
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "pattern" => value.as_str().is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    rule.get(name).map_or(Ok(()), |schema| fits(member, schema)).map_err(|reason| format!("{name}: {reason}"))?;
                }
                true
            }
            "additionalProperties" => {
                let known = |name: &String| schema["properties"].get(name).is_some();
                rule != &Value::Bool(false) || value.as_object().is_none_or(|members| members.keys().all(known))
            }
            "items" => {
                value.as_array().into_iter().flatten().try_for_each(|item| fits(item, rule))?;
                true
            }
            unknown => return Err(format!("`{unknown}` is not checked")),
        };
        if !ok {
            return Err(format!("{value} against `{keyword}` {rule}"));
        }
    }
    Ok(())
}

fn is_a(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    }
}

#[test]
fn a_reply_that_is_not_the_documented_one_is_noticed() {
    let me = json!({"$ref": "#/components/schemas/Me"});
    let sent = json!({"name": "Lena", "person": "p", "roles_allowed_by_groups": ["admin"]});
    assert_eq!(fits(&sent, &me), Ok(()));
    for (member, value) in [("name", json!(1)), ("roles_allowed_by_groups", json!("admin")), ("more", json!("x"))] {
        let mut changed = sent.clone();
        changed[member] = value;
        assert!(fits(&changed, &me).is_err(), "{changed}");
    }
    let mut less = sent;
    less.as_object_mut().unwrap().remove("person");
    assert!(fits(&less, &me).is_err());
    assert!(fits(&json!({"status": "ready"}), &json!({"$ref": "#/components/schemas/Health"})).is_err());
}
