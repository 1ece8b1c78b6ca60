use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day, said};
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

#[test]
fn how_far_the_data_reaches_comes_first_and_a_walk_begins_with_its_break() {
    insta::assert_snapshot!(said(DataStatus, &FakeView::portfolio(), json!({}), &Asked::default()), @r"
    The data runs through 21 Nov 2026; November 2026 is still open.
    - November 2026: still open, through 21 Nov 2026
    - October 2026: final, through 31 Oct 2026
    - September 2026: final, through 30 Sep 2026
    Days up to 20 Nov 2026 are settled; later ones may still move.
    A month is final once its usage lines carry an invoice id; until about the 8th of the next month its figures may still move.
    ");
    let month = Asked { polar: true, aspect: crate::say::Aspect::OneMonth, ..Asked::default() };
    let october = said(DataStatus, &FakeView::portfolio(), json!({ "month": "october" }), &month);
    assert!(october.starts_with("Yes: October 2026 is final; its data runs through 31 Oct 2026."), "{october}");
    let walk = Asked { aspect: crate::say::Aspect::Walk, ..Asked::default() };
    let nobody = said(DataStatus, &FakeView::portfolio(), json!({ "principal": "nobody" }), &walk);
    assert!(nobody.starts_with("It breaks at the rollup: No billed line of it"), "{nobody}");
}
