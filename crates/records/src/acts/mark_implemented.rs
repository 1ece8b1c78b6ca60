//! Records that a Cloud Engineer carried a decision out exactly as decided.

use std::fmt;

use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act::{Act, Applied, Checked, Context};
use super::refusal::{ActError, shown};

#[derive(Debug, Clone, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkImplemented {
    /// Id of the decision
    #[arg(value_name = "ID")]
    pub decision: String,
}

#[derive(Debug, Serialize)]
pub struct ImplementationEffects {
    pub implemented_on: Date,
}

/// A decision that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Implemented {
    pub id: String,
    pub implemented_on: Date,
}

impl fmt::Display for Implemented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: implemented on {}", self.id, self.implemented_on)
    }
}

#[async_trait]
impl Act for MarkImplemented {
    const EVENT: &'static str = "decision.implemented";
    const COMMAND: [&'static str; 2] = ["decision", "implemented"];
    const ABOUT: &'static str = "Record that a decision was carried out in AWS exactly as decided";

    type Effects = ImplementationEffects;
    type Outcome = Implemented;

    fn permissions(&self, _today: Date) -> &'static [Action] {
        &[Action::MarkImplemented]
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        let standing = context.tx.find_decision(&self.decision).await?;
        let standing = standing.ok_or_else(|| ActError::NotFound { kind: "decision", name: shown(&self.decision) })?;
        let today = context.today();
        // One that was replaced before its first day is never in force.
        if standing.superseded_on.is_some_and(|on| on <= today.max(standing.effective_from)) {
            return Err(ActError::Superseded(shown(&self.decision)));
        }
        if let Some(on) = standing.implemented_on {
            return Err(ActError::ImplementedAlready { id: shown(&self.decision), on });
        }
        Ok(Checked { act: self.clone(), effects: ImplementationEffects { implemented_on: today } })
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Implemented>, ActError> {
        let (id, implemented_on) = (checked.act.decision.clone(), checked.effects.implemented_on);
        context.tx.implement_decision(&id, implemented_on).await?;
        Ok(Applied { subject: id.clone(), outcome: Implemented { id, implemented_on } })
    }

    fn preview(checked: &Checked<Self>) -> String {
        format!("decision {} is implemented on {}", checked.act.decision, checked.effects.implemented_on)
    }
}
