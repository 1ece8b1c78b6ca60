//! Which model answers, and what it may consume.

use std::net::SocketAddr;

use agent_bill_domain::consumption::{AgentLimits, Consumption};
use agent_bill_domain::money::NanoUsd;
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// Built in, deterministic, free, needs no AWS.
    Planner,
    /// Amazon Bedrock through `ConverseStream`; the planner stands in when it cannot answer.
    Bedrock,
}

/// How Bedrock is called. Credentials come from the standard AWS chain (environment, profile, container or instance role) or from
/// `AWS_BEARER_TOKEN_BEDROCK`; they are no settings of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BedrockConfig {
    /// Model id, inference profile id or ARN.
    pub model_id: String,
    /// The model behind an application inference profile, whose ARN does not tell it; unset: `model_id` tells.
    pub base_model: Option<String>,
    /// Unset: `AWS_REGION` or the profile's.
    pub region: Option<String>,
    /// Unset: the Region's own, or `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.
    pub endpoint_url: Option<String>,
    /// Most tokens of one reply; always sent, because the service reserves quota for it.
    pub max_output_tokens: i32,
    /// Thousandths; sent only to models that take it. Unset: the model's own.
    pub temperature_permille: Option<u16>,
    /// Whether prompt-cache checkpoints are set where the model supports them.
    pub prompt_cache: bool,
    /// Whether tools are marked strict where the model supports it; the first use of a schema may then take minutes.
    pub strict_tools: bool,
    pub guardrail: Option<GuardrailConfig>,
    /// List prices per million tokens of a model we know none of.
    pub price: Option<PriceConfig>,
    /// Until the first byte of a reply.
    pub first_byte_seconds: u64,
    /// Between two pieces of a reply.
    pub idle_seconds: u64,
    /// A whole turn, its tools and every call of the model included; then the planner answers.
    pub turn_seconds: u64,
    pub limits: ConsumptionLimits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailConfig {
    /// Id or ARN.
    pub id: String,
    /// A number or `DRAFT`.
    pub version: String,
}

/// US dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceConfig {
    #[serde(deserialize_with = "amount")]
    pub input: NanoUsd,
    #[serde(deserialize_with = "amount")]
    pub output: NanoUsd,
    #[serde(deserialize_with = "amount")]
    pub cache_read: NanoUsd,
    #[serde(deserialize_with = "amount")]
    pub cache_write: NanoUsd,
}

/// What Agent Bill itself may consume, at list price; at a limit the planner answers and says so. A call counts with its worst case until it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsumptionLimits {
    #[serde(deserialize_with = "amount")]
    pub turn_usd: NanoUsd,
    pub turn_tokens: i64,
    /// One person on one UTC day.
    #[serde(deserialize_with = "amount")]
    pub person_day_usd: NanoUsd,
    pub person_day_tokens: i64,
    /// Everybody in one UTC month.
    #[serde(deserialize_with = "amount")]
    pub month_usd: NanoUsd,
    pub month_tokens: i64,
}

impl ConsumptionLimits {
    /// The same limits for the rules that judge them.
    #[must_use]
    pub const fn allowed(&self) -> AgentLimits {
        AgentLimits {
            turn: Consumption { usd: self.turn_usd, tokens: self.turn_tokens },
            person_day: Consumption { usd: self.person_day_usd, tokens: self.person_day_tokens },
            month: Consumption { usd: self.month_usd, tokens: self.month_tokens },
        }
    }
}

/// Traces, metrics and what they may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Address of a listener of its own that serves Prometheus `/metrics`; unset: none.
    pub metrics_listen: Option<SocketAddr>,
    /// Base address of an OTLP/HTTP collector; spans and metrics go there. Unset: none.
    pub otlp_endpoint: Option<String>,
    /// Whether spans may hold what was asked and answered. Off: no prompt and no figure leaves the service.
    pub capture_content: bool,
}

/// The default of `model_id`.
pub const DEFAULT_MODEL_ID: &str = "global.anthropic.claude-sonnet-4-6";

impl Default for BedrockConfig {
    fn default() -> Self {
        Self {
            model_id: DEFAULT_MODEL_ID.to_owned(),
            base_model: None,
            region: None,
            endpoint_url: None,
            max_output_tokens: 2_000,
            temperature_permille: Some(0),
            prompt_cache: true,
            strict_tools: false,
            guardrail: None,
            price: None,
            first_byte_seconds: 30,
            idle_seconds: 20,
            turn_seconds: 50,
            limits: ConsumptionLimits::default(),
        }
    }
}

impl Default for ConsumptionLimits {
    fn default() -> Self {
        Self {
            turn_usd: NanoUsd::from_usd(1),
            turn_tokens: 400_000,
            person_day_usd: NanoUsd::from_usd(5),
            person_day_tokens: 4_000_000,
            month_usd: NanoUsd::from_usd(500),
            month_tokens: 400_000_000,
        }
    }
}

/// An amount may be written `5`, `0.5` or `"0.50"`.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NanoUsd, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(i64),
        Fraction(f64),
        Text(String),
    }
    let read = match Written::deserialize(deserializer)? {
        Written::Whole(usd) => usd.to_string().parse().ok(),
        Written::Fraction(usd) => NanoUsd::from_f64(usd),
        Written::Text(text) => text.parse().ok(),
    };
    read.ok_or_else(|| serde::de::Error::custom("not an amount in USD; write it like 5 or 0.50"))
}
