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
