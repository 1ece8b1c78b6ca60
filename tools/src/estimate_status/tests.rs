use agent_bill_domain::estimate::EstimateUnit;
use agent_bill_domain::tokens::TokenCounts;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day, said};
use crate::view::EstimateFact;

const SONNET: &str = "anthropic/claude-sonnet-4.6";

fn estimate(workload: &str, usd: Option<i64>, tokens: Option<TokenCounts>) -> EstimateFact {
    EstimateFact {
        workload: workload.into(),
        unit: if usd.is_some() { EstimateUnit::Usd } else { EstimateUnit::Tokens },
        amount: usd.map(NanoUsd::from_usd),
        tokens,
        from_month: "2026-09".parse().unwrap(),
        committed_by: "Bob Owner".to_owned(),
        committed_on: date(2026, 9, 1),
    }
}

/// Ten dollars a day from the first to the 21st: half of it output at twice the expected tokens.
fn story() -> FakeView {
    let mut view = FakeView::portfolio();
    for on in 1..=21 {
        view.line(day(on), "shop", SONNET, "input", 231, 700_000);
        view.line(day(on), "shop", SONNET, "cache_read", 6, 180_000);
        view.line(day(on), "shop", SONNET, "cache_write_5m", 50, 120_000);
        view.line(day(on), "shop", SONNET, "output", 713, 400_000);
    }
    let expected =
        TokenCounts { input_tokens: 21_000_000, output_tokens: 6_000_000, cache_read_tokens: 5_400_000, cache_write_tokens: 3_600_000 };
    view.estimates = vec![estimate("w-shop", Some(280), Some(expected))];
    view
}

fn row(view: &FakeView, args: Value) -> Value {
    call(EstimateStatus, view, args).result["rows"][0].clone()
}

#[test]
fn the_running_month_is_projected_from_settled_days_and_banded() {
    let output = call(EstimateStatus, &story(), json!({}));
    let (result, row) = (&output.result, &output.result["rows"][0]);
    assert_eq!(
        (&row["spend_usd"], &row["projected_usd"], &row["projected_over_usd"]),
        (&json!("210.00"), &json!("300.00"), &json!("20.00"))
    );
    assert_eq!((&row["band"], &row["used_percent"], &row["over_usd"]), (&json!("over"), &json!(75.0), &json!(null)));
    assert!(row["projection_method"].as_str().unwrap().contains("14 settled days"));
    assert_eq!((&result["total_projected_usd"], &result["without_estimate"]), (&json!("300.00"), &json!(["Search"])));
    assert_eq!(result["elapsed_percent"], json!(70.0));
}

#[test]
fn an_output_overrun_is_named_and_its_lever_is_not_caching() {
    let row = row(&story(), json!({}));
    assert_eq!(row["main_token_kind"], json!("output"));
    let output = row["tokens"].as_array().unwrap().iter().find(|line| line["kind"] == "output").unwrap();
    assert_eq!((&output["expected_by_now_tokens"], &output["pace_percent"]), (&json!(4_200_000), &json!(200.0)));
    assert!(row["lever"].as_str().unwrap().contains("caching does not lower output"));
}

#[test]
fn the_cache_line_is_over_settled_days_and_answers_what_a_target_would_have_saved() {
    let cache = row(&story(), json!({ "cache_target_percent": 60 }))["cache"].clone();
    assert_eq!((&cache["hit_rate_percent"], &cache["reuse_count"], &cache["target_percent"]), (&json!(18.0), &json!(2.5), &json!(60.0)));
    // Twenty settled days of U=0.7M, R=0.18M, W=0.12M at 3.30, 0.333.. and 4.1666.. per million; all of U moves.
    let saved: NanoUsd = cache["recoverable_usd"].as_str().unwrap().parse().unwrap();
    assert!((NanoUsd::from_cents(2000)..NanoUsd::from_cents(2050)).contains(&saved), "{saved}");
    assert_eq!(call(EstimateStatus, &story(), json!({ "cache_target_percent": 99 })).outcome, Outcome::Invalid);
    let modest = row(&story(), json!({}))["cache"]["target_percent"].clone();
    assert_eq!(modest, json!(40.0));
}

#[test]
fn a_past_month_is_measured_not_projected() {
    let mut view = story();
    view.used(date(2026, 10, 5), "shop", 29_000);
    let row = row(&view, json!({ "period": "last_month" }));
    assert_eq!((&row["spend_usd"], &row["over_usd"], &row["projected_usd"]), (&json!("290.00"), &json!("10.00"), &json!(null)));
    assert_eq!((&row["band"], &row["projection_method"]), (&json!("over"), &json!("")));
}

#[test]
fn a_token_commitment_is_measured_in_tokens() {
    let mut view = story();
    let tokens =
        TokenCounts { input_tokens: 21_000_000, output_tokens: 6_000_000, cache_read_tokens: 5_400_000, cache_write_tokens: 3_600_000 };
    view.estimates = vec![estimate("w-shop", None, Some(tokens))];
    let row = row(&view, json!({}));
    assert_eq!((&row["unit"], &row["estimate_usd"], &row["projected_over_usd"]), (&json!("tokens"), &json!(null), &json!(null)));
    // 1.4 M tokens a day for 21 days of 36 M; on the way to 42 M.
    assert_eq!((&row["used_percent"], &row["band"]), (&json!(81.7), &json!("far_over")));
}

#[test]
fn nothing_is_projected_from_two_days_but_what_is_already_over_is_said() {
    let mut view = story();
    view.claims[0].effective_from = day(19);
    let early = row(&view, json!({}));
    assert_eq!((&early["projected_usd"], &early["band"]), (&json!(null), &json!("unknown")));
    view.estimates[0].amount = Some(NanoUsd::from_usd(20));
    assert_eq!(row(&view, json!({}))["band"], json!("far_over"));
}

