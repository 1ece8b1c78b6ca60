//! The OpenAPI document, made from the list of routes. A snapshot is committed as `docs/openapi.json`; a test fails when the two differ.

use agent_bill_tools::{Outcome, Unit};
use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};

use super::body::MAX_MESSAGE_CHARS;
use super::conversations::{ID_PATTERN, MAX_KEY_CHARS};
use super::problem::Kind;
use super::routes::{Access, ROUTES, Route};

/// The document; a constant of the program.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    for route in &ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| Value::Object(path_item(route.path)));
        if let Some(item) = path.as_object_mut() {
            item.insert(route.method.to_ascii_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Agent Bill",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Ask, in your own words, what your organisation spends on Amazon Bedrock. Every answer is limited to what you are responsible for."
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": schemas(),
        }
    })
}

/// The committed form.
#[must_use]
pub fn document_text() -> String {
    format!("{:#}\n", document())
}

fn path_item(path: &str) -> Map<String, Value> {
    let mut item = Map::new();
    if path.contains("{id}") {
        let id = json!({"name": "id", "in": "path", "required": true, "description": "A conversation of yours", "schema": {"type": "string", "pattern": ID_PATTERN}});
        item.insert("parameters".to_owned(), json!([id]));
    }
    item
}

fn operation(route: &Route) -> Value {
    let entry = describe(route.method, route.path);
    let mut responses = Map::new();
    responses.insert(entry.success.0.to_string(), entry.success.1);
    for kind in problems(route, entry.body.is_some()) {
        let status = kind.status.as_u16().to_string();
        let title = kind.title;
        match responses.get_mut(&status).and_then(|known| known.get_mut("description")) {
            Some(Value::String(description)) => description.push_str(&format!("; or: {title} (`{}`)", kind.code)),
            _ => drop(responses.insert(status, problem_response(kind))),
        }
    }
    let mut operation = json!({"operationId": entry.id, "summary": entry.summary, "responses": responses});
    if let Some(members) = operation.as_object_mut() {
        let security = if route.access == Access::SignedIn { json!([{"access_token": []}]) } else { json!([]) };
        members.insert("security".to_owned(), security);
        members.extend(entry.body.map(|body| ("requestBody".to_owned(), body)));
        if route.path.ends_with("/messages") {
            members.insert("parameters".to_owned(), json!([idempotency_key()]));
        }
    }
    operation
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "A repeated request with the same key is not answered twice: it gets the answer of the first",
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[!-~]+$"},
    })
}

struct Entry {
    id: &'static str,
    summary: &'static str,
    success: (u16, Value),
    body: Option<Value>,
}

fn describe(method: &str, path: &str) -> Entry {
    let plain = |id, summary, success| Entry { id, summary, success, body: None };
    match (method, path) {
        ("GET", "/healthz") => plain("health", "The process runs", (200, json_response("It runs", &reference("Status")))),
        ("GET", "/readyz") => {
            plain("readiness", "Database and signing keys are at hand", (200, json_response("Ready", &reference("Status"))))
        }
        ("GET", "/v1/openapi.json") => plain("openapi", "This document", (200, json_response("The document", &json!({"type": "object"})))),
        ("GET", "/v1/me") => plain("me", "Who the token stands for", (200, json_response("You", &reference("Me")))),
        ("GET", "/v1/conversations") => plain(
            "listConversations",
            "Your conversations, the latest first",
            (200, json_response("Yours", &reference("ConversationList"))),
        ),
        ("GET", "/v1/conversations/{id}") => plain(
            "getConversation",
            "One conversation of yours with its turns",
            (200, json_response("The conversation", &reference("Conversation"))),
        ),
        ("POST", "/v1/conversations") => Entry {
            id: "startConversation",
            summary: "Start a conversation",
            success: (201, started_response()),
            body: Some(request_body(false, "NewConversation")),
        },
        _ => Entry {
            id: "ask",
            summary: "Ask: one message, one answer; as server-sent events when `text/event-stream` is accepted",
            success: (200, answer_response()),
            body: Some(request_body(true, "Message")),
        },
    }
}

/// Every error this route can answer with.
fn problems(route: &Route, has_body: bool) -> Vec<Kind> {
    let mut kinds = vec![Kind::INTERNAL, Kind::TIMEOUT];
    if route.path.starts_with("/v1/") {
        kinds.push(Kind::OVERLOADED);
    }
    if route.path == "/readyz" {
        kinds.push(Kind::NOT_READY);
    }
    if route.access == Access::SignedIn {
        kinds.extend([Kind::UNAUTHENTICATED, Kind::NO_ACCESS, Kind::RATE_LIMITED]);
    }
    if route.path.starts_with("/v1/conversations") {
        kinds.push(Kind::UNAVAILABLE);
    }
    if route.path.contains("{id}") {
        kinds.push(Kind::NOT_FOUND);
    }
    if has_body {
        kinds.extend([
            Kind::INVALID_JSON,
            Kind::BAD_REQUEST,
            Kind::BODY_TIMEOUT,
            Kind::TOO_LARGE,
            Kind::UNSUPPORTED_MEDIA_TYPE,
            Kind::INVALID_REQUEST,
        ]);
    }
    if route.path.ends_with("/messages") {
        kinds.extend([Kind::BUSY, Kind::KEY_REUSED]);
    }
    kinds
}

