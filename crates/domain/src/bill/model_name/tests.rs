use proptest::prelude::*;

use super::*;

fn key(text: &str) -> String {
    canonical_name(text).key.0
}

#[test]
fn every_way_to_write_a_model_meets_in_one_key() {
    let families: [(&str, &[&str]); 9] = [
        (
            "anthropic/claude-sonnet-4.6",
            &[
                "Claude4.6Sonnet",
                "Claude Sonnet 4.6",
                "anthropic.claude-sonnet-4-6",
                "global.anthropic.claude-sonnet-4-6",
                "Claude Sonnet 4.6 (Amazon Bedrock Edition)",
                "Anthropic Claude Sonnet 4.6",
            ],
        ),
        (
            "anthropic/claude-haiku-3.5",
            &[
                "Claude3-5Haiku",
                "claude-3-5-haiku-20241022-v1:0",
                "Claude 3.5 Haiku",
                "Claude3.5Haiku",
                "us.anthropic.claude-3-5-haiku-20241022-v1:0",
            ],
        ),
        (
            "anthropic/claude-sonnet-3.5-v2",
            &["anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5 Sonnet v2", "Claude3.5SonnetV2", "Claude3-5Sonnetv2"],
        ),
        ("anthropic/claude-opus-4.6", &["anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1", "Claude4.6Opus"]),
        ("anthropic/claude-2", &["ClaudeV2", "Claude2.0", "anthropic.claude-v2", "anthropic.claude-v2:0:18k"]),
        (
            "amazon/nova-2-lite",
            &["Nova2.0Lite", "Nova 2 Lite", "amazon.nova-2-lite-v1:0", "us.amazon.nova-2-lite-v1:0:256k", "Amazon Nova 2 Lite"],
        ),
        (
            "meta/llama-3.1-70b",
            &[
                "Llama3-1-70B",
                "meta.llama3-1-70b-instruct-v1:0",
                "meta.llama3-1-70b-instruct-v1:0:128k",
                "Llama 3.1 70B Instruct",
                "Meta Llama 3.1 70B",
            ],
        ),
        ("zai/glm-4.7", &["ZAI.GLM-4.7", "zai.glm-4.7", "GLM 4.7"]),
        ("deepseek/deepseek-v3.2", &["deepseek.v3.2", "DeepSeek-V3.2"]),
    ];
    for (expected, spellings) in families {
        for spelling in spellings {
            assert_eq!(key(spelling), expected, "{spelling}");
        }
    }
}

#[test]
fn names_that_follow_no_rule_are_in_the_alias_table() {
    for (text, expected) in [
        ("R1", "deepseek/deepseek-r1"),
        ("TitanEmbeddingV2-Text", "amazon/titan-embed-text-v2"),
        ("TitanEmbeddingsG1-Text", "amazon/titan-embed-text-v1"),
        ("amazon.titan-embed-text-v1", "amazon/titan-embed-text-v1"),
        ("mistral.magistral-small-2509", "mistral/magistral-small-1.2"),
        ("mistral.voxtral-mini-3b-2507", "mistral/voxtral-mini-1.0"),
        ("openai.gpt-oss-120b-1:0", "openai/gpt-oss-120b"),
        ("GPT-OSS-Safeguard-20B", "openai/gpt-oss-safeguard-20b"),
        ("Gemma-3-4B-IT", "google/gemma-3-4b"),
        ("anthropic.claude-v2:1", "anthropic/claude-2.1"),
        ("moonshot.kimi-k2-thinking", "moonshotai/kimi-k2-thinking"),
    ] {
        assert_eq!(key(text), expected, "{text}");
    }
}

#[test]
fn versions_are_never_merged_or_cut_short() {
    let keys = [
        "Claude 3 Haiku",
        "Claude 3.5 Haiku",
        "Claude Opus 4",
        "Claude Opus 4.1",
        "Claude Opus 5",
        "Claude Opus 5.5",
        "Llama 3 70B",
        "Llama 3.1 70B",
        "Claude 3.5 Sonnet",
        "Claude 3.5 Sonnet v2",
    ]
    .map(key);
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len(), "{keys:?}");
    for unknown in [
        "anthropic.claude-opus-5-6",
        "Claude Opus 5.5.1",
        "Claude Opus",
        "claude-opus-55",
        "meta.claude-opus-5",
        "Claude 3.5 Sonnet v3",
        "anthropic.claude-opus-5-v2:0",
    ] {
        assert!(!canonical_name(unknown).mapped, "{unknown}");
    }
    assert_eq!(key("anthropic.claude-opus-6"), "unmapped:anthropic/claude-opus-6");
    assert_eq!(key("Frontier Model X"), "unmapped:frontier-model-x");
}