#[test]
fn without_estimate_month_or_permission_the_answer_says_so() {
    let mut view = story();
    assert_eq!(call(EstimateStatus, &view, json!({ "period": "last_week" })).outcome, Outcome::Invalid);
    assert_eq!(call(EstimateStatus, &view, json!({ "period": "2026-12..2027-01" })).outcome, Outcome::Invalid);
    assert_eq!(call(EstimateStatus, &view, json!({ "period": "next month" })).result["empty"]["reason"], json!("future"));
    assert_eq!(call(EstimateStatus, &view, json!({ "of": "Search" })).result["empty"]["reason"], json!("nothing_in_scope"));
    view.estimates.clear();
    let none = call(EstimateStatus, &view, json!({}));
    assert_eq!((none.outcome, &none.result["without_estimate"]), (Outcome::Empty, &json!(["Shop", "Search"])));
    view.roles = vec![agent_bill_domain::role::Role::Admin];
    assert_eq!(call(EstimateStatus, &view, json!({})).outcome, Outcome::RoleDenied);
}

#[test]
fn many_workloads_make_a_small_answer_whose_totals_hold_all_of_them() {
    let mut view = story();
    for number in 0..400 {
        let id = format!("w{number}");
        view.org.workloads.push(crate::view::OrgWorkload {
            id: id.as_str().into(),
            node: "shop".into(),
            name: format!("A workload with a long name, number {number}"),
            description: String::new(),
        });
        view.claim(&id, &id, date(2026, 9, 1));
        view.used(day(3), &id, 100);
        view.estimates.push(estimate(&id, Some(1), None));
    }
    let result = call(EstimateStatus, &view, json!({})).result;
    assert!(result.to_string().len() < 24_000, "{}", result.to_string().len());
    assert_eq!((&result["total_estimate_usd"], &result["total_spend_usd"]), (&json!("680.00"), &json!("610.00")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn recovery_stays_below_the_spend_of_the_input_side(
        lines in proptest::collection::vec((1_i8..22, 0_usize..4, 0_i64..50_000, 1_i64..10_000_000), 1..25), target in 1_i64..=95,
    ) {
        let mut view = FakeView::portfolio();
        view.estimates = vec![estimate("w-shop", Some(100), None)];
        for (on, class, cents, tokens) in lines {
            view.line(day(on), "shop", SONNET, ["input", "output", "cache_read", "cache_write_5m"][class], cents, tokens);
        }
        let row = row(&view, json!({ "cache_target_percent": target }));
        let amount = |value: &Value| value.as_str().unwrap().parse::<NanoUsd>().unwrap();
        let kinds: NanoUsd = row["tokens"].as_array().unwrap().iter().map(|line| amount(&line["spend_usd"])).sum();
        prop_assert_eq!(kinds, amount(&row["spend_usd"]));
        if !row["cache"].is_null() {
            let output: NanoUsd = row["tokens"].as_array().unwrap().iter().filter(|line| line["kind"] == "output").map(|line| amount(&line["spend_usd"])).sum();
            // Prices per million are rounded to the nano-dollar, hence the millionth.
            prop_assert!(amount(&row["cache"]["recoverable_usd"]).0 <= (kinds - output).0 + 1_000_000);
        }
    }
}

#[test]
fn what_is_over_comes_first_and_what_is_over_already_is_no_projection() {
    let polar = Asked { polar: true, ..Asked::default() };
    insta::assert_snapshot!(said(EstimateStatus, &story(), json!({}), &polar), @r"
    No: Shop is on track to end $20 over its estimate in November 2026.
    - Shop, owner Bob Owner: $210 of $280 estimated, 75 % used, projected $300, $20 over; output tokens run at 200 % of the pace that was estimated; cache hit rate 18 %
    No estimate yet: Search.
    Next, for Shop: Output tokens are what runs ahead: ask for shorter answers, set a lower output limit, or use a cheaper model; caching does not lower output.
    Projection: settled spend plus the mean of the last 14 settled days for each of the remaining 10 days. Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    let mut view = story();
    view.estimates = vec![estimate("w-shop", Some(150), None)];
    let over = said(EstimateStatus, &view, json!({}), &polar);
    assert!(over.starts_with("No: Shop is already $60 over its estimate in November 2026."), "{over}");
    let left = Asked { aspect: crate::say::Aspect::Left, ..Asked::default() };
    assert!(said(EstimateStatus, &story(), json!({}), &left).starts_with("Left in November 2026: Shop $70."));
}

#[test]
fn the_cache_hit_rate_comes_first_or_what_a_better_one_had_saved() {
    let asked = |saving: bool| Asked { aspect: crate::say::Aspect::Cache { saving }, ..Asked::default() };
    insta::assert_snapshot!(said(EstimateStatus, &story(), json!({}), &asked(false)), @r"
    Cache hit rate in November 2026, month to date: 18 % for Shop; up to $10.51 of input cost was recoverable at 40 %.
    Healthy is from 40 % on.
    Estimate over settled days: uncached input is moved to the cache until the target rate is reached; each cached prefix is written once per expected uses and read the other times, at what the bill charged per token (list price where a kind was not used). Never more than the cost of the input side; output is untouched. This is a bounded estimate from these inputs, not a promise; caching does not reduce output tokens. Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    let saving = said(EstimateStatus, &story(), json!({ "cache_target_percent": 60 }), &asked(true));
    assert!(saving.starts_with("Up to $") && saving.contains("at a cache hit rate of 60 %"), "{saving}");
}
