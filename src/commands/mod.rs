//! The command line: one file per subcommand, each with its arguments and a `run` that writes to the given output.

pub mod act;
pub mod ask;
pub mod audit;
pub mod claim;
pub mod config;
pub mod contract;
pub mod demo;
pub mod demo_folder;
pub mod demo_run;
pub mod explain;
pub mod local;
pub mod migrate;
pub mod org;
pub mod rollup;
pub mod serve;

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Config, ConfigError, ModelChoice};
use agent_bill_records::acts::AnyAct;
use agent_bill_records::{Backend, Store};

/// Ask what your organisation spends on Amazon Bedrock, who owns it, and what was decided.
#[derive(Debug, Parser)]
#[command(name = "agent-bill", version, about, max_term_width = 120)]
pub struct CommandLine {
    /// Configuration file (TOML); otherwise `AGENT_BILL_CONFIG`, otherwise ./agent-bill.toml when it exists.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

/// Which model answers, where it is not the configured one.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// Who answers: the built-in planner, or Bedrock with the planner behind it; otherwise as configured
    #[arg(long, value_name = "MODEL")]
    model: Option<ModelChoice>,
    /// A Bedrock model id, inference profile id or ARN instead of the configured one
    #[arg(long, value_name = "ID")]
    model_id: Option<String>,
}

impl ModelArgs {
    /// The configuration with what the command line says instead.
    ///
    /// # Errors
    /// When the outcome is not valid.
    pub fn configure(&self, config: &Config) -> Result<Config, ConfigError> {
        let mut config = config.clone();
        config.model = self.model.unwrap_or(config.model);
        if let Some(id) = &self.model_id {
            config.bedrock.model_id.clone_from(id);
        }
        config.validate()?;
        Ok(config)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Ask(ask::AskArgs),
    Audit(audit::AuditArgs),
    Claim(claim::ClaimArgs),
    Config(config::ConfigArgs),
    Contract(contract::ContractArgs),
    Demo(demo::DemoArgs),
    Explain(explain::ExplainArgs),
    Migrate(migrate::MigrateArgs),
    Org(org::OrgArgs),
    Rollup(rollup::RollupArgs),
    Serve(serve::ServeArgs),
}

/// What a command line asks for.
pub enum Asked {
    Act(Box<dyn AnyAct>, ArgMatches),
    Command(Command),
}

/// Reads the arguments of this process; ends it with a message when they cannot be read.
#[must_use]
pub fn parse() -> (Option<PathBuf>, Asked) {
    let mut matches = act::with_acts(CommandLine::command()).get_matches();
    match act::find(&matches) {
        Some((act, arguments)) => (matches.remove_one("config"), Asked::Act(act, arguments)),
        None => {
            let line = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
            (line.config, Asked::Command(line.command))
        }
    }
}

/// Runs one subcommand.
///
/// # Errors
/// Whatever the command reports; `main` prints it as one line.
pub async fn dispatch(asked: Asked, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let command = match asked {
        Asked::Act(act, arguments) => return act::run(act.as_ref(), &arguments, config, out).await,
        Asked::Command(command) => command,
    };
    match command {
        Command::Ask(args) => ask::run(args, config, out).await,
        Command::Audit(args) => audit::run(args, config, out).await,
        Command::Claim(args) => claim::run(args, config, out).await,
        Command::Config(args) => config::run(args, config, out).await,
        Command::Contract(args) => contract::run(args, config, out).await,
        Command::Demo(args) => demo::run(args, config, out).await,
        Command::Explain(args) => explain::run(args, config, out).await,
        Command::Migrate(args) => migrate::run(args, config, out).await,
        Command::Org(args) => org::run(args, config, out).await,
        Command::Rollup(args) => rollup::run(args, config, out).await,
        Command::Serve(args) => serve::run(args, config, out).await,
    }
}

/// The configured database, ready for use.
///
/// # Errors
/// It cannot be reached, or on PostgreSQL `agent-bill migrate` has not been run.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(config.database_url()?.expose()).await?;
    match store.backend() {
        // A file of one's own: there is nobody to take by surprise.
        Backend::Sqlite => store.migrate().await?,
        Backend::Postgres => store.require_migrated().await?,
    }
    Ok(store)
}
