//! Request bodies: JSON of bounded size that arrives in bounded time and holds nothing we do not know.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures::StreamExt as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::problem::{Kind, Problem};
use super::service::Service;

pub(super) const MAX_MESSAGE_CHARS: usize = 4000;

/// A message to the agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    pub text: String,
}

/// A new conversation has no properties (yet).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConversation {}

impl FromRequest<Service> for Message {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let is_json = declares_json(request.headers());
        if !is_json {
            return Err(Kind::UNSUPPORTED_MEDIA_TYPE.into());
        }
        let message: Self = parse(&read(request, service).await?)?;
        let chars = message.text.chars().count();
        if message.text.trim().is_empty() || chars > MAX_MESSAGE_CHARS || message.text.contains('\0') {
            let detail = format!("`text` must hold 1 to {MAX_MESSAGE_CHARS} characters, not only white space and no NUL");
            return Err(Problem::new(Kind::INVALID_REQUEST).with_detail(detail));
        }
        Ok(message)
    }
}

impl FromRequest<Service> for NewConversation {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let is_json = declares_json(request.headers());
        let bytes = read(request, service).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self {}),
            (false, true) => parse(&bytes),
            (false, false) => Err(Kind::UNSUPPORTED_MEDIA_TYPE.into()),
        }
    }
}

/// One `Content-Type: application/json`, at most with `charset=utf-8`.
fn declares_json(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return false };
    let Ok(text) = only.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| {
            parameter.is_empty() || parameter.eq_ignore_ascii_case("charset=utf-8") || parameter.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}

async fn read(request: Request, service: &Service) -> Result<Vec<u8>, Problem> {
    let limit = service.limits.body_bytes;
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large(limit));
    }
    let mut chunks = request.into_body().into_data_stream();
    let collect = async {
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::new(Kind::BAD_REQUEST))?;
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(service.limits.body_timeout, collect).await.unwrap_or(Err(Kind::BODY_TIMEOUT.into()))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Kind::TOO_LARGE).with_detail(format!("at most {limit} bytes"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice::<StrictObject<T>>(bytes).map(|object| object.0).map_err(|error| match error.classify() {
        Category::Data => {
            Problem::new(Kind::INVALID_REQUEST).with_detail("the members, their names or their types are not the documented ones")
        }
        Category::Syntax | Category::Eof | Category::Io => Kind::INVALID_JSON.into(),
    })
}

/// Serde also reads a struct from an array of its fields; a body of ours is an object.
struct StrictObject<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for StrictObject<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectOnly<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for ObjectOnly<T> {
            type Value = T;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(ObjectOnly(std::marker::PhantomData)).map(Self)
    }
}
