//! Why an act was refused.

use agent_bill_domain::period::Month;
use jiff::civil::Date;

use super::rationale::MAX_RATIONALE_CHARS;
use crate::StoreError;
use crate::import::ImportError;

/// Why an act was refused. The messages are for the person who asked and name nothing outside their reach.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error("nobody is called `{0}`; give a first name, a full name or an e-mail address of the imported people")]
    NoPerson(String),
    #[error("several people are called `{0}`; give the full name or the e-mail address")]
    SeveralPeople(String),
    #[error("only these roles may {action}: {who}; ask one of them")]
    RoleMissing { who: String, action: &'static str },
    /// Outside the actor's reach and not existing: one wording for both.
    #[error("no {kind} called `{name}` is among what you are responsible for")]
    NotFound { kind: &'static str, name: String },
    #[error("several {kind} are called `{name}`; use one of the ids {ids}")]
    Ambiguous { kind: &'static str, name: String, ids: String },
    #[error("`{0}` is not a role or user that can be claimed; give its ARN, like arn:aws:iam::111122223333:role/NAME")]
    NotAPrincipal(String),
    #[error("the bill names no usage of `{0}` yet; make one test call with it and wait for the next delivery, up to 24 hours")]
    NotBilledYet(String),
    /// Not billed, or claimed for a workload outside the actor's reach: one wording for both.
    #[error(
        "`{0}` is not yours to claim: the bill names no usage of it yet, or it is claimed outside your scope; \
         make one test call with it and wait for the next delivery, up to 24 hours, or ask the FinOps Lead"
    )]
    NotClaimable(String),
    #[error("`{principal}` is claimed already, from {from} on; it must be released before it can be claimed again")]
    AlreadyClaimed { principal: String, from: Date },
    #[error("`{principal}` was claimed from {from} until {until}, and two claims share no day; a new one can begin on {until}")]
    ClaimedUntil { principal: String, from: Date, until: Date },
    #[error("the estimate is larger than a workload can use: at most 100000000 USD, and 1000000000000000 tokens of a kind, a month")]
    TooMuch,
    #[error("{0} is no day that this could begin on; give a day from 2023-01-01 on and within ten years")]
    ImplausibleDay(Date),
    #[error("claim `{id}` was released on {on} already")]
    ReleasedAlready { id: String, on: Date },
    #[error("a claim cannot begin in the future; {0} has not come yet")]
    InTheFuture(Date),
    #[error("a rationale is required; say why in a sentence")]
    RationaleMissing,
    #[error("the rationale is longer than {MAX_RATIONALE_CHARS} characters, or holds control or invisible characters; mend it")]
    RationaleUnfit,
    #[error(
        "an estimate is in dollars (--usd) or in tokens of at least one kind (--input, --output, --cache-read, --cache-write); give one"
    )]
    AmountMissing,
    #[error("{0} must be above zero")]
    NotPositive(&'static str),
    #[error("{0} is over; an estimate begins with the current month or a later one")]
    MonthIsOver(Month),
    #[error("{0} is over; a decision begins today or later, because usage is judged by what stood on its day")]
    DecisionInThePast(Date),
    #[error("the decision must name {0}; only a block may leave it open")]
    ScopeMissing(&'static str),
    #[error("only a restricted model lists workloads")]
    WorkloadsOnlyForRestricted,
    #[error("`{0}` is not an AWS Region; write it like us-east-1")]
    NotARegion(String),
    #[error("`{0}` is neither a model of the bill nor one of the catalogue; give its name or its model id")]
    UnknownModel(String),
    #[error("decision `{0}` was replaced by a newer one; implement that one")]
    Superseded(String),
    #[error("decision `{id}` was marked implemented on {on} already")]
    ImplementedAlready { id: String, on: Date },
    #[error("the input does not fit: {0}")]
    InputUnfit(String),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Foreign text in a message: short and on one line.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// Amazon Bedrock began in 2023, and nothing is decided for a time beyond ten years.
pub(super) fn is_plausible_day(day: Date, today: Date) -> bool {
    day.year() >= 2023 && day.year() <= today.year() + 10
}
