//! Tables that are committed so that a change of them is seen in review.

/// Compares with `tests/golden/<name>`; `AGENT_BILL_REGENERATE=1` rewrites it instead.
fn assert_golden(name: &str, actual: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("AGENT_BILL_REGENERATE").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{name} differs from what is committed; read the difference, then run with AGENT_BILL_REGENERATE=1\n{actual}"
    );
}

#[test]
fn the_permission_table_is_the_committed_one() {
    assert_golden("permissions.txt", &agent_bill_domain::permission::permission_table());
}
