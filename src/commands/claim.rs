//! `agent-bill claim add | release | list`: an operator acts for a person, through the same functions and checks.

use std::io::Write;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::open_store;
use crate::clock::SystemClock;
use crate::config::Config;
use agent_bill_records::acts::Actor;
use agent_bill_records::acts::claims::{self, NewClaim};
use agent_bill_records::claims::list_claims;

/// Claim principals of the bill for workloads
#[derive(Debug, Args)]
pub struct ClaimArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Attribute a principal's usage to a workload
    Add {
        /// Role or user ARN; an assumed-role ARN stands for its role
        principal: String,
        /// Who claims: first name, full name or e-mail
        #[arg(long = "as", value_name = "PERSON")]
        actor: String,
        /// Name or id of the workload
        #[arg(long)]
        workload: String,
        /// First day attributed, YYYY-MM-DD; earlier than today only for the FinOps Lead, with a rationale
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        #[arg(long, default_value = "")]
        rationale: String,
    },
    /// End a claim from today on; it stays on record
    Release {
        id: String,
        #[arg(long = "as", value_name = "PERSON")]
        actor: String,
        #[arg(long, default_value = "")]
        rationale: String,
    },
    /// Print every claim ever made
    List,
}

/// # Errors
/// The claim is refused; the message says what to do.
pub async fn run(args: ClaimArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    match args.action {
        Action::Add { principal, actor, workload, from, rationale } => {
            let actor = Actor::by_operator(&store, &actor).await?;
            let new = NewClaim { principal, workload, effective_from: from, rationale };
            let added = claims::add(&store, &SystemClock, &actor, &new).await?;
            writeln!(out, "{}: {} claimed from {} on", added.id, added.principal, added.effective_from)?;
            for warning in added.warnings {
                writeln!(out, "warning: {warning}")?;
            }
        }
        Action::Release { id, actor, rationale } => {
            let actor = Actor::by_operator(&store, &actor).await?;
            let on = claims::release(&store, &SystemClock, &actor, &id, &rationale).await?;
            writeln!(out, "{id}: released, not attributed from {on} on")?;
        }
        Action::List => {
            for claim in list_claims(&store).await? {
                let until = claim.released_on.map_or_else(|| "live".to_owned(), |on| format!("released {on}"));
                writeln!(
                    out,
                    "{}  {}  {}  from {}  {until}  by {}",
                    claim.id, claim.principal, claim.workload_name, claim.effective_from, claim.claimed_by
                )?;
            }
        }
    }
    Ok(())
}
