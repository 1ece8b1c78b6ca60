//! The loopback Bedrock of the tests: a server in `tests/peers/bedrock` that checks every request against botocore's model of the service and against
//! the service's rules, and plays scripted replies. Started by `scripts/test-bedrock`; when it cannot be had a test fails, it is never skipped.
//!
//! Used by unit tests, by the integration binary, by the evals and by the benchmark; no command reaches it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test harness fails by panicking")]

use std::process::Command;
use std::sync::OnceLock;

use aws_sdk_bedrockruntime::config::Credentials;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::config::BedrockConfig;
use super::{BedrockModel, client};

/// A script that is played to whoever calls its endpoint.
pub struct Script {
    base: String,
    id: String,
    http: reqwest::Client,
}

impl Script {
    /// Replies in the order in which they are asked for; see the peer's own README for their form.
    ///
    /// # Panics
    /// When the peer cannot be had or does not take the script.
    pub async fn playing(replies: &[Value]) -> Self {
        Self::with(json!({ "replies": replies })).await
    }

    /// A whole script with its settings.
    ///
    /// # Panics
    /// As [`Self::playing`].
    pub async fn with(script: Value) -> Self {
        let (base, http) = (peer_url().to_owned(), reqwest::Client::new());
        let made = http.post(format!("{base}/control/scripts")).json(&script).send().await.expect("the loopback Bedrock answers");
        let status = made.status();
        let text = made.text().await.expect("the loopback Bedrock answers");
        assert!(status.is_success(), "the loopback Bedrock refused the script: {text}");
        let made: Value = serde_json::from_str(&text).expect("the loopback Bedrock answers in JSON");
        let id = made.get("id").and_then(Value::as_str).expect("a script has an id").to_owned();
        Self { base, id, http }
    }

    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("{}/s/{}", self.base, self.id)
    }

    /// A configuration that calls this script, see [`model`].
    #[must_use]
    pub fn config(&self) -> BedrockConfig {
        BedrockConfig { endpoint_url: Some(self.endpoint()), region: Some("us-east-1".to_owned()), ..BedrockConfig::default() }
    }

    /// What was asked so far: `requests` with bodies, faults and outcomes, and how many replies are `left`.
    ///
    /// # Panics
    /// When the peer does not answer.
    pub async fn record(&self) -> Value {
        let url = format!("{}/control/scripts/{}", self.base, self.id);
        self.http.get(url).send().await.expect("the loopback Bedrock answers").json().await.expect("a record is JSON")
    }

    /// The requests, after checking that the service would have accepted every one of them.
    ///
    /// # Panics
    /// When one of them breaks the service's model or rules.
    pub async fn valid_requests(&self) -> Vec<Value> {
        let record = self.record().await;
        let requests = record.get("requests").and_then(Value::as_array).cloned().unwrap_or_default();
        for request in &requests {
            let faults = request.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
            assert!(faults.is_empty(), "the service would have refused this request: {faults:?}\n{request:#}");
        }
        requests
    }
}

const ACCESS_KEY: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "secret-for-loopback";

/// The keys that the peer accepts, as the environment of another process holds them.
#[must_use]
pub const fn credentials() -> [(&'static str, &'static str); 2] {
    [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)]
}

/// A model that calls the peer with keys of its own, whatever this process's environment holds.
pub async fn model(config: &BedrockConfig) -> BedrockModel {
    let keys = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "loopback");
    let client = client::connect(config, Some(keys)).await;
    BedrockModel { client: OnceCell::new_with(Some(client)), ..BedrockModel::new(config) }
}

/// The address of the peer, started on first use.
fn peer_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/test-bedrock");
        let output = Command::new(script).output().expect("scripts/test-bedrock can be run");
        if !output.status.success() {
            panic!("these tests need the loopback Bedrock: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}
