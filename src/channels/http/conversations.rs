//! The conversations of the person who asks.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::body::{Message, NewConversation};
use super::middleware::Place;
use super::problem::{Kind, Problem};
use super::service::Service;
use super::sign_in::SignedIn;
use super::stream;
use crate::agent::{ConversationRecord, Question};

/// Waiting events; a slow listener slows the turn down instead of filling memory.
const EVENT_BUFFER: usize = 64;

/// A conversation id that could exist. Anything else is not found, like an id that does not.
pub(super) struct ConversationId(String);

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

pub(super) const ID_PATTERN: &str = "^[0-9A-Za-z_-]{1,64}$";

fn is_plausible(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

pub(super) async fn start(State(service): State<Service>, who: SignedIn, _body: NewConversation) -> Result<Response, Problem> {
    let id = service.conversations.start(&who.0).await?;
    let location = format!("/v1/conversations/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(json!({ "id": id }))).into_response())
}

pub(super) async fn list(State(service): State<Service>, who: SignedIn) -> Result<Response, Problem> {
    let records = service.conversations.list(&who.0).await?;
    let summary = |record: ConversationRecord| json!({"id": record.id, "created_at": record.created_at, "updated_at": record.updated_at});
    let conversations: Vec<Value> = records.into_iter().map(summary).collect();
    Ok(Json(json!({ "conversations": conversations })).into_response())
}

pub(super) async fn show(State(service): State<Service>, who: SignedIn, id: ConversationId) -> Result<Response, Problem> {
    let found = service.conversations.find(&who.0, &id.0).await?;
    found.map(|record| Json(record).into_response()).ok_or(Kind::NOT_FOUND.into())
}

pub(super) async fn ask(
    State(service): State<Service>,
    who: SignedIn,
    id: ConversationId,
    Extension(place): Extension<Place>,
    headers: HeaderMap,
    message: Message,
) -> Result<Response, Problem> {
    let question = Question { conversation: id.0, text: message.text, request_key: idempotency_key(&headers)? };
    if stream::is_wanted(&headers) {
        return stream::answer(service, who.0, question, place).await;
    }
    let (events, mut ignored) = mpsc::channel(EVENT_BUFFER);
    let cancel = service.turns.child_token();
    // When the caller leaves or time is up this future is dropped, and with it the guard.
    let _guard = cancel.clone().drop_guard();
    let (answer, ()) =
        tokio::join!(service.conversations.respond(&who.0, question, events, cancel), async { while ignored.recv().await.is_some() {} });
    Ok(Json(answer?).into_response())
}

pub(super) const MAX_KEY_CHARS: usize = 128;

/// One `Idempotency-Key` of visible ASCII characters, or none.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all("idempotency-key").iter();
    let (first, more) = (all.next(), all.next());
    let Some(first) = first else { return Ok(None) };
    let key = first
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| more.is_none() && (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Problem::new(Kind::INVALID_REQUEST)
            .with_detail(format!("`Idempotency-Key` must hold 1 to {MAX_KEY_CHARS} visible ASCII characters, once"))
    })
}
