//! What Agent Bill itself consumes: a row is written with its worst case before a language model is called, and settled when the call ended.
//!
//! Until then the worst case counts against every limit, so calls at the same time cannot pass one together, and a call that never ended keeps it.
//! What a person may read of it is in `scoped::agent_usage`.

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::{DateRange, Month};
use jiff::civil::Date;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Backend, Store, StoreError, WriteTx};

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

pub(super) const STATEMENTS: &[&str] = &[PERSON_SUM, SUM, ADMIT, SETTLE];

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
        Ok(Self { cost: NanoUsd(row.try_get("cost")?), tokens: row.try_get("tokens")? })
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
        sqlx::query(SERIALISE_POSTGRES).bind(ADMISSION_LOCK).execute(tx.connection()).await?;
    }
    if let Some(cap) = passed(&mut tx, call, day, worst, caps).await? {
        tx.rollback().await?;
        return Ok(Admission::Refused(cap));
    }
    sqlx::query(ADMIT)
        .bind(call.id.clone())
        .bind(call.at.clone())
        .bind(day.to_string())
        .bind(call.person.0.clone())
        .bind(call.conversation.clone())
        .bind(call.model.clone())
        .bind(worst.tokens)
        .bind(worst.cost.0)
        .bind(i64::from(call.worst_cost.is_some()))
        .execute(tx.connection())
        .await?;
    tx.commit().await?;
    Ok(Admission::Admitted)
}

/// The first limit that the worst case would pass on top of what is on record, calls that are still running included.
async fn passed(tx: &mut WriteTx, call: &NewCall, day: Date, worst: Amount, caps: &Caps) -> Result<Option<Cap>, StoreError> {
    let today = DateRange { from: day, to: day };
    let own = Amount::read(&range(PERSON_SUM, today).bind(call.person.0.clone()).fetch_one(tx.connection()).await?)?;
    let all = Amount::read(&range(SUM, Month::of(day).range()).fetch_one(tx.connection()).await?)?;
    let passes = |used: i64, more: i64, cap: i64| cap <= 0 || used.saturating_add(more) > cap;
    let checks = [
        (Cap::PersonDayUsd, passes(own.cost.0, worst.cost.0, caps.person_day_usd.0)),
        (Cap::PersonDayTokens, passes(own.tokens, worst.tokens, caps.person_day_tokens)),
        (Cap::MonthUsd, passes(all.cost.0, worst.cost.0, caps.month_usd.0)),
        (Cap::MonthTokens, passes(all.tokens, worst.tokens, caps.month_tokens)),
    ];
    Ok(checks.into_iter().find(|(_, passed)| *passed).map(|(cap, _)| cap))
}

fn range(sql: &'static str, days: DateRange) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query(sql).bind(days.from.to_string()).bind(days.to.to_string())
}

/// Replaces the worst case by what happened. `false`, and nothing changed, for an id that is unknown or settled already: what was counted first stays.
///
/// # Errors
/// When the database fails.
pub async fn settle(store: &Store, id: &str, settled: &Settled) -> Result<bool, StoreError> {
    let tokens =
        [settled.input_tokens, settled.output_tokens, settled.cache_read_tokens, settled.cache_write_tokens].map(|count| count.max(0));
    let [input, output, cache_read, cache_write] = tokens;
    let done = sqlx::query(SETTLE)
        .bind(id.to_owned())
        .bind(if settled.answered { "answered" } else { "failed" })
        .bind(settled.outcome.clone())
        .bind(input)
        .bind(output)
        .bind(cache_read)
        .bind(cache_write)
        .bind(tokens.into_iter().fold(0, i64::saturating_add))
        .bind(settled.cost.unwrap_or_default().max(NanoUsd::ZERO).0)
        .bind(i64::from(settled.cost.is_some()))
        .bind(i64::from(settled.estimated))
        .bind(settled.duration_ms.max(0))
        .execute(store.pool())
        .await?;
    let found = done.rows_affected() == 1;
    if !found {
        tracing::warn!(call = id, "a model call was settled that is unknown or settled already; its record stays as it was");
    }
    Ok(found)
}

/// The UTC day of a timestamp.
fn day_of(at: &str) -> Result<Date, StoreError> {
    at.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| StoreError::corrupt("timestamp", at))
}

#[cfg(test)]
mod tests;
