use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, call, day, said};
use crate::view::VisibleBecause;

fn story(mut view: FakeView) -> FakeView {
    view.used(day(2), "shop", 10_000);
    view.used(day(3), "search", 4_000);
    view.line(day(3), "shop", "anthropic/claude-opus-4.7", "output", 5_000, 7);
    view.used(day(4), "orphan", 700);
    view.used(day(5), "stranger", 300);
    view.used(day(6), "", 200);
    view.used(date(2026, 10, 9), "shop", 1_234);
    view.credit(day(7), "credit", -1_000);
    view.credit(day(7), "tax", 150);
    view.see_unclaimed("orphan", Some("shop"), VisibleBecause::Tag, 10_000);
    view
}

fn rows(result: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    result["rows"].as_array().unwrap().iter().map(|row| (text(row, "name"), text(row, "spend_usd"))).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, amount)| ((*name).to_owned(), (*amount).to_owned())).collect()
}

#[test]
fn a_manager_sees_products_by_size_and_unclaimed_roles_beside_the_total() {
    let output = call(Spend, &story(FakeView::portfolio()), json!({}));
    assert_eq!(output.outcome, Outcome::Ok);
    let result = output.result;
    assert_eq!(rows(&result), named(&[("Shop", "150.00"), ("Search", "40.00")]));
    assert_eq!((&result["total_usd"], &result["scope"]), (&json!("190.00"), &json!("Portfolio Web")));
    assert_eq!((&result["unclaimed_usd"], &result["unclaimed_count"]), (&json!("7.00"), &json!(1)));
    assert_eq!(result["unclaimed_products"], json!(["Shop"]));
    assert_eq!(result["rows"][0]["owners"], json!(["Bob Owner"]));
    assert_eq!(result["rows"][0]["tokens"]["output_tokens"], json!(7));
    assert_eq!(result["rows"][0]["share_percent"], json!(78.9));
    assert_eq!(result["buckets"], json!([]));
}

#[test]
fn the_finops_lead_sees_every_bucket_and_they_sum_to_the_bill() {
    let result = call(Spend, &story(FakeView::company()), json!({ "group_by": "department" })).result;
    assert_eq!(result["total_usd"], json!("202.00"));
    assert_eq!(rows(&result), named(&[("Sales", "190.00"), ("unclaimed roles", "10.00"), ("no principal by design", "2.00")]));
    let buckets: Vec<&Value> = result["buckets"].as_array().unwrap().iter().map(|row| &row["spend_usd"]).collect();
    assert_eq!(buckets, ["190.00", "0.00", "10.00", "2.00", "0.00", "-8.50"]);
}

#[test]
fn gross_credits_and_net_stand_side_by_side_for_those_who_may_see_them() {
    let asked = json!({ "include_credits": true });
    let credits = call(Spend, &story(FakeView::company()), asked.clone()).result["credits"].clone();
    assert_eq!(
        (&credits["gross_usd"], &credits["credits_usd"], &credits["tax_usd"], &credits["net_usd"]),
        (&json!("202.00"), &json!("-10.00"), &json!("1.50"), &json!("193.50"))
    );
    assert_eq!(call(Spend, &story(FakeView::portfolio()), asked).outcome, Outcome::RoleDenied);
}

#[test]
fn one_name_is_left_out_and_the_rest_shown_by_model() {
    let result = call(Spend, &story(FakeView::portfolio()), json!({ "exclude": "SEARCH", "group_by": "model" })).result;
    assert_eq!(rows(&result), named(&[("Claude Sonnet 4.6", "100.00"), ("Claude Opus 4.7", "50.00")]));
    assert_eq!(result["excluded"], json!(["Product Search"]));
}

#[test]
fn rows_below_the_limit_are_summed_and_two_breakdowns_nest() {
    let view = story(FakeView::portfolio());
    let result = call(Spend, &view, json!({ "group_by": "product", "then_by": "model", "limit": 1 })).result;
    assert_eq!(rows(&result), named(&[("Shop", "100.00")]));
    assert_eq!(result["rows"][0]["sub_name"], json!("Claude Sonnet 4.6"));
    assert_eq!((&result["rows_left_out_count"], &result["rows_left_out_usd"]), (&json!(2), &json!("90.00")));
    let by_model_and_day = call(Spend, &view, json!({ "group_by": "day", "then_by": "model" })).result;
    assert_eq!(by_model_and_day["tokens"]["output_tokens"], json!(7));
    assert_eq!(by_model_and_day["rows"].as_array().unwrap().len(), 3);
}

