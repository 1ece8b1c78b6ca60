//! How Bedrock is called, as it is configured.

use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_domain::money::{NanoUsd, deserialize_usd};
use serde::{Deserialize, Serialize};

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
    #[serde(deserialize_with = "deserialize_usd")]
    pub input: NanoUsd,
    #[serde(deserialize_with = "deserialize_usd")]
    pub output: NanoUsd,
    #[serde(deserialize_with = "deserialize_usd")]
    pub cache_read: NanoUsd,
    #[serde(deserialize_with = "deserialize_usd")]
    pub cache_write: NanoUsd,
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
