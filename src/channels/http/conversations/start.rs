//! `POST /v1/conversations`: starts a conversation.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Serialize};

use crate::channels::http::body::OptionalJsonBody;
use crate::channels::http::description::{Description, Doc, Part};
use crate::channels::http::endpoint::Route;
use crate::channels::http::problem::{Kind, Problem};
use crate::channels::http::service::Service;
use crate::channels::http::sign_in::SignedIn;

pub(in crate::channels::http) fn route() -> Route {
    let doc = Doc { id: "startConversation", summary: "Start a conversation", success: "Started", problems: &[Kind::UNAVAILABLE] };
    Route::post("/v1/conversations", start, doc)
}

/// A new conversation has no properties (yet).
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewConversation {}

#[derive(Serialize, JsonSchema)]
struct Started {
    id: String,
}

impl IntoResponse for Started {
    fn into_response(self) -> Response {
        let location = format!("/v1/conversations/{}", self.id);
        (StatusCode::CREATED, [(header::LOCATION, location)], Json(self)).into_response()
    }
}

impl Part for Started {
    fn describe(description: &mut Description<'_>) {
        let schema = description.sent::<Self>();
        let response = description.success(StatusCode::CREATED);
        response.content("application/json", schema).header("Location", json_schema!({"type": "string"}));
    }
}

async fn start(
    State(service): State<Service>,
    who: SignedIn,
    OptionalJsonBody(NewConversation {}): OptionalJsonBody<NewConversation>,
) -> Result<Started, Problem> {
    Ok(Started { id: service.conversations.start(&who.0).await? })
}
