use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::FACTS;

fn sheet() -> Sheet {
    let mut sheet = Sheet::default();
    let rows = json!([{ "name": "HR Portal", "owners": ["Lena Fischer"], "spend_usd": "14200.00", "waiting_days": 31, "cache": null },
                      { "name": "Survey", "owners": [], "spend_usd": "9400.00", "waiting_days": 1, "allocated": true }]);
    sheet.add(
        "spend",
        &FACTS,
        &json!({ "rows": rows, "total_usd": "23600.00", "period": { "data_through": "2026-11-21", "month": "2026-11" } }),
    );
    sheet
}

#[test]
fn a_text_is_printed_with_the_values_it_cites_and_says_where_each_is_from() {
    let text =
        "{a1.name} leads with {a1.spend_usd}, {= a1.spend_usd - a2.spend_usd} ahead; owner {a1.owners}, through {a.period.data_through}.";
    let printed = sheet().print(text).unwrap();
    assert_eq!(printed.text, "HR Portal leads with $14,200, $4,800 ahead; owner Lena Fischer, through 21 Nov 2026.");
    let sources: Vec<(&str, &str)> = printed.cited.iter().map(|cited| (cited.path.as_str(), cited.shown.as_str())).collect();
    assert_eq!(sources[1], ("/rows/0/spend_usd", "$14,200"));
    assert_eq!(sources[2], ("a1.spend_usd - a2.spend_usd", "$4,800"));
}

#[test]
fn days_are_said_once() {
    let printed = sheet().print("waiting {a1.waiting_days}, the last {a1.waiting_days} settled days, {a2.waiting_days}").unwrap();
    assert_eq!(printed.text, "waiting 31 days, the last 31 settled days, 1 day");
}

#[test]
fn every_reference_that_leads_nowhere_is_told_with_its_reason() {
    let faults = sheet().print("{a9.spend_usd} {a1.cost_usd} {a1.cache} {you}").unwrap_err();
    let told: Vec<String> = faults.into_iter().map(|fault| format!("{} {}", fault.written, fault.reason)).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    let words = ["a9", "no field `cost_usd`", "no value", "write a reference"];
    for (told, word) in told.iter().zip(words) {
        assert!(told.contains(word), "{told}");
    }
}

#[test]
fn a_relation_to_nobody_is_said_to_be_to_nobody() {
    assert_eq!(sheet().print("owned by {a2.owners}, allocated: {a2.allocated}").unwrap().text, "owned by nobody, allocated: yes");
}

#[test]
fn braces_of_names_are_no_references() {
    for text in [r#"Copilot"}], "rows": [{: $5,250 ("#, "{", "a {} b", "{{", "{Team A}", "{\n}", "set {1, 2}", "{a3 {b"] {
        assert_eq!(sheet().print(text).map(|printed| printed.text).as_deref(), Ok(text));
    }
    assert_eq!(sheet().print("{ {a1.name}").unwrap().text, "{ HR Portal");
    let mut sheet = sheet();
    sheet.add("spend", &FACTS, &json!({ "name": "Desk {= a1.spend_usd * 9}", "total_usd": "5.00" }));
    let printed = sheet.print("Desk {= a1.spend_usd * 9} spent {b.total_usd}; {b.name}").unwrap();
    assert_eq!(printed.text, "Desk {= a1.spend_usd * 9} spent $5; Desk {= a1.spend_usd * 9}");
}

proptest! {
    #[test]
    fn a_text_without_braces_is_printed_as_it_is(text in "[^{]{0,60}") {
        let printed = sheet().print(&text).unwrap();
        prop_assert_eq!(printed.text, text);
    }

    #[test]
    fn no_text_makes_the_printing_fail_otherwise_than_with_a_reason(text in "[a-c0-9{}=.+*/() _-]{0,60}") {
        if let Err(faults) = sheet().print(&text) {
            prop_assert!(!faults.is_empty());
        }
    }
}
