//! `agent-bill decision add | implemented`: an operator acts for the FinOps Lead or a Cloud Engineer, through the same functions and checks.

use std::io::Write;

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};

use super::open_store;
use crate::clock::SystemClock;
use crate::config::Config;
use agent_bill_records::acts::Actor;
use agent_bill_records::acts::decisions::{self, NewDecision};

/// Decide on models
#[derive(Debug, Args)]
pub struct DecisionArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Approve, restrict or block a model
    Add(AddArgs),
    /// Record that a decision was carried out in AWS exactly as decided
    Implemented {
        id: String,
        /// Who carried it out: first name, full name or e-mail
        #[arg(long = "as", value_name = "PERSON")]
        actor: String,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Who decides: first name, full name or e-mail
    #[arg(long = "as", value_name = "PERSON")]
    actor: String,
    /// Name, model id or canonical key
    #[arg(long)]
    model: String,
    /// approved, restricted or blocked
    #[arg(long, value_parser = word::<DecisionState>)]
    state: DecisionState,
    /// Name or id; left out: every account (blocks only)
    #[arg(long)]
    account: Option<String>,
    /// Left out: every Region (blocks only)
    #[arg(long)]
    region: Option<String>,
    /// on_demand, geo_profile, global_profile, application_profile, mantle, or any (blocks only)
    #[arg(long, value_parser = word::<Route>)]
    route: Route,
    /// inference_only, agentic_read_only or agentic_read_write
    #[arg(long, value_parser = word::<ActionScope>, default_value = "inference_only")]
    action_scope: ActionScope,
    /// For restricted: a workload that may use it; repeat for several
    #[arg(long = "workload", value_name = "WORKLOAD")]
    workloads: Vec<String>,
    /// First day in force, YYYY-MM-DD; today when left out
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Why
    #[arg(long)]
    rationale: String,
}

/// # Errors
/// The decision is refused; the message says what to do.
pub async fn run(args: DecisionArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    match args.action {
        Action::Add(args) => {
            let actor = Actor::by_operator(&store, &args.actor).await?;
            let new = NewDecision {
                model: args.model,
                state: args.state,
                account: args.account,
                region: args.region,
                route: args.route,
                action_scope: args.action_scope,
                workloads: args.workloads,
                effective_from: args.from,
                rationale: args.rationale,
            };
            let added = decisions::add(&store, &SystemClock, &actor, &new).await?;
            writeln!(out, "{}: {} {} from {} on", added.id, added.model, args.state.label(), added.effective_from)?;
            for superseded in added.superseded {
                writeln!(out, "replaces {superseded}")?;
            }
        }
        Action::Implemented { id, actor } => {
            let actor = Actor::by_operator(&store, &actor).await?;
            let on = decisions::mark_implemented(&store, &SystemClock, &actor, &id).await?;
            writeln!(out, "{id}: implemented on {on}")?;
        }
    }
    Ok(())
}

/// One of the words an enum of the domain is written as; the error lists them.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, WordError> {
    T::deserialize(StrDeserializer::new(&text.to_ascii_lowercase().replace('-', "_")))
}
