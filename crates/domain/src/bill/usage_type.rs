//! The usage type of a line: what was measured, at which tier, by which routing, of which model if the string holds one.
//!
//! AWS writes usage types in four grammars, one per billing channel and generation: kebab (`USE1-NovaPro-input-tokens-flex`), mantle
//! (`USE1-anthropic.claude-opus-5-mantle-output-tokens-standard`) and the two Marketplace ones (`USE1-MP:USE1_CacheReadInputTokenCount-Units`,
//! `USE1-MP:USE1_input_tokens_global_standard-Units`), and has a long tail of things that are not tokens. The order of the tests matters: `cache-read-input-token-count`
//! contains `input-token`, and `reserved-…-input-tokens-per-minute` is not a count of tokens. What fits nowhere is [`TokenClass::Other`].

mod labels;
mod words;

pub use labels::{Context, Family, Routing, Surface, Tier, TokenClass};

use super::region;
use words::{Words, non_token};

/// A usage type as read. Everything borrowed from the input would tie the rollup's cache to its batch, so strings are owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageType {
    /// Billing code in front, `USE1`; empty when there is none.
    pub region_code: String,
    /// Region of that code; empty when unknown. For cross-region inference it is where the call was made.
    pub region: &'static str,
    pub family: Family,
    pub token_class: TokenClass,
    pub tier: Tier,
    pub routing: Routing,
    pub context: Context,
    pub surface: Surface,
    /// The model as the string writes it (a Bedrock id for mantle, a slug for kebab); `None` for Marketplace and for what is no model's.
    pub model_slug: Option<String>,
}

/// Reads any string; never fails. An unknown one is [`TokenClass::Other`].
#[must_use]
pub fn parse(usage_type: &str) -> UsageType {
    let (region_code, delimiter, rest) = split_region(usage_type.trim());
    let (is_marketplace, rest) = strip_marketplace(rest, delimiter);
    let mantle = if is_marketplace { None } else { rest.find("-mantle-") };
    let (family, mantle_id, rest) = match mantle {
        Some(at) => (Family::Mantle, rest.get(..at), rest.get(at + "-mantle-".len()..).unwrap_or_default()),
        None => (if is_marketplace { Family::Marketplace } else { Family::Kebab }, None, rest),
    };
    let words = Words::of(rest, is_marketplace);
    let (token_class, slug_end) = match non_token(rest) {
        Some(found) => found,
        None => words.token_class(),
    };
    let model_slug = match family {
        Family::Mantle => mantle_id.map(str::to_owned),
        Family::Marketplace => None,
        Family::Kebab if token_class.is_of_a_model() => slug_end.and_then(|end| rest.get(..end)).and_then(kebab_slug),
        Family::Kebab => None,
    };
    UsageType {
        region: region::of_code(region_code).unwrap_or_default(),
        region_code: region_code.to_owned(),
        family,
        token_class,
        tier: tier(token_class, &words),
        routing: if words.has("global") {
            Routing::Global
        } else if words.has("geo") {
            Routing::Geo
        } else {
            Routing::Regional
        },
        context: if words.has_pair("long", &["context", "ctx"]) { Context::Long } else { Context::Default },
        surface: if family == Family::Mantle { Surface::Mantle } else { Surface::Runtime },
        model_slug,
    }
}

/// `USE1-…` → (`USE1`, `-`, rest). A code is known or ends in a digit, so that `GPT-OSS-…` keeps its first word.
fn split_region(text: &str) -> (&str, char, &str) {
    let none = ("", '-', text);
    let Some(at) = text.find(['-', '_']) else { return none };
    let (code, rest) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_shaped =
        (2..=4).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_uppercase()) && code.len() - letters.len() <= 1;
    let is_code = region::of_code(code).is_some() || (is_shaped && code.len() == letters.len() + 1);
    let delimiter = if text.as_bytes().get(at) == Some(&b'_') { '_' } else { '-' };
    if is_code { (code, delimiter, rest) } else { none }
}

/// `MP:USE1_…-Units` and `USE2_…-Units` (seen without `MP:`) are the Marketplace grammar.
fn strip_marketplace(rest: &str, delimiter: char) -> (bool, &str) {
    let body = rest.strip_prefix("MP:").and_then(|tail| tail.split_once('_')).map(|(_, body)| body);
    match (body, delimiter) {
        (Some(body), _) => (true, body.strip_suffix("-Units").unwrap_or(body)),
        (None, '_') => (true, rest.strip_suffix("-Units").unwrap_or(rest)),
        (None, _) => (false, rest),
    }
}

fn kebab_slug(text: &str) -> Option<String> {
    let mut slug = text.trim_matches('-');
    while let Some(shorter) =
        ["-text", "-speech", "-image", "-audio", "-video", "-LatencyOptimized"].iter().find_map(|suffix| slug.strip_suffix(suffix))
    {
        slug = shorter;
    }
    (!slug.is_empty()).then(|| slug.to_owned())
}

fn tier(class: TokenClass, words: &Words) -> Tier {
    match class {
        TokenClass::ReservedTpmIn | TokenClass::ReservedTpmOut => Tier::Reserved,
        TokenClass::ProvisionedModelUnitHour => Tier::Provisioned,
        TokenClass::CustomModelImport => Tier::CustomModel,
        TokenClass::CustomizationTraining | TokenClass::CustomizationStorage => Tier::Customization,
        _ if words.has_pair("custom", &["model"]) => Tier::CustomModel,
        _ if words.has_pair("latency", &["optimized"]) || words.has("latencyoptimized") => Tier::LatencyOptimized,
        _ if words.has("batch") => Tier::Batch,
        _ if words.has("flex") => Tier::Flex,
        _ if words.has("priority") => Tier::Priority,
        _ => Tier::Standard,
    }
}

#[cfg(test)]
mod tests;
