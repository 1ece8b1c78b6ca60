//! `POST /v1/conversations/{id}/messages`: one message, one answer, whole or as a stream.

use axum::Json;
use axum::extract::{Extension, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, json_schema};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::{ConversationId, stream};
use crate::agent::Question;
use crate::agent::answer::Answer;
use crate::channels::http::body::JsonBody;
use crate::channels::http::description::document::Parameter;
use crate::channels::http::description::{Description, Doc, Part};
use crate::channels::http::endpoint::Route;
use crate::channels::http::middleware::Place;
use crate::channels::http::problem::{Kind, Problem};
use crate::channels::http::service::Service;
use crate::channels::http::sign_in::SignedIn;

/// Waiting events; a slow listener slows the turn down instead of filling memory.
const EVENT_BUFFER: usize = 64;
const MAX_MESSAGE_CHARS: usize = 4000;
const MAX_KEY_CHARS: usize = 128;

pub(in crate::channels::http) fn route() -> Route {
    let doc = Doc {
        id: "ask",
        summary: "Ask: one message, one answer; as server-sent events when `text/event-stream` is accepted",
        success: "The answer",
        problems: &[Kind::BUSY, Kind::KEY_REUSED, Kind::UNAVAILABLE],
    };
    Route::post("/v1/conversations/{id}/messages", ask, doc)
}

/// A message to the agent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Message {
    /// Not only white space, no NUL
    #[schemars(length(min = 1, max = MAX_MESSAGE_CHARS), regex(pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"))]
    text: String,
}

/// The request: a message, and how it is to be answered.
struct Asked {
    text: String,
    request_key: Option<String>,
    streamed: bool,
}

impl FromRequest<Service> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let JsonBody(Message { text }) = JsonBody::from_request(request, service).await?;
        if text.trim().is_empty() || text.chars().count() > MAX_MESSAGE_CHARS || text.contains('\0') {
            let detail = format!("`text` must hold 1 to {MAX_MESSAGE_CHARS} characters, not only white space and no NUL");
            return Err(Problem::new(Kind::INVALID_REQUEST).with_detail(detail));
        }
        Ok(Self { text, request_key: idempotency_key(&headers)?, streamed: stream::is_wanted(&headers) })
    }
}

impl Part for Asked {
    fn describe(description: &mut Description<'_>) {
        JsonBody::<Message>::describe(description);
        description.parameter(Parameter {
            name: "Idempotency-Key",
            r#in: "header",
            required: false,
            description: "A repeated request with the same key is not answered twice: it gets the answer of the first",
            schema: json_schema!({"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[!-~]+$"}),
        });
    }
}

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

enum Reply {
    Whole(Box<Answer>),
    Streamed(Response),
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Whole(answer) => Json(answer).into_response(),
            Self::Streamed(response) => response,
        }
    }
}

impl Part for Reply {
    fn describe(description: &mut Description<'_>) {
        let schema = description.sent::<Answer>();
        description.success(StatusCode::OK).content("application/json", schema).content("text/event-stream", stream::schema());
    }
}

async fn ask(
    State(service): State<Service>,
    who: SignedIn,
    id: ConversationId,
    Extension(place): Extension<Place>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let question = Question { conversation: id.0, text: asked.text, request_key: asked.request_key };
    if asked.streamed {
        return stream::answer(service, who.0, question, place).await.map(Reply::Streamed);
    }
    let (events, mut ignored) = mpsc::channel(EVENT_BUFFER);
    let cancel = service.turns.child_token();
    // When the caller leaves or time is up this future is dropped, and with it the guard.
    let _guard = cancel.clone().drop_guard();
    let (answer, ()) =
        tokio::join!(service.conversations.respond(&who.0, question, events, cancel), async { while ignored.recv().await.is_some() {} });
    Ok(Reply::Whole(Box::new(answer?)))
}
