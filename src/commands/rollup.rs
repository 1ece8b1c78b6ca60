//! `agent-bill rollup`: loads the bill, and the counts of calls beside it.

use std::io::Write;
use std::path::PathBuf;

use agent_bill_domain::period::Month;
use agent_bill_domain::plain_text::plain_text;
use anyhow::bail;
use clap::Args;

use super::local::{Records, open_records};
use crate::config::Config;
use crate::ingest::rollup::{self, Options, Outcome, PeriodReport};
use agent_bill_billing::place::Place;
use agent_bill_billing::{invocation_log, source};
use agent_bill_records::Store;
use agent_bill_records::usage::RunOutcome;

/// Load billing periods from an AWS Data Export (CUR 2.0) or an older Cost and Usage Report.
#[derive(Debug, Args)]
pub struct RollupArgs {
    /// Folder of the export (it holds `data` and `metadata`), or one above it.
    #[arg(long, value_name = "DIR", required_unless_present = "invocation_logs")]
    export: Option<PathBuf>,
    /// Only this billing period.
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<Month>,
    /// Folder of model invocation logs (JSON lines, gzipped or not): counts of calls.
    #[arg(long, value_name = "DIR")]
    invocation_logs: Option<PathBuf>,
    /// Take a delivery even if it covers far fewer days than what is loaded, or no Bedrock line at all.
    #[arg(long)]
    accept_shrink: bool,
    /// Replace figures that came from an export of another name.
    #[arg(long)]
    replace_export: bool,
    /// Threads that read; as many as the machine has when absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// # Errors
/// A period failed, a log file was refused, or nothing could be read at all.
pub async fn run(args: RollupArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let Records { store, clock } = open_records(config, out).await?;
    let mut failed = 0;
    if let Some(export) = args.export {
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        let bills = source::open(&export, args.threads.map_or(available, usize::from))?;
        let options = Options { period: args.period, accept_shrink: args.accept_shrink, replace_export: args.replace_export };
        let reports = rollup::run(&store, clock.as_ref(), bills.as_ref(), &options).await?;
        for report in &reports {
            write_report(report, out)?;
        }
        failed += reports.iter().filter(|report| matches!(report.outcome, Outcome::Run(RunOutcome::Failed | RunOutcome::Kept))).count();
    }
    if let Some(folder) = args.invocation_logs {
        failed += load_invocation_logs(&store, folder, out).await?;
    }
    if failed > 0 {
        bail!("{failed} of the sources could not be loaded; the figures of before stand");
    }
    Ok(())
}

/// Reads and stores counts of calls; returns how many files were refused.
///
/// # Errors
/// The folder cannot be read, or the database failed.
pub async fn load_invocation_logs(store: &Store, folder: PathBuf, out: &mut dyn Write) -> anyhow::Result<usize> {
    let report = invocation_log::read(&Place::parse(folder.as_os_str())?).await?;
    store.replace_invocation_counts(invocation_log::SOURCE, &report.rows).await?;
    writeln!(out, "invocation logs: {} files, {} calls, {} repeated records left out", report.files, report.calls, report.repeated)?;
    for refused in &report.refused {
        writeln!(out, "  {refused}")?;
    }
    Ok(report.refused.len())
}

/// Names of files stand in a message: none of them begins a line or moves a terminal's cursor.
fn one_line(message: &str) -> String {
    plain_text(message).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line per period, and one more when there is something to say about it.
///
/// # Errors
/// The output is gone.
pub fn write_report(report: &PeriodReport, out: &mut dyn Write) -> std::io::Result<()> {
    let outcome = report.outcome.key();
    match report.outcome {
        Outcome::Run(RunOutcome::Replaced | RunOutcome::Kept) => writeln!(
            out,
            "{} {outcome}: {} lines read, {} Bedrock lines, usage {} USD, credits and other lines {} USD, data through {} (run {})",
            report.period, report.lines_read, report.lines_bedrock, report.usage, report.other, report.data_through, report.run_id
        )?,
        Outcome::Run(RunOutcome::Unchanged) => {
            writeln!(out, "{} {outcome}: the delivery is the one loaded (run {})", report.period, report.run_id)?;
        }
        Outcome::Run(RunOutcome::Failed) | Outcome::NotReady => {
            writeln!(out, "{} {outcome}: {}", report.period, one_line(&report.message))?;
        }
    }
    if matches!(report.outcome, Outcome::Run(RunOutcome::Replaced | RunOutcome::Kept)) && !report.message.is_empty() {
        writeln!(out, "  note: {}", one_line(&report.message))?;
    }
    Ok(())
}
