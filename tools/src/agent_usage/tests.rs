use agent_bill_domain::role::Role;
use agent_bill_domain::tokens::TokenCounts;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::contract::{Outcome, ToolOutput};
use crate::testing::{FakeView, ModelCall, call, day, said};
use crate::view::AgentUsageSum;

const SONNET: &str = "global.anthropic.claude-sonnet-4-6";

fn sum(model: &str, cents: i64, input: i64, cache_read: i64) -> AgentUsageSum {
    let tokens = TokenCounts { input_tokens: input, output_tokens: 10, cache_read_tokens: cache_read, cache_write_tokens: 0 };
    AgentUsageSum {
        value: model.to_owned(),
        started_on: None,
        calls: 1,
        failed: 0,
        running: 0,
        estimated: 0,
        unpriced: 0,
        tokens,
        total_tokens: tokens.total(),
        cost: NanoUsd::from_cents(cents),
    }
}

fn asked(on: Date, person: &'static str, conversation: &'static str, sum: AgentUsageSum) -> ModelCall {
    ModelCall { on, person, conversation, sum }
}

/// Two conversations of Ann's and one of Cid's; Ann manages a portfolio, Fay is the FinOps Lead.
fn told(view: FakeView) -> FakeView {
    let mut view = view;
    view.model_calls = vec![
        asked(day(3), "Ann Boss", "01A", sum(SONNET, 40, 100, 300)),
        asked(day(23), "Ann Boss", "01B", sum("us.anthropic.claude-sonnet-4-6", 25, 200, 0)),
        asked(day(23), "Cid Owner", "01C", sum("arn:aws:bedrock:eu-central-1:999988887777:application-inference-profile/k3", 310, 50, 50)),
        asked(date(2026, 10, 9), "Fay Lead", "01D", sum(SONNET, 5, 20, 0)),
    ];
    view
}

fn ask(view: FakeView, args: Value) -> ToolOutput {
    call(AgentUsageTool, &told(view), args)
}

