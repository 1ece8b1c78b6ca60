use serde_json::json;

use super::*;
use crate::testing::{FakeView, call};

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
