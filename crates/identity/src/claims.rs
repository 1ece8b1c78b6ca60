//! What the claims of a Cognito access token must say.
//!
//! Cognito's access tokens carry `sub iss client_id token_use scope exp iat username cognito:groups` and, only with resource binding, `aud`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// How far ahead of our clock `nbf` and `iat` may be. An expired token gets no grace.
const CLOCK_SKEW_SECONDS: i64 = 60;
const MAX_SUBJECT_CHARS: usize = 256;

/// What a token must match, from the configuration.
#[derive(Debug, Clone)]
pub struct Expected {
    pub issuer: String,
    pub clients: BTreeSet<String>,
    /// Our resource URI; a token that names an audience must name this one. `None`: a token that names any audience is not for us.
    pub audience: Option<String>,
    /// A scope every token must carry; empty: none is asked for.
    pub scope: String,
}

/// What is left of a token once it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Believed {
    pub subject: String,
    /// Cognito's `username`, when it is a plain string.
    pub username: Option<String>,
    pub groups: BTreeSet<String>,
}

pub(super) fn check(claims: &Map<String, Value>, expected: &Expected, now: Timestamp) -> Result<Believed, Refusal> {
    if text(claims, "iss") != Some(expected.issuer.as_str()) {
        return Err(Refusal::Issuer);
    }
    if text(claims, "token_use") != Some("access") {
        return Err(Refusal::TokenUse);
    }
    if !text(claims, "client_id").is_some_and(|client| expected.clients.contains(client)) {
        return Err(Refusal::Client);
    }
    check_audience(claims.get("aud"), expected.audience.as_deref())?;
    check_times(claims, now)?;
    let required = expected.scope.as_str();
    if !required.is_empty() && !text(claims, "scope").is_some_and(|scopes| scopes.split(' ').any(|scope| scope == required)) {
        return Err(Refusal::Scope);
    }
    let subject = text(claims, "sub").filter(|subject| is_plain_identifier(subject)).ok_or(Refusal::Subject)?.to_owned();
    let username = text(claims, "username").filter(|name| is_plain_identifier(name)).map(str::to_owned);
    Ok(Believed { subject, username, groups: groups(claims.get("cognito:groups"))? })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// Not blank, of bearable length, without control characters (a NUL would not even reach every database).
fn is_plain_identifier(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_SUBJECT_CHARS && !text.chars().any(char::is_control)
}

/// Resource binding yields one string; a list is ours only if it holds nobody else.
fn check_audience(audience: Option<&Value>, ours: Option<&str>) -> Result<(), Refusal> {
    let named = match audience {
        None => return Ok(()),
        Some(Value::String(one)) => Some(one.as_str()),
        Some(Value::Array(list)) => match list.as_slice() {
            [Value::String(one)] => Some(one.as_str()),
            _ => None,
        },
        Some(_) => None,
    };
    if named.is_some() && named == ours { Ok(()) } else { Err(Refusal::Audience) }
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), Refusal> {
    let now = now.as_second();
    let expires = claims.get("exp").and_then(seconds).ok_or(Refusal::Expired)?;
    if expires <= now {
        return Err(Refusal::Expired);
    }
    for name in ["nbf", "iat"] {
        if let Some(value) = claims.get(name) {
            let from = seconds(value).ok_or(Refusal::NotYetValid)?;
            if from > now.saturating_add(CLOCK_SKEW_SECONDS) {
                return Err(Refusal::NotYetValid);
            }
        }
    }
    Ok(())
}

/// A NumericDate (RFC 7519 §2: seconds, fractions allowed) as whole seconds.
fn seconds(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    if number.is_u64() {
        return None;
    }
    SignedDuration::try_from_secs_f64(number.as_f64()?).ok().map(|duration| duration.as_secs())
}

fn groups(value: Option<&Value>) -> Result<BTreeSet<String>, Refusal> {
    match value {
        None => Ok(BTreeSet::new()),
        Some(Value::Array(list)) => list.iter().map(|group| group.as_str().map(str::to_owned).ok_or(Refusal::Groups)).collect(),
        Some(_) => Err(Refusal::Groups),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn expected() -> Expected {
        Expected {
            issuer: "https://issuer.example/pool".to_owned(),
            clients: BTreeSet::from(["web".to_owned(), "cli".to_owned()]),
            audience: Some("https://bill.example".to_owned()),
            scope: "agent-bill/chat".to_owned(),
        }
    }

    fn verdict(changes: &[(&str, Option<Value>)]) -> Result<Believed, Refusal> {
        let mut claims = json!({
            "sub": "s-1", "iss": "https://issuer.example/pool", "client_id": "web", "token_use": "access",
            "scope": "openid agent-bill/chat", "exp": NOW + 300, "iat": NOW - 5, "username": "lena", "cognito:groups": ["finance"],
        })
        .as_object()
        .unwrap()
        .clone();
        for (name, value) in changes {
            match value {
                Some(value) => drop(claims.insert((*name).to_owned(), value.clone())),
                None => drop(claims.remove(*name)),
            }
        }
        check(&claims, &expected(), Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn a_cognito_access_token_is_believed() {
        let believed = verdict(&[]).unwrap();
        assert_eq!((believed.subject.as_str(), believed.username.as_deref()), ("s-1", Some("lena")));
        assert_eq!(believed.groups, BTreeSet::from(["finance".to_owned()]));
    }

    #[test]
    fn every_claim_that_is_off_by_a_little_is_refused() {
        let cases: Vec<(&str, Option<Value>, Refusal)> = vec![
            ("iss", Some(json!("https://issuer.example/pool/")), Refusal::Issuer),
            ("iss", Some(json!(["https://issuer.example/pool"])), Refusal::Issuer),
            ("iss", None, Refusal::Issuer),
            ("token_use", Some(json!("id")), Refusal::TokenUse),
            ("client_id", Some(json!("other")), Refusal::Client),
            ("client_id", Some(json!(["web"])), Refusal::Client),
            ("client_id", Some(json!("web ")), Refusal::Client),
            ("aud", Some(json!("web")), Refusal::Audience),
            ("aud", Some(json!(null)), Refusal::Audience),
            ("aud", Some(json!([])), Refusal::Audience),
            ("aud", Some(json!(["https://bill.example", "https://other.example"])), Refusal::Audience),
            ("exp", None, Refusal::Expired),
            ("exp", Some(json!(NOW)), Refusal::Expired),
            ("exp", Some(json!((NOW + 300).to_string())), Refusal::Expired),
            ("exp", Some(json!(1e300)), Refusal::Expired),
            ("exp", Some(json!(u64::MAX)), Refusal::Expired),
            ("exp", Some(json!(true)), Refusal::Expired),
            ("nbf", Some(json!(NOW + 61)), Refusal::NotYetValid),
            ("nbf", Some(json!("0")), Refusal::NotYetValid),
            ("iat", Some(json!(NOW + 61)), Refusal::NotYetValid),
            ("iat", Some(json!(null)), Refusal::NotYetValid),
            ("scope", None, Refusal::Scope),
            ("scope", Some(json!("agent-bill/chatter")), Refusal::Scope),
            ("scope", Some(json!(["agent-bill/chat"])), Refusal::Scope),
            ("sub", None, Refusal::Subject),
            ("sub", Some(json!("")), Refusal::Subject),
            ("sub", Some(json!("  ")), Refusal::Subject),
            ("sub", Some(json!(7)), Refusal::Subject),
            ("sub", Some(json!("a\u{0}b")), Refusal::Subject),
            ("cognito:groups", Some(json!("finance")), Refusal::Groups),
            ("cognito:groups", Some(json!(["finance", 1])), Refusal::Groups),
            ("cognito:groups", Some(json!(null)), Refusal::Groups),
        ];
        for (name, value, refusal) in cases {
            assert_eq!(verdict(&[(name, value.clone())]), Err(refusal), "{name} = {value:?}");
        }
    }

    #[test]
    fn what_is_allowed_to_vary_may_vary() {
        for (name, value) in [
            ("aud", Some(json!("https://bill.example"))),
            ("aud", Some(json!(["https://bill.example"]))),
            ("exp", Some(json!(1_800_000_100.75))),
            ("nbf", Some(json!(NOW + 60))),
            ("iat", Some(json!(NOW + 60))),
            ("iat", None),
            ("cognito:groups", None),
            ("username", None),
            ("client_id", Some(json!("cli"))),
        ] {
            assert!(verdict(&[(name, value.clone())]).is_ok(), "{name} = {value:?}");
        }
    }
}
