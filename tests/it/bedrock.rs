//! The built program with Bedrock as its model, against the loopback Bedrock: on the command line, as a stream, and without credentials.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use agent_bill_aws::bedrock::testing::{Script, credentials};
use agent_bill_tools::view::OrganisationView;
use serde_json::{Value, json};

use crate::command_line::{stderr, stdout};
use crate::running::Running;
use crate::scope_matrix::{demo, demo_folder};

const QUESTION: &str = "Am I within my AI estimate this month?";

fn looks() -> Value {
    let calls = [("tooluse_1", "estimate_status"), ("tooluse_2", "whoami"), ("tooluse_3", "unclaimed_principals")];
    let blocks: Vec<Value> = calls.iter().map(|(id, name)| json!({ "tool": { "id": id, "name": name, "input": {} } })).collect();
    json!({ "blocks": blocks, "stop": "tool_use" })
}

const ANSWER: &str = "No: Policy Assistant is on track to end over its estimate in November 2026.\n\
                      - Policy Assistant: $882 of $1,060, projected $1,260, owner Lena Fischer\n\
                      Data through 21 Nov 2026; the figures may still move until the month is final.";

/// The same as a model writes it.
const CITED: &str = "No: Policy Assistant is on track to end over its estimate in November 2026.\n\
                     - Policy Assistant: {a1.spend_usd} of {a1.estimate_usd}, projected {a1.projected_usd}, owner {a1.owners}\n\
                     Data through {a.period.data_through}; the figures may still move until the month is final.";

fn answers(delay_ms: u64) -> Value {
    json!({ "blocks": [{ "text": format!("<answer>{CITED}") }], "stop": "end_turn", "delay_ms": delay_ms, "chunk_chars": 6 })
}

fn program(folder: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-bill"));
    command
        // Not the demo's own folder: a database that lies there would be taken for one's own.
        .current_dir(std::env::temp_dir())
        .env_clear()
        .env("AGENT_BILL_DEMO__DIRECTORY", folder)
        .env("AGENT_BILL_LISTEN", "127.0.0.1:0")
        .env("AGENT_BILL_MODEL", "bedrock")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint)
        .args(arguments);
    command
}

