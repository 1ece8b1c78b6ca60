//! Acts on the command line: `agent-bill claim add`, `agent-bill estimate set` … An operator acts for a person, with that person's rights.
//!
//! The verbs come from the list of acts; nothing is listed here.

use std::io::Write;

use agent_bill_records::acts::{self, Actor, Acts, AnyAct};
use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::local::{Records, open_records};
use crate::config::Config;

/// The command line with every act as a verb of its group.
#[must_use]
pub fn with_acts(mut command: Command) -> Command {
    for act in acts::all() {
        let [group, _] = act.command();
        if command.find_subcommand(group).is_none() {
            let about = acts::GROUPS.iter().find(|(name, _)| *name == group).map_or("", |(_, about)| *about);
            command = command.subcommand(Command::new(group).about(about).subcommand_required(true).arg_required_else_help(true));
        }
        let verb = act.arguments().arg(actor(act.as_ref())).arg(preview());
        command = command.mut_subcommand(group, |of_group| of_group.subcommand(verb));
    }
    command
}

fn actor(act: &dyn AnyAct) -> Arg {
    let help = if act.operator_may() {
        "Who does it: first name, full name or e-mail; left out: the operator of this machine"
    } else {
        "Who does it, with that person's rights: first name, full name or e-mail"
    };
    Arg::new("as").long("as").value_name("PERSON").help(help).required(!act.operator_may())
}

fn preview() -> Arg {
    Arg::new("preview").long("preview").help("Say what would change, and change nothing").action(ArgAction::SetTrue)
}

/// The act that a command line names, with its arguments.
#[must_use]
pub fn find(matches: &ArgMatches) -> Option<(Box<dyn AnyAct>, ArgMatches)> {
    let (group, of_group) = matches.subcommand()?;
    let (verb, arguments) = of_group.subcommand()?;
    let act = acts::all().into_iter().find(|act| act.command() == [group, verb])?;
    Some((act, arguments.clone()))
}

/// # Errors
/// The act is refused; the message says what to do.
pub async fn run(act: &dyn AnyAct, arguments: &ArgMatches, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let input = act.read(arguments)?;
    let Records { store, clock } = open_records(config, out).await?;
    let actor = match arguments.get_one::<String>("as") {
        Some(person) => Actor::by_operator(&store, person).await?,
        None => Actor::operator(),
    };
    let acts = Acts::new(store, clock, config.company_name.clone());
    if arguments.get_flag("preview") {
        writeln!(out, "{}\nNothing was written: this is a preview.", act.preview(&acts, &actor, input).await?)?;
        return Ok(());
    }
    let done = act.perform(&acts, &actor, input).await?;
    writeln!(out, "{}", done.outcome).context("the outcome cannot be written; it was performed all the same")
}
