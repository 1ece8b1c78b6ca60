//! Fills a database with the demo's organisation and decisions, through the same imports and governance calls that people use: each act on its
//! own day, by the person who would have made it, so that the audit log reads like the year it stands for.
//!
//! Claims are refused for principals that the bill does not name, so the rollup of the demo's export comes first.

use std::collections::BTreeMap;

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
use agent_bill_records::acts::claims::{self, NewClaim};
use agent_bill_records::acts::decisions::{self, NewDecision};
use agent_bill_records::acts::estimates::{self, EstimateAmount, NewEstimate};
use agent_bill_records::acts::{Actor, GovernanceError};
use agent_bill_records::import::{ImportError, ImportFiles, Source, import};
use agent_bill_records::{Store, StoreError};

/// Name of the company, the top of the hierarchy.
pub const COMPANY_NAME: &str = "Example Group";

/// The day the organisation was first imported.
const IMPORTED_ON: &str = "2026-03-18";

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("the demo's organisation was refused: {0}")]
    Import(#[from] ImportError),
    #[error("the demo's `{act}` was refused: {cause}")]
    Governance { act: String, cause: GovernanceError },
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
        records.perform(store, &at_nine(day), &act).await?;
    }
    discover_models(store).await
}

/// Imports hierarchy, people, accounts and workloads.
///
/// # Errors
/// [`SeedError`]; nothing was changed.
pub async fn import_organisation(store: &Store) -> Result<(), SeedError> {
    let files = ImportFiles {
        hierarchy: Some(Source::text("hierarchy.csv", HIERARCHY_CSV)),
        people: Some(Source::text("people.csv", PEOPLE_CSV)),
        accounts: Some(Source::text("accounts.csv", ACCOUNTS_CSV)),
        workloads: Some(Source::text("workloads.csv", WORKLOADS_CSV)),
    };
    import(store, &at_nine(day(IMPORTED_ON)?), COMPANY_NAME, files).await?;
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

fn at_nine(day: Date) -> FixedClock {
    FixedClock(Offset::UTC.to_timestamp(day.at(9, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH))
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
    async fn perform(&mut self, store: &Store, clock: &FixedClock, act: &Act) -> Result<(), SeedError> {
        match act {
            Act::Decide(number, decision) => {
                let refused = refused(format!("decision on {}", decision.model));
                let actor = Actor::by_operator(store, FINOPS_LEAD).await.map_err(&refused)?;
                let added = decisions::add(store, clock, &actor, &new_decision(decision)).await.map_err(&refused)?;
                self.decisions.insert(*number, added.id);
            }
            Act::Implement(number) => {
                let id = self.decisions.get(number).map_or("", String::as_str);
                let refused = refused(format!("implementation of {id}"));
                let actor = Actor::by_operator(store, CLOUD_ENGINEER).await.map_err(&refused)?;
                decisions::mark_implemented(store, clock, &actor, id).await.map_err(&refused)?;
            }
            Act::Commit(estimate) => {
                let refused = refused(format!("estimate of {}", estimate.workload));
                let actor = Actor::by_operator(store, estimate.owner).await.map_err(&refused)?;
                estimates::set(store, clock, &actor, &new_estimate(estimate)?).await.map_err(&refused)?;
            }
            Act::Claim(claim) => {
                let refused = refused(format!("claim of {}", claim.arn));
                let actor = Actor::by_operator(store, claim.made_by).await.map_err(&refused)?;
                let added = claims::add(store, clock, &actor, &new_claim(claim)?).await.map_err(&refused)?;
                self.claims.insert(claim.principal_key, added.id);
            }
            Act::Release(claim) => {
                let refused = refused(format!("release of {}", claim.arn));
                let actor = Actor::by_operator(store, claim.made_by).await.map_err(&refused)?;
                let id = self.claims.get(claim.principal_key).map_or("", String::as_str);
                claims::release(store, clock, &actor, id, "the service was switched off").await.map_err(&refused)?;
            }
        }
        Ok(())
    }
}

fn refused(act: String) -> impl Fn(GovernanceError) -> SeedError {
    move |cause| SeedError::Governance { act: act.clone(), cause }
}

fn new_decision(decision: &DemoDecision) -> NewDecision {
    NewDecision {
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

fn new_estimate(estimate: &DemoEstimate) -> Result<NewEstimate, SeedError> {
    let tokens = estimate.tokens.map(|[input_tokens, output_tokens, cache_read_tokens, cache_write_tokens]| TokenCounts {
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_tokens,
    });
    let amount = match estimate.usd {
        Some(usd) => EstimateAmount::Usd { amount: NanoUsd::from_usd(usd), tokens },
        None => EstimateAmount::Tokens(tokens.unwrap_or_default()),
    };
    Ok(NewEstimate { workload: estimate.workload.to_owned(), from_month: month(estimate)?, amount })
}

fn new_claim(claim: &DemoClaim) -> Result<NewClaim, SeedError> {
    Ok(NewClaim {
        principal: claim.arn.to_owned(),
        workload: claim.workload.to_owned(),
        effective_from: Some(day(claim.effective_from)?),
        rationale: claim.rationale.to_owned(),
    })
}

#[cfg(test)]
mod tests;
