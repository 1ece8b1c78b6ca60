//! `agent-bill demo run`: creates the demo organisation once, answers the founding questions, and stays up as a service.

use std::io::Write;
use std::time::Instant;

use anyhow::{bail, ensure};
use clap::Args;

use super::ModelArgs;
use super::ask::Session;
use super::demo_folder::{Making, is_ready};
use super::local::{demo_clock, demo_database_url, open_demo};
use super::serve::{answer, listen};
use crate::app::App;
use crate::config::Config;
use crate::demo;
use crate::ingest::rollup::{self, Options, Outcome};
use agent_bill_billing::place::Place;
use agent_bill_billing::{invocation_log, source};
use agent_bill_records::Store;
use agent_bill_records::people;
use agent_bill_records::usage::RunOutcome;

/// Same seed, same bill: the figures of the founding questions depend on it only in their daily spread.
const SEED: u64 = 7;

/// The founding questions, each with who asks it.
const FOUNDING: [(&str, &str); 3] = [
    ("Lena Fischer", "Am I within my AI estimate this month?"),
    ("Aisha Bello", "Which of my products is spending the most on Bedrock?"),
    ("Grace Lin", "Are we using any Bedrock models we haven't approved?"),
];

#[derive(Debug, Args)]
pub struct DemoRunArgs {
    #[command(flatten)]
    model: ModelArgs,
    /// Answer the founding questions and end, without staying up as a service.
    #[arg(long)]
    no_serve: bool,
}

/// # Errors
/// The folder cannot be written, something of the data cannot be loaded, or the address is taken.
pub async fn run(args: &DemoRunArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let config = &args.model.configure(config)?;
    ensure!(
        config.listen.ip().is_loopback(),
        "the demo lets anyone be anybody, so it listens on loopback only; set `listen` to 127.0.0.1:PORT"
    );
    prepare(config, out).await?;
    let app = open_demo(config).await?;
    if args.no_serve {
        return answer_founding_questions(&app, out).await;
    }
    // An address that is taken should show before the answers, not after.
    let listeners = listen(config).await?;
    answer_founding_questions(&app, out).await?;
    let address = format!("http://{}", listeners.service.local_addr()?);
    introduce(&app, &address, out).await?;
    if let Some(metrics) = &listeners.metrics {
        writeln!(out, "Metrics are at http://{}/metrics.\n", metrics.local_addr()?)?;
        out.flush()?;
    }
    answer(&app, config, listeners).await
}

/// Makes the data once: generated bill, rolled up, organisation and decisions through the ordinary imports and commands.
///
/// # Errors
/// The folder cannot be written, or something of the data cannot be loaded.
pub async fn prepare(config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let folder = config.demo.directory.as_path();
    if is_ready(folder) {
        return Ok(());
    }
    let Some(making) = Making::begin(folder, out)? else { return Ok(()) };
    let started = Instant::now();
    writeln!(out, "Creating the demo organisation in {} (once) …", folder.display())?;
    out.flush()?;
    let generated = demo::generate(folder, SEED, None)?;
    let store = Store::open(&demo_database_url(config)).await?;
    store.migrate().await?;
    let clock = demo_clock(config);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let bills = source::open(&generated.export, threads)?;
    let reports = rollup::run(&store, clock.as_ref(), bills.as_ref(), &Options::default()).await?;
    if let Some(failed) = reports.iter().find(|report| report.outcome != Outcome::Run(RunOutcome::Replaced)) {
        bail!("the demo's bill of {} could not be loaded", failed.period);
    }
    let calls = invocation_log::read(&Place::folder(&generated.invocation_logs)?).await?;
    store.replace_invocation_counts(invocation_log::SOURCE, &calls.rows).await?;
    demo::seed::seed(&store).await?;
    store.close().await;
    making.finish()?;
    let lines: i64 = reports.iter().map(|report| report.lines_read).sum();
    writeln!(
        out,
        "… {} billing periods, {lines} lines of the bill, {} logged calls, in {:.0?}.\n",
        reports.len(),
        calls.calls,
        started.elapsed()
    )?;
    Ok(())
}

async fn answer_founding_questions(app: &App, out: &mut dyn Write) -> anyhow::Result<()> {
    for (person, question) in FOUNDING {
        let requester = app.sign_in(person).await?;
        let conversation = app.agent.start_conversation(&requester).await?;
        writeln!(out, "── {person} asks: {question}\n")?;
        let session = Session { app, requester: &requester, conversation: &conversation, trace: false, json: false };
        session.ask(question, out).await?;
        writeln!(out)?;
    }
    Ok(())
}

/// How to go on: people, command line, and a `curl` line that works as it stands.
async fn introduce(app: &App, address: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "The service is up at {address} (Ctrl-C ends it). You can be:\n")?;
    let everybody = people::list(&app.store).await?;
    for person in &everybody {
        let grants: Vec<String> = person
            .grants
            .iter()
            .map(|(role, node)| node.as_ref().map_or_else(|| role.label().to_owned(), |node| format!("{} of {node}", role.label())))
            .collect();
        writeln!(out, "  {:<15} {:<28} {}", person.name, person.email, grants.join(", "))?;
    }
    let Some(lena) = everybody.iter().find(|person| person.is_called("Lena Fischer")) else { bail!("the demo's records are incomplete") };
    let token = app.token_for(lena)?;
    let program = std::env::args().next().unwrap_or_else(|| "agent-bill".to_owned());
    writeln!(out, "\nAsk in another terminal:\n\n  {program} ask --as Aisha \"any unclaimed roles?\"\n")?;
    writeln!(out, "or over HTTP, as Lena (the token is good until the service ends):\n")?;
    writeln!(out, "  TOKEN={token}")?;
    writeln!(
        out,
        "  ID=$(curl -s -X POST {address}/v1/conversations -H \"Authorization: Bearer $TOKEN\" | sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/')"
    )?;
    writeln!(
        out,
        "  curl -s {address}/v1/conversations/$ID/messages -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n       -d '{{\"text\":\"Am I within my AI estimate this month?\"}}'\n"
    )?;
    out.flush()?;
    Ok(())
}
