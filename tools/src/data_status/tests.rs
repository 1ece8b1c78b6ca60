use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day};
use crate::view::VisibleBecause;

fn last_step(view: &FakeView, args: Value) -> (String, bool) {
    let result = call(DataStatus, view, args).result;
    let step = result["walk"].as_array().unwrap().last().unwrap().clone();
    (step["step"].as_str().unwrap().to_owned(), step["ok"].as_bool().unwrap())
}

#[test]
fn months_are_listed_newest_first_with_their_finality() {
    let result = call(DataStatus, &FakeView::portfolio(), json!({})).result;
    let months: Vec<(&str, &str)> = result["months"]
        .as_array()
        .unwrap()
        .iter()
        .map(|month| (month["month"].as_str().unwrap(), month["finality"].as_str().unwrap()))
        .collect();
    assert_eq!(months, [("2026-11", "open"), ("2026-10", "final"), ("2026-09", "final")]);
    assert_eq!((&result["data_through"], &result["walk"]), (&json!("2026-11-21"), &json!([])));
    let one = call(DataStatus, &FakeView::portfolio(), json!({ "month": "october" })).result;
    assert_eq!(one["months"].as_array().unwrap().len(), 1);
}

#[test]
fn the_walk_stops_at_the_first_break_and_says_what_to_do() {
    let mut view = FakeView::portfolio();
    view.used(day(3), "orphan", 5);
    view.used(day(3), "shop", 5);
    view.see_unclaimed("orphan", Some("shop"), VisibleBecause::Tag, 10_000);
    let of = |name: &str| last_step(&view, json!({ "principal": name }));
    assert_eq!(of("nobody"), ("rollup".to_owned(), false));
    assert_eq!(of("orphan"), ("claim".to_owned(), false));
    assert_eq!(of("shop"), ("scope".to_owned(), true));
    let fix = call(DataStatus, &view, json!({ "principal": "nobody" })).result["next_step"].clone();
    assert!(fix.as_str().unwrap().contains("test call") && fix.as_str().unwrap().contains("24 hours"));

    let mut late = view.clone();
    late.claims[0].effective_from = day(10);
    assert_eq!(last_step(&late, json!({ "principal": "shop" })), ("claim_date".to_owned(), false));
    assert_eq!(last_step(&late, json!({ "of": "Shop" })), ("claim_date".to_owned(), false));
    let mut blind = view.clone();
    blind.freshness.first_principal_on = None;
    assert_eq!(last_step(&blind, json!({ "principal": "shop" })), ("principal_column".to_owned(), false));
    let mut empty = view.clone();
    empty.freshness = crate::view::Freshness::default();
    assert_eq!(last_step(&empty, json!({ "principal": "shop" })), ("export".to_owned(), false));
}

#[test]
fn a_product_is_walked_over_its_claims() {
    let mut view = FakeView::portfolio();
    assert_eq!(last_step(&view, json!({ "of": "Search" })), ("rollup".to_owned(), false));
    view.used(day(3), "search", 5);
    assert_eq!(last_step(&view, json!({ "of": "Search" })), ("scope".to_owned(), true));
    view.claims.clear();
    assert_eq!(last_step(&view, json!({ "of": "Search" })), ("claim".to_owned(), false));
    assert_eq!(call(DataStatus, &view, json!({ "of": "Retail" })).outcome, Outcome::NotFound);
}

#[test]
fn a_principal_of_others_reads_like_one_that_never_existed() {
    let mut view = FakeView::portfolio();
    view.used(day(3), "stranger", 5);
    let walk = |name: &str| call(DataStatus, &view, json!({ "principal": name })).result.to_string().replace(name, "?");
    assert_eq!(walk("stranger"), walk("never"));
}
