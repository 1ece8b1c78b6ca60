use serde_json::json;

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day};

fn story(mut view: FakeView) -> FakeView {
    view.used(day(4), "orphan", 700);
    view.used(day(9), "orphan", 50);
    view.used(day(5), "stranger", 900);
    view.used(day(6), "batch", 1_000);
    view.see_unclaimed("orphan", Some("shop"), VisibleBecause::Tag, 10_000);
    view.see_unclaimed("batch", Some("web"), VisibleBecause::SharedAccount, 2_500);
    view
}

#[test]
fn a_manager_sees_the_roles_that_point_into_the_scope_and_why() {
    let result = call(UnclaimedPrincipals, &story(FakeView::portfolio()), json!({})).result;
    assert_eq!((&result["total_usd"], &result["principals_count"]), (&json!("10.00"), &json!(2)));
    let first = &result["rows"][0];
    assert_eq!(
        (&first["name"], &first["points_to"], &first["could_claim"]),
        (&json!("orphan"), &json!("Product Shop"), &json!(["Bob Owner"]))
    );
    assert_eq!((&first["first_seen"], &first["last_seen"]), (&json!("2026-11-04"), &json!("2026-11-09")));
    let shared = &result["rows"][1];
    assert_eq!((&shared["spend_usd"], &shared["allocated_share_percent"]), (&json!("2.50"), &json!(25.0)));
    assert_eq!(shared["could_claim"], json!([]));
    assert!(!result.to_string().contains("stranger"));
}

#[test]
fn the_finops_lead_sees_every_role_and_a_node_narrows_the_list() {
    let view = story(FakeView::company());
    assert_eq!(call(UnclaimedPrincipals, &view, json!({})).result["total_usd"], json!("26.50"));
    let shop = call(UnclaimedPrincipals, &view, json!({ "of": "shop" })).result;
    assert_eq!((&shop["total_usd"], &shop["scope"]), (&json!("7.50"), &json!("Product Shop")));
}

#[test]
fn none_in_scope_is_a_true_zero_and_an_unloaded_day_is_not() {
    let view = FakeView::portfolio();
    let none = call(UnclaimedPrincipals, &view, json!({}));
    assert_eq!((none.outcome, &none.result["empty"]["reason"]), (Outcome::Empty, &json!("true_zero")));
    let unloaded = call(UnclaimedPrincipals, &view, json!({ "period": "yesterday" }));
    assert_eq!(unloaded.result["empty"]["reason"], json!("not_loaded_yet"));
}
