//! Measures turns of the real conversation against the loopback Bedrock: `cargo bench --bench bedrock_turns -- DEMO_DIR PYTHON [TURNS]`.
//!
//! First one at a time, beside a plain loop in Python with boto3 that does the same turns against the same server: what a turn takes without the
//! time the server took. Then 200 conversations at once, streamed over HTTP with a model that takes its time.

#![expect(clippy::indexing_slicing, reason = "a JSON value answers a missing member with null")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agent_bill::app::App;
use agent_bill::channels::http::serve;
use agent_bill::commands::serve::service;
use agent_bill::config::Config;
use agent_bill_aws::bedrock::testing::{Script, model};
use agent_bill_domain::clock::FixedClock;
use agent_bill_planner::Planner;
use agent_bill_records::Store;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const PERSON: &str = "Aisha Bello";
const QUESTION: &str = "Which of my products is spending the most on Bedrock?";
const CONVERSATIONS: usize = 200;
/// A model that writes about 50 pieces a second.
const PIECE_MS: u64 = 20;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // `cargo bench` adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = PathBuf::from(arguments.next().context("give the demo's folder")?);
    let python = arguments.next().context("give a Python that has boto3")?;
    let turns: usize = arguments.next().map_or(Ok(300), |text| text.parse())?;
    let mut out = std::io::stdout();
    let (ours, server) = one_at_a_time(&folder, turns).await?;
    writeln!(out, "a turn of two calls and one tool, one at a time      without the server's time")?;
    writeln!(out, "  agent-bill (scope, tool, check, record)            {}", overhead(&ours, &server))?;
    let (theirs, server, version) = python_loop(&python, turns).await?;
    writeln!(out, "  {:<51}{}", format!("plain loop in Python, boto3 {version}"), overhead(&theirs, &server))?;
    writeln!(out, "{}", many_at_once(&folder).await?)?;
    Ok(())
}

/// Looks one thing up and answers in a few lines; the figures are the demo's.
fn replies(delay_ms: u64) -> [Value; 2] {
    let call = json!({ "tool": { "id": "tooluse_1", "name": "spend", "input": { "group_by": "product" } } });
    let text = "<answer>HR Portal spends the most: $14,200 in November 2026, month to date, out of $29,732 for Portfolio Experience.\n\
                - HR Portal: $14,200, owner Lena Fischer\n- Customer Insights: $9,400, owner Dev Patel\n- Support Copilot: $5,250, owner Dev Patel\n\
                Data through 21 Nov 2026; figures may still move.";
    [
        json!({ "blocks": [call], "stop": "tool_use", "delay_ms": delay_ms }),
        json!({ "blocks": [{ "text": text }], "stop": "end_turn", "chunk_chars": 8, "delay_ms": delay_ms }),
    ]
}

async fn script(delay_ms: u64) -> Script {
    Script::with(json!({ "replies": replies(delay_ms), "order": "round", "record": "faults" })).await
}

async fn app(folder: &Path, script: &Script) -> anyhow::Result<(App, Config)> {
    let mut config = Config::default();
    config.limits.requests_per_person_per_minute = u32::MAX;
    config.limits.concurrent_requests = 2 * CONVERSATIONS;
    config.bedrock.limits.person_day_usd = "1000000".parse()?;
    config.bedrock.limits.month_usd = "1000000".parse()?;
    config.bedrock.limits.person_day_tokens = i64::MAX / 4;
    config.bedrock.limits.month_tokens = i64::MAX / 4;
    let store = Store::open(&format!("sqlite:{}", folder.join("agent-bill.db").display())).await?;
    let mut app = App::local(&config, store, Arc::new(FixedClock(config.demo.clock)))?;
    app.agent = app.agent.clone().with_model(Arc::new(model(&script.config()).await)).with_standby(Arc::new(Planner));
    Ok((app, config))
}

async fn one_at_a_time(folder: &Path, turns: usize) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let script = script(0).await;
    let (app, _) = app(folder, &script).await?;
    let requester = app.sign_in(PERSON).await?;
    let mut times = Vec::with_capacity(turns);
    for number in 0..=turns {
        let conversation = app.agent.start_conversation(&requester).await?;
        let (events, mut incoming) = mpsc::channel(256);
        let started = Instant::now();
        let turn = app.agent.respond(&requester, &conversation, QUESTION, events, CancellationToken::new());
        let drain = async { while incoming.recv().await.is_some() {} };
        let (answer, ()) = tokio::join!(turn, drain);
        let answer = answer?;
        ensure!(answer.fallback.is_none() && answer.figures.len() >= 4, "not answered by the model: {}", answer.answer);
        // The first one warms up.
        if number > 0 {
            times.push(millis(started.elapsed()));
        }
    }
    let server = server_times(&script, 2).await?;
    Ok((times, server.into_iter().skip(1).collect()))
}