#[test]
fn a_name_outside_the_scope_reads_like_one_that_never_existed() {
    let view = story(FakeView::portfolio());
    let outside = call(Spend, &view, json!({ "of": "Retail" }));
    let invented = call(Spend, &view, json!({ "of": "Qwertz" }));
    assert_eq!((outside.outcome, invented.outcome), (Outcome::NotFound, Outcome::NotFound));
    assert_eq!(outside.result["message"], invented.result["message"]);
    assert!(!outside.result.to_string().contains("Retail"));
    assert_eq!(call(Spend, &view, json!({ "of": "the whole company" })).outcome, Outcome::NotFound);
}

#[test]
fn every_kind_of_nothing_is_told_apart() {
    let reason = |view: &FakeView, args: Value| call(Spend, view, args).result["empty"]["reason"].clone();
    let view = story(FakeView::portfolio());
    assert_eq!(reason(&view, json!({ "period": "2026-03" })), json!("outside_retention"));
    assert_eq!(reason(&view, json!({ "period": "next month" })), json!("future"));
    assert_eq!(reason(&view, json!({ "period": "yesterday" })), json!("not_loaded_yet"));
    assert_eq!(reason(&view, json!({ "period": "2026-11-15" })), json!("true_zero"));
    assert_eq!(reason(&view, json!({ "period": "2026-10", "of": "Search" })), json!("true_zero"));
    let mut late = FakeView::portfolio();
    late.claims[0].effective_from = day(10);
    late.used(day(2), "shop", 100);
    assert_eq!(reason(&late, json!({ "of": "Shop" })), json!("before_the_claim"));
    let mut bare = FakeView::portfolio();
    bare.claims.clear();
    assert_eq!(reason(&bare, json!({})), json!("nothing_in_scope"));
    let mut blind = FakeView::portfolio();
    blind.freshness.first_principal_on = None;
    assert_eq!(reason(&blind, json!({})), json!("not_enabled_then"));
}

#[test]
fn a_product_is_summed_by_its_name_and_a_workload_when_it_is_said() {
    let mut view = story(FakeView::company());
    view.org.workloads.push(crate::view::OrgWorkload {
        id: "w-batch".into(),
        node: "shop".into(),
        name: "Shop Batch".to_owned(),
        description: String::new(),
    });
    view.claim("batch", "w-batch", date(2026, 9, 1));
    view.used(day(8), "batch", 500);
    let total = |of: &str| call(Spend, &view, json!({ "of": of })).result["total_usd"].clone();
    assert_eq!(total("shop"), json!("155.00"));
    assert_eq!(total("workload Shop"), json!("150.00"));
    assert_eq!(total("Bob Owner"), json!("155.00"));
    assert_eq!(total("business unit retail"), json!("195.00"));
    assert_eq!(total("Acme"), json!("207.00"));
}

#[test]
fn a_role_without_spend_permission_is_told_who_can() {
    let mut view = FakeView::portfolio();
    view.roles = vec![agent_bill_domain::role::Role::CloudEngineer];
    let output = call(Spend, &view, json!({}));
    assert_eq!(output.outcome, Outcome::RoleDenied);
    assert!(output.result["who_can"].as_str().unwrap().contains("FinOps Lead"));
}

#[test]
fn a_huge_organisation_gets_a_small_answer() {
    let mut view = FakeView::portfolio();
    for number in 0..3000 {
        let id = format!("p{number}");
        view.org.nodes.push(crate::view::OrgNode {
            id: id.as_str().into(),
            parent: Some("web".into()),
            level: 4,
            name: format!("Product with quite a long name that goes on and on {number}"),
            owners: vec!["Someone With A Long Name".to_owned(); 9],
        });
        view.org.workloads.push(crate::view::OrgWorkload {
            id: id.as_str().into(),
            node: id.as_str().into(),
            name: id.clone(),
            description: String::new(),
        });
        view.claim(&id, &id, date(2026, 9, 1));
        view.used(day(3), &id, number + 1);
        view.see_unclaimed(&format!("u{number}"), Some(&id), VisibleBecause::Tag, 10_000);
        view.used(day(3), &format!("u{number}"), 1);
    }
    let result = call(Spend, &view, json!({ "limit": 50 })).result;
    assert!(result.to_string().len() < 24_000, "{}", result.to_string().len());
    assert!(result["rows_left_out_count"].as_i64().unwrap() >= 2950);
}

