//! What Agent Bill itself consumes: a row is written with its worst case before a language model is called, and settled when the call ended.
//!
//! Until then the worst case counts against every limit, so calls at the same time cannot pass one together, and a call that never ended keeps it.
//! What a person may read of it is in `read`.

mod read;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::words;
use jiff::civil::Date;
use sqlx::any::AnyRow;

pub(crate) use read::{Used, get_used, list_sums};

use super::Table;
use crate::rows::{Columns, binds, day_of};
use crate::{Backend, Store, StoreError, WriteTx};

const PERSON_SUM: &str =
    "SELECT CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT) AS cost, CAST(COALESCE(SUM(total_tokens), 0) AS BIGINT) AS tokens
     FROM model_calls WHERE usage_day >= $1 AND usage_day <= $2 AND person_id = $3";

const SUM: &str = "SELECT CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT) AS cost, CAST(COALESCE(SUM(total_tokens), 0) AS BIGINT) AS tokens
     FROM model_calls WHERE usage_day >= $1 AND usage_day <= $2";

const ADMIT: &str =
    "INSERT INTO model_calls (id, at, usage_day, person_id, conversation_id, model, state, outcome, input_tokens, output_tokens,
            cache_read_tokens, cache_write_tokens, total_tokens, cost_nano_usd, priced, estimated, duration_ms)
     VALUES ($1, $2, $3, $4, $5, $6, 'running', '', 0, 0, 0, 0, $7, $8, $9, 1, 0)";

const SETTLE: &str = "UPDATE model_calls SET state = $2, outcome = $3, input_tokens = $4, output_tokens = $5, cache_read_tokens = $6,
            cache_write_tokens = $7, total_tokens = $8, cost_nano_usd = $9, priced = $10, estimated = $11, duration_ms = $12
     WHERE id = $1 AND state = 'running'";

pub(super) const TABLE: Table = Table::new("model_calls", &[PERSON_SUM, SUM, ADMIT, SETTLE, read::SUMS, read::USED]).migrated_by(&[(
    5,
    "model_calls",
    include_str!("../../../../../migrations/0005_model_calls.sql"),
)]);

words! {
    /// How a call that ended came out; one that has not ended is `running`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum CallEnd: "end of a call" {
        Answered = "answered",
        Failed = "failed",
    }
}

/// PostgreSQL only: one admission at a time until the transaction ends. Settling and reading are not held up. On SQLite the write lock does the same.
const SERIALISE_POSTGRES: &str = "SELECT CAST(pg_advisory_xact_lock($1) AS TEXT) AS locked";

/// Any number that no other lock of this database has.
const ADMISSION_LOCK: i64 = 0x0061_6462_696c_6c00;

/// A call of a language model that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    pub id: String,
    /// UTC, ISO 8601; its date is the day that is charged.
    pub at: String,
    pub person: PersonId,
    pub conversation: String,
    /// As configured: model id, inference profile id or ARN.
    pub model: String,
    /// The most tokens it can take, in and out.
    pub worst_tokens: i64,
    /// `None` when no price is known: such a call is limited by tokens only.
    pub worst_cost: Option<NanoUsd>,
}

/// What may be consumed at most; 0 refuses every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// One person on one UTC day.
    pub person_day_usd: NanoUsd,
    pub person_day_tokens: i64,
    /// Everybody in one UTC month.
    pub month_usd: NanoUsd,
    pub month_tokens: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Admitted,
    /// Nothing was written; the first limit that the call could have passed.
    Refused(Cap),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    PersonDayUsd,
    PersonDayTokens,
    MonthUsd,
    MonthTokens,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
    /// At list price; `None` when no price is known.
    pub cost: Option<NanoUsd>,
    /// The provider did not count these tokens.
    pub estimated: bool,
    /// Whether a reply came back.
    pub answered: bool,
    /// Stop reason or error code.
    pub outcome: String,
    pub duration_ms: i64,
}