fn names(result: &Value) -> Vec<String> {
    result["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_person_sees_what_the_own_questions_cost_and_nothing_of_other_people() {
    for group in ["model", "person", "conversation", "day", "total"] {
        let output = ask(FakeView::portfolio(), json!({ "group_by": group }));
        let (result, text) = (&output.result, output.result.to_string());
        assert_eq!((&result["scope"], &result["totals"]["cost_usd"]), (&json!("your own use"), &json!("0.65")), "{group}");
        assert!(!text.contains("Cid") && !text.contains("01C") && !text.contains("3.10") && !text.contains("k3"), "{group}: {text}");
        assert_eq!(result["who_sees_everybody"], json!("FinOps Lead, Finance, Admin"));
    }
}

#[test]
fn those_who_watch_over_it_see_everybody_by_name() {
    let result = ask(FakeView::company(), json!({ "group_by": "person", "period": "2026-10..2026-11" })).result;
    assert_eq!((&result["scope"], &result["totals"]["cost_usd"]), (&json!("everybody's use"), &json!("3.80")));
    assert_eq!(names(&result), ["Cid Owner", "Ann Boss", "Fay Lead"]);
    assert_eq!((&result["rows"][0]["share_percent"], &result["who_sees_everybody"]), (&json!(81.6), &json!("")));
}

#[test]
fn those_who_see_everybody_may_ask_for_their_own_use_alone() {
    let result = ask(FakeView::company(), json!({ "only_mine": true, "period": "all" })).result;
    assert_eq!((&result["scope"], &result["totals"]["cost_usd"]), (&json!("your own use"), &json!("0.05")));
    let mut admin = FakeView::portfolio();
    admin.roles = vec![Role::Admin];
    assert_eq!(ask(admin, json!({})).result["scope"], json!("everybody's use"));
}

#[test]
fn conversations_of_other_people_are_one_row_and_their_ids_are_nobodys_to_see() {
    let output = ask(FakeView::company(), json!({ "group_by": "conversation", "period": "2026-10..2026-11" }));
    assert_eq!(names(&output.result), ["01D", "other people's conversations"]);
    assert_eq!(output.result["rows"][0]["started_on"], json!("2026-10-09"));
    assert_eq!(output.result["rows"][1]["figures"]["cost_usd"], json!("3.75"));
    let own = ask(FakeView::portfolio(), json!({ "group_by": "conversation" })).result;
    assert_eq!(names(&own), ["01A", "01B"]);
}

#[test]
fn one_model_behind_several_profiles_is_one_row_and_no_account_is_named() {
    let output = ask(FakeView::company(), json!({}));
    assert_eq!(names(&output.result), ["inference profile k3", "Claude Sonnet 4.6"]);
    assert!(!output.result.to_string().contains("999988887777"));
    let totals = &output.result["totals"];
    assert_eq!((&totals["calls_count"], &totals["cache_hit_percent"], &totals["total_tokens"]), (&json!(3), &json!(50.0), &json!(730)));
}

#[test]
fn days_stand_in_order_and_no_freshness_of_the_bill_is_claimed() {
    let result = ask(FakeView::portfolio(), json!({ "group_by": "day" })).result;
    assert_eq!(names(&result), ["2026-11-03", "2026-11-23"]);
    assert!(result["period"].get("data_through").is_none());
    assert_eq!(result["period"]["to_date"], json!("2026-11-23"));
}

#[test]
fn the_limits_name_what_is_used_of_them_and_the_one_that_binds() {
    let own = ask(FakeView::portfolio(), json!({})).result;
    let day = &own["limits"][1];
    assert_eq!((&day["used_usd"], &day["limit_usd"], &day["used_percent"]), (&json!("0.25"), &json!("5.00"), &json!(5.0)));
    assert_eq!(
        (&day["used_tokens"], &day["binding"], &own["binding_limit"]),
        (&json!(210), &json!(true), &json!("one person, one UTC day"))
    );
    let month = &own["limits"][2];
    assert_eq!((&month["used_usd"], &month["used_tokens"], &month["limit_usd"]), (&json!(null), &json!(null), &json!("500.00")));
    assert_eq!(own["limits"][0]["used_usd"], json!(null));
    assert!(own["who_can_change"].as_str().unwrap().contains("Admin"));
    let all = ask(FakeView::company(), json!({})).result;
    assert_eq!(all["limits"][2]["used_usd"], json!("3.75"));
}

#[test]
fn a_month_that_is_used_up_binds_a_person_who_may_not_see_by_whom() {
    let mut view = told(FakeView::portfolio());
    view.model_calls.push(asked(day(20), "Cid Owner", "01E", sum(SONNET, 49_700, 1, 1)));
    let result = call(AgentUsageTool, &view, json!({})).result;
    assert_eq!((&result["binding_limit"], &result["limits"][2]["used_usd"]), (&json!("everybody, one UTC month"), &json!(null)));
    assert!(!result.to_string().contains("497"));
}

#[test]
fn calls_that_failed_still_run_have_no_price_or_were_not_counted_are_told_apart() {
    let mut view = FakeView::portfolio();
    let odd = AgentUsageSum { failed: 1, estimated: 1, unpriced: 1, ..sum(SONNET, 0, 7, 0) };
    let running = AgentUsageSum { running: 1, estimated: 1, tokens: TokenCounts::default(), total_tokens: 5_000, ..sum(SONNET, 30, 0, 0) };
    view.model_calls = vec![asked(day(23), "Ann Boss", "01A", odd), asked(day(23), "Ann Boss", "01A", running)];
    let result = call(AgentUsageTool, &view, json!({})).result;
    let counts =
        ["failed_calls_count", "running_calls_count", "estimated_calls_count", "unpriced_calls_count"].map(|name| result[name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(2), json!(1)]);
    assert_eq!((&result["totals"]["total_tokens"], &result["totals"]["cost_usd"]), (&json!(5_017), &json!("0.30")));
    let notes = result["notes"].to_string();
    for said in ["list price; the bill decides", "worst case", "without a known list price", "estimated"] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
}

#[test]
fn nothing_called_is_a_true_zero_and_the_future_is_no_zero() {
    let none = ask(FakeView::portfolio(), json!({ "period": "yesterday" }));
    assert_eq!((none.outcome, &none.result["empty"]["reason"]), (Outcome::Empty, &json!("true_zero")));
    let said = none.result["empty"]["explanation"].as_str().unwrap();
    assert!(said.starts_with("No language model was called for your questions") && said.contains("planner"), "{said}");
    assert_eq!(none.result["limits"].as_array().unwrap().len(), 3);
    let ahead = ask(FakeView::portfolio(), json!({ "period": "next_month" }));
    assert_eq!(ahead.result["empty"]["reason"], json!("future"));
}

#[test]
fn a_breakdown_that_is_none_is_refused_with_those_that_are() {
    let refused = ask(FakeView::portfolio(), json!({ "group_by": "product" }));
    assert_eq!(refused.outcome, Outcome::Invalid);
    assert!(refused.result["message"].as_str().unwrap().contains("conversation"));
}

#[test]
fn a_person_without_any_role_is_told_who_has_one() {
    let mut view = FakeView::portfolio();
    view.roles.clear();
    assert_eq!(ask(view, json!({})).outcome, Outcome::RoleDenied);
}

#[test]
fn what_the_questions_cost_comes_first_and_other_peoples_use_is_refused_aloud() {
    insta::assert_snapshot!(said(AgentUsageTool, &told(FakeView::portfolio()), json!({}), &Asked::default()), @r"
    Your questions cost $0.65 at list price in November 2026, month to date: 2 model calls, 620 tokens, cache hit rate 50 %.
    - Claude Sonnet 4.6: $0.65 (100 %), 2 calls, 620 tokens
    - Limit for one question: $1 or 400.0 k tokens
    - Limit for one person, one UTC day: $5 or 4.0 M tokens, used $0.25 and 210 tokens (stops you first)
    - Limit for everybody, one UTC month: $500 or 400.0 M tokens
    Limits are changed by an Admin, in the configuration; at a limit the built-in planner answers instead, at no cost.
    This is your own use; everybody's is for FinOps Lead, Finance, Admin to see. Amounts are at list price; the bill decides.
    ");
    let named = crate::say::Named { others: true, ..crate::say::Named::default() };
    let others = said(AgentUsageTool, &told(FakeView::portfolio()), json!({}), &Asked { named, ..Asked::default() });
    assert!(others.starts_with("What other people's questions consume is for "), "{others}");
}
