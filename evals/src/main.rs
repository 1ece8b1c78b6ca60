//! `agent-bill-evals`: asks the cases, grades the answers, writes the report, and fails when the thresholds are not reached.

use std::io::Write;
use std::process::ExitCode;

use agent_bill_evals::command::{CommandLine, dispatch};
use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let line = CommandLine::parse();
    let mut out = std::io::stdout();
    let code = dispatch(line, &mut out).await?;
    out.flush()?;
    Ok(code)
}
