//! The rows of governance: claims, estimates, models and decisions, as the functions that decide on them write and look them up.
//!
//! No rule lives here (see `crate::acts`); reads on behalf of a person are in `scoped`.

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PersonId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::org::Account;
use super::{Store, StoreError, WriteTx};

const NEXT_SEQUENCE: &str = "SELECT CAST(COALESCE(MAX(sequence), 0) + 1 AS BIGINT) AS next FROM audit_log";

const IS_BILLED: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM usage_daily WHERE principal_key = $1 LIMIT 1) billed";
const BROAD_REASON: &str = "SELECT broad_reason FROM principals WHERE principal_key = $1";

const CLAIMS: &str = "SELECT c.id, c.principal_key, c.workload_id, w.node_id, w.name AS workload_name, c.effective_from, c.released_on,
            p.name AS claimed_by
     FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN people p ON p.id = c.claimed_by
     WHERE ($1 = '' OR c.principal_key = $1) AND ($2 = '' OR c.id = $2) ORDER BY c.claimed_at, c.id";
const INSERT_CLAIM: &str = "INSERT INTO claims (id, principal_key, workload_id, effective_from, claimed_by, claimed_at, rationale)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const RELEASE_CLAIM: &str = "UPDATE claims SET released_on = $2 WHERE id = $1";

const INSERT_ESTIMATE: &str = "INSERT INTO estimates (id, workload_id, from_month, unit, amount_nano, input_tokens, output_tokens,
            cache_read_tokens, cache_write_tokens, committed_by, committed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

const FIND_ACCOUNTS: &str = "SELECT id, name FROM accounts WHERE id = $1 OR name_folded = $2 ORDER BY id";

const MODELS: &str = "SELECT model_key, name FROM models ORDER BY model_key";
const PUT_MODEL: &str =
    "INSERT INTO models (model_key, name, provider, first_seen_on) VALUES ($1, $2, $3, $4) ON CONFLICT (model_key) DO NOTHING";

const SUPERSEDE: &str = "UPDATE decisions SET superseded_on = CASE WHEN effective_from > $7 THEN effective_from ELSE $7 END
     WHERE model_key = $1 AND account_id = $2 AND region = $3 AND route = $4 AND action_scope = $5 AND id <> $6 AND superseded_on > $7
     RETURNING id";
const SUPERSEDED_BY: &str = "SELECT id FROM decisions
     WHERE model_key = $1 AND account_id = $2 AND region = $3 AND route = $4 AND action_scope = $5 AND id <> $6 AND superseded_on > $7 ORDER BY id";
const INSERT_DECISION: &str = "INSERT INTO decisions (id, model_key, state, account_id, region, route, action_scope, rationale, decided_by,
            decided_at, effective_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const INSERT_DECISION_WORKLOAD: &str = "INSERT INTO decision_workloads (decision_id, workload_id) VALUES ($1, $2)";
const FIND_DECISION: &str = "SELECT superseded_on, COALESCE(implemented_on, '') AS implemented_on FROM decisions WHERE id = $1";
const IMPLEMENT_DECISION: &str = "UPDATE decisions SET implemented_on = $2 WHERE id = $1";

pub(super) const STATEMENTS: &[&str] = &[
    NEXT_SEQUENCE,
    IS_BILLED,
    BROAD_REASON,
    CLAIMS,
    INSERT_CLAIM,
    RELEASE_CLAIM,
    INSERT_ESTIMATE,
    FIND_ACCOUNTS,
    MODELS,
    PUT_MODEL,
    SUPERSEDE,
    SUPERSEDED_BY,
    INSERT_DECISION,
    INSERT_DECISION_WORKLOAD,
    FIND_DECISION,
    IMPLEMENT_DECISION,
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: String,
    pub principal: PrincipalKey,
    pub workload: WorkloadId,
    pub workload_name: String,
    /// The node the workload hangs under.
    pub node: NodeId,
    pub effective_from: Date,
    /// First UTC day no longer attributed; `None` while live.
    pub released_on: Option<Date>,
    pub claimed_by: String,
}

/// A new row of `claims`.
#[derive(Debug, Clone)]
pub struct ClaimRow<'r> {
    pub id: &'r str,
    pub principal: &'r PrincipalKey,
    pub workload: &'r WorkloadId,
    pub effective_from: Date,
    pub claimed_by: &'r PersonId,
    pub claimed_at: &'r str,
    pub rationale: &'r str,
}

/// A new row of `estimates`: dollars, tokens per kind, or dollars with tokens beside them.
#[derive(Debug, Clone)]
pub struct EstimateRow<'r> {
    pub id: &'r str,
    pub workload: &'r WorkloadId,
    pub from_month: Month,
    /// `None`: the estimate is in tokens.
    pub amount: Option<NanoUsd>,
    pub tokens: Option<TokenCounts>,
    pub committed_by: &'r PersonId,
    pub committed_at: &'r str,
}

