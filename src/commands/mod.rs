//! The command line: one file per subcommand, each with its arguments and a `run` that writes to the given output.

pub mod ask;
pub mod audit;
pub mod claim;
pub mod config;
pub mod contract;
pub mod decision;
pub mod demo;
pub mod demo_folder;
pub mod demo_run;
pub mod estimate;
pub mod explain;
pub mod local;
pub mod migrate;
pub mod org;
pub mod rollup;
pub mod serve;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError, ModelChoice};
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
    Decision(decision::DecisionArgs),
    Demo(demo::DemoArgs),
    Explain(explain::ExplainArgs),
    Estimate(estimate::EstimateArgs),
    Migrate(migrate::MigrateArgs),
    Org(org::OrgArgs),
    Rollup(rollup::RollupArgs),
    Serve(serve::ServeArgs),
}

/// Runs one subcommand.
///
/// # Errors
/// Whatever the command reports; `main` prints it as one line.
pub async fn dispatch(command: Command, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match command {
        Command::Ask(args) => ask::run(args, config, out).await,
        Command::Audit(args) => audit::run(args, config, out).await,
        Command::Claim(args) => claim::run(args, config, out).await,
        Command::Config(args) => config::run(args, config, out).await,
        Command::Contract(args) => contract::run(args, config, out).await,
        Command::Decision(args) => decision::run(args, config, out).await,
        Command::Demo(args) => demo::run(args, config, out).await,
        Command::Explain(args) => explain::run(args, config, out).await,
        Command::Estimate(args) => estimate::run(args, config, out).await,
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