/// Cost and tokens together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Amount {
    cost: NanoUsd,
    tokens: i64,
}

impl Amount {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self { cost: row.nano_usd("cost")?, tokens: row.int("tokens")? })
    }
}

/// Writes the call with its worst case, unless that could pass a limit. Admissions queue behind each other, so that what one of them summed still
/// holds when it writes.
///
/// # Errors
/// [`StoreError::Conflict`] for an id that was used, [`StoreError::Dangling`] for an unknown person, [`StoreError::Corrupt`] for an `at` that does not
/// begin with a date, or the database fails.
pub async fn admit(store: &Store, call: &NewCall, caps: &Caps) -> Result<Admission, StoreError> {
    let day = day_of(&call.at)?;
    let worst = Amount { cost: call.worst_cost.unwrap_or_default().max(NanoUsd::ZERO), tokens: call.worst_tokens.max(0) };
    let mut tx = store.begin_write().await?;
    if tx.backend() == Backend::Postgres {
        tx.execute(SERIALISE_POSTGRES, binds![ADMISSION_LOCK]).await?;
    }
    if let Some(cap) = passed(&mut tx, call, day, worst, caps).await? {
        tx.rollback().await?;
        return Ok(Admission::Refused(cap));
    }
    let place = binds![&call.id, &call.at, day, &call.person, &call.conversation, &call.model];
    tx.execute(ADMIT, place.and(worst.tokens).and(worst.cost).and(call.worst_cost.is_some())).await?;
    tx.commit().await?;
    Ok(Admission::Admitted)
}

/// The first limit that the worst case would pass on top of what is on record, calls that are still running included.
async fn passed(tx: &mut WriteTx, call: &NewCall, day: Date, worst: Amount, caps: &Caps) -> Result<Option<Cap>, StoreError> {
    let DateRange { from, to } = Month::of(day).range();
    let own = tx.row(PERSON_SUM, binds![day, day, &call.person], Amount::read).await?;
    let all = tx.row(SUM, binds![from, to], Amount::read).await?;
    let passes = |used: i64, more: i64, cap: i64| cap <= 0 || used.saturating_add(more) > cap;
    let checks = [
        (Cap::PersonDayUsd, passes(own.cost.0, worst.cost.0, caps.person_day_usd.0)),
        (Cap::PersonDayTokens, passes(own.tokens, worst.tokens, caps.person_day_tokens)),
        (Cap::MonthUsd, passes(all.cost.0, worst.cost.0, caps.month_usd.0)),
        (Cap::MonthTokens, passes(all.tokens, worst.tokens, caps.month_tokens)),
    ];
    Ok(checks.into_iter().find(|(_, passed)| *passed).map(|(cap, _)| cap))
}

/// Replaces the worst case by what happened. `false`, and nothing changed, for an id that is unknown or settled already: what was counted first stays.
///
/// # Errors
/// When the database fails.
pub async fn settle(store: &Store, id: &str, settled: &Settled) -> Result<bool, StoreError> {
    let tokens =
        [settled.input_tokens, settled.output_tokens, settled.cache_read_tokens, settled.cache_write_tokens].map(|count| count.max(0));
    let [input, output, cache_read, cache_write] = tokens;
    let end = if settled.answered { CallEnd::Answered } else { CallEnd::Failed };
    let binds = binds![
        id,
        end.key(),
        &settled.outcome,
        input,
        output,
        cache_read,
        cache_write,
        tokens.into_iter().fold(0, i64::saturating_add),
        settled.cost.unwrap_or_default().max(NanoUsd::ZERO),
        settled.cost.is_some(),
        settled.estimated,
        settled.duration_ms.max(0),
    ];
    let found = store.execute(SETTLE, binds).await? == 1;
    if !found {
        tracing::warn!(call = id, "a model call was settled that is unknown or settled already; its record stays as it was");
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
