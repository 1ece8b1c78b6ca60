//! What each model family takes, as data: `capabilities.csv`. Sending a field that a model refuses costs a failed call; leaving out one that it
//! takes costs little. An unknown model therefore gets the shape that every model takes.
//!
//! Sources: the user guide's prompt-caching table of autumn 2026 (minima, checkpoints), the quota documentation (output tokens burn five times for
//! Claude 3.7 and later), and the service's own refusals (temperature and forced tool choice on the newest Claude models). Tables of AWS differ
//! over time; this file is the place to change.

use std::sync::LazyLock;

use agent_bill_domain::bill::model_name::canonical_name;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Capability {
    pub temperature: bool,
    pub forced_tool_choice: bool,
    pub strict_tools: bool,
    /// Fewest tokens before a checkpoint that are cached at all.
    pub cache_min_tokens: usize,
    /// Most checkpoints of a request; 0: none are sent.
    pub cache_points: usize,
    pub context_tokens: usize,
    /// Quota tokens per output token.
    pub burndown: i64,
    /// Whether tools may be offered on `ConverseStream`; otherwise the whole reply comes from `Converse`.
    pub stream_tools: bool,
}

/// Takes nothing for granted.
const SAFE: Capability = Capability {
    temperature: false,
    forced_tool_choice: false,
    strict_tools: false,
    cache_min_tokens: 0,
    cache_points: 0,
    context_tokens: 32_000,
    burndown: 5,
    stream_tools: true,
};

static TABLE: LazyLock<Vec<(String, Capability)>> = LazyLock::new(|| read(include_str!("capabilities.csv")));

impl Capability {
    /// Of a model id, an inference profile id or ARN, whatever Region prefix or version it has.
    pub fn of(model_id: &str) -> Self {
        let key = canonical_name(model_id).key;
        TABLE.iter().find(|(pattern, _)| fits(pattern, key.as_str())).map_or(SAFE, |(_, capability)| *capability)
    }
}

fn fits(pattern: &str, key: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == key, |stem| key.starts_with(stem))
}

fn read(text: &str) -> Vec<(String, Capability)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().filter_map(|row| line(&row.ok()?)).collect()
}

fn line(row: &csv::StringRecord) -> Option<(String, Capability)> {
    let flag = |at: usize| row.get(at).map(|cell| cell == "yes");
    let capability = Capability {
        temperature: flag(1)?,
        forced_tool_choice: flag(2)?,
        strict_tools: flag(3)?,
        cache_min_tokens: row.get(4)?.parse().ok()?,
        cache_points: row.get(5)?.parse().ok()?,
        context_tokens: row.get(6)?.parse().ok()?,
        burndown: row.get(7)?.parse().ok()?,
        stream_tools: flag(8)?,
    };
    Some((row.get(0)?.to_owned(), capability))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_names_a_model_of_the_catalogue() {
        let lines = include_str!("capabilities.csv").lines().count() - 1;
        assert_eq!(TABLE.len(), lines);
        let known: Vec<_> = agent_bill_domain::bill::model_name::models().iter().map(|model| model.key.as_str().to_owned()).collect();
        for (pattern, capability) in TABLE.iter() {
            assert!(known.iter().any(|key| fits(pattern, key)), "{pattern}");
            assert!(capability.cache_points <= 4 && (capability.cache_points == 0 || capability.cache_min_tokens > 0), "{pattern}");
        }
    }

    #[test]
    fn profiles_arns_and_versions_lead_to_the_same_line_and_neighbours_do_not() {
        let opus = Capability::of("us.anthropic.claude-opus-4-7");
        for id in [
            "anthropic.claude-opus-4-7",
            "global.anthropic.claude-opus-4-7",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7",
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-7",
        ] {
            assert_eq!(Capability::of(id), opus, "{id}");
        }
        assert!(!opus.temperature && Capability::of("anthropic.claude-opus-4-6-v1").temperature);
    }

    #[test]
    fn an_unknown_model_gets_the_shape_that_every_model_takes() {
        for id in ["anthropic.claude-opus-9", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234", ""] {
            assert_eq!(Capability::of(id), SAFE, "{id}");
        }
    }
}
