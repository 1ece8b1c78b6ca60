//! A turn as server-sent events: each event is named by its kind and carries its JSON; comments keep a quiet connection alive; a listener who
//! leaves cancels the turn.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use schemars::{Schema, json_schema};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tracing::Instrument as _;

use crate::agent::answer::Answer;
use crate::agent::events::AgentEvent;
use crate::agent::{AgentError, Question};
use crate::channels::http::middleware::Place;
use crate::channels::http::problem::{Kind, Problem};
use crate::channels::http::service::Service;
use crate::telemetry::metrics;
use agent_bill_identity::Requester;

const EVENT_BUFFER: usize = 64;
/// A turn that fails at once (not found, busy) still gets a plain error status if it does so within this time.
const PLAIN_ERROR_WINDOW: Duration = Duration::from_millis(500);

/// Whether the caller accepts `text/event-stream` by name (and not with `q=0`).
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/event-stream"));
        named && !parts.any(|parameter| parameter.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

/// JSON Schema knows no streams; the words are for people.
pub(super) fn schema() -> Schema {
    json_schema!({
        "type": "string",
        "description": "Events `tool_started`, `tool_finished`, `status`, `text_delta`, `text_reset` (the pieces so far were not the answer), and last `answer` or `failed`; the data of each is a JSON object whose `event` repeats the name",
    })
}

pub(super) async fn answer(service: Service, who: Requester, question: Question, place: Place) -> Result<Response, Problem> {
    let heartbeat = service.limits.heartbeat;
    let (to_agent, mut from_agent) = mpsc::channel::<AgentEvent>(EVENT_BUFFER);
    let cancel = service.turns.child_token();
    let guard = cancel.clone().drop_guard();
    let turn = tokio::spawn(
        async move { service.conversations.respond(&who, question, to_agent, cancel).await }.instrument(tracing::Span::current()),
    );
    let first = tokio::time::timeout(PLAIN_ERROR_WINDOW, from_agent.recv()).await;
    if matches!(first, Ok(None)) {
        // The turn ended without an event: its result is all there is.
        let answer = join(turn).await?;
        let only = futures::stream::iter([Ok::<_, Infallible>(to_sse(&AgentEvent::Answer(Box::new(answer))))]);
        return Ok(Sse::new(only).into_response());
    }
    let (to_listener, events) = mpsc::channel(1);
    let pump = Pump { first: first.ok().flatten(), from_agent, turn };
    tokio::spawn(pump.run(to_listener).instrument(tracing::Span::current()));
    let open = metrics::open_stream();
    // The guard, the place and the count live as long as the listener reads.
    let stream = ReceiverStream::new(events).map(move |event| {
        let _held = (&guard, &place, &open);
        Ok::<_, Infallible>(to_sse(&event))
    });
    Ok(sse(stream, heartbeat))
}

fn sse(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static, heartbeat: Duration) -> Response {
    Sse::new(stream).keep_alive(KeepAlive::new().interval(heartbeat).text("still here")).into_response()
}

/// Carries the events of a running turn to its listener and makes sure that the last one is an answer or a failure.
struct Pump {
    first: Option<AgentEvent>,
    from_agent: mpsc::Receiver<AgentEvent>,
    turn: JoinHandle<Result<Answer, AgentError>>,
}

impl Pump {
    async fn run(mut self, listener: mpsc::Sender<AgentEvent>) {
        let mut finished = false;
        let mut next = self.first.take();
        loop {
            if let Some(event) = next {
                finished |= matches!(event, AgentEvent::Answer(_) | AgentEvent::Failed { .. });
                if listener.send(event).await.is_err() {
                    return;
                }
            }
            next = self.from_agent.recv().await;
            if next.is_none() {
                break;
            }
        }
        let last = match join(self.turn).await {
            Ok(answer) => AgentEvent::Answer(Box::new(answer)),
            Err(problem) => {
                let kind = problem.kind();
                AgentEvent::Failed { code: kind.code.to_owned(), message: kind.title.to_owned() }
            }
        };
        if !finished {
            // Nobody is left to tell when this fails.
            let _ = listener.send(last).await;
        }
    }
}

async fn join(turn: JoinHandle<Result<Answer, AgentError>>) -> Result<Answer, Problem> {
    match turn.await {
        Ok(ended) => Ok(ended?),
        Err(_) => {
            tracing::error!("a turn panicked");
            Err(Problem::new(Kind::INTERNAL))
        }
    }
}

fn to_sse(event: &AgentEvent) -> Event {
    let data = serde_json::to_value(event).unwrap_or_default();
    let kind = data.get("event").and_then(serde_json::Value::as_str).unwrap_or(Kind::INTERNAL.code).to_owned();
    Event::default().event(kind).data(data.to_string())
}
