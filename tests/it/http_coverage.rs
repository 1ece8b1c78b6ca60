//! No route without a test that shows whose data it gives out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use agent_bill::channels::http::routes::routes;

/// Route → the tests that prove its scope.
const SCOPE_TESTS: &[(&str, &str, &[&str])] = &[
    ("GET", "/healthz", &["probes_and_the_document_say_nothing_about_anybody"]),
    ("GET", "/readyz", &["probes_and_the_document_say_nothing_about_anybody"]),
    ("GET", "/v1/openapi.json", &["probes_and_the_document_say_nothing_about_anybody"]),
    ("GET", "/v1/me", &["me_is_who_the_token_says_and_nobody_else", "every_hostile_token_gets_the_same_401"]),
    ("GET", "/v1/conversations", &["the_list_holds_only_ones_own_conversations"]),
    ("POST", "/v1/conversations", &["a_new_conversation_belongs_to_who_started_it"]),
    ("GET", "/v1/conversations/{id}", &["a_foreign_conversation_cannot_be_read_and_looks_like_a_missing_one"]),
    ("POST", "/v1/conversations/{id}/messages", &["nobody_writes_into_a_foreign_conversation_by_json_or_by_stream"]),
];

#[test]
fn every_route_has_a_scope_test_and_every_scope_test_exists() {
    let routes: BTreeSet<(&str, &str)> = routes().iter().map(|route| (route.method, route.path)).collect();
    let covered: BTreeSet<(&str, &str)> = SCOPE_TESTS.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(routes, covered, "each route needs an entry in SCOPE_TESTS, and each entry a route");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let sources: String = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "http_coverage"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for (method, path, tests) in SCOPE_TESTS {
        assert!(!tests.is_empty(), "{method} {path}");
        for test in *tests {
            let exists = [format!("#[tokio::test]\nasync fn {test}()"), format!("#[test]\nfn {test}()")];
            assert!(exists.iter().any(|head| sources.contains(head)), "{method} {path}: there is no test `{test}`");
        }
    }
}
