//! The demo's issuer: signs Cognito-shaped access tokens with a key made at start and hands its key set to the very same verifier.
//!
//! Whoever can reach it becomes whoever they like, so the configuration refuses it when the service listens beyond loopback.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::claims::Expected;
use super::jwks::{JwksCache, JwksError, JwksSource, JwksTimings};
use super::verifier::TokenVerifier;
use agent_bill_domain::clock::SharedClock;

const ISSUER: &str = "http://localhost/agent-bill-local-issuer";
const CLIENT: &str = "agent-bill-local";
const SCOPE: &str = "agent-bill/chat";
const LIFETIME_SECONDS: i64 = 24 * 3600;

#[derive(Debug, thiserror::Error)]
#[error("the local issuer's key cannot be used: {0}")]
pub struct LocalIssuerError(&'static str);

pub struct LocalIssuer {
    clock: SharedClock,
    key: KeyPair,
    kid: String,
}

impl LocalIssuer {
    /// Makes a fresh RSA-2048 key.
    ///
    /// # Errors
    /// When the system cannot provide a key.
    pub fn new(clock: SharedClock) -> Result<Self, LocalIssuerError> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| LocalIssuerError("key generation failed"))?;
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(key.public_key().as_ref()));
        Ok(Self { clock, key, kid })
    }

    /// What the verifier has to expect of these tokens.
    #[must_use]
    pub fn expected() -> Expected {
        Expected { issuer: ISSUER.to_owned(), clients: BTreeSet::from([CLIENT.to_owned()]), audience: None, scope: SCOPE.to_owned() }
    }

    /// An access token with every claim that Cognito writes, valid for a day.
    ///
    /// # Errors
    /// When signing fails.
    pub fn token_for(&self, sub: &str, username: &str, groups: &[&str]) -> Result<String, LocalIssuerError> {
        let now = self.clock.now().as_second();
        let id = |purpose: &str| digest_id(&format!("{purpose}:{sub}:{now}"));
        self.sign(&json!({
            "sub": sub,
            "cognito:groups": groups,
            "iss": ISSUER,
            "version": 2,
            "client_id": CLIENT,
            "origin_jti": id("origin"),
            "event_id": id("event"),
            "token_use": "access",
            "scope": SCOPE,
            "auth_time": now,
            "exp": now.saturating_add(LIFETIME_SECONDS),
            "iat": now,
            "jti": id("token"),
            "username": username,
        }))
    }

    /// The key set as a document.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let public = self.key.public_key();
        json!({"keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }]})
    }

    /// The ordinary verifier, set to this issuer; its keys are fetched on the first token.
    #[must_use]
    pub fn verifier(self: &Arc<Self>, clock: SharedClock) -> TokenVerifier {
        let source: Arc<dyn JwksSource> = Arc::clone(self) as Arc<dyn JwksSource>;
        TokenVerifier::new(Self::expected(), Arc::new(JwksCache::new(source, JwksTimings::default())), clock)
    }

    fn sign(&self, claims: &Value) -> Result<String, LocalIssuerError> {
        let header = json!({"kid": self.kid, "alg": "RS256"});
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| LocalIssuerError("signing failed"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// In the shape of a UUID, as Cognito's ids are.
fn digest_id(text: &str) -> String {
    let mut id = String::with_capacity(36);
    for (position, character) in hex::encode(Sha256::digest(text)).chars().take(32).enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(character);
    }
    id
}

#[async_trait]
impl JwksSource for LocalIssuer {
    async fn fetch(&self) -> Result<Vec<u8>, JwksError> {
        Ok(self.jwks().to_string().into_bytes())
    }
}
