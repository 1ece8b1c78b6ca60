//! `org import`, `org show`, governance commands and the audit log, as an operator runs them one after the other.

use std::path::Path;

use crate::command_line::{agent_bill, stderr, stdout};

const FILES: [(&str, &str); 4] = [
    ("hierarchy.csv", "Unit,Product\nDigital,Shop\nDigital,Desk\n"),
    ("people.csv", "name,email,role,node\nAnn Lee,ann@x.io,product_owner,Shop\nGrace Lin,grace@x.io,finops_lead,*\n"),
    ("accounts.csv", "account_id,name,node,percent,effective_from\n000011112222,prod,Digital,80,2026-01-01\n"),
    ("workloads.csv", "product,name,description\nShop,Checkout,Pays\n"),
];

fn import(directory: &Path) -> std::process::Output {
    let arguments = "org import --hierarchy hierarchy.csv --people people.csv --accounts accounts.csv --workloads workloads.csv";
    agent_bill(directory, &arguments.split(' ').collect::<Vec<_>>(), &[])
}

fn prepare(directory: &Path) {
    for (name, text) in FILES {
        std::fs::write(directory.join(name), text).unwrap();
    }
    assert!(agent_bill(directory, &["migrate"], &[]).status.success());
}

#[test]
fn an_organisation_is_imported_shown_and_on_record() {
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    let output = import(directory.path());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("note         account prod (000011112222): 80 % allocated from 2026-01-01"), "{}", stdout(&output));
    let shown = stdout(&agent_bill(directory.path(), &["org", "show"], &[]));
    for part in [
        "Digital [Unit]",
        "    Shop [Product]",
        "- Ann Lee, Product Owner",
        "- workload Checkout",
        "account prod (000011112222): 80 % from",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let verified = stdout(&agent_bill(directory.path(), &["audit", "verify"], &[]));
    assert!(verified.starts_with("1 entries, the chain holds\nhead 1:"), "{verified}");
    assert!(stdout(&agent_bill(directory.path(), &["audit", "tail"], &[])).contains("organisation.imported"));
    let head = "1:0000000000000000000000000000000000000000000000000000000000000000";
    let rewritten = agent_bill(directory.path(), &["audit", "verify", "--head", head], &[]);
    assert_eq!(rewritten.status.code(), Some(1));
    assert!(stderr(&rewritten).contains("was rewritten"), "{}", stderr(&rewritten));
}

#[test]
fn a_wrong_file_is_named_with_line_and_column_and_nothing_is_imported() {
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    std::fs::write(directory.path().join("workloads.csv"), "product,name,description\nShop,Checkout,\nShip,Tracker,\n").unwrap();
    let output = import(directory.path());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output).trim(),
        "agent-bill: `workloads.csv` line 3, column `product`: no node is called `Ship`; check the spelling against the hierarchy"
    );
    assert_eq!(stdout(&agent_bill(directory.path(), &["org", "show"], &[])).trim(), "no organisation yet; run `agent-bill org import`");
}

#[test]
fn governance_commands_act_for_a_person_and_are_refused_like_one() {
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    import(directory.path());
    let run = |line: &str| {
        let output = agent_bill(directory.path(), &line.split(' ').collect::<Vec<_>>(), &[]);
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (code, out, error) = run("estimate set --as Ann --workload Checkout --usd 1500.50");
    assert_eq!(code, Some(0), "{error}");
    assert!(out.starts_with("estimate-00000002: in force from "), "{out}");
    let (code, _, error) = run("estimate set --as Grace --workload Checkout --usd 1500");
    assert!(code == Some(1) && error.contains("Product Owner"), "{error}");
    let (code, _, error) = run("estimate set --as Zoe --workload Checkout --usd 1500");
    assert!(code == Some(1) && error.contains("nobody is called `Zoe`"), "{error}");
    let (code, _, error) = run("claim add arn:aws:iam::000011112222:role/app --as Ann --workload Checkout");
    assert!(code == Some(1) && error.contains("one test call"), "{error}");
    let decide = "decision add --as Grace --model Claude-Opus-4.7 --state approved --account prod --region us-east-1 --route on-demand --rationale ok";
    let (code, out, error) = run(decide);
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("anthropic/claude-opus-4.7 approved from "), "{out}");
    let (code, _, error) = run("decision add --as Grace --model x --state maybe --route mantle --rationale ok");
    assert!(code == Some(2) && error.contains("approved"), "{error}");
    assert!(stdout(&agent_bill(directory.path(), &["audit", "verify"], &[])).starts_with("3 entries"));
}

#[test]
fn a_new_sqlite_file_is_set_up_by_itself_and_says_that_nobody_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = [("AGENT_BILL_DATABASE_URL", "sqlite:agent-bill.db")];
    let shown = agent_bill(directory.path(), &["org", "show"], &file);
    assert_eq!(shown.status.code(), Some(0), "{}", stderr(&shown));
    let asked = agent_bill(directory.path(), &["ask", "--as", "Maria", "what did we spend?"], &file);
    assert_eq!(asked.status.code(), Some(1));
    assert!(stderr(&asked).contains("there is nobody in the records yet"), "{}", stderr(&asked));
}