/// A new row of `decisions`; `None` for account or region means every one.
#[derive(Debug, Clone)]
pub struct DecisionRow<'r> {
    pub id: &'r str,
    pub model: &'r ModelKey,
    pub state: DecisionState,
    pub account: Option<&'r AccountId>,
    pub region: Option<&'r str>,
    pub route: Route,
    pub action_scope: ActionScope,
    pub workloads: &'r [WorkloadId],
    pub rationale: &'r str,
    pub decided_by: &'r PersonId,
    pub decided_at: &'r str,
    pub effective_from: Date,
}

/// Where a decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionStanding {
    pub superseded_on: Option<Date>,
    pub implemented_on: Option<Date>,
}

/// Every claim ever made, oldest first. For the operator of this machine only.
///
/// # Errors
/// When the database fails.
pub async fn list_claims(store: &Store) -> Result<Vec<Claim>, StoreError> {
    sqlx::query(CLAIMS).bind("").bind("").fetch_all(store.pool()).await?.iter().map(claim).collect()
}

impl WriteTx {
    /// The id of the record that the next audit event is about: `claim-00000042`. Ids follow the log, so later records have greater ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_record_id(&mut self, kind: &str) -> Result<String, StoreError> {
        let next: i64 = sqlx::query(NEXT_SEQUENCE).fetch_one(self.connection()).await?.try_get("next")?;
        Ok(format!("{kind}-{next:08}"))
    }

    /// Whether the bill names this principal at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_billed(&mut self, principal: &PrincipalKey) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query(IS_BILLED).bind(principal.0.clone()).fetch_one(self.connection()).await?.try_get("found")?;
        Ok(found > 0)
    }

    /// Why a claim on the principal would cover several teams, as the rollup saw it; `None` when the rollup does not know the principal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_broad_reason(&mut self, principal: &PrincipalKey) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(BROAD_REASON).bind(principal.0.clone()).fetch_optional(self.connection()).await?;
        Ok(row.map(|row| row.try_get("broad_reason")).transpose()?)
    }

    /// # Errors
    /// When the database fails.
    pub async fn list_claims_on(&mut self, principal: &PrincipalKey) -> Result<Vec<Claim>, StoreError> {
        let rows = sqlx::query(CLAIMS).bind(principal.0.clone()).bind("").fetch_all(self.connection()).await?;
        rows.iter().map(claim).collect()
    }

    /// # Errors
    /// When the database fails.
    pub async fn find_claim(&mut self, id: &str) -> Result<Option<Claim>, StoreError> {
        // PostgreSQL holds no NUL in a text, so nothing has such an id.
        if id.is_empty() || id.contains('\0') {
            return Ok(None);
        }
        let row = sqlx::query(CLAIMS).bind("").bind(id.to_owned()).fetch_optional(self.connection()).await?;
        row.as_ref().map(claim).transpose()
    }

    /// # Errors
    /// When the database fails.
    pub async fn insert_claim(&mut self, row: &ClaimRow<'_>) -> Result<(), StoreError> {
        sqlx::query(INSERT_CLAIM)
            .bind(row.id.to_owned())
            .bind(row.principal.0.clone())
            .bind(row.workload.0.clone())
            .bind(row.effective_from.to_string())
            .bind(row.claimed_by.0.clone())
            .bind(row.claimed_at.to_owned())
            .bind(row.rationale.to_owned())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database fails.
    pub async fn release_claim(&mut self, id: &str, on: Date) -> Result<(), StoreError> {
        sqlx::query(RELEASE_CLAIM).bind(id.to_owned()).bind(on.to_string()).execute(self.connection()).await?;
        Ok(())
    }

    /// # Errors
    /// When the database fails.
    pub async fn insert_estimate(&mut self, row: &EstimateRow<'_>) -> Result<(), StoreError> {
        sqlx::query(INSERT_ESTIMATE)
            .bind(row.id.to_owned())
            .bind(row.workload.0.clone())
            .bind(row.from_month.to_string())
            .bind(if row.amount.is_some() { "usd" } else { "tokens" })
            .bind(row.amount.map(|amount| amount.0))
            .bind(row.tokens.map(|tokens| tokens.input_tokens))
            .bind(row.tokens.map(|tokens| tokens.output_tokens))
            .bind(row.tokens.map(|tokens| tokens.cache_read_tokens))
            .bind(row.tokens.map(|tokens| tokens.cache_write_tokens))
            .bind(row.committed_by.0.clone())
            .bind(row.committed_at.to_owned())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Accounts with this id or name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_accounts_named(&mut self, text: &str) -> Result<Vec<Account>, StoreError> {
        if text.contains('\0') {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(FIND_ACCOUNTS).bind(text.to_owned()).bind(fold_name(text)).fetch_all(self.connection()).await?;
        rows.iter().map(|row| Ok(Account { id: AccountId(row.try_get("id")?), name: row.try_get("name")? })).collect()
    }

    /// Keys and names of the models known so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_model_names(&mut self) -> Result<Vec<(ModelKey, String)>, StoreError> {
        let rows = sqlx::query(MODELS).fetch_all(self.connection()).await?;
        rows.iter().map(|row| Ok((ModelKey(row.try_get("model_key")?), row.try_get("name")?))).collect()
    }

    /// Adds a model unless it is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_model(&mut self, model: &ModelKey, name: &str, provider: &str, first_seen_on: Date) -> Result<(), StoreError> {
        sqlx::query(PUT_MODEL)
            .bind(model.0.clone())
            .bind(name.to_owned())
            .bind(provider.to_owned())
            .bind(first_seen_on.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The ids of the decisions that `row` would replace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_superseded_by(&mut self, row: &DecisionRow<'_>) -> Result<Vec<String>, StoreError> {
        let rows = same_scope(SUPERSEDED_BY, row).fetch_all(self.connection()).await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// Writes a decision and ends those it replaces: same model, account, region, route and action scope. Returns the ids of the replaced ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_decision(&mut self, row: &DecisionRow<'_>) -> Result<Vec<String>, StoreError> {
        sqlx::query(INSERT_DECISION)
            .bind(row.id.to_owned())
            .bind(row.model.0.clone())
            .bind(state_word(row.state))
            .bind(row.account.map_or("*", AccountId::as_str).to_owned())
            .bind(row.region.unwrap_or("*").to_owned())
            .bind(route_word(row.route))
            .bind(action_scope_word(row.action_scope))
            .bind(row.rationale.to_owned())
            .bind(row.decided_by.0.clone())
            .bind(row.decided_at.to_owned())
            .bind(row.effective_from.to_string())
            .execute(self.connection())
            .await?;
        for workload in row.workloads {
            sqlx::query(INSERT_DECISION_WORKLOAD).bind(row.id.to_owned()).bind(workload.0.clone()).execute(self.connection()).await?;
        }
        let replaced = same_scope(SUPERSEDE, row).fetch_all(self.connection()).await?;
        replaced.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// # Errors
    /// When the database fails.
    pub async fn find_decision(&mut self, id: &str) -> Result<Option<DecisionStanding>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        let row = sqlx::query(FIND_DECISION).bind(id.to_owned()).fetch_optional(self.connection()).await?;
        let Some(row) = row else { return Ok(None) };
        let implemented_on: String = row.try_get("implemented_on")?;
        Ok(Some(DecisionStanding {
            superseded_on: open_end(&row, "superseded_on")?,
            implemented_on: if implemented_on.is_empty() { None } else { Some(read_date(&implemented_on)?) },
        }))
    }

    /// # Errors
    /// When the database fails.
    pub async fn implement_decision(&mut self, id: &str, on: Date) -> Result<(), StoreError> {
        sqlx::query(IMPLEMENT_DECISION).bind(id.to_owned()).bind(on.to_string()).execute(self.connection()).await?;
        Ok(())
    }
}

/// `$1` to `$7` of the statements about decisions on the same scope as `row`.
fn same_scope<'q>(sql: &'static str, row: &DecisionRow<'_>) -> sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query(sql)
        .bind(row.model.0.clone())
        .bind(row.account.map_or("*", AccountId::as_str).to_owned())
        .bind(row.region.unwrap_or("*").to_owned())
        .bind(route_word(row.route))
        .bind(action_scope_word(row.action_scope))
        .bind(row.id.to_owned())
        .bind(row.effective_from.to_string())
}

fn claim(row: &AnyRow) -> Result<Claim, StoreError> {
    Ok(Claim {
        id: row.try_get("id")?,
        principal: PrincipalKey(row.try_get("principal_key")?),
        workload: WorkloadId(row.try_get("workload_id")?),
        workload_name: row.try_get("workload_name")?,
        node: NodeId(row.try_get("node_id")?),
        effective_from: read_date(&row.try_get::<String, _>("effective_from")?)?,
        released_on: open_end(row, "released_on")?,
        claimed_by: row.try_get("claimed_by")?,
    })
}

fn read_date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("date", text))
}

/// The columns of ends hold `9999-12-31` while there is none.
fn open_end(row: &AnyRow, column: &str) -> Result<Option<Date>, StoreError> {
    let date = read_date(&row.try_get::<String, _>(column)?)?;
    Ok((date != Date::MAX).then_some(date))
}

const fn state_word(state: DecisionState) -> &'static str {
    match state {
        DecisionState::Approved => "approved",
        DecisionState::Restricted => "restricted",
        DecisionState::Blocked => "blocked",
    }
}

const fn route_word(route: Route) -> &'static str {
    match route {
        Route::OnDemand => "on_demand",
        Route::GeoProfile => "geo_profile",
        Route::GlobalProfile => "global_profile",
        Route::ApplicationProfile => "application_profile",
        Route::Mantle => "mantle",
        Route::Any => "*",
    }
}

const fn action_scope_word(scope: ActionScope) -> &'static str {
    match scope {
        ActionScope::InferenceOnly => "inference_only",
        ActionScope::AgenticReadOnly => "agentic_read_only",
        ActionScope::AgenticReadWrite => "agentic_read_write",
    }
}
