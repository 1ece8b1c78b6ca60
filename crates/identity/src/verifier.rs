//! The token verifier: form, claims, key, signature, in that order.
//!
//! The claims come before the key so that only a token that is otherwise meant for us can cause a fetch of the key set.

use std::sync::Arc;

use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::claims::{self, Believed, Expected};
use super::compact::Compact;
use super::jwks::JwksCache;
use super::refusal::Refusal;
use agent_bill_domain::clock::SharedClock;

pub struct TokenVerifier {
    expected: Expected,
    keys: Arc<JwksCache>,
    clock: SharedClock,
}

impl TokenVerifier {
    #[must_use]
    pub fn new(expected: Expected, keys: Arc<JwksCache>, clock: SharedClock) -> Self {
        Self { expected, keys, clock }
    }

    #[must_use]
    pub fn keys(&self) -> &Arc<JwksCache> {
        &self.keys
    }

    pub(super) async fn verify(&self, token: &str) -> Result<Believed, Refusal> {
        let parsed = Compact::parse(token)?;
        let believed = claims::check(&parsed.claims, &self.expected, self.clock.now())?;
        let found = self.keys.find(&parsed.kid).await.ok_or(Refusal::UnknownKey)?;
        let key = found.key().ok_or(Refusal::UnknownKey)?;
        check_signature(&parsed, key)?;
        Ok(believed)
    }
}

/// The algorithm and its implementation are named here: neither the token, nor the key, nor a default of the process chooses them.
fn check_signature(parsed: &Compact<'_>, key: &DecodingKey) -> Result<(), Refusal> {
    let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&Algorithm::RS256, key).map_err(|_| Refusal::Signature)?;
    verifier.verify(parsed.signed, &parsed.signature).map_err(|_| Refusal::Signature)
}
