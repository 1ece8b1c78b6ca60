//! Request bodies: JSON of bounded size that arrives in bounded time and holds nothing we do not know.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures::StreamExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::description::{Description, Part};
use super::problem::{Kind, Problem};
use super::service::Service;

/// A body that must be there.
pub(super) struct JsonBody<T>(pub T);

/// A body that may be empty, which stands for the default.
pub(super) struct OptionalJsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Service> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        if !declares_json(request.headers()) {
            return Err(Kind::UNSUPPORTED_MEDIA_TYPE.into());
        }
        parse(&read(request, service).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromRequest<Service> for OptionalJsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let is_json = declares_json(request.headers());
        let bytes = read(request, service).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(Kind::UNSUPPORTED_MEDIA_TYPE.into()),
        }
    }
}

/// What reading a body can end with.
const PROBLEMS: &[Kind] =
    &[Kind::INVALID_JSON, Kind::BAD_REQUEST, Kind::BODY_TIMEOUT, Kind::TOO_LARGE, Kind::UNSUPPORTED_MEDIA_TYPE, Kind::INVALID_REQUEST];

impl<T: JsonSchema> Part for JsonBody<T> {
    fn describe(description: &mut Description<'_>) {
        description.json_body::<T>(true);
        description.problems(PROBLEMS);
    }
}

impl<T: JsonSchema> Part for OptionalJsonBody<T> {
    fn describe(description: &mut Description<'_>) {
        description.json_body::<T>(false);
        description.problems(PROBLEMS);
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

/// Not by a layer for all routes: such a layer answers before anybody is signed in, and its refusals cannot be told from a broken body.
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
