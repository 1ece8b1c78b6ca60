//! Who sent a request: exactly one `Authorization: Bearer` header, never a query parameter, a cookie or a header of a proxy.

use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::description::{Description, Part};
use super::problem::{Kind, Problem};
use super::service::Service;
use crate::telemetry::metrics;
use agent_bill_identity::{AuthenticationError, Requester};

/// The requester, within the rate that one person may ask at.
pub(super) struct SignedIn(pub Requester);

impl FromRequestParts<Service> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let token = bearer_token(&parts.headers).ok_or(Problem::new(Kind::UNAUTHENTICATED))?;
        let requester = service.authenticator.authenticate(token).await.map_err(|error| match error {
            AuthenticationError::Refused(_) => Problem::new(Kind::UNAUTHENTICATED),
            AuthenticationError::NoAccess => Problem::new(Kind::NO_ACCESS).with_detail("ask an Admin for access"),
            AuthenticationError::People(cause) => {
                tracing::error!(error = %cause, source = ?std::error::Error::source(&cause).map(ToString::to_string), "sign-in failed");
                Problem::new(Kind::INTERNAL)
            }
        })?;
        match service.rate.take(requester.person(), Instant::now()) {
            Ok(()) => Ok(Self(requester)),
            Err(wait) => {
                metrics::limit_refused("requests_per_person_per_minute");
                Err(Problem::new(Kind::RATE_LIMITED).with_retry_after(wait.as_secs().saturating_add(1)))
            }
        }
    }
}

impl Part for SignedIn {
    fn describe(description: &mut Description<'_>) {
        description.signed_in();
        description.problems(&[Kind::UNAUTHENTICATED, Kind::NO_ACCESS, Kind::RATE_LIMITED]);
    }
}

/// RFC 6750 §2.1: the scheme in any case, spaces, the token. Two headers, or one that is not ASCII, are none.
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, rest) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| rest.trim_start_matches(' '))
}
