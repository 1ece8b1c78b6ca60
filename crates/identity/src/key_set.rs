//! The keys of a JWKS document that may sign our tokens. One bad key never spoils the others; it is simply not there.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::strict_json::parse_object;

const MIN_MODULUS_BITS: usize = 2048;
const MAX_MODULUS_BITS: usize = 8192;
/// More keys than any pool has; a document beyond it is not a key set of ours.
const MAX_KEYS: usize = 100;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeySetError {
    #[error("the document is not a JSON Web Key Set")]
    NotAKeySet,
    #[error("the key set holds no RSA signing key of 2048 bits or more")]
    NoUsableKey,
}

/// Public keys by `kid`.
#[derive(Debug, Default)]
pub(super) struct KeySet(HashMap<String, DecodingKey>);

impl KeySet {
    pub fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        let document = parse_object(document).ok_or(KeySetError::NotAKeySet)?;
        let Some(Value::Array(entries)) = document.get("keys") else {
            return Err(KeySetError::NotAKeySet);
        };
        if entries.len() > MAX_KEYS {
            return Err(KeySetError::NotAKeySet);
        }
        let mut keys = HashMap::new();
        let mut seen = HashSet::new();
        for entry in entries.iter().filter_map(Value::as_object) {
            let Some(kid) = entry.get("kid").and_then(Value::as_str).filter(|kid| !kid.is_empty()) else { continue };
            if !seen.insert(kid) {
                // Two keys under one name: neither can be told from the other, whatever their kind.
                keys.remove(kid);
            } else if let Some(key) = usable_key(entry) {
                keys.insert(kid.to_owned(), key);
            }
        }
        if keys.is_empty() { Err(KeySetError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    pub fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.0.get(kid)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn usable_key(entry: &Map<String, Value>) -> Option<DecodingKey> {
    let is = |name: &str, wanted: &str| entry.get(name).and_then(Value::as_str) == Some(wanted);
    let is_or_absent = |name: &str, wanted: &str| !entry.contains_key(name) || is(name, wanted);
    // A published private exponent means that anybody can sign.
    if !is("kty", "RSA") || !is_or_absent("use", "sig") || !is_or_absent("alg", "RS256") || entry.contains_key("d") {
        return None;
    }
    if let Some(operations) = entry.get("key_ops")
        && !operations.as_array().is_some_and(|list| list.iter().any(|operation| operation == "verify"))
    {
        return None;
    }
    let n = unsigned_integer(entry.get("n")?)?;
    let e = unsigned_integer(entry.get("e")?)?;
    (is_sound_modulus(&n) && is_sound_exponent(&e)).then(|| DecodingKey::from_rsa_raw_components(&n, &e))
}

/// Base64urlUInt (RFC 7518 §2) without leading zero octets.
fn unsigned_integer(value: &Value) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(value.as_str()?).ok()?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(first..).map(<[u8]>::to_vec)
}

fn bit_length(number: &[u8]) -> usize {
    number.first().map_or(0, |first| (number.len() * 8).saturating_sub(usize::try_from(first.leading_zeros()).unwrap_or(0)))
}

/// Odd, as the product of two odd primes is, and of a length that is neither weak nor a burden.
fn is_sound_modulus(n: &[u8]) -> bool {
    (MIN_MODULUS_BITS..=MAX_MODULUS_BITS).contains(&bit_length(n)) && is_odd(n)
}

/// Odd and above 65536 (FIPS 186-5), at most 32 bits.
fn is_sound_exponent(e: &[u8]) -> bool {
    e.len() >= 3 && e.len() <= 4 && is_odd(e)
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A number of so many bits is enough where nothing is signed.
    fn modulus(bits: usize) -> String {
        let mut bytes = vec![0xa5_u8; bits / 8];
        bytes[bits / 8 - 1] |= 1;
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn even_modulus() -> String {
        URL_SAFE_NO_PAD.encode([0xa4_u8; 256])
    }

    fn good() -> Value {
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k", "n": modulus(2048), "e": "AQAB"})
    }

    fn parse(keys: &[Value]) -> Result<KeySet, KeySetError> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    #[test]
    fn a_key_counts_only_if_every_member_fits() {
        assert!(parse(&[good()]).unwrap().find("k").is_some());
        let faults = [
            ("kty", json!("EC")),
            ("use", json!("enc")),
            ("use", json!(null)),
            ("alg", json!("RS512")),
            ("alg", json!(["RS256"])),
            ("kid", json!("")),
            ("kid", json!(1)),
            ("n", json!(modulus(1024))),
            ("n", json!(modulus(2040))),
            ("n", json!(modulus(16384))),
            ("n", json!(format!("{}=", modulus(2048)))),
            ("n", json!("")),
            ("n", json!(even_modulus())),
            ("e", json!("AQ")),
            ("e", json!("Aw")),
            ("e", json!("AQAA")),
            ("d", json!("AQAB")),
            ("key_ops", json!(["sign"])),
        ];
        for (name, value) in faults {
            let mut key = good();
            key[name] = value.clone();
            assert_eq!(parse(&[key]).err(), Some(KeySetError::NoUsableKey), "{name} = {value}");
        }
    }

    #[test]
    fn optional_members_may_be_absent_and_foreign_ones_are_ignored() {
        let mut key = good();
        key.as_object_mut().unwrap().remove("use");
        key.as_object_mut().unwrap().remove("alg");
        key["x5t"] = json!("whatever");
        key["key_ops"] = json!(["verify"]);
        assert!(parse(&[key]).is_ok());
    }

    #[test]
    fn a_bad_key_does_not_spoil_its_neighbours_but_a_shared_kid_spoils_both() {
        let mut other = good();
        other["kid"] = json!("other");
        let mut weak = good();
        weak["n"] = json!(modulus(1024));
        let set = parse(&[good(), weak, other]).unwrap();
        assert!(set.find("k").is_none());
        assert!(set.find("other").is_some());
    }

    #[test]
    fn a_third_key_with_a_shared_kid_does_not_bring_it_back() {
        let mut other = good();
        other["kid"] = json!("other");
        let set = parse(&[good(), good(), good(), other]).unwrap();
        assert!(set.find("k").is_none());
    }
}
