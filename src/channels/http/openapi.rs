//! `GET /v1/openapi.json`: the description, made from the list of routes. A snapshot is committed as `docs/openapi.json`; a test fails when the
//! two differ.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Json;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::description::document::{Components, Document, Info, Operation, SecurityScheme};
use super::description::{ACCESS_TOKEN, Doc, Schemas};
use super::endpoint::Route;
use super::routes::routes;

pub(super) fn route() -> Route {
    Route::get("/v1/openapi.json", openapi, Doc { id: "openapi", summary: "This document", success: "The document", problems: &[] })
}

async fn openapi() -> Json<OpenApi> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
    Json(OpenApi(&DOCUMENT))
}

#[derive(Serialize)]
struct OpenApi(&'static Value);

impl JsonSchema for OpenApi {
    fn schema_name() -> Cow<'static, str> {
        "OpenApi".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object"})
    }
}

/// The document; a constant of the program.
#[must_use]
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&'static str, BTreeMap<String, Operation>> = BTreeMap::new();
    for route in routes() {
        paths.entry(route.path).or_default().insert(route.method.to_ascii_lowercase(), route.describe(&mut schemas));
    }
    let token = SecurityScheme { r#type: "http", scheme: "bearer", bearer_format: "JWT" };
    let document = Document {
        openapi: "3.1.0",
        info: Info {
            title: "Agent Bill",
            version: env!("CARGO_PKG_VERSION"),
            description: "Ask, in your own words, what your organisation spends on Amazon Bedrock. Every answer is limited to what you are responsible for.",
        },
        paths,
        components: Components { security_schemes: [(ACCESS_TOKEN, token)].into(), schemas: schemas.into_definitions() },
    };
    // Text keys only, so it always has a JSON form.
    serde_json::to_value(document).unwrap_or_default()
}

/// The committed form.
#[must_use]
pub fn document_text() -> String {
    format!("{:#}\n", document())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let document = document();
        let operations = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let mut ids: Vec<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), routes().len());
    }

    #[test]
    fn what_is_received_and_what_is_sent_share_no_name() {
        let (mut received, mut sent) = (Vec::new(), Vec::new());
        for route in routes() {
            let mut schemas = Schemas::new();
            route.describe(&mut schemas);
            let (of_requests, of_replies) = schemas.names();
            received.extend(of_requests);
            sent.extend(of_replies);
        }
        assert!(!received.is_empty() && !sent.is_empty());
        assert!(received.iter().all(|name| !sent.contains(name)), "{received:?} {sent:?}");
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
}
