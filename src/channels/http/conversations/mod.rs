//! The conversations of the person who asks.

pub(super) mod ask;
pub(super) mod list;
pub(super) mod show;
pub(super) mod start;
mod stream;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use schemars::json_schema;

use super::description::document::Parameter;
use super::description::{Description, Part};
use super::problem::{Kind, Problem};
use super::service::Service;

/// A conversation id that could exist. Anything else is not found, like an id that does not.
struct ConversationId(String);

const ID_PATTERN: &str = "^[0-9A-Za-z_-]{1,64}$";

fn is_plausible(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

impl FromRequestParts<Service> for ConversationId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let id: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, service).await;
        match id {
            Ok(Path(id)) if is_plausible(&id) => Ok(Self(id)),
            _ => Err(Kind::NOT_FOUND.into()),
        }
    }
}

impl Part for ConversationId {
    fn describe(description: &mut Description<'_>) {
        description.parameter(Parameter {
            name: "id",
            r#in: "path",
            required: true,
            description: "A conversation of yours",
            schema: json_schema!({"type": "string", "pattern": ID_PATTERN}),
        });
        description.problems(&[Kind::NOT_FOUND]);
    }
}
