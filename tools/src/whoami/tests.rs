use serde_json::json;

use super::*;
use crate::testing::{FakeView, call, said};

#[test]
fn a_manager_hears_of_the_own_subtree_and_who_decides_the_rest() {
    let result = call(Whoami, &FakeView::portfolio(), json!(null)).result;
    assert_eq!(result["roles"], json!([{ "role": "Portfolio Manager", "node": "Portfolio Web" }]));
    let nodes: Vec<&str> = result["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    assert_eq!(nodes, ["Web", "Search", "Shop"]);
    assert_eq!((&result["products_count"], &result["claims"][0]["product"]), (&json!(2), &json!("Shop")));
    assert!(result["may"].as_array().unwrap().contains(&json!("see spend")));
    assert!(result["others_decide"].as_array().unwrap().contains(&json!("approve, restrict or block a model: FinOps Lead")));
}

#[test]
fn the_finops_lead_answers_for_the_whole_company() {
    let result = call(Whoami, &FakeView::company(), json!({})).result;
    assert_eq!(result["roles"], json!([{ "role": "FinOps Lead", "node": "the whole company" }]));
}

#[test]
fn one_is_told_who_one_is_and_who_answers_for_what() {
    insta::assert_snapshot!(said(Whoami, &FakeView::portfolio(), json!({}), &Asked::default()), @r"
    You are Ann Boss, Portfolio Manager of Portfolio Web: 2 products, 2 workloads in your scope.
    - Shop: claimed shop since 1 Sep 2026
    - Search: claimed search since 1 Sep 2026
    You may: see your own roles and scope; see spend; see estimates and how they stand; see unclaimed roles; see decisions on models; see use of models that nobody allowed; see how current the data is.
    ");
    let named = crate::say::Named { things: vec!["Shop".to_owned()], ..crate::say::Named::default() };
    let owners = Asked { aspect: crate::say::Aspect::Owners, named, ..Asked::default() };
    assert_eq!(said(Whoami, &FakeView::portfolio(), json!({}), &owners), "Bob Owner answers for Shop (product).");
}
