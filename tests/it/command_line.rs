//! Exit codes, the one-line error, and commands that need nothing but the program.

use std::path::Path;
use std::process::{Command, Output};

/// The program in an empty directory and without settings of this process.
pub fn agent_bill(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-bill"));
    command.current_dir(directory).args(arguments).env_clear().envs(variables.iter().copied());
    command.output().unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_permission_table_is_printed() {
    let directory = tempfile::tempdir().unwrap();
    let output = agent_bill(directory.path(), &["contract", "permissions"], &[]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), agent_bill_domain::permission::permission_table());
}

#[test]
fn a_bad_setting_ends_in_one_line_and_its_own_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    let output = agent_bill(directory.path(), &["config", "check"], &[("AGENT_BILL_CACHE__REUSE", "0")]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("cache.reuse"));
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_two() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(agent_bill(directory.path(), &["frobnicate"], &[]).status.code(), Some(2));
}

#[test]
fn a_password_in_the_database_address_is_not_shown() {
    let directory = tempfile::tempdir().unwrap();
    let output =
        agent_bill(directory.path(), &["config", "show"], &[("AGENT_BILL_DATABASE_URL", "postgres://bill:hunter2@127.0.0.1:1/bill")]);
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
    let output = agent_bill(directory.path(), &["migrate"], &[("AGENT_BILL_DATABASE_URL", "postgres://bill:hunter2@127.0.0.1:1/bill")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot be reached") && !stderr(&output).contains("hunter2"), "{}", stderr(&output));
}

#[test]
fn the_schema_is_made_and_made_again_without_harm() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert!(agent_bill(directory.path(), &["migrate"], &[]).status.success());
    }
    assert!(directory.path().join("agent-bill.db").is_file());
}

#[test]
fn reading_records_that_are_not_there_makes_none() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [&["org", "show"][..], &["claim", "list"], &["audit", "tail"], &["audit", "verify"]] {
        let output = agent_bill(directory.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(stderr(&output).contains("there is no database yet"), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn without_a_configured_database_every_verb_works_on_the_demo_and_on_its_day() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = agent_bill(directory.path(), arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    };
    run(&["demo", "run", "--no-serve"]);
    let chain = run(&["audit", "verify"]);
    let set = ["estimate", "set", "--as", "maria", "--workload", "Checkout Service", "--usd", "4000"];
    let previewed = run(&[&set[..], &["--preview"]].concat());
    assert!(previewed.contains("demo-data, where today is 2026-11-23") && previewed.contains("4000.00 USD"), "{previewed}");
    assert!(previewed.ends_with("Nothing was written: this is a preview.\n"), "{previewed}");
    assert_eq!(run(&["audit", "verify"]), chain, "a preview writes nothing");
    run(&set);
    assert!(run(&["audit", "tail", "-n", "1"]).contains("2026-11-23T09:00:00Z"));
    // The files of the demo once more, by somebody who configured no name of the company.
    let tree = run(&["org", "show"]);
    assert!(tree.contains("Example Group"), "{tree}");
    run(&["org", "import", "--hierarchy", "demo-data/organisation/hierarchy.csv"]);
    assert_eq!(run(&["org", "show"]), tree);
    assert!(!directory.path().join("agent-bill.db").exists());
}
