//! `agent-bill estimate set`: an operator acts for a Product Owner, through the same function and checks.

use std::io::Write;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use anyhow::bail;
use clap::{Args, Subcommand};

use super::open_store;
use crate::clock::SystemClock;
use crate::config::Config;
use agent_bill_domain::clock::Clock;
use agent_bill_records::acts::Actor;
use agent_bill_records::acts::estimates::{self, EstimateAmount, NewEstimate};

/// Commit to a monthly estimate
#[derive(Debug, Args)]
pub struct EstimateArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Set a workload's monthly estimate, in dollars (--usd) or in tokens per kind; earlier ones stay on record
    Set(SetArgs),
}

#[derive(Debug, Args)]
struct SetArgs {
    /// Who commits: first name, full name or e-mail
    #[arg(long = "as", value_name = "PERSON")]
    actor: String,
    /// Name or id of the workload
    #[arg(long)]
    workload: String,
    /// First month it holds for; the current one when left out
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<Month>,
    /// Dollars a month; token options beside it say what they were derived from
    #[arg(long, value_name = "AMOUNT")]
    usd: Option<NanoUsd>,
    #[arg(long, value_name = "TOKENS")]
    input: Option<i64>,
    #[arg(long, value_name = "TOKENS")]
    output: Option<i64>,
    #[arg(long, value_name = "TOKENS")]
    cache_read: Option<i64>,
    #[arg(long, value_name = "TOKENS")]
    cache_write: Option<i64>,
}

/// # Errors
/// The estimate is refused; the message says what to do.
pub async fn run(args: EstimateArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let Action::Set(args) = args.action;
    let amount = amount(&args)?;
    let store = open_store(config).await?;
    let actor = Actor::by_operator(&store, &args.actor).await?;
    let from_month = args.month.unwrap_or_else(|| Month::of(SystemClock.today()));
    let id = estimates::set(&store, &SystemClock, &actor, &NewEstimate { workload: args.workload, from_month, amount }).await?;
    writeln!(out, "{id}: in force from {from_month} on")?;
    Ok(())
}

fn amount(args: &SetArgs) -> anyhow::Result<EstimateAmount> {
    let kinds = [args.input, args.output, args.cache_read, args.cache_write];
    let tokens = kinds.iter().any(Option::is_some).then(|| TokenCounts {
        input_tokens: args.input.unwrap_or(0),
        output_tokens: args.output.unwrap_or(0),
        cache_read_tokens: args.cache_read.unwrap_or(0),
        cache_write_tokens: args.cache_write.unwrap_or(0),
    });
    match (args.usd, tokens) {
        (Some(amount), tokens) => Ok(EstimateAmount::Usd { amount, tokens }),
        (None, Some(tokens)) => Ok(EstimateAmount::Tokens(tokens)),
        (None, None) => bail!("give --usd, or tokens with --input, --output, --cache-read, --cache-write"),
    }
}
