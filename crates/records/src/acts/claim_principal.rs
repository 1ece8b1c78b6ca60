//! Claims a principal for a workload: from then on its usage belongs there.

use std::fmt;

use agent_bill_domain::attribution::{ClaimSpan, conflict};
use agent_bill_domain::bill::principal::{self, Principal, PrincipalKind};
use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act::{Act, Applied, Checked, Context};
use super::rationale::checked_rationale;
use super::refusal::{ActError, is_plausible_day, shown};
use crate::WriteTx;
use crate::claims::{Claim, ClaimRow};

#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimPrincipal {
    /// Role or user ARN; an assumed-role ARN stands for its role
    pub principal: String,
    /// Name or id of the workload
    #[arg(long)]
    pub workload: String,
    /// First day attributed, YYYY-MM-DD; earlier than today only for the FinOps Lead, with a rationale
    #[arg(long = "from", value_name = "DATE")]
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub effective_from: Option<Date>,
    /// Why; required for an earlier day
    #[arg(long, default_value = "")]
    #[serde(default)]
    pub rationale: String,
}

#[derive(Debug, Serialize)]
pub struct ClaimEffects {
    #[serde(skip)]
    principal: Principal,
    #[serde(skip)]
    workload_name: String,
    #[serde(skip)]
    from: Date,
    /// The claim works, but somebody should look at this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A claim that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claimed {
    pub id: String,
    pub principal: PrincipalKey,
    pub effective_from: Date,
    pub warnings: Vec<String>,
}

impl fmt::Display for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} claimed from {} on", self.id, self.principal, self.effective_from)?;
        self.warnings.iter().try_for_each(|warning| write!(f, "\nwarning: {warning}"))
    }
}

impl ClaimPrincipal {
    fn is_backdated(&self, today: Date) -> bool {
        self.effective_from.is_some_and(|from| from < today)
    }

    fn permission(&self, today: Date) -> Action {
        if self.is_backdated(today) { Action::BackdateClaim } else { Action::ClaimPrincipal }
    }
}

#[async_trait]
impl Act for ClaimPrincipal {
    const EVENT: &'static str = "claim.added";
    const COMMAND: [&'static str; 2] = ["claim", "add"];
    const ABOUT: &'static str = "Attribute a principal's usage to a workload";

    type Effects = ClaimEffects;
    type Outcome = Claimed;

    fn permissions(&self, today: Date) -> &'static [Action] {
        if self.is_backdated(today) { &[Action::BackdateClaim] } else { &[Action::ClaimPrincipal] }
    }

    fn validate(&self, today: Date) -> Result<(), ActError> {
        match self.effective_from {
            Some(from) if from > today => return Err(ActError::InTheFuture(from)),
            Some(from) if !is_plausible_day(from, today) => return Err(ActError::ImplausibleDay(from)),
            _ => {}
        }
        checked_rationale(&self.rationale, self.is_backdated(today)).map(|_| ())
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        let today = context.today();
        let from = self.effective_from.unwrap_or(today);
        let workload = context.workload(self.permission(today), &self.workload).await?;
        let principal = claimable(&self.principal)?;
        let name = shown(&principal.name);
        if !context.tx.is_billed(&principal.key).await? {
            let sees_all = context.reaches(Action::BackdateClaim, None).await?;
            return Err(if sees_all { ActError::NotBilledYet(name) } else { ActError::NotClaimable(name) });
        }
        let proposed =
            ClaimSpan { principal: principal.key.clone(), workload: workload.id.clone(), effective_from: from, released_on: None };
        let existing: Vec<ClaimSpan> = context.tx.list_claims_on(&principal.key).await?.iter().map(span).collect();
        if let Some(claim) = conflict(&existing, &proposed) {
            return Err(in_the_way(context, claim, name).await?);
        }
        let warnings = broad_warning(context.tx, &principal).await?;
        let act = Self {
            principal: principal.key.0.clone(),
            workload: workload.id.0,
            effective_from: Some(from),
            rationale: checked_rationale(&self.rationale, false)?,
        };
        Ok(Checked { act, effects: ClaimEffects { principal, workload_name: workload.name, from, warnings } })
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Claimed>, ActError> {
        let Checked { act, effects } = checked;
        let id = context.next_id("claim").await?;
        let row = ClaimRow {
            id: &id,
            principal: &effects.principal.key,
            workload: &act.workload.as_str().into(),
            effective_from: effects.from,
            claimed_by: context.actor.author()?,
            claimed_at: &context.now_text(),
            rationale: &act.rationale,
        };
        context.tx.insert_claim(&row).await?;
        let outcome = Claimed {
            id: id.clone(),
            principal: effects.principal.key.clone(),
            effective_from: effects.from,
            warnings: effects.warnings.clone(),
        };
        Ok(Applied { subject: id, outcome })
    }

    fn preview(checked: &Checked<Self>) -> String {
        let effects = &checked.effects;
        let mut text = format!("usage of {} from {} on belongs to {}", effects.principal.key, effects.from, effects.workload_name);
        for warning in &effects.warnings {
            text.push_str("\nwarning: ");
            text.push_str(warning);
        }
        text
    }
}

/// Why a claim that stands forbids another one: told as it is to those who answer for its workload and to the FinOps Lead, and to nobody else.
async fn in_the_way(context: &mut Context<'_>, claim: &ClaimSpan, principal: String) -> Result<ActError, ActError> {
    let from = claim.effective_from;
    let is_own = match context.workload(Action::ClaimPrincipal, &claim.workload.0).await {
        Ok(_) => true,
        Err(ActError::NotFound { .. }) => false,
        Err(error) => return Err(error),
    };
    if !is_own && !context.reaches(Action::BackdateClaim, None).await? {
        return Ok(ActError::NotClaimable(principal));
    }
    Ok(match claim.released_on {
        Some(until) => ActError::ClaimedUntil { principal, from, until },
        None => ActError::AlreadyClaimed { principal, from },
    })
}

/// Roles and users can be claimed; root, federated users and anything else cannot.
fn claimable(text: &str) -> Result<Principal, ActError> {
    principal::parse(text)
        .filter(|principal| matches!(principal.kind, PrincipalKind::Role | PrincipalKind::User))
        .ok_or_else(|| ActError::NotAPrincipal(shown(text)))
}

fn span(claim: &Claim) -> ClaimSpan {
    ClaimSpan {
        principal: claim.principal.clone(),
        workload: claim.workload.clone(),
        effective_from: claim.effective_from,
        released_on: claim.released_on,
    }
}

async fn broad_warning(tx: &mut WriteTx, principal: &Principal) -> Result<Vec<String>, ActError> {
    let by_name = principal.broad_reason(0);
    let known = tx.find_broad_reason(&principal.key).await?.unwrap_or_default();
    let why = match if known.is_empty() { by_name } else { known.as_str() } {
        "" => return Ok(Vec::new()),
        "sso_role" => "people of several teams may sign in through this permission set",
        "admin_role" => "its name is that of an administrator's role",
        "api_key" => "an API key can be shared by several applications",
        "many_sessions" => "very many sessions use it",
        _ => "it looks shared",
    };
    Ok(vec![format!("`{}` may cover several teams ({why}); all of its spend now lands on this workload", shown(&principal.name))])
}
