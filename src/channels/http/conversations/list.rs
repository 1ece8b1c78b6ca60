//! `GET /v1/conversations`: one's own, the latest first.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::agent::ConversationRecord;
use crate::channels::http::description::Doc;
use crate::channels::http::endpoint::Route;
use crate::channels::http::problem::{Kind, Problem};
use crate::channels::http::service::Service;
use crate::channels::http::sign_in::SignedIn;

pub(in crate::channels::http) fn route() -> Route {
    let doc =
        Doc { id: "listConversations", summary: "Your conversations, the latest first", success: "Yours", problems: &[Kind::UNAVAILABLE] };
    Route::get("/v1/conversations", list, doc)
}

#[derive(Serialize, JsonSchema)]
struct ConversationList {
    /// At most 100.
    conversations: Vec<ConversationSummary>,
}

#[derive(Serialize, JsonSchema)]
struct ConversationSummary {
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    id: String,
    #[schemars(extend("format" = "date-time"))]
    updated_at: String,
}

impl From<ConversationRecord> for ConversationSummary {
    fn from(record: ConversationRecord) -> Self {
        Self { created_at: record.created_at, id: record.id, updated_at: record.updated_at }
    }
}

async fn list(State(service): State<Service>, who: SignedIn) -> Result<Json<ConversationList>, Problem> {
    let records = service.conversations.list(&who.0).await?;
    Ok(Json(ConversationList { conversations: records.into_iter().map(ConversationSummary::from).collect() }))
}
