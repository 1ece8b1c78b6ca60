//! What a tool is: one object holding name, description, schemas, permission and code, published alike to Converse and MCP.

use std::borrow::Cow;
use std::sync::Arc;

use agent_bill_domain::permission::Action;
use agent_bill_domain::plain_text::plain_text;
use agent_bill_facts::declare::Facts;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::say::{Asked, Noted, Said};
use crate::view::{View, ViewError};

/// How a call ended, for traces and evals. Refusals are ordinary outcomes, not errors to retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    /// The result is empty for a stated reason.
    Empty,
    /// Outside the asker's scope or not existing: the same answer.
    NotFound,
    /// No role of the asker may see this.
    RoleDenied,
    /// The arguments do not fit; the text says how to mend them.
    Invalid,
    Failed,
}

/// What a tool hands back: a JSON object.
#[derive(Debug, Clone)]
pub struct ToolOutput {
    pub outcome: Outcome,
    pub result: Value,
}

#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The model can do something about it: it is told, in words that hold nothing outside the scope.
    #[error("{0}")]
    Tell(String),
    /// A name that is not in the asker's scope, whether or not it exists elsewhere. `suggestions` are in-scope names.
    #[error("not found")]
    NotFound { what: &'static str, suggestions: Vec<String> },
    #[error(transparent)]
    View(#[from] ViewError),
}

/// The static description of a tool.
#[derive(Debug, Clone, Serialize)]
pub struct ToolSpec {
    pub name: &'static str,
    pub description: &'static str,
    pub read_only: bool,
    /// The permission a caller needs.
    #[serde(skip)]
    pub action: Action,
    /// Whether its figures are as current as the bill.
    #[serde(skip)]
    pub rests_on_bill: bool,
    /// What the values of its results are.
    #[serde(skip)]
    pub facts: &'static Facts,
    pub input_schema: Value,
    pub output_schema: Value,
}

/// A typed tool. Implement this; `Registered` wraps it for the registry.
#[async_trait]
pub trait Tool: Send + Sync {
    type Args: DeserializeOwned + JsonSchema + Send;
    type Result: Serialize + DeserializeOwned + JsonSchema + Send;

    const NAME: &'static str;
    const DESCRIPTION: &'static str;
    const ACTION: Action;
    /// Whether its figures are as current as the bill; records of our own are as current as the moment.
    const RESTS_ON_BILL: bool = true;
    /// What the values of its results are: every number and every date is declared.
    const FACTS: Facts;

    async fn run(&self, view: &dyn View, args: Self::Args) -> Result<Answered<Self::Result>, ToolError>;

    /// The results of one question in words: several where it names several things. They cite by the ids of the results.
    fn say(&self, asked: &Asked, results: &[Noted<Self::Result>]) -> Option<Said>;
}

/// A typed result, and whether it is empty.
pub struct Answered<R> {
    pub outcome: Outcome,
    pub result: R,
}

impl<R> Answered<R> {
    pub const fn ok(result: R) -> Self {
        Self { outcome: Outcome::Ok, result }
    }

    pub const fn empty(result: R) -> Self {
        Self { outcome: Outcome::Empty, result }
    }
}

/// The object-safe form the agent loop and MCP use.
#[async_trait]
pub trait AnyTool: Send + Sync {
    fn spec(&self) -> &ToolSpec;
    async fn call(&self, view: &dyn View, args: Value) -> ToolOutput;
    /// Those of the results that are readable and bear ids, in words; `None` where none is.
    fn say(&self, asked: &Asked, results: &[Value]) -> Option<Said>;
}

pub struct Registered<T: Tool> {
    tool: T,
    spec: ToolSpec,
}

impl<T: Tool + 'static> Registered<T> {
    pub fn shared(tool: T) -> Arc<dyn AnyTool> {
        let spec = ToolSpec {
            name: T::NAME,
            description: T::DESCRIPTION,
            read_only: true,
            action: T::ACTION,
            rests_on_bill: T::RESTS_ON_BILL,
            facts: &T::FACTS,
            input_schema: schema::<T::Args>(),
            output_schema: schema::<T::Result>(),
        };
        Arc::new(Self { tool, spec })
    }
}

/// Inlined, without `$schema` and `title`: the common subset that models and strict clients take.
fn schema<S: JsonSchema>() -> Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<S>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("title");
    }
    schema
}

#[async_trait]
impl<T: Tool + 'static> AnyTool for Registered<T> {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    async fn call(&self, view: &dyn View, args: Value) -> ToolOutput {
        if let Err(error) = view.require(T::ACTION) {
            return refusal(&ToolError::View(error));
        }
        // A tool without required arguments may be called with nothing at all.
        let args = if args.is_null() { json!({}) } else { args };
        let args = match serde_json::from_value::<T::Args>(args) {
            Ok(args) => args,
            Err(error) => return refusal(&ToolError::Tell(format!("the arguments do not fit: {error}"))),
        };
        match self.tool.run(view, args).await {
            Ok(answered) => match serde_json::to_value(&answered.result) {
                Ok(mut result) => {
                    make_plain(&mut result);
                    ToolOutput { outcome: answered.outcome, result }
                }
                Err(_) => refusal(&ToolError::View(ViewError::Unavailable)),
            },
            Err(error) => refusal(&error),
        }
    }

    fn say(&self, asked: &Asked, results: &[Value]) -> Option<Said> {
        let noted: Vec<Noted<T::Result>> = results.iter().filter_map(Noted::read).collect();
        if noted.is_empty() { None } else { self.tool.say(asked, &noted) }
    }
}

/// Names, tags and descriptions were written by people: whoever reads a result, a model or a page, gets plain text.
fn make_plain(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(plain) = plain_text(text) {
                *text = plain;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_plain),
        Value::Object(members) => members.values_mut().for_each(make_plain),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The one place that words a refusal. Outside the scope and non-existent read the same.
fn refusal(error: &ToolError) -> ToolOutput {
    let (outcome, result) = match error {
        ToolError::Tell(message) => (Outcome::Invalid, json!({ "error": "invalid_arguments", "message": message })),
        ToolError::NotFound { what, suggestions } => (
            Outcome::NotFound,
            json!({ "error": "not_found", "what": what, "message": format!("no such {what} in your scope"), "in_your_scope": suggestions }),
        ),
        ToolError::View(ViewError::RoleDenied { action }) => (
            Outcome::RoleDenied,
            json!({ "error": "role_denied", "message": ViewError::RoleDenied { action: *action }.to_string(), "who_can": action.who_can() }),
        ),
        ToolError::View(ViewError::Unavailable) => {
            (Outcome::Failed, json!({ "error": "unavailable", "message": "the records could not be read; try again" }))
        }
    };
    ToolOutput { outcome, result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_a_result_is_made_plain_and_figures_stay() {
        let mut result = json!({ "rows": [{ "name": "HR\u{200B} <b>Portal</b>", "spend_usd": "1.00" }], "count": 2 });
        make_plain(&mut result);
        assert_eq!(result, json!({ "rows": [{ "name": "HR < b>Portal< /b>", "spend_usd": "1.00" }], "count": 2 }));
    }
}
