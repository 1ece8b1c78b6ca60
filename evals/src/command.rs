//! The command line: `run` asks and reports, `check` compares the committed report of the planner with a fresh one.

mod check;
mod settings;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agent_bill::config::{Config, ModelChoice};
use agent_bill_domain::money::NanoUsd;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::case::{self, Case};
use crate::report::{self, Report};
use crate::run::{self, Options, Progress};
use crate::stage::Stages;
use crate::thresholds::Thresholds;

pub use check::differences;

/// Folders of this package, as they lie in the repository.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports");
const THRESHOLDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/thresholds.toml");

/// Ask the cases and grade the answers. Without a subcommand: the planner, with a summary and no report.
#[derive(Debug, Parser)]
#[command(name = "agent-bill-evals", version, max_term_width = 120)]
pub struct CommandLine {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Args)]
pub struct Common {
    /// Configuration of the service (TOML), for Region, endpoint, prices; `AGENT_BILL_*` variables apply as always
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the case files
    #[arg(long, global = true, value_name = "DIR", default_value = CASES)]
    pub cases: PathBuf,
    /// Keep the demo organisation in this folder (made when missing); otherwise it is made anew in a temporary one
    #[arg(long, global = true, value_name = "DIR")]
    pub demo: Option<PathBuf>,
    /// Only cases whose id begins with this
    #[arg(long, global = true, value_name = "PREFIX")]
    pub only: Option<String>,
    /// What each model must reach
    #[arg(long, global = true, value_name = "FILE", default_value = THRESHOLDS)]
    pub thresholds: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask the cases, grade the answers and write `report.json`, `report.md` and `report.html`
    Run(RunArgs),
    /// Compare the committed report of the planner with a fresh run
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Who answers
    #[arg(long, value_enum, default_value = "planner")]
    pub model: ModelChoice,
    /// Bedrock model id, inference profile id or ARN; otherwise the configured one
    #[arg(long, value_name = "ID")]
    pub model_id: Option<String>,
    /// Conversations per case, each a fresh one: pass^k is the share of cases that pass in all of them
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=50))]
    pub repeat: u8,
    /// Where the report goes; otherwise a folder of the model beside the committed one. With --only nothing is written unless this is given
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// An earlier report (`report.json` or its folder) to show the difference to
    #[arg(long, value_name = "REPORT")]
    pub against: Option<PathBuf>,
    /// End successfully even when thresholds are missed
    #[arg(long)]
    pub no_fail: bool,
    /// Begin no further case once so many US dollars are spent (Bedrock: 25 unless set)
    #[arg(long, value_name = "X")]
    pub most_usd: Option<NanoUsd>,
    /// Keep durations in the report of the planner, too; every run then writes another report
    #[arg(long)]
    pub timings: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The report to compare with
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/planner"))]
    pub report: PathBuf,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self {
            model: ModelChoice::Planner,
            model_id: None,
            repeat: 1,
            out: None,
            against: None,
            no_fail: false,
            most_usd: None,
            timings: false,
        }
    }
}

