//! The parts of an OpenAPI 3.1 document that this interface uses.

use std::collections::BTreeMap;

use schemars::Schema;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Debug, Serialize)]
pub struct Document {
    pub openapi: &'static str,
    pub info: Info,
    /// Path template → method in lower case → operation.
    pub paths: BTreeMap<&'static str, BTreeMap<String, Operation>>,
    pub components: Components,
}

#[derive(Debug, Serialize)]
pub struct Info {
    pub title: &'static str,
    pub version: &'static str,
    pub description: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Components {
    pub security_schemes: BTreeMap<&'static str, SecurityScheme>,
    pub schemas: Map<String, Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityScheme {
    pub r#type: &'static str,
    pub scheme: &'static str,
    pub bearer_format: &'static str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    pub operation_id: &'static str,
    pub summary: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<RequestBody>,
    /// By HTTP status.
    pub responses: BTreeMap<u16, Response>,
    /// Alternatives: the name of a security scheme → scopes. None of them: anyone.
    pub security: Vec<BTreeMap<&'static str, Vec<String>>>,
}

#[derive(Debug, Serialize)]
pub struct Parameter {
    pub name: &'static str,
    /// `path` or `header`.
    pub r#in: &'static str,
    pub required: bool,
    pub description: &'static str,
    pub schema: Schema,
}

#[derive(Debug, Serialize)]
pub struct RequestBody {
    pub required: bool,
    pub content: Content,
}

#[derive(Debug, Default, Serialize)]
pub struct Response {
    pub description: String,
    pub content: Content,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<&'static str, Header>,
}

/// By media type.
pub type Content = BTreeMap<&'static str, MediaType>;

#[derive(Debug, Serialize)]
pub struct MediaType {
    pub schema: Schema,
}

#[derive(Debug, Serialize)]
pub struct Header {
    pub schema: Schema,
}
