//! The program: reads the command line and the configuration, runs one subcommand, and turns its outcome into an exit code.

use std::io::Write;
use std::process::ExitCode;

use agent_bill::commands::{self, Asked, Command, dispatch};
use agent_bill::config::Config;
use agent_bill::telemetry;
use agent_bill_domain::plain_text::plain_text;

/// A command that failed; clap itself uses 2 for a command line it cannot read.
const FAILED: u8 = 1;
/// The configuration is not valid.
const MISCONFIGURED: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let (file, asked) = commands::parse();
    let config = match Config::load(file.as_deref()) {
        Ok(config) => config,
        Err(error) => return report(&error.into(), MISCONFIGURED),
    };
    // A command's answer should not drown in its own log, and an answer says itself why another model gave it.
    let unset = match &asked {
        Asked::Command(Command::Serve(_)) => "info",
        Asked::Command(Command::Ask(_)) => "error",
        _ => "warn",
    };
    // Sends what is still waiting when it is dropped, so it lives to the end.
    let _telemetry = match telemetry::start(&config.log, &config.telemetry, unset) {
        Ok(telemetry) => telemetry,
        Err(error) => return report(&error.into(), MISCONFIGURED),
    };
    let mut out = std::io::stdout();
    match dispatch(asked, &config, &mut out).await.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report(&error, FAILED),
    }
}

/// The one place where an error is printed: one line, causes after the colon.
fn report(error: &anyhow::Error, code: u8) -> ExitCode {
    // It may quote a file or a name: what moves a terminal's cursor or cannot be seen is left out.
    let text = plain_text(&format!("{error:#}")).split_whitespace().collect::<Vec<_>>().join(" ");
    // Nobody is left to tell when standard error itself is gone.
    let _gone = writeln!(std::io::stderr(), "agent-bill: {text}");
    ExitCode::from(code)
}

/// The reader left (`agent-bill … | head`): not a failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