#[test]
fn the_most_trusted_evidence_present_decides_even_when_it_is_unknown() {
    let line = Evidence {
        provider: "Anthropic",
        product_model: "Claude Opus 4.7",
        resource_id: "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-6-v1",
        ..Evidence::default()
    };
    assert_eq!(canonical(&line).unwrap().name, "Claude Opus 4.7");
    let unknown = Evidence { product_model: "Claude Opus 9", ..line };
    assert_eq!(canonical(&unknown).unwrap().key.as_str(), "unmapped:anthropic/claude-opus-9");
    let resource = Evidence { product_model: "", product_name: "Claude Opus 4.7 (Amazon Bedrock Edition)", ..line };
    assert_eq!(canonical(&resource).unwrap().key.as_str(), "anthropic/claude-opus-4.6");
    let contradicted = Evidence { provider: "Meta", ..line };
    assert!(!canonical(&contradicted).unwrap().mapped);
    assert_eq!(canonical(&Evidence { product_name: "Amazon Bedrock", ..Evidence::default() }), None);
    assert_eq!(canonical(&Evidence { product_name: "(Amazon Bedrock Edition)", ..Evidence::default() }), None);
}

#[test]
fn an_application_profile_is_kept_as_a_dimension_but_names_no_model() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
    assert_eq!(application_profile(arn), Some(arn));
    assert_eq!(canonical(&Evidence { resource_id: arn, ..Evidence::default() }), None);
    let system = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    assert_eq!(application_profile(system), None);
    assert_eq!(key(system), "anthropic/claude-sonnet-4.5");
}

#[test]
fn people_may_write_models_as_they_speak() {
    for (text, expected) in [
        ("opus 4.7", "anthropic/claude-opus-4.7"),
        ("Opus4.7", "anthropic/claude-opus-4.7"),
        ("claude-opus-4-7", "anthropic/claude-opus-4.7"),
        ("llama3 70b", "meta/llama-3-70b"),
        ("llama 3 70b", "meta/llama-3-70b"),
        ("LLAMA-3-70B", "meta/llama-3-70b"),
        ("nova pro", "amazon/nova-pro"),
        ("lama 3 70b", "meta/llama-3-70b"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-7", "anthropic/claude-opus-4.7"),
    ] {
        match find(text) {
            Found::Exact(model) => assert_eq!(model.key, expected, "{text}"),
            Found::Candidates(candidates) => panic!("{text}: {candidates:?}"),
        }
    }
}

#[test]
fn an_incomplete_name_offers_candidates_of_the_written_version_only() {
    let Found::Candidates(llamas) = find("llama 3") else { panic!("one model") };
    assert!(llamas.iter().all(|model| model.name.starts_with("Llama 3 ")) && llamas.len() == 2, "{llamas:?}");
    let Found::Candidates(opuses) = find("opus") else { panic!("one model") };
    assert!(opuses.len() > 3 && opuses.iter().all(|model| model.name.contains("Opus")));
    assert_eq!(find("opus 9"), Found::Candidates(Vec::new()));
    assert_eq!(find("weather"), Found::Candidates(Vec::new()));
}

#[test]
fn no_spelling_of_the_catalogue_means_two_models() {
    let mut seen = std::collections::HashMap::new();
    for model in models() {
        assert!(model.key.contains('/') && !model.name.is_empty() && !model.ids.is_empty(), "{model:?}");
        for spelling in catalogue::spellings(model).into_iter().chain(model.ids.iter().cloned()) {
            assert_eq!(canonical_name(&spelling).key.as_str(), model.key, "{spelling}");
            let earlier = seen.insert(spelling.to_lowercase(), model.key.as_str());
            assert!(earlier.is_none_or(|key| key == model.key), "{spelling}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        let read = canonical_name(&text);
        prop_assert_eq!(read.mapped, !read.key.as_str().starts_with("unmapped:"));
        let _ = find(&text);
        let _ = canonical(&Evidence { product_model: &text, resource_id: &text, product_name: &text, kebab_slug: &text, mantle_id: &text, provider: &text });
    }
}
