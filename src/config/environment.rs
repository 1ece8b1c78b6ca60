//! The layer of environment variables.

use figment::util::nest;
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::{FILE_VARIABLE, PREFIX};

/// Keys that hold text: taken as written. Other values are read as number, flag, or `["list"]`.
const TEXT_KEYS: [&str; 17] = [
    "database_url",
    "database_url_file",
    "company_name",
    "listen",
    "demo.directory",
    "identity.issuer",
    "identity.jwks_url",
    "identity.required_scope",
    "log.filter",
    "bedrock.model_id",
    "bedrock.base_model",
    "bedrock.region",
    "bedrock.endpoint_url",
    "bedrock.guardrail.id",
    "bedrock.guardrail.version",
    "telemetry.metrics_listen",
    "telemetry.otlp_endpoint",
];

/// `AGENT_BILL_LIMITS__BODY_BYTES=…` sets `limits.body_bytes`. Takes the variables as pairs, so that tests need not change the process.
pub(super) struct Environment(pub Vec<(String, String)>);

impl Environment {
    pub(super) fn of_process() -> Self {
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self(named.collect())
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        // The names in messages are those of the variables.
        Metadata::named("the environment")
            .interpolater(|_: &Profile, keys: &[&str]| format!("{PREFIX}{}", keys.join("__").to_ascii_uppercase()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut layer = Dict::new();
        for (name, value) in &self.0 {
            let Some(key) = name.strip_prefix(PREFIX).filter(|_| name != FILE_VARIABLE) else { continue };
            let key = key.to_ascii_lowercase().replace("__", ".");
            let value = if TEXT_KEYS.contains(&key.as_str()) {
                Value::from(value.clone())
            } else {
                value.parse().unwrap_or_else(|never: std::convert::Infallible| match never {})
            };
            if let Value::Dict(_, nested) = nest(&key, value) {
                merge(&mut layer, nested);
            }
        }
        Ok(Profile::Default.collect(layer))
    }
}

fn merge(into: &mut Dict, from: Dict) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Dict(_, present)), Value::Dict(_, more)) => merge(present, more),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}
