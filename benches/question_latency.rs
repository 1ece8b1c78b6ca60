//! Prints how long a founding question takes, without HTTP and over it: `cargo bench --bench question_latency -- DEMO_DIR [COUNT]`.
//! DEMO_DIR is a folder that `agent-bill demo run` filled.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill::app::App;
use agent_bill::channels::http::serve;
use agent_bill::commands::serve::service;
use agent_bill::config::Config;
use agent_bill_domain::clock::FixedClock;
use agent_bill_records::Store;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const QUESTIONS: [(&str, &str); 3] = [
    ("Lena Fischer", "Am I within my AI estimate this month?"),
    ("Aisha Bello", "Which of my products is spending the most on Bedrock?"),
    ("Grace Lin", "Are we using any Bedrock models we haven't approved?"),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // `cargo bench` adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = PathBuf::from(arguments.next().context("give the demo's folder")?);
    let count: usize = arguments.next().map_or(Ok(300), |text| text.parse())?;
    let mut config = Config::default();
    config.limits.requests_per_person_per_minute = u32::MAX;
    let store = Store::open(&format!("sqlite:{}", folder.join("agent-bill.db").display())).await?;
    let app = App::local(&config, store, Arc::new(FixedClock(config.demo.clock)))?;
    let mut out = std::io::stdout();
    for (person, question) in QUESTIONS {
        let direct = direct(&app, person, question, count).await?;
        writeln!(out, "{question:<58} without HTTP: {}", summary(direct))?;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, service(&app, &config), stop.clone().cancelled_owned()));
    for (person, question) in QUESTIONS {
        let over_http = over_http(&app, &address, person, question, count).await?;
        writeln!(out, "{question:<58} over HTTP:    {}", summary(over_http))?;
    }
    stop.cancel();
    server.await?;
    Ok(())
}

async fn direct(app: &App, person: &str, question: &str, count: usize) -> anyhow::Result<Vec<Duration>> {
    let requester = app.sign_in(person).await?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let conversation = app.agent.start_conversation(&requester).await?;
        let (events, mut incoming) = mpsc::channel(256);
        let started = Instant::now();
        let turn = app.agent.respond(&requester, &conversation, question, events, CancellationToken::new());
        let drain = async { while incoming.recv().await.is_some() {} };
        let (answer, ()) = tokio::join!(turn, drain);
        times.push(started.elapsed());
        ensure!(!answer?.figures.is_empty(), "the answer holds no figure");
    }
    Ok(times)
}

async fn over_http(app: &App, address: &str, person: &str, question: &str, count: usize) -> anyhow::Result<Vec<Duration>> {
    let token = app.token_for(&app.find_person(person).await?)?;
    let client = reqwest::Client::new();
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let created =
            client.post(format!("{address}/v1/conversations")).bearer_auth(&token).json(&json!({})).send().await?.error_for_status()?;
        let conversation: Value = created.json().await?;
        let id = conversation.get("id").and_then(Value::as_str).context("no id")?;
        let started = Instant::now();
        let answered =
            client.post(format!("{address}/v1/conversations/{id}/messages")).bearer_auth(&token).json(&json!({ "text": question }));
        let answer: Value = answered.send().await?.error_for_status()?.json().await?;
        times.push(started.elapsed());
        ensure!(answer.get("answer").is_some(), "no answer");
    }
    Ok(times)
}

fn summary(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default();
    format!("p50 {:>7.2?}  p99 {:>7.2?}  ({} times)", at(50), at(99), times.len())
}