/// # Errors
/// The configuration is not valid, the organisation cannot be made, or a file cannot be read or written. Missed thresholds are an exit code.
pub async fn dispatch(line: CommandLine, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (args, writes) = match line.command {
        None => (RunArgs::default(), false),
        Some(Command::Run(args)) => (args, true),
        Some(Command::Check(args)) => return check::check(&line.common, &args.report, out).await,
    };
    let before = args.against.as_deref().map(Report::read).transpose()?;
    let config = settings::configured(&Config::load(line.common.config.as_deref())?, &args)?;
    let report = measure(&line.common, &config, &args).await?;
    report::table(&report, out)?;
    report::summary(&report, out)?;
    if let Some(folder) = folder(&line.common, &args, &report).filter(|_| writes) {
        report.write(&folder, before.as_ref())?;
        writeln!(out, "report: {}", folder.join("report.html").display())?;
    }
    Ok(if report.missed.is_empty() || args.no_fail { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The cases that are meant, in the order of the files.
///
/// # Errors
/// As [`case::load`]; no case is meant.
fn chosen(common: &Common) -> anyhow::Result<Vec<Case>> {
    let mut cases = case::load(&common.cases)?;
    if let Some(prefix) = &common.only {
        cases.retain(|case| case.id.starts_with(prefix.as_str()));
        anyhow::ensure!(!cases.is_empty(), "no case has an id that begins with `{prefix}`");
    }
    Ok(cases)
}

async fn measure(common: &Common, config: &Config, args: &RunArgs) -> anyhow::Result<Report> {
    let cases = chosen(common)?;
    let thresholds = Thresholds::load(&common.thresholds, settings::model_name(config))?;
    let demo = settings::demo_folder(common.demo.as_deref(), config);
    let stages = Stages::open(config, demo.as_deref(), &run::worlds(&cases)).await?;
    let repeat = usize::from(args.repeat);
    let options = Options { repeat, most: settings::most(config, args) };
    let is_slow = config.model == ModelChoice::Bedrock || std::io::stderr().is_terminal();
    let mut tell = |progress: &Progress<'_>| {
        if is_slow {
            show(progress);
        }
    };
    let outcome = run::run(&stages, &cases, options, &mut tell).await?;
    let with_timings = args.timings || config.model == ModelChoice::Bedrock;
    let mut report = Report::of(settings::model_name(config), repeat, &outcome, with_timings);
    report.missed = thresholds.missed(&report);
    Ok(report)
}

/// The planner on all cases, as the committed report has it.
///
/// # Errors
/// As [`dispatch`].
pub async fn planner_report(common: &Common) -> anyhow::Result<Report> {
    let args = RunArgs::default();
    let config = settings::configured(&Config::default(), &args)?;
    measure(common, &config, &args).await
}

impl Default for Common {
    fn default() -> Self {
        Self { config: None, cases: CASES.into(), demo: None, only: None, thresholds: THRESHOLDS.into() }
    }
}

/// On standard error, so that standard output stays the report. Nobody is left to tell when it is gone.
fn show(progress: &Progress<'_>) {
    let passed = progress.case.runs.iter().filter(|run| run.grade.passes()).count();
    let text = format!(
        "{}/{} {}: {passed} of {} passed, ${} spent",
        progress.done,
        progress.of,
        progress.case.case.id,
        progress.case.runs.len(),
        progress.spent
    );
    let _gone = writeln!(std::io::stderr(), "{text}");
}

fn folder(common: &Common, args: &RunArgs, report: &Report) -> Option<PathBuf> {
    match (&args.out, &common.only) {
        (Some(folder), _) => Some(folder.clone()),
        (None, Some(_)) => None,
        (None, None) => Some(Path::new(REPORTS).join(file_name(&report.model))),
    }
}

/// A model id may be an ARN.
fn file_name(model: &str) -> String {
    model.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' }).collect()
}

/// The committed report of the planner.
///
/// # Errors
/// As [`Report::read`].
pub fn committed_report() -> anyhow::Result<Report> {
    Report::read(&Path::new(REPORTS).join("planner")).context("there is no committed report; `make evals` writes it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_keeps_its_old_form() {
        use clap::CommandFactory;
        CommandLine::command().debug_assert();
        let line = CommandLine::parse_from(["agent-bill-evals", "--only", "o1"]);
        assert!(line.command.is_none() && line.common.only.as_deref() == Some("o1"));
        let line = CommandLine::parse_from(["agent-bill-evals", "run", "--model", "bedrock", "--repeat", "3", "--most-usd", "2.50"]);
        let Some(Command::Run(args)) = line.command else { panic!("not run") };
        assert_eq!((args.model, args.repeat, args.most_usd), (ModelChoice::Bedrock, 3, Some(NanoUsd::from_cents(250))));
    }

    #[test]
    fn a_part_of_the_cases_does_not_replace_the_report_of_all() {
        let report = crate::report::tests::report();
        let part = Common { only: Some("o1".to_owned()), ..Common::default() };
        assert_eq!(folder(&part, &RunArgs::default(), &report), None);
        assert!(folder(&Common::default(), &RunArgs::default(), &report).is_some_and(|folder| folder.ends_with("planner")));
        assert_eq!(file_name("arn:aws:bedrock:x/y"), "arn-aws-bedrock-x-y");
    }
}
