use agent_bill_domain::role::Role;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::contract::Outcome;
use crate::testing::{FakeView, PROD, SHARED, call, day, said};
use crate::view::DecisionFact;

fn decision(id: &str, model: &str, name: &str, state: DecisionState, account: Option<&str>) -> DecisionFact {
    DecisionFact {
        id: id.to_owned(),
        model: model.into(),
        model_name: name.to_owned(),
        state,
        account: account.map(Into::into),
        region: account.map(|_| "us-east-1".to_owned()),
        route: if account.is_some() { Route::OnDemand } else { Route::Any },
        action_scope: ActionScope::InferenceOnly,
        workloads: Vec::new(),
        rationale: "fits the use case".to_owned(),
        decided_by: "Fay Lead".to_owned(),
        decided_on: day(3),
        effective_from: day(3),
        superseded_on: None,
        implemented_on: Some(day(5)),
    }
}

const SONNET: &str = "anthropic/claude-sonnet-4.6";
const OPUS: &str = "anthropic/claude-opus-4.7";

fn story(mut view: FakeView) -> FakeView {
    let mut restricted = decision("d3", OPUS, "Claude Opus 4.7", DecisionState::Restricted, Some(SHARED));
    restricted.implemented_on = None;
    view.decisions = vec![
        decision("d1", SONNET, "Claude Sonnet 4.6", DecisionState::Approved, Some(PROD)),
        decision("d2", OPUS, "Claude Opus 4.7", DecisionState::Blocked, Some(PROD)),
        restricted,
    ];
    view.used(day(10), "shop", 100);
    view.line(day(11), "shop", "unmapped:surprise", "input", 5, 5);
    view
}

fn ids(result: &Value) -> Vec<&str> {
    result["rows"].as_array().unwrap().iter().map(|row| row["decision"].as_str().unwrap()).collect()
}

#[test]
fn product_people_see_what_they_may_use_and_nothing_else_whatever_list_they_ask_for() {
    let view = story(FakeView::portfolio());
    for args in [json!({}), json!({ "show": "blocked" }), json!({ "show": "all" }), json!({ "show": "pending" })] {
        let result = call(ModelCatalog, &view, args).result;
        assert_eq!((ids(&result), &result["pending"]), (vec!["d1"], &json!([])));
    }
    let mut mine = view;
    mine.decisions[2].workloads = vec!["w-shop".into()];
    let result = call(ModelCatalog, &mine, json!({})).result;
    assert_eq!(ids(&result), ["d3", "d1"]);
    assert_eq!((&result["rows"][0]["restricted_to"], &result["rows"][0]["waiting_days"]), (&json!(["Shop"]), &json!(20)));
    let narrowed = call(ModelCatalog, &mine, json!({ "account": "prod", "region": "us-east-1" })).result;
    assert_eq!(ids(&narrowed), ["d1"]);
}

#[test]
fn a_model_that_the_asker_may_use_is_found_by_name_before_it_was_ever_used() {
    let mut view = story(FakeView::portfolio());
    view.decisions.push(decision("d5", "amazon/nova-new", "Nova New", DecisionState::Approved, Some(PROD)));
    view.decisions.push(decision("d6", "amazon/nova-shut", "Nova Shut", DecisionState::Blocked, Some(PROD)));
    let by_name = |name: &str| call(ModelCatalog, &view, json!({ "model": name })).result;
    assert_eq!((ids(&by_name("Nova New")), &by_name("Nova New")["model"]), (vec!["d5"], &json!("Nova New")));
    // What is neither used nor on her list is told as what does not exist.
    assert_eq!(by_name("Nova Shut")["message"], by_name("Nova Nowhere")["message"]);
    assert_eq!(by_name("Nova Shut")["error"], json!("not_found"));
}

#[test]
fn a_block_of_every_account_takes_an_approval_off_the_usable_list() {
    let mut view = story(FakeView::portfolio());
    view.decisions.push(decision("d4", SONNET, "Claude Sonnet 4.6", DecisionState::Blocked, None));
    assert_eq!(call(ModelCatalog, &view, json!({})).outcome, Outcome::Empty);
    // Asked for by name it is told, and that it is overruled.
    let named = call(ModelCatalog, &view, json!({ "model": "sonnet" })).result;
    let overruled: Vec<(&Value, &Value)> = named["rows"].as_array().unwrap().iter().map(|row| (&row["state"], &row["overruled"])).collect();
    assert_eq!(overruled, [(&json!("blocked"), &json!(false)), (&json!("approved"), &json!(true))]);
}

#[test]
fn the_state_of_a_named_model_is_told_and_one_never_decided_has_no_rationale() {
    let view = story(FakeView::portfolio());
    let opus = call(ModelCatalog, &view, json!({ "model": "opus" })).result;
    assert_eq!((ids(&opus), &opus["never_decided"]), (vec!["d2", "d3"], &json!(false)));
    let shared = call(ModelCatalog, &view, json!({ "model": "sonnet", "account": "shared" }));
    assert_eq!((shared.outcome, &shared.result["never_decided"], &shared.result["rows"]), (Outcome::Empty, &json!(true), &json!([])));
}

