//! Ends a claim: usage from today on is no longer attributed. The claim stays on record.

use std::fmt;

use agent_bill_domain::ids::{PrincipalKey, WorkloadId};
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act::{Act, Applied, Checked, Context};
use super::rationale::checked_rationale;
use super::refusal::{ActError, shown};

#[derive(Debug, Clone, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseClaim {
    /// Id of the claim
    #[arg(value_name = "ID")]
    pub claim: String,
    /// Why; required for the FinOps Lead, who releases somebody else's
    #[arg(long, default_value = "")]
    #[serde(default)]
    pub rationale: String,
}

#[derive(Debug, Serialize)]
pub struct ReleaseEffects {
    pub principal: PrincipalKey,
    pub workload: WorkloadId,
    pub released_on: Date,
}

/// A claim that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Released {
    pub id: String,
    /// First UTC day no longer attributed.
    pub released_on: Date,
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: released, not attributed from {} on", self.id, self.released_on)
    }
}

#[async_trait]
impl Act for ReleaseClaim {
    const EVENT: &'static str = "claim.released";
    const COMMAND: [&'static str; 2] = ["claim", "release"];
    const ABOUT: &'static str = "End a claim from today on; it stays on record";

    type Effects = ReleaseEffects;
    type Outcome = Released;

    fn permissions(&self, _today: Date) -> &'static [Action] {
        &[Action::ClaimPrincipal, Action::BackdateClaim]
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        let not_found = || ActError::NotFound { kind: "claim", name: shown(&self.claim) };
        let found = context.tx.find_claim(&self.claim).await?.ok_or_else(not_found)?;
        let is_own = context.reaches(Action::ClaimPrincipal, Some(&found.node)).await?;
        if !is_own && !context.reaches(Action::BackdateClaim, None).await? {
            return Err(not_found());
        }
        let rationale = checked_rationale(&self.rationale, !is_own)?;
        if let Some(on) = found.released_on {
            return Err(ActError::ReleasedAlready { id: found.id, on });
        }
        let released_on = context.today().max(found.effective_from);
        let effects = ReleaseEffects { principal: found.principal, workload: found.workload, released_on };
        Ok(Checked { act: Self { claim: found.id, rationale }, effects })
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Released>, ActError> {
        let (id, released_on) = (checked.act.claim.clone(), checked.effects.released_on);
        context.tx.release_claim(&id, released_on).await?;
        Ok(Applied { subject: id.clone(), outcome: Released { id, released_on } })
    }

    fn preview(checked: &Checked<Self>) -> String {
        format!("usage of {} from {} on belongs to nobody", checked.effects.principal, checked.effects.released_on)
    }
}
