//! `agent-bill audit verify | tail`.

use std::io::Write;

use agent_bill_domain::plain_text::plain_text;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::local::open_to_read;
use crate::config::Config;
use agent_bill_records::audit::{self, AuditHead};

/// Check or read the append-only record of decisions
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Walk the hash chain and name the first entry that does not hold
    Verify {
        /// An earlier head, as this command printed it; finds a log whose end was cut off or rewritten
        #[arg(long, value_name = "SEQUENCE:HASH")]
        head: Option<String>,
    },
    /// Print the last entries, oldest first
    Tail {
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        count: i64,
    },
}

/// # Errors
/// The chain does not hold; the database cannot be used.
pub async fn run(args: AuditArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match args.action {
        Action::Verify { head } => {
            let noted = head.as_deref().map(parse_head).transpose()?;
            let walk = audit::verify(&open_to_read(config, out).await?, noted.as_ref()).await?;
            if let Some(fault) = walk.fault {
                bail!("the audit log does not hold: {fault}; {} entries before it do", walk.entries);
            }
            writeln!(out, "{} entries, the chain holds", walk.entries)?;
            if let Some(head) = walk.head {
                writeln!(out, "head {}:{}", head.sequence, head.hash)?;
            }
        }
        Action::Tail { count } => {
            for (entry, person) in audit::tail(&open_to_read(config, out).await?, count).await? {
                let actor = if person.is_empty() { entry.actor } else { person };
                writeln!(
                    out,
                    "{:>6}  {}  {actor}  {}  {}  {}",
                    entry.sequence,
                    entry.at,
                    entry.event,
                    entry.subject,
                    plain_text(&entry.detail)
                )?;
            }
        }
    }
    Ok(())
}

fn parse_head(text: &str) -> anyhow::Result<AuditHead> {
    let (sequence, hash) = text.split_once(':').context("write the head as `audit verify` prints it, SEQUENCE:HASH")?;
    let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 1).context("the sequence of the head is not a number from 1 on")?;
    Ok(AuditHead { sequence, hash: hash.to_ascii_lowercase() })
}