fn amount(value: &Value) -> NanoUsd {
    value.as_str().unwrap().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_and_what_is_left_out_sum_to_the_total(
        lines in proptest::collection::vec((1_i8..22, 0_usize..5, 0_i64..100_000, 0_usize..2, any::<bool>()), 0..30),
        company in any::<bool>(), limit in 1_i64..6, first in 0_usize..8, second in 0_usize..8,
    ) {
        let words = ["product", "workload", "model", "token_type", "day", "week", "principal", "bucket"];
        let mut view = if company { FakeView::company() } else { FakeView::portfolio() };
        view.see_unclaimed("orphan", Some("shop"), VisibleBecause::SharedAccount, 2500);
        for (on, principal, cents, model, output) in lines {
            let (role, model) = (["shop", "search", "orphan", "hidden", ""][principal], ["anthropic/claude-opus-4.7", "unmapped:x"][model]);
            view.line(day(on), role, model, if output { "output" } else { "cache_write_1h" }, cents, cents);
        }
        let output = call(Spend, &view, json!({ "group_by": words[first], "then_by": words[second], "limit": limit }));
        prop_assert!(matches!(output.outcome, Outcome::Ok | Outcome::Empty));
        let result = output.result;
        let listed: NanoUsd = result["rows"].as_array().unwrap().iter().map(|row| amount(&row["spend_usd"])).sum();
        prop_assert_eq!(listed + amount(&result["rows_left_out_usd"]), amount(&result["total_usd"]));
        if company {
            let buckets: NanoUsd = result["buckets"].as_array().unwrap().iter().map(|row| amount(&row["spend_usd"])).sum();
            prop_assert_eq!(buckets, amount(&result["total_usd"]));
        } else {
            prop_assert!(!result.to_string().contains("hidden"));
        }
    }
}

fn own() -> Asked {
    let asker = crate::say::Asker { name: "Ann Boss".to_owned(), own: true, ..crate::say::Asker::default() };
    Asked { asker, ..Asked::default() }
}

#[test]
fn the_first_sentence_says_what_was_spent_and_what_nobody_claims_stands_beside_it() {
    let view = story(FakeView::portfolio());
    insta::assert_snapshot!(said(Spend, &view, json!({}), &own()), @r"
    You spent $190 on Portfolio Web in November 2026, month to date.
    - Shop: $150 (78.9 %), owner Bob Owner
    - Search: $40 (21.1 %), owner Cid Owner
    On top of that, 1 unclaimed role in your scope spent $7 (pointing to Shop); have its owner claim it.
    Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    insta::assert_snapshot!(said(Spend, &view, json!({ "period": "october", "group_by": "model" }), &own()), @r"
    You spent $12.34 on Portfolio Web in October 2026 (final), all of it Claude Sonnet 4.6.
    ");
    let most = Asked { rank: Some(crate::say::Rank::Most), ..own() };
    insta::assert_snapshot!(said(Spend, &view, json!({}), &most), @r"
    Shop spends the most: $150 (78.9 %) in November 2026, month to date, out of $190 in all.
    - Shop: $150 (78.9 %), owner Bob Owner
    - Search: $40 (21.1 %), owner Cid Owner
    On top of that, 1 unclaimed role in your scope spent $7 (pointing to Shop); have its owner claim it.
    Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    insta::assert_snapshot!(said(Spend, &view, json!({ "period": "yesterday" }), &own()), @r"
    22 November 2026 is not loaded yet; data reaches 21 Nov 2026.
    ");
}

#[test]
fn a_company_total_says_what_belongs_to_nobody_and_what_the_bill_takes_off() {
    let view = story(FakeView::company());
    let credits = Asked { credits: true, ..Asked::default() };
    insta::assert_snapshot!(said(Spend, &view, json!({ "include_credits": true }), &credits), @r"
    The whole company spent $202 in November 2026, month to date: gross $202, credits -$10, tax $1.50, net $194.
    - Shop: $150 (74.3 %), owner Bob Owner
    - Search: $40 (19.8 %), owner Cid Owner
    - unclaimed roles: $10 (5 %)
    - no principal by design: $2 (1 %)
    Of it $12 belongs to no workload.
    Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
    let tied = Asked { aspect: crate::say::Aspect::Reconciled, ..Asked::default() };
    insta::assert_snapshot!(said(Spend, &view, json!({ "group_by": "bucket" }), &tied), @r"
    The whole company used $202 of Amazon Bedrock in November 2026, month to date: every dollar is in exactly one line, and what is not usage leads from there to the net of the bill.
    - attributed to a workload: $190 (94.1 %)
    - unclaimed roles: $10 (5 %)
    - no principal by design: $2 (1 %)
    - not usage (credits, discounts, refunds, tax, fees): -$8.50
    Unattributed in all: $12.
    Data through 21 Nov 2026; days after 20 Nov 2026 may still move.
    ");
}
