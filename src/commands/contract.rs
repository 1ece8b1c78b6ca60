//! `agent-bill contract permissions`: the tables others rely on, as text that is committed and compared.

use std::io::Write;

use agent_bill_domain::permission::permission_table;
use clap::{Args, Subcommand};

use crate::config::Config;

/// Print a committed table of this program
#[derive(Debug, Args)]
pub struct ContractArgs {
    #[command(subcommand)]
    table: Table,
}

#[derive(Debug, Subcommand)]
enum Table {
    /// Which role may do what (role × action)
    Permissions,
}

/// # Errors
/// The output cannot be written.
pub async fn run(args: ContractArgs, _: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match args.table {
        Table::Permissions => write!(out, "{}", permission_table())?,
    }
    Ok(())
}
