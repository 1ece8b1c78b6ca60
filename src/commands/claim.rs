//! `agent-bill claim list`; what changes a claim is an act.

use std::io::Write;

use agent_bill_records::claims::list_claims;
use clap::{Args, Subcommand};

use super::local::open_to_read;
use crate::config::Config;

/// Claim principals of the bill for workloads
#[derive(Debug, Args)]
pub struct ClaimArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every claim ever made
    List,
}

/// # Errors
/// The database cannot be used.
pub async fn run(args: ClaimArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let Action::List = args.action;
    let store = open_to_read(config, out).await?;
    for claim in list_claims(&store).await? {
        let until = claim.released_on.map_or_else(|| "live".to_owned(), |on| format!("released {on}"));
        writeln!(
            out,
            "{}  {}  {}  from {}  {until}  by {}",
            claim.id, claim.principal, claim.workload_name, claim.effective_from, claim.claimed_by
        )?;
    }
    Ok(())
}
