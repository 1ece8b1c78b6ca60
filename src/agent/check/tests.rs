use agent_bill_tools::figures::collect;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn evidence(result: &Value) -> Evidence {
    let mut evidence = Evidence::new(date(2026, 11, 23));
    evidence.add_result("spend", result, &collect("spend", result));
    evidence
}

fn sample() -> Evidence {
    evidence(&json!({
        "total_usd": "14200.00", "over_usd": "199.873", "hit_rate_percent": 18.0, "share_percent": 60.2, "output_tokens": 12_345_678,
        "findings_count": 2, "data_through": "2026-11-21", "month": "2026-10",
        "rows": [{ "model": "Claude Opus 4.7", "invocations_count": 140, "account": "123456789012" }],
        "note": "usage younger than 48 h is provisional"
    }))
}

#[test]
fn figures_rounded_to_what_is_shown_are_supported() {
    for text in [
        "$14,200 so far",
        "$14,200.00",
        "USD 14200",
        "$14.2K",
        "about $200 over",
        "$199.87",
        "cache hit rate 18 %",
        "18.0% and 60%",
        "60.2 percent",
        "12.3 M output tokens",
        "12,345,678 tokens",
        "12 million tokens",
        "140 logged calls",
        "2 findings",
        "data through 2026-11-21",
        "through Sat 21 Nov 2026",
        "through November 21, 2026",
        "since 21 Nov",
        "October 2026 is final",
        "today is 23 November 2026",
    ] {
        assert!(sample().check(text).is_ok(), "{text}: {:?}", sample().check(text));
    }
}

#[test]
fn a_number_no_tool_returned_is_found() {
    for text in [
        "$14,201",
        "$14,200.01",
        "$15K",
        "about $300",
        "19 %",
        "18.1%",
        "13 M tokens",
        "141 calls",
        "3 findings",
        "through 22 Nov 2026",
        "September 2026",
        "in 2025",
        "$14.200",
        "-$5",
        "14,200 %",
    ] {
        assert!(sample().check(text).is_err(), "{text}");
    }
}

#[test]
fn a_count_of_tokens_beyond_nine_billion_is_still_a_figure() {
    let many = evidence(&json!({ "input_tokens": 11_412_345_678_i64 }));
    assert!(many.check("input 11.4 B tokens").is_ok());
    assert!(many.check("input 11.5 B tokens").is_err());
}

#[test]
fn the_days_that_may_still_move_can_be_named() {
    let evidence = evidence(
        &json!({ "period": { "settled_through": "2026-11-18", "data_through": "2026-11-21", "to_date": "2026-11-23" }, "findings_count": 3 }),
    );
    for text in [
        "19 and 20 November are provisional",
        "19–21 November 2026",
        "provisional after the 18th",
        "Nov 19–21",
        "November 19 and 20",
        "22 to 23 November are not loaded",
        "1. All 3 items may still move",
    ] {
        assert!(evidence.check(text).is_ok(), "{text}");
    }
    for text in ["17 November is provisional", "24 November 2026", "Nov 14–21", "12. roles are unclaimed"] {
        assert!(evidence.check(text).is_err(), "{text}");
    }
}

#[test]
fn an_amount_does_not_pass_as_a_count_nor_a_count_as_an_amount() {
    assert!(sample().check("$140").is_err());
    assert!(sample().check("14,200 calls").is_err());
    assert!(sample().check("140 %").is_err());
}

#[test]
fn names_with_digits_and_sentences_of_a_tool_are_not_numbers() {
    assert!(sample().check("Claude Opus 4.7 in 123456789012; usage younger than 48 h is provisional").is_ok());
    assert!(sample().check("Usage younger than 48 h is provisional.").is_ok());
    assert!(sample().check("Claude Opus 4.8").is_err());
    assert!(sample().check("xClaude Opus 4.70").is_err());
}

#[test]
fn the_figures_used_are_named_once_with_their_source() {
    let used = sample().check("$14,200, that is $14,200.00, 18 %").unwrap();
    assert_eq!(used.len(), 2);
    assert_eq!((used[0].source.as_str(), used[0].path.as_str()), ("spend", "/total_usd"));
}

