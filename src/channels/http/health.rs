//! `GET /healthz`: the process runs.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::description::Doc;
use super::endpoint::Route;

pub(super) fn route() -> Route {
    Route::get("/healthz", health, Doc { id: "health", summary: "The process runs", success: "It runs", problems: &[] })
}

#[derive(Serialize, JsonSchema)]
struct Health {
    status: HealthStatus,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum HealthStatus {
    Ok,
}

async fn health() -> Json<Health> {
    Json(Health { status: HealthStatus::Ok })
}
