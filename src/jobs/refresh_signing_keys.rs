//! Keeps the issuer's signing keys fresh, so that a new key is known before the first token that it signed.

use std::sync::Arc;
use std::time::Duration;

use agent_bill_identity::Authenticator;
use async_trait::async_trait;

use super::Job;

pub struct RefreshSigningKeys(Arc<Authenticator>);

impl RefreshSigningKeys {
    #[must_use]
    pub const fn new(authenticator: Arc<Authenticator>) -> Self {
        Self(authenticator)
    }
}

#[async_trait]
impl Job for RefreshSigningKeys {
    fn name(&self) -> &'static str {
        "refresh_signing_keys"
    }

    async fn run(&self) -> Duration {
        self.0.verifier().keys().keep_fresh().await
    }
}
