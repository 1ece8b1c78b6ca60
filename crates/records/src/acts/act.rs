//! What an act is.

use std::fmt::{Debug, Display};

use agent_bill_domain::clock::Clock;
use agent_bill_domain::ids::NodeId;
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{ActError, Actor, actor};
use crate::org::Workload;
use crate::{StoreError, WriteTx};

/// Something a person does to the records. The type itself is the input: names as the person wrote them.
#[async_trait]
pub trait Act: clap::Args + Debug + Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What it is called in the audit log, for example `claim.added`.
    const EVENT: &'static str;
    /// Where it stands on the command line: a group and a verb, for example `claim add`.
    const COMMAND: [&'static str; 2];
    /// One line for whoever chooses among acts.
    const ABOUT: &'static str;
    /// Whether an operator of this machine may do it without being anybody: only what sets the organisation up in the first place.
    const OPERATOR_MAY: bool = false;

    /// What follows from it, beside what the act itself says.
    type Effects: Debug + Serialize + Send + Sync;
    /// What became of it, in words for whoever did it; the first word is the id of a new record.
    type Outcome: Debug + Serialize + Display + Send;

    /// The permissions of which one is needed. A refusal names the first.
    fn permissions(&self, today: Date) -> &'static [Action];

    /// What can be said without looking at a record.
    ///
    /// # Errors
    /// The input does not fit by itself.
    fn validate(&self, _today: Date) -> Result<(), ActError> {
        Ok(())
    }

    /// Resolves every name inside the actor's reach and says what would change. Writes nothing.
    ///
    /// # Errors
    /// Something is out of reach, missing or in the way.
    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError>;

    /// Writes what was checked in the same transaction.
    ///
    /// # Errors
    /// The database fails.
    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Self::Outcome>, ActError>;

    /// What would change, in words.
    fn preview(checked: &Checked<Self>) -> String;

    /// What the audit log keeps: the act as it was checked, and its effects.
    fn detail(checked: &Checked<Self>, _outcome: &Self::Outcome) -> Value {
        let mut members = Map::new();
        for part in [json!(checked.act), json!(checked.effects)] {
            if let Value::Object(part) = part {
                members.extend(part);
            }
        }
        Value::Object(members)
    }
}

/// An act that may be applied: names are ids, defaults are filled in.
#[derive(Debug)]
pub struct Checked<A: Act> {
    pub act: A,
    pub effects: A::Effects,
}

/// What was written.
#[derive(Debug)]
pub struct Applied<O> {
    /// The id of the record that the audit event is about.
    pub subject: String,
    pub outcome: O,
}

/// What an act sees while it is checked and applied: one transaction, one person, one instant.
pub struct Context<'c> {
    pub(crate) tx: &'c mut WriteTx,
    pub(super) actor: &'c Actor,
    pub(super) clock: &'c dyn Clock,
    /// The name of the company, the root of the hierarchy, where it is configured.
    pub(super) company: Option<&'c str>,
}

impl Context<'_> {
    #[must_use]
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`
    #[must_use]
    pub fn now_text(&self) -> String {
        self.clock.now_text()
    }

    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// The id of the record that this act makes: `claim-00000042`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_id(&mut self, kind: &str) -> Result<String, StoreError> {
        self.tx.next_record_id(kind).await
    }

    /// Whether the actor may do `action` at `node`, or anywhere when there is no node.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reaches(&mut self, action: Action, node: Option<&NodeId>) -> Result<bool, ActError> {
        actor::reaches(self.tx, self.actor, action, node).await
    }

    /// The workload called `text` (id or name) among those where the actor may do `action`.
    ///
    /// # Errors
    /// [`ActError::NotFound`] for one outside and for one that does not exist; [`ActError::Ambiguous`].
    pub async fn workload(&mut self, action: Action, text: &str) -> Result<Workload, ActError> {
        actor::get_workload(self.tx, self.actor, action, text).await
    }
}
