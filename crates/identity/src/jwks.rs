//! The issuer's keys, kept at hand.
//!
//! Every fetch replaces the whole set, so a key the issuer removed is gone at the next refresh; a fetch that fails or yields no usable key
//! changes nothing, so an outage of the issuer does not lock anybody out. A token with an unknown `kid` asks for a fetch at once (a rotated key
//! should work at once), but all such fetches share one slot and a pause, so that no number of tokens turns into a number of requests.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use jsonwebtoken::DecodingKey;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::key_set::{KeySet, KeySetError};

/// The rhythm of fetching. `unknown_key_pause` plus one fetch bounds how long a rotated key waits, `refresh_every` how long a removed key lives.
#[derive(Debug, Clone, Copy)]
pub struct JwksTimings {
    /// After any fetch, an unknown `kid` does not cause another for this long.
    pub unknown_key_pause: Duration,
    pub refresh_every: Duration,
    /// While no key is known at all nobody can sign in: try harder.
    pub retry_without_keys: Duration,
}

impl Default for JwksTimings {
    fn default() -> Self {
        Self {
            unknown_key_pause: Duration::from_secs(30),
            refresh_every: Duration::from_secs(60),
            retry_without_keys: Duration::from_secs(5),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    #[error("the key set address does not answer: {0}")]
    Unreachable(&'static str),
    #[error("the key set address answered with HTTP status {0}")]
    Status(u16),
    #[error("the key set is larger than {0} bytes")]
    Oversized(usize),
    #[error(transparent)]
    Unusable(#[from] KeySetError),
}

/// Where a JWKS document comes from.
#[async_trait]
pub trait JwksSource: Send + Sync {
    /// The raw document.
    async fn fetch(&self) -> Result<Vec<u8>, JwksError>;
}

pub struct JwksCache {
    source: Arc<dyn JwksSource>,
    timings: JwksTimings,
    keys: RwLock<Arc<KeySet>>,
    /// When the last fetch ended. Held while fetching: one at a time.
    last_fetch: Mutex<Option<Instant>>,
}

/// A key found in one published state of the set.
pub(super) struct FoundKey {
    set: Arc<KeySet>,
    kid: String,
}

impl FoundKey {
    pub fn key(&self) -> Option<&DecodingKey> {
        self.set.find(&self.kid)
    }
}

impl JwksCache {
    #[must_use]
    pub fn new(source: Arc<dyn JwksSource>, timings: JwksTimings) -> Self {
        Self { source, timings, keys: RwLock::new(Arc::new(KeySet::default())), last_fetch: Mutex::new(None) }
    }

    /// Whether any key is known, so that signing in can succeed at all.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.current().is_empty()
    }

    /// Fetches now and replaces the set.
    ///
    /// # Errors
    /// The known keys stay when the document cannot be had or holds no usable key.
    pub async fn refresh(&self) -> Result<(), JwksError> {
        let mut last_fetch = self.last_fetch.lock().await;
        self.fetch_holding(&mut last_fetch).await
    }

    /// Fetches now; returns when to do so again.
    pub async fn keep_fresh(&self) -> Duration {
        if let Err(error) = self.refresh().await {
            tracing::warn!(%error, "signing keys could not be refreshed; the known ones stay in use");
        }
        if self.is_ready() { self.timings.refresh_every } else { self.timings.retry_without_keys }
    }

    /// The key for `kid`, after a fetch if it is unknown and one is due.
    pub(super) async fn find(&self, kid: &str) -> Option<FoundKey> {
        if let Some(found) = self.find_known(kid) {
            return Some(found);
        }
        let mut last_fetch = self.last_fetch.lock().await;
        // Another token may have brought the key while this one waited.
        if let Some(found) = self.find_known(kid) {
            return Some(found);
        }
        if last_fetch.is_some_and(|at| at.elapsed() < self.timings.unknown_key_pause) {
            return None;
        }
        if let Err(error) = self.fetch_holding(&mut last_fetch).await {
            tracing::warn!(%error, "signing keys could not be fetched for an unknown key id");
        }
        drop(last_fetch);
        self.find_known(kid)
    }

    async fn fetch_holding(&self, last_fetch: &mut Option<Instant>) -> Result<(), JwksError> {
        let fetched = self.source.fetch().await;
        *last_fetch = Some(Instant::now());
        let set = Arc::new(KeySet::parse(&fetched?)?);
        *self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner) = set;
        Ok(())
    }

    fn find_known(&self, kid: &str) -> Option<FoundKey> {
        let set = self.current();
        set.find(kid).is_some().then(|| FoundKey { set, kid: kid.to_owned() })
    }

    fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_domain::clock::FixedClock;
    use std::collections::VecDeque;
    use std::sync::Mutex as StdMutex;

    use super::*;
    use crate::local_issuer::LocalIssuer;

    type Scripted = Result<Vec<u8>, JwksError>;

    /// Answers as told, the last document again and again; counts the fetches.
    struct Script {
        answers: StdMutex<VecDeque<Scripted>>,
        fetches: StdMutex<usize>,
    }

    impl Script {
        fn of(answers: Vec<Scripted>) -> Arc<Self> {
            Arc::new(Self { answers: StdMutex::new(answers.into()), fetches: StdMutex::new(0) })
        }

        fn fetches(&self) -> usize {
            *self.fetches.lock().unwrap()
        }
    }

    #[async_trait]
    impl JwksSource for Script {
        async fn fetch(&self) -> Scripted {
            *self.fetches.lock().unwrap() += 1;
            tokio::task::yield_now().await;
            self.answers.lock().unwrap().pop_front().unwrap_or(Err(JwksError::Status(500)))
        }
    }

    fn issuer() -> (Vec<u8>, String) {
        let issuer = LocalIssuer::new(Arc::new(FixedClock(jiff::Timestamp::now()))).unwrap();
        let jwks = issuer.jwks();
        (jwks.to_string().into_bytes(), jwks["keys"][0]["kid"].as_str().unwrap().to_owned())
    }

    fn no_pause() -> JwksTimings {
        JwksTimings { unknown_key_pause: Duration::ZERO, ..JwksTimings::default() }
    }

    #[tokio::test]
    async fn known_keys_survive_every_kind_of_outage() {
        let (document, kid) = issuer();
        let outages: Vec<Scripted> = vec![
            Err(JwksError::Unreachable("cannot connect")),
            Err(JwksError::Status(500)),
            Ok(b"<html>maintenance</html>".to_vec()),
            Ok(b"{\"keys\":[]}".to_vec()),
            Ok(b"{\"keys\":{}}".to_vec()),
        ];
        let count = outages.len();
        let source = Script::of(std::iter::once(Ok(document)).chain(outages).collect());
        let cache = JwksCache::new(source, JwksTimings::default());
        cache.refresh().await.unwrap();
        for _ in 0..count {
            cache.refresh().await.unwrap_err();
            assert!(cache.find(&kid).await.is_some());
        }
    }

    #[tokio::test]
    async fn a_rotated_key_is_found_at_once_and_the_removed_one_is_gone() {
        let ((old, old_kid), (new, new_kid)) = (issuer(), issuer());
        let cache = JwksCache::new(Script::of(vec![Ok(old), Ok(new)]), no_pause());
        assert!(cache.find(&old_kid).await.is_some());
        assert!(cache.find(&new_kid).await.is_some());
        assert!(cache.find(&old_kid).await.is_none());
    }

    #[tokio::test]
    async fn a_storm_of_unknown_keys_costs_one_fetch() {
        let (document, kid) = issuer();
        let source = Script::of(vec![Ok(document)]);
        let cache = Arc::new(JwksCache::new(Arc::clone(&source) as Arc<dyn JwksSource>, JwksTimings::default()));
        let storm = (0..200).map(|i| {
            let cache = Arc::clone(&cache);
            async move { cache.find(&format!("unknown-{i}")).await.is_none() }
        });
        assert!(futures::future::join_all(storm).await.into_iter().all(|refused| refused));
        assert_eq!(source.fetches(), 1);
        assert!(cache.find(&kid).await.is_some());
    }

    #[tokio::test]
    async fn the_background_refresh_brings_keys_that_come_late_and_ends_when_told() {
        let (document, kid) = issuer();
        let source = Script::of(vec![Err(JwksError::Status(503)), Ok(document)]);
        let timings = JwksTimings { retry_without_keys: Duration::from_millis(5), ..JwksTimings::default() };
        let cache = Arc::new(JwksCache::new(source, timings));
        assert_eq!(cache.keep_fresh().await, Duration::from_millis(5), "without a key it is tried again soon");
        assert!(!cache.is_ready());
        assert_eq!(cache.keep_fresh().await, JwksTimings::default().refresh_every);
        assert!(cache.find(&kid).await.is_some());
    }
}
