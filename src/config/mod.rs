//! Settings, in layers: built-in defaults, then a TOML file, then `AGENT_BILL_*` variables (nested keys joined by `__`).
//!
//! A secret is written as `x` or read from the file `x_file` names, never both. What can be wrong is found by [`Config::validate`] before anything
//! starts, so a running service never trips over its own settings.

mod environment;
mod model;
mod validate;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use agent_bill_aws::bedrock::config::BedrockConfig;
use agent_bill_domain::role::Role;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use environment::Environment;
pub use model::{ModelChoice, TelemetryConfig};

/// The variable that names the TOML file when the command line does not.
pub const FILE_VARIABLE: &str = "AGENT_BILL_CONFIG";
const PREFIX: &str = "AGENT_BILL_";
/// Read from the working directory when it is there and no other file was named.
const DEFAULT_FILE: &str = "agent-bill.toml";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`; a secret because it may hold a password.
    pub database_url: Option<Secret>,
    /// A file that holds the database address; instead of `database_url`.
    pub database_url_file: Option<PathBuf>,
    pub listen: SocketAddr,
    /// Which cost of the bill is spend; never mixed in one answer.
    pub cost_metric: CostMetric,
    /// The name of the top of the hierarchy, above its first level; an import keeps the one that is there when none is given.
    pub company_name: Option<String>,
    /// Tags on a principal whose value may name a node of the hierarchy.
    pub principal_tag_keys: Vec<String>,
    pub cache: CacheConfig,
    /// Who answers: the built-in planner, or Bedrock with the planner behind it.
    pub model: ModelChoice,
    pub bedrock: BedrockConfig,
    /// Where tokens come from; without it the service can only be used through the demo's own issuer.
    pub identity: Option<IdentityConfig>,
    pub demo: DemoConfig,
    pub limits: LimitsConfig,
    pub log: LogConfig,
    pub telemetry: TelemetryConfig,
}

/// Address used when neither `database_url` nor `database_url_file` is set.
const DEFAULT_DATABASE_URL: &str = "sqlite:agent-bill.db";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostMetric {
    Unblended,
    NetUnblended,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// A hit rate at or above this share of prompt tokens needs no attention.
    pub healthy_percent: i64,
    /// How often a cached prefix is assumed to be read per write, when recovery is estimated.
    pub reuse: i64,
}

/// The Cognito user pool whose access tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    /// Compared exactly with `iss`.
    pub issuer: String,
    /// Where the signing keys are fetched; a setting of its own because it need not lie under the issuer.
    pub jwks_url: String,
    pub client_ids: Vec<String>,
    /// A scope every token must carry; empty: none is asked for.
    #[serde(default)]
    pub required_scope: String,
    /// Our resource URI, for tokens with resource binding; without it a token that names an audience is refused.
    #[serde(default)]
    pub audience: Option<String>,
    /// Whether a person's first token may be matched by e-mail when its `username` is one; safe only where people cannot choose user names.
    #[serde(default)]
    pub link_by_email: bool,
    /// Roles that membership of a Cognito group allows; a grant counts only when a group of the token allows its role. Unset: groups are named
    /// like the roles (`product_owner`, `finops_lead` …).
    #[serde(default = "groups_named_like_roles")]
    pub group_roles: BTreeMap<String, BTreeSet<Role>>,
}

fn groups_named_like_roles() -> BTreeMap<String, BTreeSet<Role>> {
    Role::ALL.into_iter().map(|role| (role.key().to_owned(), BTreeSet::from([role]))).collect()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DemoConfig {
    /// Where the demo keeps its export and its database.
    pub directory: PathBuf,
    /// The instant at which the demo stands still.
    pub clock: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    pub requests_per_person_per_minute: u32,
    pub concurrent_requests: usize,
    /// A request that takes longer is cut off.
    pub request_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    pub format: LogFormat,
    /// Directives of tracing's `EnvFilter`: `info`, `agent_bill=debug,warn`. Unset: `info` for the service, `warn` for everything else.
    pub filter: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Json,
    Pretty,
}

/// A text that is never printed and wiped from memory when dropped. Unlike a bare [`SecretString`] it can be compared, and written as redacted.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

const REDACTED: &str = "(set, not shown)";

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: None,
            database_url_file: None,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            cost_metric: CostMetric::Unblended,
            company_name: None,
            principal_tag_keys: ["product", "application", "portfolio", "department", "business-unit", "team"].map(str::to_owned).to_vec(),
            cache: CacheConfig::default(),
            model: ModelChoice::Planner,
            bedrock: BedrockConfig::default(),
            identity: None,
            demo: DemoConfig::default(),
            limits: LimitsConfig::default(),
            log: LogConfig::default(),
            telemetry: TelemetryConfig::default(),
        }
    }
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { healthy_percent: 40, reuse: 5 }
    }
}

impl Default for DemoConfig {
    fn default() -> Self {
        // Monday 23 November 2026, 09:00 UTC: the day the demo organisation lives in.
        Self { directory: PathBuf::from("demo-data"), clock: Timestamp::constant(1_795_424_400, 0) }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { body_bytes: 64 * 1024, requests_per_person_per_minute: 120, concurrent_requests: 256, request_seconds: 60 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Pretty, filter: None }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the configuration file `{0}` does not exist")]
    NoFile(String),
    #[error("{0}")]
    Layer(String),
    #[error("{0}")]
    Invalid(String),
    #[error("`{key}` names the file `{path}`, which cannot be read: {reason}")]
    SecretFile { key: &'static str, path: String, reason: String },
}

impl Config {
    /// Reads all layers and validates the outcome.
    ///
    /// # Errors
    /// A file that is missing or not TOML, an unknown key, a value of the wrong type or out of range; the message names the key and its source.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let named = file.map(Path::to_path_buf).or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
        let file = match named {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.display().to_string())),
            Some(path) => path,
            None => PathBuf::from(DEFAULT_FILE),
        };
        Self::load_layers(&file, Environment::of_process())
    }

    fn load_layers(file: &Path, environment: Environment) -> Result<Self, ConfigError> {
        let mut layers = Figment::from(Serialized::defaults(Self::default()));
        if file.is_file() {
            layers = layers.merge(Toml::file_exact(file));
        }
        let config: Self = layers.merge(environment).extract().map_err(|error| ConfigError::Layer(one_line(&error)))?;
        config.validate()?;
        Ok(config)
    }

    /// The address of the database, from wherever it was set.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub fn database_url(&self) -> Result<Secret, ConfigError> {
        match (&self.database_url, &self.database_url_file) {
            (Some(url), _) => Ok(url.clone()),
            (None, Some(path)) => read_secret("database_url_file", path),
            (None, None) => Ok(Secret::new(DEFAULT_DATABASE_URL)),
        }
    }

    /// As JSON, secrets redacted.
    ///
    /// # Errors
    /// A path that is not Unicode.
    pub fn to_json(&self) -> Result<String, ConfigError> {
        serde_json::to_string_pretty(self).map_err(|error| ConfigError::Invalid(error.to_string()))
    }
}

fn read_secret(key: &'static str, path: &Path) -> Result<Secret, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::SecretFile {
        key,
        path: path.display().to_string(),
        reason: error.kind().to_string(),
    })?;
    Ok(Secret::new(text.trim()))
}

fn one_line(error: &figment::Error) -> String {
    let text = error.to_string();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
