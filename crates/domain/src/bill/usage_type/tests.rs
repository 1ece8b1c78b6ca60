use proptest::prelude::*;

use super::*;
use crate::bill::model_name::canonical_name;

const GOLDEN: &str = include_str!("../../../data/usage-types.csv");

fn rows() -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(GOLDEN.as_bytes()).into_records().collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_usage_type_of_the_golden_file_is_read_as_labelled() {
    let rows = rows();
    assert!(rows.len() >= 195);
    let mut wrong = Vec::new();
    for row in &rows {
        let read = parse(&row[0]);
        let labels = [read.token_class.label(), read.tier.label(), read.routing.label(), read.context.label()];
        let expected = [&row[4], &row[9], &row[10], &row[11]];
        if labels != expected {
            wrong.push(format!("{}: {labels:?} instead of {expected:?}", &row[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_model_inside_a_usage_type_is_the_labelled_one() {
    for row in &rows() {
        let read = parse(&row[0]);
        let label = row[5].split(" (").next().unwrap().trim();
        match read.model_slug {
            Some(slug) => {
                let (slug, label) = (canonical_name(&slug), canonical_name(label));
                assert_eq!(slug.key, label.key, "{}", &row[0]);
                assert!(slug.mapped, "{}: {slug:?}", &row[0]);
            }
            None => assert!(read.family == Family::Marketplace || label.is_empty() || label.ends_with("family"), "{}", &row[0]),
        }
    }
}

#[test]
fn the_traps_of_the_grammar_are_read_right() {
    let class = |text: &str| parse(text).token_class.label();
    assert_eq!(class("USE1-NovaPro-cache-read-input-token-count"), "cache_read");
    assert_eq!(class("USE1-anthropic.claude-opus-5-5-reserved-1-month-input-tokens-per-minute"), "reserved_tpm_in");
    assert_eq!(class("USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units"), "cache_write_1h");
    assert_eq!(class("USE1-MP:USE1_cache_write_tokens_30m_standard-Units"), "cache_write_30m");
    assert_eq!(class("USE1-Claude4.6Sonnet-cache-write-1h-input-token-count"), "cache_write_1h");
    assert_eq!(class("USE1-MP:USE1_MillionResponseTokens-Units"), "output");
    assert_eq!(class("USE1-NovaPro-input-characters"), "other");
    assert_eq!(class("USE1-Nova2.0Sonic-speech-output-tokens"), "speech_token_out");
    assert_eq!(class(""), "other");
    let geo = parse("USE1-Nova2.0Pro-text-input-tokens-priority-cross-region-global");
    assert_eq!(
        (geo.tier, geo.routing, geo.model_slug.as_deref(), geo.region),
        (Tier::Priority, Routing::Global, Some("Nova2.0Pro"), "us-east-1")
    );
    let mantle = parse("USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-global-standard");
    assert_eq!((mantle.surface, mantle.model_slug.as_deref()), (Surface::Mantle, Some("anthropic.claude-opus-4-8")));
    let plain = parse("USE2_InputTokenCount_Global-Units");
    assert_eq!((plain.family, plain.region, plain.routing), (Family::Marketplace, "us-east-2", Routing::Global));
    assert_eq!(parse("GPT-OSS-Safeguard-20B-input-tokens").model_slug.as_deref(), Some("GPT-OSS-Safeguard-20B"));
}

#[test]
fn labels_read_back() {
    for class in TokenClass::ALL {
        assert_eq!(TokenClass::from_label(class.label()), Some(class));
        assert_eq!(crate::tokens::TokenKind::of_class(class.label()), class.text_kind());
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn words_of_the_grammar_in_any_order_are_read_without_panic(words in proptest::collection::vec("(USE1|MP:USE1|mantle|cache|write|read|1h|input|Output|TokenCount|tokens|global|-|_|Units|é)", 0..12)) {
        let _ = parse(&words.join("-"));
        let _ = parse(&words.concat());
    }

    #[test]
    fn the_region_in_front_changes_nothing_but_the_region(row in 0_usize..195, region in "(USE1|EU|APS3|EUC1)") {
        let rows = rows();
        let text = &rows[row][0];
        let (code, rest) = text.split_at(text.find(['-', '_']).unwrap());
        let moved = parse(&format!("{region}{rest}"));
        let read = parse(text);
        prop_assert_eq!(&read.region_code, code);
        prop_assert_eq!(UsageType { region_code: region.clone(), region: crate::bill::region::of_code(&region).unwrap(), ..read }, moved);
    }
}
