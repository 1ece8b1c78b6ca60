//! Errors as RFC 9457 problem documents.
//!
//! A handler names a [`Problem`]; the outermost layer ([`super::middleware`]) writes the document, so that every error has the same members whoever
//! raised it. Nothing of an inner cause reaches a body.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::agent::AgentError;

/// A kind of error: its HTTP status, its stable `code`, its title, and the header that it always comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: &'static str,
    pub header: Option<ProblemHeader>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemHeader {
    /// How to sign in.
    WwwAuthenticate,
    /// Seconds until it is worth another try.
    RetryAfter,
}

impl ProblemHeader {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WwwAuthenticate => "WWW-Authenticate",
            Self::RetryAfter => "Retry-After",
        }
    }

    #[must_use]
    pub fn schema(self) -> Schema {
        match self {
            Self::WwwAuthenticate => json_schema!({"type": "string", "const": "Bearer"}),
            Self::RetryAfter => json_schema!({"type": "integer", "minimum": 1}),
        }
    }
}

macro_rules! kinds {
    (@header) => { None };
    (@header $header:ident) => { Some(ProblemHeader::$header) };
    ($($name:ident = $status:ident, $code:literal, $title:literal $(, $header:ident)?;)*) => {
        impl Kind {
            $(pub const $name: Self =
                Self { status: StatusCode::$status, code: $code, title: $title, header: kinds!(@header $($header)?) };)*
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    INVALID_JSON = BAD_REQUEST, "invalid_json", "The body is not valid JSON";
    BAD_REQUEST = BAD_REQUEST, "bad_request", "The request cannot be understood";
    UNAUTHENTICATED = UNAUTHORIZED, "unauthenticated", "A valid access token is required", WwwAuthenticate;
    NO_ACCESS = FORBIDDEN, "no_access", "This account has no access to Agent Bill";
    NOT_FOUND = NOT_FOUND, "not_found", "Not found";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here";
    BODY_TIMEOUT = REQUEST_TIMEOUT, "body_timeout", "The body did not arrive in time";
    BUSY = CONFLICT, "conversation_busy", "The conversation is busy with another message", RetryAfter;
    TOO_LARGE = PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be application/json";
    INVALID_REQUEST = UNPROCESSABLE_ENTITY, "invalid_request", "The body does not fit";
    KEY_REUSED = UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The Idempotency-Key belongs to another message";
    RATE_LIMITED = TOO_MANY_REQUESTS, "rate_limited", "Too many requests", RetryAfter;
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side";
    OVERLOADED = SERVICE_UNAVAILABLE, "overloaded", "The service is busy", RetryAfter;
    NOT_READY = SERVICE_UNAVAILABLE, "not_ready", "The service is not ready", RetryAfter;
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "The agent is not available right now", RetryAfter;
    TIMEOUT = GATEWAY_TIMEOUT, "timeout", "The answer took too long";
}

impl Kind {
    /// For an error response that no code of ours raised.
    fn of_status(status: StatusCode) -> Self {
        let ours = Self::ALL.iter().rev().find(|kind| kind.status == status);
        match ours {
            Some(kind) => *kind,
            None if status.is_client_error() => Self { status, ..Self::BAD_REQUEST },
            None => Self { status, ..Self::INTERNAL },
        }
    }
}

#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    /// Says what to do; built only from constants and the limits of the interface.
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, detail: None, retry_after_seconds: None }
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub const fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    fn document<'a>(&'a self, request_id: &'a str) -> ProblemDocument<'a> {
        ProblemDocument {
            code: self.kind.code,
            detail: self.detail.as_deref(),
            request_id,
            status: self.kind.status.as_u16(),
            title: self.kind.title,
            r#type: "about:blank",
        }
    }
}

/// RFC 9457
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemDocument<'a> {
    #[schemars(schema_with = "codes")]
    code: &'static str,
    /// What to do about it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    detail: Option<&'a str>,
    /// The same as in `X-Request-Id`
    request_id: &'a str,
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    title: &'static str,
    r#type: &'static str,
}

fn codes(_generator: &mut SchemaGenerator) -> Schema {
    let codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code).collect();
    json_schema!({"type": "string", "enum": codes})
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

/// The inner cause was logged where it happened; it never reaches an answer.
impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        let (kind, retry_after) = match error {
            AgentError::NoSuchConversation => (Kind::NOT_FOUND, None),
            AgentError::Busy => (Kind::BUSY, Some(2)),
            AgentError::KeyReused => (Kind::KEY_REUSED, None),
            late if late.is_timeout() => (Kind::TIMEOUT, None),
            AgentError::Cancelled | AgentError::Unavailable | AgentError::Model(_) => (Kind::UNAVAILABLE, Some(5)),
        };
        Self { kind, detail: None, retry_after_seconds: retry_after }
    }
}

impl IntoResponse for Problem {
    /// Headers only; the middleware adds the document.
    fn into_response(self) -> Response {
        let mut response = self.kind.status.into_response();
        if self.kind.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives an error response its document. Other responses pass unchanged.
pub(super) fn write_document(response: Response, request_id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let problem = parts.extensions.remove::<Problem>().unwrap_or_else(|| Problem::new(Kind::of_status(status)));
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    // Texts and a number only, so it always has a JSON form.
    let document = serde_json::to_vec(&problem.document(request_id)).unwrap_or_default();
    Response::from_parts(parts, axum::body::Body::from(document))
}