async fn python_loop(python: &str, turns: usize) -> anyhow::Result<(Vec<f64>, Vec<f64>, String)> {
    let script = script(0).await;
    let output = Command::new(python).args(["scripts/bench-turns.py", &script.endpoint(), &turns.to_string()]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let times = told["turns_ms"].as_array().context("no times")?.iter().filter_map(Value::as_f64).collect();
    let server = server_times(&script, 2).await?;
    Ok((times, server.into_iter().skip(1).collect(), told["version"].as_str().unwrap_or_default().to_owned()))
}

/// What the server took for each turn, from the last byte of a request to the last byte of its reply.
async fn server_times(script: &Script, calls: usize) -> anyhow::Result<Vec<f64>> {
    let record = script.record().await;
    let requests = record["requests"].as_array().context("no record")?;
    let fault = requests.iter().find(|request| request["outcome"] != "complete" || request["faults"] != json!([]));
    ensure!(fault.is_none(), "the server refused or lost a request: {fault:?}");
    let took = |request: &Value| Some(request["finished_ms"].as_f64()? - request["received_at_ms"].as_f64()?);
    Ok(requests.chunks(calls).map(|turn| turn.iter().filter_map(took).sum()).collect())
}

fn overhead(turns: &[f64], server: &[f64]) -> String {
    let own: Vec<f64> = turns.iter().zip(server).map(|(turn, server)| turn - server).collect();
    format!("p50 {:>6.1} ms  p99 {:>6.1} ms  ({} turns)", percentile(&own, 50), percentile(&own, 99), own.len())
}

async fn many_at_once(folder: &Path) -> anyhow::Result<String> {
    let script = script(PIECE_MS).await;
    let (app, config) = app(folder, &script).await?;
    let token = app.token_for(&app.find_person(PERSON).await?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, service(&app, &config), stop.clone().cancelled_owned()));
    let client = reqwest::Client::new();
    stream_one(&client, &address, &token).await?;
    let before = resident_kib()?;
    let started = Instant::now();
    let mut running = Vec::with_capacity(CONVERSATIONS);
    for _ in 0..CONVERSATIONS {
        let (client, address, token) = (client.clone(), address.clone(), token.clone());
        running.push(tokio::spawn(async move { stream_one(&client, &address, &token).await }));
        // People do not ask in the same millisecond.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let all = futures::future::join_all(running);
    tokio::pin!(all);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut peak = before;
    let ended = loop {
        tokio::select! {
            ended = &mut all => break ended,
            _ = ticks.tick() => peak = peak.max(resident_kib()?),
        }
    };
    let (mut firsts, mut errors) = (Vec::new(), 0);
    for stream in ended {
        match stream? {
            Ok(first) => firsts.push(first),
            Err(_) => errors += 1,
        }
    }
    let elapsed = started.elapsed();
    stop.cancel();
    server.await?;
    server_times(&script, 2).await?;
    Ok(format!(
        "{CONVERSATIONS} streamed conversations over HTTP, begun within a second, pieces every {PIECE_MS} ms: {errors} errors, all done in {elapsed:.1?}; \
         first words p50 {:.0} ms, p99 {:.0} ms; {} KiB a conversation (client of the benchmark included)",
        percentile(&firsts, 50),
        percentile(&firsts, 99),
        (peak - before) / i64::try_from(CONVERSATIONS)?
    ))
}

/// One question in a conversation of its own, read as it streams; milliseconds until the first words.
async fn stream_one(client: &reqwest::Client, address: &str, token: &str) -> anyhow::Result<f64> {
    let created =
        client.post(format!("{address}/v1/conversations")).bearer_auth(token).json(&json!({})).send().await?.error_for_status()?;
    let conversation: Value = created.json().await?;
    let id = conversation["id"].as_str().context("no id")?;
    let started = Instant::now();
    let ask = client.post(format!("{address}/v1/conversations/{id}/messages")).bearer_auth(token).header("accept", "text/event-stream");
    let mut stream = ask.json(&json!({ "text": QUESTION })).send().await?.error_for_status()?;
    let (mut text, mut first) = (String::new(), None);
    while let Some(chunk) = stream.chunk().await? {
        text.push_str(&String::from_utf8_lossy(&chunk));
        if first.is_none() && text.contains("event: text_delta") {
            first = Some(millis(started.elapsed()));
        }
    }
    ensure!(text.contains("event: answer") && text.contains("\"fallback\":null"), "the stream did not end in an answer of the model");
    first.context("no words came")
}

fn resident_kib() -> anyhow::Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no resident size")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
