use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day, said};

fn amount(value: &Value) -> NanoUsd {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_month_to_date_is_set_beside_the_same_loaded_days_of_the_month_before() {
    let mut view = FakeView::portfolio();
    view.used(day(2), "shop", 3_000);
    view.used(date(2026, 10, 21), "shop", 1_000);
    view.used(date(2026, 10, 22), "shop", 99_999);
    view.used(date(2026, 10, 5), "search", 500);
    let result = call(Compare, &view, json!({})).result;
    assert_eq!((&result["current"]["to_date"], &result["previous"]["to_date"]), (&json!("2026-11-21"), &json!("2026-10-21")));
    assert_eq!(
        (&result["current_usd"], &result["previous_usd"], &result["change_usd"], &result["change_percent"]),
        (&json!("30.00"), &json!("15.00"), &json!("15.00"), &json!(100.0))
    );
    let drivers: Vec<(&str, &str)> = result["drivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|driver| (driver["name"].as_str().unwrap(), driver["change_usd"].as_str().unwrap()))
        .collect();
    assert_eq!(drivers, [("Shop", "20.00"), ("Search", "-5.00")]);
    assert_eq!(result["effects"], json!({ "volume_usd": "15.00", "mix_usd": "0.00", "rate_usd": "0.00" }));
}

#[test]
fn a_dearer_model_is_named_as_the_driver_and_as_mix() {
    let mut view = FakeView::portfolio();
    for (on, sonnet, opus) in [(date(2026, 10, 20), 900, 100), (date(2026, 10, 31), 0, 0), (day(17), 100, 900)] {
        view.line(on, "shop", "anthropic/claude-sonnet-4.6", "input", sonnet, sonnet * 100);
        view.line(on, "shop", "anthropic/claude-opus-4.7", "input", opus * 10, opus * 100);
    }
    let result = call(Compare, &view, json!({ "period": "november", "against": "october", "group_by": "model" })).result;
    assert_eq!(result["drivers"][0]["name"], json!("Claude Opus 4.7"));
    assert_eq!(result["effects"], json!({ "volume_usd": "0.00", "mix_usd": "72.00", "rate_usd": "0.00" }));
}

#[test]
fn a_running_month_is_set_beside_the_same_days_of_a_whole_one() {
    let mut view = FakeView::portfolio();
    view.line(date(2026, 10, 2), "shop", "anthropic/claude-sonnet-4.6", "input", 500, 1000);
    view.line(date(2026, 10, 31), "shop", "anthropic/claude-sonnet-4.6", "input", 90_000, 1000);
    view.line(day(2), "shop", "anthropic/claude-sonnet-4.6", "input", 700, 1000);
    let result = call(Compare, &view, json!({ "period": "month_to_date", "against": "last_month" })).result;
    assert_eq!((&result["previous_usd"], &result["change_usd"]), (&json!("5.00"), &json!("2.00")));
    assert_eq!(result["previous"]["from_date"], json!("2026-10-01"));
}

#[test]
fn a_filter_narrows_both_sides_and_stands_in_the_name_of_what_is_compared() {
    let mut view = FakeView::portfolio();
    view.line(date(2026, 10, 2), "shop", "anthropic/claude-sonnet-4.6", "input", 500, 1000);
    view.line(day(2), "shop", "anthropic/claude-sonnet-4.6", "input", 700, 1000);
    view.line(day(2), "shop", "anthropic/claude-opus-4.7", "input", 9_000, 1000);
    let result = call(Compare, &view, json!({ "model": "Claude Sonnet 4.6" })).result;
    assert_eq!(result["current_usd"], json!("7.00"));
    assert!(result["scope"].as_str().unwrap().ends_with(", Claude Sonnet 4.6"), "{}", result["scope"]);
}

#[test]
fn time_is_no_driver_and_a_missing_period_is_said_to_be_missing() {
    let view = FakeView::portfolio();
    assert_eq!(call(Compare, &view, json!({ "group_by": "day" })).outcome, Outcome::Invalid);
    let result = call(Compare, &view, json!({ "period": "september" }));
    assert_eq!((result.outcome, &result.result["empty"]["reason"]), (Outcome::Empty, &json!("outside_retention")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_three_effects_and_the_drivers_sum_to_the_change(
        lines in proptest::collection::vec((any::<bool>(), 1_i8..22, 0_usize..3, 0_usize..2, 0_usize..3, 0_i64..100_000, 1_i64..1000), 1..20),
        company in any::<bool>(), by in 0_usize..5,
    ) {
        let mut view = if company { FakeView::company() } else { FakeView::portfolio() };
        for (now, on, role, model, class, cents, price) in lines {
            let on = if now { day(on) } else { date(2026, 10, on) };
            let model = ["anthropic/claude-opus-4.7", "anthropic/claude-sonnet-4.6"][model];
            view.line(on, ["shop", "search", ""][role], model, ["input", "output", "guardrail_unit"][class], cents, if class == 2 { 0 } else { cents * price });
        }
        let word = ["product", "model", "token_type", "region", "principal"][by];
        let result = call(Compare, &view, json!({ "group_by": word })).result;
        let change = amount(&result["change_usd"]);
        let effects: NanoUsd = ["volume_usd", "mix_usd", "rate_usd"].into_iter().map(|part| amount(&result["effects"][part])).sum();
        prop_assert_eq!(effects, change);
        let drivers: NanoUsd = result["drivers"].as_array().unwrap().iter().map(|driver| amount(&driver["change_usd"])).sum();
        prop_assert_eq!(drivers, change);
    }
}

#[test]
fn the_later_amount_comes_first_then_how_it_moved_and_what_moved_it() {
    let mut view = FakeView::portfolio();
    view.used(day(2), "shop", 3_000);
    view.used(date(2026, 10, 21), "shop", 1_000);
    view.used(date(2026, 10, 5), "search", 500);
    let why = Asked { aspect: crate::say::Aspect::Cause, ..Asked::default() };
    insta::assert_snapshot!(said(Compare, &view, json!({}), &why), @r"
    Portfolio Web spent $30 in November 2026, month to date, up $15 (100 %) from $15 in the days from 1 to 21 October 2026, most of all Shop (up $20).
    - Shop: up $20, from $10 to $30
    - Search: down $5, from $5 to $0
    Of the change: volume up $15.
    Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    for (moved, begins) in [(crate::say::Move::Up, "Yes: "), (crate::say::Move::Down, "No: ")] {
        let asked = Asked { polar: true, moved: Some(moved), ..Asked::default() };
        assert!(said(Compare, &view, json!({}), &asked).starts_with(begins));
    }
}
