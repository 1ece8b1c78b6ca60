//! Every tool words what it returns, whatever is asked and whoever asks.

use serde_json::json;

use super::{Asked, Form};
use crate::registry;
use crate::testing::{FakeView, day, words};
use crate::view::VisibleBecause;

/// A month with two products and a role that nobody claimed.
fn story(mut view: FakeView) -> FakeView {
    view.used(day(3), "shop", 120_000);
    view.used(day(9), "search", 4_550);
    view.used(jiff::civil::date(2026, 10, 9), "shop", 90_000);
    view.used(day(4), "orphan", 2_500);
    view.see_unclaimed("orphan", Some("shop"), VisibleBecause::Tag, 10_000);
    view
}

#[test]
fn whatever_a_tool_says_prints_and_holds_no_digit_that_it_typed() {
    for view in [story(FakeView::portfolio()), story(FakeView::company()), FakeView::portfolio(), FakeView::company()] {
        for tool in registry() {
            words(&*tool, &view, json!({}), &Asked::default());
        }
    }
}

#[test]
fn a_form_that_is_asked_for_is_obeyed() {
    let spend = registry().into_iter().find(|tool| tool.spec().name == "spend").unwrap();
    let view = story(FakeView::portfolio());
    let said = |form: Form| words(&*spend, &view, json!({}), &Asked { form, ..Asked::default() });
    assert_eq!(said(Form::Number), "$1,246");
    assert_eq!(said(Form::Line), "Portfolio Web spent $1,246 in November 2026, month to date.");
    assert_eq!(said(Form::Bullets(2)).lines().filter(|line| line.starts_with("- ")).count(), 2);
    let table = said(Form::Table);
    assert!(table.contains("| Product | Spend | Share |\n| --- | --- | --- |\n| Shop | $1,200 | 96.3 % |"), "{table}");
}

#[test]
fn a_name_that_looks_like_a_reference_is_shown_as_it_is() {
    let mut view = story(FakeView::portfolio());
    view.org.nodes[0].name = "{a.total_usd}".to_owned();
    view.org.nodes[1].name = "Shop {a1.spend_usd}".to_owned();
    view.org.nodes[1].owners = vec!["{= a.total_usd}".to_owned()];
    for tool in registry() {
        words(&*tool, &view, json!({}), &Asked::default());
    }
    let spend = registry().into_iter().find(|tool| tool.spec().name == "spend").unwrap();
    let text = words(&*spend, &view, json!({}), &Asked::default());
    assert!(text.starts_with("Portfolio {a.total_usd} spent $1,246 "), "{text}");
    assert!(text.contains("- Shop {a1.spend_usd}: $1,200 (96.3 %), owner {= a.total_usd}"), "{text}");
}