#[test]
fn numbers_written_with_odd_digits_or_separators_do_not_slip_through() {
    for text in [
        "$9 999 999",
        "＄９９９",
        "$9_999",
        "٣٤٥ calls",
        "$9'999",
        "9999 dollars",
        "ninety 9 9",
        "€14,200",
        "14,200 euros",
        "140 cents",
        "14 grand",
        "5 bucks",
    ] {
        assert!(sample().check(text).is_err(), "{text}");
    }
}

#[test]
fn a_magnitude_belongs_to_its_number_however_it_is_joined() {
    for text in [
        "$14,200 trillion",
        "$14,200t",
        "$14,200 mn",
        "$14,200 lakh",
        "$14,200 hundred",
        "$14,200  thousand",
        "$14,200\n thousand",
        "$14,200 (thousand)",
        "$14,200,thousand",
        "$14,200 (in thousands)",
        "$14,200 squared",
        "$14,200^2",
        "C$14,200",
        "AU$14,200",
        "hundreds of dollars",
        "a cool million",
        "a couple of thousand dollars",
        "tens of thousands of dollars",
        "an eighth of it",
    ] {
        assert!(sample().check(text).is_err(), "{text}");
    }
    for text in ["US$14,200", "14,200 US dollars", "$14.2 thousand", "priced per million tokens", "the 21st is provisional"] {
        assert!(sample().check(text).is_ok(), "{text}");
    }
}

#[test]
fn a_coarse_rounding_is_still_near() {
    let evidence = evidence(&json!({ "output_tokens": 566_411_782, "spend_usd": "882.00" }));
    assert!(evidence.check("566 million tokens, 0.57 billion, $882").is_ok());
    for text in ["1 billion tokens", "$1 thousand", "$882 mil", "$882 mln"] {
        assert!(evidence.check(text).is_err(), "{text}");
    }
}

#[test]
fn short_names_of_models_and_account_ids_are_names() {
    let mut evidence = evidence(&json!({ "rows": [{ "model": "Claude Sonnet 4.6", "principal_key": "222233334444/role/x" }] }));
    evidence.add_asked("what did 111122223333 and 333344445555 spend?");
    evidence.add_accepted(&json!({ "account": "111122223333" }));
    assert!(evidence.check("Sonnet 4.6 in 222233334444 and 111122223333").is_ok());
    assert!(evidence.check("in 333344445555").is_err(), "only asked for");
}

#[test]
fn a_zero_stands_on_a_zero_only() {
    let little =
        evidence(&json!({ "recoverable_usd": "0.0000037", "over_usd": "101.18", "left_usd": "0.00", "notes": ["a"], "rows": [{}, {}] }));
    for text in ["$0 million", "$0.0M", "0 roles", "1 role"] {
        assert!(evidence(&json!({ "recoverable_usd": "0.0000037", "over_usd": "101.18", "notes": ["a"] })).check(text).is_err(), "{text}");
    }
    assert!(little.check("$0 left in 2 rows").is_ok());
    assert!(little.check("1 row").is_err());
}

#[test]
fn a_proportion_in_words_stands_on_a_percentage_close_to_it() {
    let evidence = evidence(&json!({ "share_percent": 48.0, "growth_percent": 104.2, "output_percent": 66.6 }));
    for text in
        ["nearly half of it", "it doubled", "twice last month", "two thirds of the tokens", "the second half of the day; double-check it"]
    {
        assert!(evidence.check(text).is_ok(), "{text}: {:?}", evidence.check(text));
    }
    for text in
        ["a third of it", "it tripled", "three quarters of the tokens", "a quarter of it", "it quadrupled", "it was halved twice, tenfold"]
    {
        assert!(evidence.check(text).is_err(), "{text}");
    }
}

#[test]
fn billions_of_tokens_are_checked_like_any_other_number() {
    let evidence = evidence(&json!({ "input_tokens": 17_012_345_678_i64 }));
    assert!(evidence.check("17.0 B tokens").is_ok());
    assert!(evidence.check("17.1 B tokens").is_err());
}

#[test]
fn list_numbering_is_not_a_figure() {
    assert!(sample().check("1. $14,200\n2. 18 %\n3. done").is_ok());
}

proptest! {
    #[test]
    fn any_amount_other_than_the_figure_is_refused(cents in 0_i64..10_000_000) {
        let shown = format!("${}.{:02}", cents / 100, cents % 100);
        let supported = evidence(&json!({ "total_usd": "14200.00" })).check(&shown).is_ok();
        prop_assert_eq!(supported, cents == 1_420_000);
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = sample().check(&text);
    }
}
