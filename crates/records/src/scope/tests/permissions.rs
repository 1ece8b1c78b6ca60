use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use agent_bill_domain::permission::Action;

/// What the words above a method name, and what its code names.
struct Permissions {
    in_words: BTreeSet<String>,
    in_code: BTreeSet<String>,
}

/// Permissions that stand in `text` with `before` and `after` around them.
fn named(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    let stands = |action: &String| text.match_indices(&format!("{before}{action}{after}")).any(|(at, found)| ends(text, at + found.len()));
    Action::ALL.iter().map(|action| format!("{action:?}")).filter(stands).collect()
}

fn ends(text: &str, at: usize) -> bool {
    !text[at..].starts_with(|next: char| next.is_alphanumeric())
}

/// The methods of every area that the view implements, as `area.method`.
fn area_methods() -> BTreeMap<String, Permissions> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scope")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let Some((before, implementation)) = text.split_once("View for ScopedView {\n") else { continue };
        let area = before.rsplit(' ').next().unwrap();
        if area == "Base" {
            continue;
        }
        let methods = implementation.split("\n}\n").next().unwrap();
        for method in methods.split("\n    }\n").chain([""]).filter(|method| method.contains(" fn ")) {
            let (words, code) = method.split_once(" fn ").unwrap();
            let name = code.split('(').next().unwrap();
            let permissions = Permissions { in_words: named(words, "`", "`"), in_code: named(code, "Action::", "") };
            found.insert(format!("{area}.{name}"), permissions);
        }
    }
    found
}

#[test]
fn every_area_method_narrows_by_the_permissions_that_its_words_name() {
    let methods = area_methods();
    assert!(methods.len() >= 11, "{:?}", methods.keys());
    for (method, Permissions { in_words, in_code }) in methods {
        assert!(!in_code.is_empty(), "{method} narrows by no permission");
        assert_eq!(in_words, in_code, "{method}: the words above it name other permissions than its code");
    }
}
