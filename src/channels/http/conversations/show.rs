//! `GET /v1/conversations/{id}`: one of one's own, with questions and answers.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::ConversationId;
use crate::agent::answer::Answer;
use crate::agent::{ConversationRecord, TurnRecord};
use crate::channels::http::description::Doc;
use crate::channels::http::endpoint::Route;
use crate::channels::http::problem::{Kind, Problem};
use crate::channels::http::service::Service;
use crate::channels::http::sign_in::SignedIn;

pub(in crate::channels::http) fn route() -> Route {
    let doc = Doc {
        id: "getConversation",
        summary: "One conversation of yours with its turns",
        success: "The conversation",
        problems: &[Kind::UNAVAILABLE],
    };
    Route::get("/v1/conversations/{id}", show, doc)
}

#[derive(Serialize, JsonSchema)]
struct Conversation {
    id: String,
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    #[schemars(extend("format" = "date-time"))]
    updated_at: String,
    turns: Vec<Turn>,
}

#[derive(Serialize, JsonSchema)]
struct Turn {
    #[schemars(extend("format" = "date-time"))]
    at: String,
    question: String,
    /// Null when the turn was lost before it was answered.
    answer: Option<Answer>,
}

impl From<ConversationRecord> for Conversation {
    fn from(record: ConversationRecord) -> Self {
        let turns = record.turns.into_iter().map(Turn::from).collect();
        Self { id: record.id, created_at: record.created_at, updated_at: record.updated_at, turns }
    }
}

impl From<TurnRecord> for Turn {
    fn from(record: TurnRecord) -> Self {
        Self { at: record.at, question: record.question, answer: record.answer }
    }
}

async fn show(State(service): State<Service>, who: SignedIn, id: ConversationId) -> Result<Json<Conversation>, Problem> {
    let found = service.conversations.find(&who.0, &id.0).await?;
    found.map(|record| Json(Conversation::from(record))).ok_or(Kind::NOT_FOUND.into())
}
