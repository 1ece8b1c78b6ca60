//! What a load balancer and a newcomer ask first.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::problem::{Kind, Problem};
use super::service::Service;
use super::sign_in::SignedIn;

const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// The process runs.
pub(super) async fn health() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// It can also do its work: records reachable, signing keys known.
pub(super) async fn readiness(State(service): State<Service>) -> Result<Response, Problem> {
    let records = tokio::time::timeout(PING_TIMEOUT, service.records.answer_ping()).await.unwrap_or(false);
    let keys = service.authenticator.verifier().keys().is_ready();
    if records && keys {
        return Ok(Json(json!({ "status": "ready" })).into_response());
    }
    let missing = match (records, keys) {
        (false, true) => "the database does not answer",
        (true, false) => "no signing keys are known",
        _ => "the database does not answer and no signing keys are known",
    };
    Err(Problem::new(Kind::NOT_READY).with_detail(missing).with_retry_after(5))
}

/// Who the token stands for, and the roles its groups allow.
pub(super) async fn me(who: SignedIn) -> Response {
    let roles: Vec<&str> = who.0.roles_allowed_by_groups().iter().map(|role| role.key()).collect();
    Json(json!({ "person": who.0.person(), "name": who.0.name(), "roles_allowed_by_groups": roles })).into_response()
}

pub(super) async fn openapi() -> Response {
    Json(super::openapi::document()).into_response()
}
