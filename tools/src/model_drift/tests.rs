use serde_json::json;

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, PROD, call, day, role, said};
use crate::view::DriftFact;

fn finding(name: &str, model: &str, cents: i64, workload: Option<&str>, invocations: Option<i64>) -> DriftFact {
    DriftFact {
        principal: role(name).into(),
        principal_name: name.to_owned(),
        model: model.into(),
        account: PROD.into(),
        region: "us-east-1".to_owned(),
        kind: DriftKind::OutsideApprovedScope,
        workload: workload.map(Into::into),
        node: workload.map(|_| "shop".into()),
        first_seen: day(3),
        last_seen: day(9),
        amount: NanoUsd::from_cents(cents),
        tokens: 10,
        invocations,
        share_basis_points: 10_000,
    }
}

fn story() -> FakeView {
    let mut view = FakeView::company();
    view.drift = vec![
        finding("loose", "unmapped:new-model", 45, None, None),
        finding("shop", "anthropic/claude-opus-4.7", 240_000, Some("w-shop"), Some(140)),
    ];
    view
}

#[test]
fn findings_are_listed_by_cost_with_owner_account_and_logged_calls() {
    let result = call(ModelDrift, &story(), json!({})).result;
    assert_eq!((&result["total_usd"], &result["findings_count"], &result["models_count"]), (&json!("2400.45"), &json!(2), &json!(2)));
    let first = &result["rows"][0];
    assert_eq!((&first["model"], &first["owners"], &first["account"]), (&json!("Claude Opus 4.7"), &json!(["Bob Owner"]), &json!("prod")));
    assert_eq!((&first["invocations_count"], &first["claimed"]), (&json!(140), &json!(true)));
    let second = &result["rows"][1];
    assert_eq!((&second["invocations_count"], &second["claimed"], &second["owners"]), (&json!(null), &json!(false), &json!([])));
    assert!(second["invocations_source"].as_str().unwrap().starts_with("no invocation log"));
}

#[test]
fn one_model_one_product_and_no_finding_are_answered_alike_in_form() {
    let view = story();
    assert_eq!(call(ModelDrift, &view, json!({ "model": "opus" })).result["findings_count"], json!(1));
    assert_eq!(call(ModelDrift, &view, json!({ "of": "Shop" })).result["total_usd"], json!("2400.00"));
    let none = call(ModelDrift, &view, json!({ "model": "sonnet" }));
    assert_eq!((none.outcome, &none.result["empty"]["reason"]), (Outcome::Empty, &json!("true_zero")));
    assert_eq!(call(ModelDrift, &view, json!({ "model": "grok" })).outcome, Outcome::NotFound);
}

#[test]
fn finance_sees_no_model_decisions_and_no_drift() {
    let mut view = story();
    view.roles = vec![agent_bill_domain::role::Role::Finance];
    assert_eq!(call(ModelDrift, &view, json!({})).outcome, Outcome::RoleDenied);
}

#[test]
fn which_models_and_what_they_cost_comes_before_who_used_them_where() {
    let polar = Asked { polar: true, ..Asked::default() };
    insta::assert_snapshot!(said(ModelDrift, &story(), json!({}), &polar), @r"
    Yes: the whole company used 2 unapproved models, Claude Opus 4.7 and new-model, for $2,400 in November 2026, month to date.
    - Claude Opus 4.7: $2,400 by role shop (claimed for Shop, owner Bob Owner), account prod, us-east-1; not approved for this account, Region or route; 140 logged invocations, first 3 Nov 2026, last 9 Nov 2026
    - new-model: $0.45 by role loose (unclaimed, no owner), account prod, us-east-1; not approved for this account, Region or route; invocations unknown (no invocation log covers it, and the bill does not count calls), first 3 Nov 2026, last 9 Nov 2026
    Next: Approve, restrict or block each for its account, Region and route, or have its owner move to an approved model.
    Drift is judged by the decisions in force on the day of use; live IAM is not read. Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    let none = said(ModelDrift, &FakeView::company(), json!({}), &polar);
    assert!(none.starts_with("No: the whole company used no unapproved model in November 2026, month to date."), "{none}");
}
