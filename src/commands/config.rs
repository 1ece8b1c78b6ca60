//! `agent-bill config check | show`.

use std::io::Write;

use clap::{Args, Subcommand};

use crate::config::Config;

/// Check or print the configuration
#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read every layer and say whether the outcome is valid
    Check,
    /// Print the outcome as JSON, secrets redacted
    Show,
}

/// # Errors
/// The output cannot be written. An invalid configuration was refused before this runs.
pub async fn run(args: ConfigArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match args.action {
        Action::Check => writeln!(out, "the configuration is valid")?,
        Action::Show => writeln!(out, "{}", config.to_json()?)?,
    }
    Ok(())
}