async fn ask(script: &Script, who: &str, keys: &[(&str, &str)], more: &[&str]) -> Output {
    let folder = demo_folder().await;
    let arguments: Vec<&str> = ["ask", "--as", who].into_iter().chain(more.iter().copied()).chain([QUESTION]).collect();
    let mut command = program(folder.path(), &script.endpoint(), &arguments);
    command.envs(keys.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_on_the_command_line_is_answered_by_the_configured_model_with_its_tools_in_sight() {
    let script = Script::playing(&[looks(), answers(0)]).await;
    let output = ask(&script, "Lena", &credentials(), &["--trace"]).await;
    let told = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in ["→ estimate_status {}", "← whoami: ok", ANSWER, "by global.anthropic.claude-sonnet-4-6", "2 model calls", "at list price"]
    {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert_eq!(script.valid_requests().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_askers_scope_is_in_any_byte_that_is_sent_to_the_model() {
    let demo = demo().await;
    let lead = demo.app.agent.view(&demo.app.sign_in("Grace Lin").await.unwrap()).await.unwrap();
    let everything = names(&lead.org().await.unwrap());
    for who in ["Lena Fischer", "Maria Okafor", "Aisha Bello", "Kenji Ito", "Omar Haddad"] {
        let org = demo.app.agent.view(&demo.app.sign_in(who).await.unwrap()).await.unwrap().org().await.unwrap();
        let own = names(&org);
        let script = Script::playing(&[looks(), json!({ "blocks": [{ "text": "<answer>Fine." }], "stop": "end_turn" })]).await;
        ask(&script, who, &credentials(), &[]).await;
        let requests = script.valid_requests().await;
        assert!(requests.len() >= 2, "{who}");
        for request in requests {
            let mut body = request["body_text"].as_str().unwrap().to_owned();
            // What somebody wrote into a description of one's own workload is one's own, whatever it says.
            org.workloads.iter().for_each(|workload| body = body.replace(&workload.description, "¶"));
            // `Digital Experience` inside the scope does not name `Digital` outside it.
            let mut inside: Vec<&String> = own.iter().collect();
            inside.sort_by_key(|name| std::cmp::Reverse(name.len()));
            inside.iter().for_each(|name| body = body.replace(name.as_str(), "¶"));
            for name in everything.difference(&own) {
                assert!(!body.contains(&format!("\"{name}\"")) && !body.contains(&format!("{name} ")), "{who} reads of {name}");
            }
        }
    }
}

/// Names of products, portfolios, workloads and those who answer for them.
fn names(org: &agent_bill_tools::view::OrgSlice) -> BTreeSet<String> {
    let nodes = org.nodes.iter().filter(|node| node.level > 0).flat_map(|node| node.owners.iter().chain([&node.name]).cloned());
    nodes.chain(org.workloads.iter().map(|workload| workload.name.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bedrock_api_key_signs_in_like_aws_keys_do() {
    let script = Script::with(json!({ "replies": [looks(), answers(0)], "expect_auth": "bearer" })).await;
    let output = ask(&script, "Lena", &[("AWS_BEARER_TOKEN_BEDROCK", "a-key-of-the-test")], &["--json"]).await;
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((answer["answer"].as_str(), answer["fallback"].clone()), (Some(ANSWER), Value::Null), "{}", stderr(&output));
    assert!(script.valid_requests().await.iter().all(|request| request["auth"] == "bearer"));
    assert!(!stderr(&output).contains("a-key-of-the-test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_the_planner_answers_at_once_and_says_why() {
    let script = Script::playing(&[]).await;
    let started = Instant::now();
    let output = ask(&script, "Lena", &[], &["--json"]).await;
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (answer["model"].as_str(), answer["fallback"]["code"].as_str()),
        (Some("planner"), Some("no_credentials")),
        "{}",
        stderr(&output)
    );
    assert!(answer["answer"].as_str().unwrap().contains("$882 of $1,060"));
    assert!(answer["answer"].as_str().unwrap().ends_with("(Answered by the built-in planner: no AWS credentials were found.)"));
    assert!(started.elapsed() < Duration::from_secs(20));
}

struct Served {
    _running: Running,
    _folder: tempfile::TempDir,
    address: String,
    token: String,
}

impl Served {
    async fn start(script: &Script) -> Self {
        let folder = demo_folder().await;
        let mut command = program(folder.path(), &script.endpoint(), &["serve", "--token-for", "Lena"]);
        let mut running = Running::start(command.envs(credentials()), &folder.path().join("log"));
        tokio::task::spawn_blocking(move || {
            let address = running.line().trim_start_matches("listening on ").to_owned();
            let token = running.line().rsplit(' ').next().unwrap().to_owned();
            Self { _running: running, _folder: folder, address, token }
        })
        .await
        .unwrap()
    }

    async fn conversation(&self) -> String {
        let made = reqwest::Client::new().post(format!("{}/v1/conversations", self.address)).bearer_auth(&self.token).send().await.unwrap();
        made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn stream(&self, conversation: &str, key: &str) -> reqwest::Response {
        let ask =
            reqwest::Client::new().post(format!("{}/v1/conversations/{conversation}/messages", self.address)).bearer_auth(&self.token);
        ask.header("accept", "text/event-stream").header("idempotency-key", key).json(&json!({ "text": QUESTION })).send().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_streams_while_the_model_writes_and_a_repeated_request_is_not_answered_twice() {
    let script = Script::playing(&[looks(), answers(15)]).await;
    let served = Served::start(&script).await;
    let conversation = served.conversation().await;
    let mut stream = served.stream(&conversation, "key-1").await;
    let (mut text, mut seen_early) = (String::new(), false);
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text.push_str(&String::from_utf8_lossy(&chunk));
        let words = text.contains("event: text_delta") && !text.contains("event: answer");
        seen_early |= words && script.record().await["requests"][1]["outcome"].is_null();
    }
    assert!(seen_early, "words were shown while the model was still writing");
    let spelled: String = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .filter(|event| event["event"] == "text_delta")
        .map(|event| event["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(spelled, ANSWER);
    let again = served.stream(&conversation, "key-1").await.text().await.unwrap();
    assert!(again.contains("event: answer") && again.contains("Policy Assistant is on track"), "{again}");
    assert_eq!(script.valid_requests().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_who_leaves_closes_the_models_stream() {
    let script = Script::playing(&[looks(), answers(200)]).await;
    let served = Served::start(&script).await;
    let conversation = served.conversation().await;
    let mut stream = served.stream(&conversation, "key-1").await;
    let mut text = String::new();
    while !text.contains("event: text_delta") {
        text.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().expect("words before the end")));
    }
    drop(stream);
    let mut outcome = Value::Null;
    for _ in 0..100 {
        outcome = script.record().await["requests"][1]["outcome"].clone();
        if !outcome.is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(outcome, "disconnected");
    let shown = reqwest::Client::new().get(format!("{}/v1/conversations/{conversation}", served.address)).bearer_auth(&served.token);
    assert_eq!(shown.send().await.unwrap().json::<Value>().await.unwrap()["turns"], json!([]), "the conversation is as it was");
}
