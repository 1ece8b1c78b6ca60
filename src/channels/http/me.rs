//! `GET /v1/me`: who the token stands for, and the roles its groups allow.

use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;

use super::description::Doc;
use super::endpoint::Route;
use super::sign_in::SignedIn;

pub(super) fn route() -> Route {
    Route::get("/v1/me", me, Doc { id: "me", summary: "Who the token stands for", success: "You", problems: &[] })
}

#[derive(Serialize, JsonSchema)]
struct Me {
    name: String,
    /// The person's id in the records.
    person: String,
    /// Grants of other roles do not take effect with this token.
    roles_allowed_by_groups: Vec<&'static str>,
}

async fn me(who: SignedIn) -> Json<Me> {
    let roles = who.0.roles_allowed_by_groups().iter().map(|role| role.key()).collect();
    Json(Me { name: who.0.name().to_owned(), person: who.0.person().0.clone(), roles_allowed_by_groups: roles })
}
