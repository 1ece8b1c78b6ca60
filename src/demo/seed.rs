//! Fills a database with the demo's organisation and decisions, through the acts that people use: each on its
//! own day, by the person who would have made it, so that the audit log reads like the year it stands for.
//!
//! Claims are refused for principals that the bill does not name, so the rollup of the demo's export comes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_bill_domain::bill::model_name::canonical_name;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::claims::{CLAIMS, DemoClaim, NEVER};
use super::decided::{CLOUD_ENGINEER, DECISIONS, DemoDecision, DemoEstimate, ESTIMATES, FINOPS_LEAD, PENDING_MODELS};
use super::{ACCOUNTS_CSV, HIERARCHY_CSV, PEOPLE_CSV, WORKLOADS_CSV};
use agent_bill_domain::clock::FixedClock;
use agent_bill_records::acts::{
    self, ActError, Actor, Acts, ClaimPrincipal, DecideModel, ExpectedTokens, ImportOrganisation, MarkImplemented, ReleaseClaim,
    SetEstimate,
};
use agent_bill_records::import::Source;
use agent_bill_records::{Store, StoreError};

/// Name of the company, the top of the hierarchy.
pub const COMPANY_NAME: &str = "Example Group";

/// The day the organisation was first imported.
const IMPORTED_ON: &str = "2026-03-18";

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("the demo's `{act}` was refused: {cause}")]
    Refused { act: String, cause: ActError },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the demo names `{0}`, which is not a date")]
    Date(String),
}

