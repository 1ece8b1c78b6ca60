//! The house rules that the compiler cannot see: which module may reach which, who may name a database, who may make a scope.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which of our packages each of our packages may use. An arrow that is missing here is missing in its `Cargo.toml`, so the compiler keeps it.
const PACKAGES: &[(&str, &[&str])] = &[
    ("crates/domain", &[]),
    ("crates/facts", &[]),
    ("crates/identity", &["domain"]),
    ("crates/billing", &["domain"]),
    ("tools", &["domain", "facts"]),
    ("crates/model", &["domain", "tools"]),
    ("crates/planner", &["domain", "model", "tools"]),
    ("crates/aws", &["domain", "model", "tools"]),
    ("crates/records", &["domain", "identity", "tools"]),
    (".", &["aws", "billing", "domain", "facts", "identity", "model", "planner", "records", "tools"]),
];

/// Packages of others that only one of ours may use.
const VENDORS: &[(&str, &str)] = &[
    ("sqlx", "crates/records"),
    ("aws-sdk-", "crates/aws"),
    ("aws-config", "crates/aws"),
    ("aws-smithy-", "crates/aws"),
    ("object_store", "crates/billing"),
    ("axum", "."),
    ("opentelemetry", "."),
];

/// What each module of the root package may reach inside it. `lib.rs` and `main.rs` only assemble.
const ALLOWED: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("config", &[]),
    ("listener", &[]),
    ("telemetry", &["config", "listener"]),
    ("ingest", &[]),
    ("agent", &["telemetry"]),
    ("channels", &["agent", "config", "listener", "telemetry"]),
    ("demo", &["ingest"]),
    ("app", &["agent", "config"]),
    ("jobs", &["app"]),
    ("commands", &["agent", "app", "channels", "clock", "config", "demo", "ingest", "jobs", "telemetry"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let before_tests = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every source file of the packages above.
fn every_source() -> Vec<PathBuf> {
    PACKAGES.iter().flat_map(|(package, _)| sources(&root().join(package).join("src"))).collect()
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with("tests.rs")
        || text.ends_with("testing.rs")
        || text.ends_with("fixture.rs")
        || text.contains("/tests/")
        || text.contains("/testing/")
}

/// The module of the root package a source file belongs to.
fn module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_string_lossy().into_owned();
    let name = first.trim_end_matches(".rs").to_owned();
    (name != "lib" && name != "main").then_some(name)
}

/// Names after `crate::`, also inside one level of braces.
fn reached(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        let heads: Vec<&str> = list.map_or_else(|| vec![rest], |list| list.split(',').collect());
        for head in heads {
            let name: String = head.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn modules_reach_only_what_the_architecture_lets_them() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")).iter().filter(|path| !is_test(path)) {
        let Some(own) = module(path) else { continue };
        let may = allowed.get(own.as_str()).unwrap_or_else(|| panic!("module `{own}` is missing from the table of this test"));
        for name in reached(&code(path)) {
            if allowed.contains_key(name.as_str()) && name != own && !may.contains(&name.as_str()) {
                wrong.push(format!("{} reaches {name}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The names in a table of a `Cargo.toml`, such as `dependencies`.
fn named_in(package: &str, table: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
    let after = text.split(&format!("\n[{table}]\n")).nth(1).unwrap_or_default();
    let body = after.split("\n[").next().unwrap_or_default();
    let name = |line: &str| line.split(['.', ' ', '=']).next().map(str::to_owned).filter(|name| !name.is_empty());
    body.lines().filter_map(name).collect()
}

#[test]
fn packages_use_only_what_the_architecture_lets_them() {
    let mut known: Vec<PathBuf> = PACKAGES.iter().map(|(package, _)| root().join(package)).collect();
    known.push(root().join("evals"));
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        assert!(known.contains(&folder), "{} is missing from the table of this test", folder.display());
    }
    let mut wrong = Vec::new();
    for (package, may) in PACKAGES {
        let named = named_in(package, "dependencies");
        assert!(!named.is_empty(), "{package} names no dependency");
        for ours in named.iter().filter_map(|name| name.strip_prefix("agent-bill-")) {
            if !may.contains(&ours) {
                wrong.push(format!("{package} uses {ours}"));
            }
        }
        for (vendor, owner) in VENDORS {
            wrong.extend(
                named.iter().filter(|name| name.starts_with(vendor) && package != owner).map(|name| format!("{package} uses {name}")),
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn test_harnesses_are_reached_by_tests_only() {
    let harnesses = ["records::testing", "identity::testing", "bedrock::testing", "crate::testing"];
    for path in every_source().iter().filter(|path| !is_test(path)) {
        let code = code(path);
        for harness in harnesses {
            assert!(!code.contains(harness), "{} names {harness}", path.display());
        }
    }
}

#[test]
fn only_the_telemetry_names_what_it_exports_with() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")) {
        let code = code(&path);
        if module(&path).as_deref() != Some("telemetry") && ["opentelemetry", "prometheus"].iter().any(|name| code.contains(name)) {
            wrong.push(path);
        }
    }
    assert_eq!(wrong, Vec::<PathBuf>::new());
}

#[test]
fn only_the_scope_makes_the_bind_that_narrows_a_read() {
    let makers: Vec<PathBuf> = every_source().into_iter().filter(|path| !is_test(path) && code(path).contains("ScopeBind::new")).collect();
    let scope = root().join("crates/records/src/scope");
    assert!(makers.iter().all(|path| path.starts_with(&scope)), "{makers:?}");
    assert!(!makers.is_empty());
}

#[test]
fn tools_cannot_name_a_person_a_database_or_aws() {
    for path in sources(&root().join("tools/src")) {
        let code = code(&path);
        for word in ["PersonId", "sqlx", "aws_sdk", "SELECT ", "reqwest", "std::fs", "std::env"] {
            assert!(!code.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn the_domain_reads_no_clock_file_or_socket() {
    for path in sources(&root().join("crates/domain/src")) {
        let code = code(&path);
        for word in ["Timestamp::now", "SystemTime", "Instant::now", "std::fs", "std::net", "std::env", "tokio"] {
            assert!(!code.contains(word), "{} names {word}", path.display());
        }
    }
}