fn problem_response(kind: Kind) -> Value {
    let mut response = json!({
        "description": format!("{} (`{}`)", kind.title, kind.code),
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    });
    let header = match kind {
        Kind::UNAUTHENTICATED => Some(("WWW-Authenticate", json!({"type": "string", "const": "Bearer"}))),
        Kind::RATE_LIMITED | Kind::OVERLOADED | Kind::NOT_READY => Some(("Retry-After", json!({"type": "integer", "minimum": 1}))),
        _ => None,
    };
    if let (Some((name, schema)), Some(members)) = (header, response.as_object_mut()) {
        members.insert("headers".to_owned(), json!({name: {"schema": schema}}));
    }
    response
}

fn json_response(description: &str, schema: &Value) -> Value {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

fn started_response() -> Value {
    let mut response = json_response("Started", &reference("Started"));
    if let Some(members) = response.as_object_mut() {
        members.insert("headers".to_owned(), json!({"Location": {"schema": {"type": "string"}}}));
    }
    response
}

fn answer_response() -> Value {
    json!({
        "description": "The answer",
        "content": {
            "application/json": {"schema": reference("Answer")},
            "text/event-stream": {"schema": {"type": "string", "description": "Events `tool_started`, `tool_finished`, `status`, `text_delta`, `text_reset` (the pieces so far were not the answer), and last `answer` or `failed`; the data of each is a JSON object whose `event` repeats the name"}},
        },
    })
}

fn request_body(required: bool, schema: &str) -> Value {
    json!({"required": required, "content": {"application/json": {"schema": reference(schema)}}})
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn component<T: JsonSchema>() -> Value {
    let mut schema = schema_for!(T).to_value();
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        members.remove("title");
    }
    schema
}

/// An object with exactly these members, all required.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn schemas() -> Value {
    let timestamp = json!({"type": "string", "format": "date-time"});
    let text = json!({"type": "string"});
    let count = json!({"type": "integer", "minimum": 0});
    let summary = json!({"id": text, "created_at": timestamp, "updated_at": timestamp});
    let turns = json!({"type": "array", "items": reference("Turn")});
    let conversation = json!({"id": text, "created_at": timestamp, "updated_at": timestamp, "turns": turns});
    let codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code).collect();
    let behaviours = ["answer", "assume", "clarify", "deny_scope", "deny_role", "decline", "no_data", "diagnose", "confirm", "resist"];
    json!({
        "Status": object(&json!({"status": text})),
        "Me": object(&json!({"person": text, "name": text, "roles_allowed_by_groups": {"type": "array", "items": text}})),
        "NewConversation": object(&json!({})),
        "Started": object(&json!({"id": text})),
        "ConversationList": object(&json!({"conversations": {"type": "array", "items": object(&summary)}})),
        "Conversation": object(&conversation),
        "Turn": object(&json!({"at": timestamp, "question": text, "answer": {"anyOf": [reference("Answer"), {"type": "null"}]}})),
        "Message": object(&json!({"text": {
            "type": "string", "minLength": 1, "maxLength": MAX_MESSAGE_CHARS, "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
            "description": "Not only white space, no NUL",
        }})),
        "Answer": object(&json!({
            "answer": text,
            "behaviour": {"type": "string", "enum": behaviours},
            "tools": {"type": "array", "items": reference("ToolTrace")},
            "figures": {"type": "array", "items": reference("Figure")},
            "data_through": {"type": ["string", "null"], "format": "date", "description": "The last day with billing data"},
            "model": {"type": "string", "description": "Which model produced the answer"},
            "fallback": {"anyOf": [reference("Fallback"), {"type": "null"}], "description": "Why it was not the configured model"},
            "usage": reference("TurnUsage"),
        })),
        "Fallback": object(&json!({"code": text, "message": text})),
        "TurnUsage": object(&json!({
            "model_calls": count,
            "input_tokens": count,
            "output_tokens": count,
            "cache_read_tokens": count,
            "cache_write_tokens": count,
            "cost_usd": {"type": ["string", "null"], "description": "At list price, exact decimal; null when no price is known or nothing was called"},
            "duration_ms": count,
            "first_text_ms": {"type": ["integer", "null"], "minimum": 0},
        })),
        "ToolTrace": object(&json!({"name": text, "arguments": {}, "outcome": reference("Outcome"), "duration_ms": {"type": "integer", "minimum": 0}})),
        "Outcome": component::<Outcome>(),
        "Figure": object(&json!({
            "value": text,
            "unit": reference("Unit"),
            "source": {"type": "string", "description": "The tool it came from"},
            "path": {"type": "string", "description": "JSON pointer into that tool's result"},
        })),
        "Unit": component::<Unit>(),
        "Problem": {
            "type": "object",
            "description": "RFC 9457",
            "properties": {
                "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "request_id": text,
                "code": {"type": "string", "enum": codes},
            },
            "required": ["type", "title", "status", "code", "request_id"],
            "additionalProperties": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_bill_model::Behaviour;

    #[test]
    fn the_committed_document_is_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
        if std::env::var_os("AGENT_BILL_REGENERATE").is_some() {
            std::fs::write(&path, document_text()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == document_text(), "docs/openapi.json is out of date; run the tests once with AGENT_BILL_REGENERATE=1");
    }

    #[test]
    fn every_route_is_described_under_its_own_name() {
        let mut ids: Vec<&str> = ROUTES.iter().map(|route| describe(route.method, route.path).id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ROUTES.len());
    }

    #[test]
    fn every_reference_resolves() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    members.values().for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn the_answer_is_documented_as_it_is_sent() {
        let documented = document();
        for behaviour in [Behaviour::Answer, Behaviour::DenyScope, Behaviour::NoData, Behaviour::Resist] {
            let sent = serde_json::to_value(behaviour).unwrap();
            let known = documented.pointer("/components/schemas/Answer/properties/behaviour/enum").and_then(Value::as_array).unwrap();
            assert!(known.contains(&sent), "{sent}");
        }
    }
}