/// Something somebody did.
enum Act {
    Decide(usize, &'static DemoDecision),
    Implement(usize),
    Commit(&'static DemoEstimate),
    Claim(&'static DemoClaim),
    Release(&'static DemoClaim),
}

/// Imports the organisation and replays what its people decided, oldest first. The database must be migrated, hold the rollup of the demo's
/// export, and be otherwise empty.
///
/// # Errors
/// [`SeedError`]; what was done before it stands.
pub async fn seed(store: &Store) -> Result<(), SeedError> {
    import_organisation(store).await?;
    let mut records = Records::default();
    for (day, act) in acts()? {
        records.perform(store, day, &act).await?;
    }
    discover_models(store).await
}

/// Imports hierarchy, people, accounts and workloads.
///
/// # Errors
/// [`SeedError`]; nothing was changed.
pub async fn import_organisation(store: &Store) -> Result<(), SeedError> {
    let files = ImportOrganisation {
        hierarchy: Some(Source::text("hierarchy.csv", HIERARCHY_CSV)),
        people: Some(Source::text("people.csv", PEOPLE_CSV)),
        accounts: Some(Source::text("accounts.csv", ACCOUNTS_CSV)),
        workloads: Some(Source::text("workloads.csv", WORKLOADS_CSV)),
    };
    let acts = acts_of(store, day(IMPORTED_ON)?);
    acts.perform(&Actor::operator(), &files).await.map_err(refused("import".to_owned()))?;
    Ok(())
}

/// Models that were discovered and that nobody has decided on.
async fn discover_models(store: &Store) -> Result<(), SeedError> {
    let mut tx = store.begin_serialised().await?;
    for (name, first_seen_on) in PENDING_MODELS {
        let model = canonical_name(name);
        tx.put_model(&model.key, &model.name, &model.provider, day(first_seen_on)?).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn day(text: &str) -> Result<Date, SeedError> {
    text.parse().map_err(|_| SeedError::Date(text.to_owned()))
}

/// Acts at nine o'clock on a day.
fn acts_of(store: &Store, day: Date) -> Acts {
    let clock = FixedClock(Offset::UTC.to_timestamp(day.at(9, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH));
    Acts::new(store.clone(), Arc::new(clock), Some(COMPANY_NAME.to_owned()))
}

/// Every act with its day, oldest first; on one day decisions come before commitments and claims.
fn acts() -> Result<Vec<(Date, Act)>, SeedError> {
    let mut acts = Vec::new();
    for (number, decision) in DECISIONS.iter().enumerate() {
        acts.push((day(decision.decided_on)?, Act::Decide(number, decision)));
        if !decision.implemented_on.is_empty() {
            acts.push((day(decision.implemented_on)?, Act::Implement(number)));
        }
    }
    for estimate in ESTIMATES {
        acts.push((month(estimate)?.first().saturating_sub(4.days()), Act::Commit(estimate)));
    }
    for claim in CLAIMS {
        acts.push((day(claim.made_on)?, Act::Claim(claim)));
        if claim.released_on != NEVER {
            acts.push((day(claim.released_on)?, Act::Release(claim)));
        }
    }
    acts.sort_by_key(|(day, _)| *day);
    Ok(acts)
}

fn month(estimate: &DemoEstimate) -> Result<Month, SeedError> {
    estimate.from_month.parse().map_err(|_| SeedError::Date(estimate.from_month.to_owned()))
}

/// Ids given so far: of decisions by their place in the table, of claims by principal.
#[derive(Default)]
struct Records {
    decisions: BTreeMap<usize, String>,
    claims: BTreeMap<&'static str, String>,
}

impl Records {
    async fn perform(&mut self, store: &Store, day: Date, act: &Act) -> Result<(), SeedError> {
        match act {
            Act::Decide(number, decision) => {
                let what = format!("decision on {}", decision.model);
                let id = perform(store, day, FINOPS_LEAD, what, &decide(decision)).await?;
                self.decisions.insert(*number, id);
            }
            Act::Implement(number) => {
                let decision = self.decisions.get(number).cloned().unwrap_or_default();
                let what = format!("implementation of {decision}");
                perform(store, day, CLOUD_ENGINEER, what, &MarkImplemented { decision }).await?;
            }
            Act::Commit(estimate) => {
                let what = format!("estimate of {}", estimate.workload);
                perform(store, day, estimate.owner, what, &commit(estimate)?).await?;
            }
            Act::Claim(claim) => {
                let id = perform(store, day, claim.made_by, format!("claim of {}", claim.arn), &make(claim)?).await?;
                self.claims.insert(claim.principal_key, id);
            }
            Act::Release(claim) => {
                let id = self.claims.get(claim.principal_key).cloned().unwrap_or_default();
                let release = ReleaseClaim { claim: id, rationale: "the service was switched off".to_owned() };
                perform(store, day, claim.made_by, format!("release of {}", claim.arn), &release).await?;
            }
        }
        Ok(())
    }
}

/// Performs an act of a person of the demo on a day; returns the id of the record it is about.
async fn perform<A: acts::Act>(store: &Store, day: Date, person: &str, what: String, act: &A) -> Result<String, SeedError> {
    let refused = refused(what);
    let actor = Actor::by_operator(store, person).await.map_err(&refused)?;
    let done = acts_of(store, day).perform(&actor, act).await.map_err(&refused)?;
    Ok(done.subject)
}

fn refused(act: String) -> impl Fn(ActError) -> SeedError {
    move |cause| SeedError::Refused { act: act.clone(), cause }
}

fn decide(decision: &DemoDecision) -> DecideModel {
    DecideModel {
        model: decision.model.to_owned(),
        state: decision.state,
        account: decision.place.map(|(account, _)| account.id.to_owned()),
        region: decision.place.map(|(_, region)| region.name.to_owned()),
        route: decision.route,
        action_scope: decision.action_scope,
        workloads: decision.workloads.iter().map(|name| (*name).to_owned()).collect(),
        effective_from: None,
        rationale: decision.rationale.to_owned(),
    }
}

fn commit(estimate: &DemoEstimate) -> Result<SetEstimate, SeedError> {
    let tokens = estimate.tokens.map(|[input_tokens, output_tokens, cache_read_tokens, cache_write_tokens]| TokenCounts {
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_tokens,
    });
    Ok(SetEstimate {
        workload: estimate.workload.to_owned(),
        from_month: Some(month(estimate)?),
        amount_usd: estimate.usd.map(NanoUsd::from_usd),
        tokens: tokens.map(ExpectedTokens::from).unwrap_or_default(),
    })
}

fn make(claim: &DemoClaim) -> Result<ClaimPrincipal, SeedError> {
    Ok(ClaimPrincipal {
        principal: claim.arn.to_owned(),
        workload: claim.workload.to_owned(),
        effective_from: Some(day(claim.effective_from)?),
        rationale: claim.rationale.to_owned(),
    })
}

#[cfg(test)]
mod tests;
