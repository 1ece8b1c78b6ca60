//! The compact form of a token: three base64url parts and a header with only what we understand.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::strict_json::parse_object;

const MAX_TOKEN_BYTES: usize = 16 * 1024;
const MAX_KID_CHARS: usize = 256;

/// Header members that would change what is signed or where the key comes from, or announce another kind of content. A token of ours has none.
const REFUSED_HEADER_MEMBERS: [&str; 8] = ["crit", "b64", "zip", "jku", "x5u", "jwk", "x5c", "cty"];

/// A token taken apart; nothing in it is trusted yet.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    pub kid: String,
    /// Header and claims as they were sent, the bytes the signature covers.
    pub signed: &'a [u8],
    pub signature: Vec<u8>,
    pub claims: Map<String, Value>,
}

impl<'a> Compact<'a> {
    pub fn parse(token: &'a str) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::Oversized);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::Malformed);
        };
        let kid = check_header(&decode(header)?)?;
        let signature_bytes = decode(signature)?;
        let claims = parse_object(&decode(claims)?).ok_or(Refusal::Claims)?;
        let signed_length = token.len().saturating_sub(signature.len()).saturating_sub(1);
        let signed = token.as_bytes().get(..signed_length).ok_or(Refusal::Malformed)?;
        Ok(Self { kid, signed, signature: signature_bytes, claims })
    }
}

/// Strict base64url: no padding, no foreign characters, no stray bits in the last character, not empty.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    if bytes.is_empty() { Err(Refusal::Malformed) } else { Ok(bytes) }
}

/// Returns the `kid`.
fn check_header(bytes: &[u8]) -> Result<String, Refusal> {
    let header = parse_object(bytes).ok_or(Refusal::Header)?;
    if REFUSED_HEADER_MEMBERS.iter().any(|name| header.contains_key(*name)) {
        return Err(Refusal::Header);
    }
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(Refusal::Algorithm);
    }
    match header.get("typ") {
        None => {}
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") || kind.eq_ignore_ascii_case("at+jwt") => {}
        Some(_) => return Err(Refusal::Header),
    }
    match header.get("kid") {
        Some(Value::String(kid)) if !kid.is_empty() && kid.chars().count() <= MAX_KID_CHARS => Ok(kid.clone()),
        _ => Err(Refusal::Header),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode("signature"))
    }

    #[test]
    fn a_plain_token_comes_apart_into_what_was_signed() {
        let text = token(r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#, r#"{"sub":"s"}"#);
        let parsed = Compact::parse(&text).unwrap();
        assert_eq!(parsed.kid, "k");
        assert_eq!(parsed.signature, b"signature");
        assert_eq!(parsed.claims["sub"], "s");
        assert_eq!(parsed.signed, text.rsplit_once('.').unwrap().0.as_bytes());
    }

    #[test]
    fn base64_that_is_not_canonical_is_refused() {
        let good = token(r#"{"alg":"RS256","kid":"k"}"#, r#"{"sub":"s"}"#);
        assert!(Compact::parse(&good).is_ok());
        let (front, _) = good.rsplit_once('.').unwrap();
        for signature in ["", "YWI=", "YW J", "YWJ", "YWI/", "Y"] {
            assert_eq!(Compact::parse(&format!("{front}.{signature}")).err(), Some(Refusal::Malformed), "{signature:?}");
        }
    }

    #[test]
    fn the_size_limit_counts_before_anything_is_parsed() {
        let long = "a".repeat(MAX_TOKEN_BYTES + 1);
        assert_eq!(Compact::parse(&long).err(), Some(Refusal::Oversized));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fall_over(text in "\\PC{0,200}", dots in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
            let _ = Compact::parse(&text);
            prop_assert!(Compact::parse(&dots).is_err());
        }
    }
}
