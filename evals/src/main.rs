//! `agent-bill-evals`: asks the cases of the demo organisation and fails when the thresholds are not reached.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use agent_bill::commands::demo_run::prepare;
use agent_bill::commands::local::open_app;
use agent_bill::config::Config;
use agent_bill_evals::world::World;
use agent_bill_evals::{case, report, run};
use clap::Parser;

/// Ask the cases and grade the answers
#[derive(Debug, Parser)]
struct Args {
    /// Folder of the case files
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/cases"))]
    cases: PathBuf,
    /// Folder of the demo organisation; it is created when missing
    #[arg(long)]
    demo: Option<PathBuf>,
    /// Only cases whose id begins with this
    #[arg(long)]
    only: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let mut config = Config::default();
    if let Some(demo) = args.demo {
        config.demo.directory = demo;
    }
    let mut out = std::io::stdout();
    prepare(&config, &mut std::io::sink()).await?;
    let app = open_app(&config).await?;
    let mut world = World::demo();
    world.learn_amounts(&app).await?;
    let mut cases = case::load(&args.cases)?;
    cases.retain(|case| args.only.as_ref().is_none_or(|prefix| case.id.starts_with(prefix.as_str())));
    let grades = run(&app, &world, &cases).await?;
    let summary = report::write(&grades, &mut out)?;
    out.flush()?;
    Ok(if summary.reaches_thresholds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
