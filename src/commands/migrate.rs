//! `agent-bill migrate`.

use std::io::Write;

use clap::Args;

use crate::config::Config;
use agent_bill_records::Store;

/// Create or update the database schema
#[derive(Debug, Args)]
pub struct MigrateArgs {}

/// # Errors
/// The database cannot be reached or belongs to a newer version.
pub async fn run(_: MigrateArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let store = Store::open(config.database_url()?.expose()).await?;
    store.migrate().await?;
    writeln!(out, "the database schema is up to date")?;
    Ok(())
}
