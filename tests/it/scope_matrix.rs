//! Persona × tool × node over the demo organisation, as a golden file; and one wording for what is outside the scope and what does not exist.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use agent_bill::app::App;
use agent_bill::commands::demo_run::prepare;
use agent_bill::config::Config;
use agent_bill_domain::clock::FixedClock;
use agent_bill_model::Behaviour;
use agent_bill_records::Store;
use agent_bill_records::people;
use agent_bill_tools::Outcome;
use agent_bill_tools::registry::registry;
use agent_bill_tools::view::OrganisationView;
use serde_json::json;
use tokio::sync::{OnceCell, mpsc};
use tokio_util::sync::CancellationToken;

const GOLDEN: &str = "tests/golden/scope_matrix.txt";

pub struct Demo {
    pub app: App,
    _folder: tempfile::TempDir,
}

/// Made once for all tests of this file; each works on a copy.
static MADE: OnceCell<tempfile::TempDir> = OnceCell::const_new();

/// A folder of one's own that holds the demo, for programs that are started on it.
pub async fn demo_folder() -> tempfile::TempDir {
    let made = MADE.get_or_init(|| async {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.demo.directory = folder.path().to_path_buf();
        prepare(&config, &mut std::io::sink()).await.unwrap();
        folder
    });
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(made.await.path()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
    }
    folder
}

pub async fn demo() -> Demo {
    let config = Config::default();
    let folder = demo_folder().await;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("agent-bill.db").display())).await.unwrap();
    Demo { app: App::local(&config, store, Arc::new(FixedClock(config.demo.clock))).unwrap(), _folder: folder }
}

fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Ok => '+',
        Outcome::Empty => 'o',
        Outcome::NotFound => '.',
        Outcome::RoleDenied => 'x',
        Outcome::Invalid => '?',
        Outcome::Failed => '!',
    }
}

async fn matrix(app: &App) -> String {
    let lead = app.agent.view(&app.sign_in("Grace Lin").await.unwrap()).await.unwrap();
    let nodes: Vec<String> = lead.org().await.unwrap().nodes.into_iter().map(|node| node.name).collect();
    let mut table = String::from("+ found   o found, nothing there   . not found   x not for this role   - the tool takes no node\n\n");
    for (at, node) in nodes.iter().enumerate() {
        writeln!(table, "{:>2} {node}", at + 1).unwrap();
    }
    let wanted: Vec<&str> = nodes.iter().map(String::as_str).chain(["No Such Product"]).collect();
    writeln!(table, "{:>2} No Such Product (does not exist)\n", wanted.len()).unwrap();
    for person in people::list(&app.store).await.unwrap() {
        let view = app.agent.view(&app.sign_in(&person.email).await.unwrap()).await.unwrap();
        for tool in registry() {
            let takes_node = tool.spec().input_schema.pointer("/properties/of").is_some();
            let mut line = String::new();
            if takes_node {
                for node in &wanted {
                    line.push(letter(tool.call(&view, json!({ "of": node })).await.outcome));
                }
            } else {
                line.push('-');
            }
            let alone = letter(tool.call(&view, json!({})).await.outcome);
            writeln!(table, "{:<14} {:<21} {alone} {line}", person.name, tool.spec().name).unwrap();
        }
        table.push('\n');
    }
    table
}

async fn ask(app: &App, person: &str, question: &str) -> (String, Behaviour) {
    let requester = app.sign_in(person).await.unwrap();
    let conversation = app.agent.start_conversation(&requester).await.unwrap();
    let (events, mut incoming) = mpsc::channel(256);
    let drain = async { while incoming.recv().await.is_some() {} };
    let turn = app.agent.respond(&requester, &conversation, question, events, CancellationToken::new());
    let answer = tokio::join!(turn, drain).0.unwrap();
    (answer.answer, answer.behaviour)
}

#[tokio::test]
async fn every_persona_finds_exactly_the_nodes_of_the_golden_table_with_every_tool() {
    let demo = demo().await;
    let table = matrix(&demo.app).await;
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    if std::env::var_os("AGENT_BILL_REGENERATE").is_some() {
        fs::write(&golden, &table).unwrap();
    }
    assert!(!table.contains('!'), "a tool failed:\n{table}");
    assert_eq!(table, fs::read_to_string(&golden).unwrap(), "AGENT_BILL_REGENERATE=1 writes {GOLDEN} anew; then read the difference");
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_answered_like_what_does_not_exist() {
    let demo = demo().await;
    let foreign = [
        ("Maria Okafor", "HR Portal"),
        ("Kenji Ito", "Checkout"),
        ("Sofia Rossi", "Experience"),
        ("Lena Fischer", "Fraud Signals"),
        ("Aisha Bello", "Commerce"),
    ];
    for (person, name) in foreign {
        for question in [
            "what's NAME spending",
            "is NAME within its estimate?",
            "who owns NAME?",
            "compare NAME with last month",
            "unclaimed roles of NAME",
        ] {
            let outside = ask(&demo.app, person, &question.replace("NAME", name)).await;
            let nowhere = ask(&demo.app, person, &question.replace("NAME", "Zanzibar Ledger")).await;
            assert_eq!(outside, nowhere, "{person}: {question} for {name}");
            assert_eq!(outside.1, Behaviour::DenyScope, "{person}: {question} for {name}: {}", outside.0);
        }
    }
}

#[tokio::test]
async fn nothing_that_a_product_owner_can_ask_names_another_product_of_the_demo() {
    let demo = demo().await;
    let lead = demo.app.agent.view(&demo.app.sign_in("Grace Lin").await.unwrap()).await.unwrap();
    let products: BTreeSet<String> = lead.org().await.unwrap().nodes.into_iter().map(|node| node.name).collect();
    for person in people::list(&demo.app.store).await.unwrap() {
        let view = demo.app.agent.view(&demo.app.sign_in(&person.email).await.unwrap()).await.unwrap();
        let own: BTreeSet<String> = view.org().await.unwrap().nodes.into_iter().map(|node| node.name).collect();
        for tool in registry() {
            let told = tool.call(&view, json!({})).await.result.to_string();
            for name in products.difference(&own) {
                let granted = person.grants.iter().any(|(_, node)| node.as_ref() == Some(name)) || name.contains("Group");
                assert!(granted || !told.contains(&format!("\"{name}\"")), "{} {}: {name} in {told}", person.name, tool.spec().name);
            }
        }
    }
}
