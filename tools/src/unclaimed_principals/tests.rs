use serde_json::json;

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day, said};

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

#[test]
fn how_many_roles_and_what_they_spent_comes_first_and_none_is_said() {
    let polar = Asked { polar: true, ..Asked::default() };
    insta::assert_snapshot!(said(UnclaimedPrincipals, &story(FakeView::portfolio()), json!({}), &polar), @r"
    Yes: 2 unclaimed roles in Portfolio Web spent $10 in November 2026, month to date: orphan and batch.
    - orphan (role, account prod): $7.50, first seen 4 Nov 2026, points to Product Shop, Bob Owner could claim it; you see it because a tag on the role names a part of your scope
    - batch (role, account prod): $2.50 (allocated share 25 %), first seen 6 Nov 2026, points to Portfolio Web; you see it because its account is shared with your scope; the amount is the allocated share
    Next: The Product Owner whose application runs the role claims it; usage counts from the day of the claim.
    Amounts of shared accounts are the allocated share. Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    let none = said(UnclaimedPrincipals, &FakeView::portfolio(), json!({}), &polar);
    assert!(none.starts_with("No: there are no unclaimed roles in your scope in November 2026, month to date."), "{none}");
}
