//! `GET /readyz`: the process can also do its work, because the records can be reached and signing keys are known.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::description::Doc;
use super::endpoint::Route;
use super::problem::{Kind, Problem};
use super::service::Service;

const PING_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn route() -> Route {
    let doc = Doc { id: "readiness", summary: "Database and signing keys are at hand", success: "Ready", problems: &[Kind::NOT_READY] };
    Route::get("/readyz", readiness, doc)
}

#[derive(Serialize, JsonSchema)]
struct Readiness {
    status: ReadinessStatus,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum ReadinessStatus {
    Ready,
}

async fn readiness(State(service): State<Service>) -> Result<Json<Readiness>, Problem> {
    let records = tokio::time::timeout(PING_TIMEOUT, service.records.answer_ping()).await.unwrap_or(false);
    let keys = service.authenticator.verifier().keys().is_ready();
    if records && keys {
        return Ok(Json(Readiness { status: ReadinessStatus::Ready }));
    }
    let missing = match (records, keys) {
        (false, true) => "the database does not answer",
        (true, false) => "no signing keys are known",
        _ => "the database does not answer and no signing keys are known",
    };
    Err(Problem::new(Kind::NOT_READY).with_detail(missing).with_retry_after(5))
}
