//! Errors as RFC 9457 problem documents.
//!
//! A handler names a [`Problem`]; the outermost layer ([`super::middleware`]) writes the document, so that every error has the same members whoever
//! raised it. Nothing of an inner cause reaches a body.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::agent::AgentError;

/// A kind of error: its HTTP status, its stable `code` and its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:ident, $code:literal, $title:literal;)*) => {
        impl Kind {
            $(pub const $name: Self = Self { status: StatusCode::$status, code: $code, title: $title };)*
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    INVALID_JSON = BAD_REQUEST, "invalid_json", "The body is not valid JSON";
    BAD_REQUEST = BAD_REQUEST, "bad_request", "The request cannot be understood";
    UNAUTHENTICATED = UNAUTHORIZED, "unauthenticated", "A valid access token is required";
    NO_ACCESS = FORBIDDEN, "no_access", "This account has no access to Agent Bill";
    NOT_FOUND = NOT_FOUND, "not_found", "Not found";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here";
    BODY_TIMEOUT = REQUEST_TIMEOUT, "body_timeout", "The body did not arrive in time";
    BUSY = CONFLICT, "conversation_busy", "The conversation is busy with another message";
    TOO_LARGE = PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be application/json";
    INVALID_REQUEST = UNPROCESSABLE_ENTITY, "invalid_request", "The body does not fit";
    KEY_REUSED = UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The Idempotency-Key belongs to another message";
    RATE_LIMITED = TOO_MANY_REQUESTS, "rate_limited", "Too many requests";
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side";
    OVERLOADED = SERVICE_UNAVAILABLE, "overloaded", "The service is busy";
    NOT_READY = SERVICE_UNAVAILABLE, "not_ready", "The service is not ready";
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "The agent is not available right now";
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

    fn document(&self, request_id: &str) -> Value {
        let mut document = json!({
            "type": "about:blank",
            "title": self.kind.title,
            "status": self.kind.status.as_u16(),
            "code": self.kind.code,
            "request_id": request_id,
        });
        if let (Some(members), Some(detail)) = (document.as_object_mut(), &self.detail) {
            members.insert("detail".to_owned(), Value::from(detail.as_str()));
        }
        document
    }
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
    Response::from_parts(parts, axum::body::Body::from(problem.document(request_id).to_string()))
}
