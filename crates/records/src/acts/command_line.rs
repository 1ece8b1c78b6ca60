//! Acts without their types: what a list of them needs, a command line and, later, requests and stored proposals.

use std::marker::PhantomData;

use async_trait::async_trait;
use clap::{ArgMatches, Command, FromArgMatches};
use schemars::schema_for;
use serde_json::Value;

use super::act::Act;
use super::perform::{Acts, Done};
use super::{ActError, Actor};

/// One act of the list.
#[async_trait]
pub trait AnyAct: Send + Sync {
    /// What it is called in the audit log.
    fn event(&self) -> &'static str;

    /// Group and verb on the command line.
    fn command(&self) -> [&'static str; 2];

    fn operator_may(&self) -> bool;

    /// The verb with its arguments, for a command line.
    fn arguments(&self) -> Command;

    /// The JSON schema of the input.
    fn input_schema(&self) -> Value;

    /// The input as it was written on a command line.
    ///
    /// # Errors
    /// The matches are not of this act's arguments.
    fn read(&self, matches: &ArgMatches) -> Result<Value, clap::Error>;

    /// Performs the act that `input` describes; the outcome is told in words.
    ///
    /// # Errors
    /// [`ActError::InputUnfit`], or as [`Acts::perform`].
    async fn perform(&self, acts: &Acts, actor: &Actor, input: Value) -> Result<Done<String>, ActError>;

    /// What it would change, in words.
    ///
    /// # Errors
    /// As [`AnyAct::perform`].
    async fn preview(&self, acts: &Acts, actor: &Actor, input: Value) -> Result<String, ActError>;
}

pub(super) fn erased<A: Act>() -> Box<dyn AnyAct> {
    Box::new(Erased::<A>(PhantomData))
}

struct Erased<A>(PhantomData<fn() -> A>);

fn parse<A: Act>(input: Value) -> Result<A, ActError> {
    serde_json::from_value(input).map_err(|error| ActError::InputUnfit(error.to_string()))
}

#[async_trait]
impl<A: Act> AnyAct for Erased<A> {
    fn event(&self) -> &'static str {
        A::EVENT
    }

    fn command(&self) -> [&'static str; 2] {
        A::COMMAND
    }

    fn operator_may(&self) -> bool {
        A::OPERATOR_MAY
    }

    fn arguments(&self) -> Command {
        let [_, verb] = A::COMMAND;
        A::augment_args(Command::new(verb)).about(A::ABOUT).long_about(None)
    }

    fn input_schema(&self) -> Value {
        schema_for!(A).to_value()
    }

    fn read(&self, matches: &ArgMatches) -> Result<Value, clap::Error> {
        let act = <A as FromArgMatches>::from_arg_matches(matches)?;
        serde_json::to_value(act).map_err(|error| clap::Error::raw(clap::error::ErrorKind::InvalidValue, error))
    }

    async fn perform(&self, acts: &Acts, actor: &Actor, input: Value) -> Result<Done<String>, ActError> {
        let done = acts.perform(actor, &parse::<A>(input)?).await?;
        Ok(Done { event: done.event, subject: done.subject, outcome: done.outcome.to_string() })
    }

    async fn preview(&self, acts: &Acts, actor: &Actor, input: Value) -> Result<String, ActError> {
        let checked = acts.check(actor, &parse::<A>(input)?).await?;
        Ok(A::preview(&checked))
    }
}
