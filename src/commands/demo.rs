//! `agent-bill demo`: the demo organisation's data.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::demo_run;
use crate::config::Config;

/// The demo organisation and its bill
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(subcommand)]
    command: DemoCommand,
}

#[derive(Debug, Subcommand)]
enum DemoCommand {
    /// Write the demo's CUR 2.0 export, the same bill delivered otherwise, invocation logs, organisation files and truth ledger.
    Generate(GenerateArgs),
    /// Create the demo organisation if needed, answer the founding questions, and serve on loopback.
    Run(demo_run::DemoRunArgs),
}

#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Folder to write into; made when missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The same seed writes the same bytes.
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Pad the export to at least this many lines, one in ten of them Bedrock.
    #[arg(long, value_name = "N")]
    rows: Option<i64>,
}

/// # Errors
/// When the data cannot be written.
pub async fn run(args: DemoArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match args.command {
        DemoCommand::Generate(args) => generate(&args, out),
        DemoCommand::Run(args) => demo_run::run(&args, config, out).await,
    }
}

fn generate(args: &GenerateArgs, out: &mut dyn Write) -> anyhow::Result<()> {
    let generated = crate::demo::generate(&args.out, args.seed, args.rows)?;
    let variants = args.out.join("variants");
    crate::demo::variants::write_variants(&variants, args.seed)?;
    let lines: i64 = generated.ledger.periods.values().map(|period| period.lines_read).sum();
    let bedrock: i64 = generated.ledger.periods.values().map(|period| period.lines_bedrock).sum();
    writeln!(out, "organisation     {}", generated.organisation.display())?;
    writeln!(out, "export           {} ({lines} lines, {bedrock} of them Bedrock)", generated.export.display())?;
    writeln!(out, "variants         {}", variants.display())?;
    writeln!(out, "invocation logs  {}", generated.invocation_logs.display())?;
    writeln!(out, "ledger           {}", args.out.join("truth.json").display())?;
    Ok(())
}