#[test]
fn the_finops_lead_sees_everything_and_what_waits_for_a_decision() {
    let view = story(FakeView::company());
    let result = call(ModelCatalog, &view, json!({})).result;
    assert_eq!(ids(&result), ["d2", "d3", "d1"]);
    assert_eq!(result["pending"], json!([{ "model": "unmapped:surprise", "first_seen": "2026-11-11", "in_use": true }]));
    assert_eq!(ids(&call(ModelCatalog, &view, json!({ "show": "not implemented" })).result), ["d3"]);
    assert_eq!(call(ModelCatalog, &view, json!({ "show": "nonsense" })).outcome, Outcome::Invalid);
}

#[test]
fn decisions_are_told_as_of_the_day_asked_for() {
    let mut view = story(FakeView::company());
    view.decisions[0].superseded_on = Some(day(20));
    let on = |day: &str| ids(&call(ModelCatalog, &view, json!({ "model": "sonnet", "as_of": day })).result).len();
    assert_eq!((on("2026-11-02"), on("2026-11-03"), on("2026-11-19"), on("2026-11-20")), (0, 1, 1, 0));
    let gone = call(ModelCatalog, &view, json!({ "model": "sonnet" })).result;
    assert_eq!(gone["never_decided"], json!(false));
    assert!(gone["notes"][0].as_str().unwrap().contains("superseded"));
    assert_eq!(gone["pending"][0]["model"], json!("Claude Sonnet 4.6"));
}

#[test]
fn finance_may_not_read_decisions_and_a_large_catalog_stays_small() {
    let mut view = story(FakeView::company());
    for number in 0..500 {
        let mut more = decision(&format!("x{number}"), SONNET, "Claude Sonnet 4.6", DecisionState::Approved, Some(PROD));
        more.rationale = "because ".repeat(200);
        more.decided_on = date(2026, 10, 1);
        view.decisions.push(more);
    }
    let result = call(ModelCatalog, &view, json!({})).result;
    assert!(result.to_string().len() < 24_000);
    assert_eq!(result["decisions_count"], json!(503));
    view.roles = vec![Role::Finance];
    assert_eq!(call(ModelCatalog, &view, json!({})).outcome, Outcome::RoleDenied);
}

#[test]
fn the_reason_of_a_decision_is_told_to_those_it_is_about_and_to_the_finops_lead() {
    let reasons = |view: &FakeView| {
        let result = call(ModelCatalog, view, json!({ "model": "opus" })).result;
        let rows = result["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| (row["rationale"].as_str().unwrap().to_owned(), row["rationale_withheld"] == json!(true))).collect::<Vec<_>>()
    };
    let (told, withheld) = (("fits the use case".to_owned(), false), (String::new(), true));
    assert_eq!(reasons(&story(FakeView::company())), [told.clone(), told.clone()]);
    let mut portfolio = story(FakeView::portfolio());
    assert_eq!(reasons(&portfolio), [withheld.clone(), withheld.clone()]);
    portfolio.decisions[2].workloads = vec!["w-shop".into()];
    assert_eq!(reasons(&portfolio), [withheld, told]);
}

#[test]
fn whether_a_model_may_be_used_comes_before_the_decisions() {
    let asked = Asked { polar: true, aspect: crate::say::Aspect::OneModel, ..Asked::default() };
    let view = story(FakeView::company());
    insta::assert_snapshot!(said(ModelCatalog, &view, json!({ "model": "sonnet", "show": "all" }), &asked), @r"
    Yes: Claude Sonnet 4.6 is approved and implemented in prod us-east-1.
    - Claude Sonnet 4.6: approved in prod, us-east-1, on demand, in the Region, inference only; implemented 5 Nov 2026; decided by Fay Lead on 3 Nov 2026: fits the use case
    ");
    let blocked = said(ModelCatalog, &view, json!({ "model": "opus", "show": "all" }), &asked);
    assert!(blocked.starts_with("No: Claude Opus 4.7 "), "{blocked}");
    insta::assert_snapshot!(said(ModelCatalog, &view, json!({}), &Asked::default()), @r"
    3 decisions in force as of 23 Nov 2026, on Claude Opus 4.7 and Claude Sonnet 4.6.
    - Claude Opus 4.7: blocked in prod, us-east-1, on demand, in the Region, inference only; implemented 5 Nov 2026
    - Claude Opus 4.7: restricted in shared, us-east-1, on demand, in the Region, inference only; not implemented yet, waiting 20 days
    - Claude Sonnet 4.6: approved in prod, us-east-1, on demand, in the Region, inference only; implemented 5 Nov 2026
    - unmapped:surprise: no decision yet, first seen 11 Nov 2026, in use
    Next: A Cloud Engineer implements what was decided; chase the tasks that wait longest.
    Approved is not implemented: until an engineer has done the task, calls may still be refused.
    ");
}
