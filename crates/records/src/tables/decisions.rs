//! Decisions on models, and for a restricted one the workloads it names (`decision_workloads`).

use std::collections::BTreeMap;

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};
use agent_bill_domain::ids::{AccountId, ModelKey, PersonId, WorkloadId};
use agent_bill_tools::view::DecisionFact;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::{Table, hold};
use crate::rows::{Binds, Columns, binds, may_be_stored};
use crate::scope::ScopeBind;
use crate::scope::sql::{scope_cte, sees_catalog};
use crate::{Store, StoreError, WriteTx};

const SUPERSEDE: &str = "UPDATE decisions SET superseded_on = CASE WHEN effective_from > $7 THEN effective_from ELSE $7 END
     WHERE model_key = $1 AND account_id = $2 AND region = $3 AND route = $4 AND action_scope = $5 AND id <> $6 AND superseded_on > $7
     RETURNING id";
const SUPERSEDED_BY: &str = "SELECT id FROM decisions
     WHERE model_key = $1 AND account_id = $2 AND region = $3 AND route = $4 AND action_scope = $5 AND id <> $6 AND superseded_on > $7 ORDER BY id";
const INSERT: &str = "INSERT INTO decisions (id, model_key, state, account_id, region, route, action_scope, rationale, decided_by,
            decided_at, effective_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const INSERT_WORKLOAD: &str = "INSERT INTO decision_workloads (decision_id, workload_id) VALUES ($1, $2)";
const FIND: &str = "SELECT effective_from, superseded_on, implemented_on FROM decisions WHERE id = $1";
const IMPLEMENT: &str = "UPDATE decisions SET implemented_on = $2 WHERE id = $1";

macro_rules! columns {
    () => {
        " SELECT d.id, d.model_key, m.name AS model_name, d.state, d.account_id, d.region, d.route, d.action_scope, d.rationale,
             p.name AS decided_by, d.decided_at, d.effective_from, d.superseded_on, d.implemented_on
      FROM decisions d JOIN models m ON m.model_key = d.model_key JOIN people p ON p.id = d.decided_by"
    };
}

/// Every decision for roles that see the whole catalog; for others those on an account that the scope has a share of or a claim in, on every
/// account, or naming a workload in scope.
const IN_SCOPE: &str = concat!(
    scope_cte!(),
    ", my_accounts AS MATERIALIZED (
         SELECT l.account_id AS account_id FROM account_allocations l JOIN scope_nodes s ON s.node_id = l.node_id
         UNION
         SELECT i.account_id AS account_id FROM claims c JOIN workloads w ON w.id = c.workload_id
         JOIN scope_nodes s ON s.node_id = w.node_id JOIN principals i ON i.principal_key = c.principal_key
       )",
    columns!(),
    " WHERE ",
    sees_catalog!(),
    "    OR (EXISTS (SELECT 1 FROM scope_nodes) AND d.account_id = '*')
         OR d.account_id IN (SELECT account_id FROM my_accounts)
         OR EXISTS (SELECT 1 FROM decision_workloads x JOIN workloads w ON w.id = x.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                    WHERE x.decision_id = d.id)
      ORDER BY d.decided_at, d.id"
);

const WORKLOADS_IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT x.decision_id, x.workload_id FROM decision_workloads x
      JOIN workloads w ON w.id = x.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      ORDER BY x.decision_id, x.workload_id"
);

const EVERY: &str = concat!(columns!(), " ORDER BY d.decided_at, d.id");
const EVERY_WORKLOAD: &str = "SELECT decision_id, workload_id FROM decision_workloads ORDER BY decision_id, workload_id";

pub(super) const TABLE: Table = Table::new(
    "decisions",
    &[SUPERSEDE, SUPERSEDED_BY, INSERT, INSERT_WORKLOAD, FIND, IMPLEMENT, IN_SCOPE, WORKLOADS_IN_SCOPE, EVERY, EVERY_WORKLOAD],
)
.holding(&[hold!("workloads": "decisions" in "decision_workloads" by "workload_id")]);

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
    pub effective_from: Date,
    pub superseded_on: Option<Date>,
    pub implemented_on: Option<Date>,
}

/// # Errors
/// When the database fails.
pub(crate) async fn list_decisions(store: &Store, scope: &ScopeBind) -> Result<Vec<DecisionFact>, StoreError> {
    list(store, [WORKLOADS_IN_SCOPE, IN_SCOPE], scope.binds()).await
}

/// Every decision, for judging use that is in scope. Not to be shown.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_rules(store: &Store) -> Result<Vec<DecisionFact>, StoreError> {
    list(store, [EVERY_WORKLOAD, EVERY], binds![]).await
}

async fn list(store: &Store, [workloads_of, decisions]: [&'static str; 2], binds: Binds) -> Result<Vec<DecisionFact>, StoreError> {
    let mut workloads: BTreeMap<String, Vec<WorkloadId>> = BTreeMap::new();
    let pairs = store.rows(workloads_of, binds.clone(), |row| Ok((row.text("decision_id")?, row.id("workload_id")?))).await?;
    for (decision, workload) in pairs {
        workloads.entry(decision).or_default().push(workload);
    }
    store.rows(decisions, binds, |row| decision(row, &workloads)).await
}

fn decision(row: &AnyRow, workloads: &BTreeMap<String, Vec<WorkloadId>>) -> Result<DecisionFact, StoreError> {
    let id = row.text("id")?;
    Ok(DecisionFact {
        model: row.id("model_key")?,
        model_name: row.text("model_name")?,
        state: row.word("state")?,
        account: unless_every(row.text("account_id")?).map(AccountId),
        region: unless_every(row.text("region")?),
        route: if row.text("route")? == EVERYWHERE { Route::Any } else { row.word("route")? },
        action_scope: row.word("action_scope")?,
        workloads: workloads.get(&id).cloned().unwrap_or_default(),
        rationale: row.text("rationale")?,
        decided_by: row.text("decided_by")?,
        decided_on: row.day("decided_at")?,
        effective_from: row.date("effective_from")?,
        superseded_on: row.open_date("superseded_on")?,
        implemented_on: row.optional_date("implemented_on")?,
        id,
    })
}

/// How the table writes every account, every Region and every route.
const EVERYWHERE: &str = "*";

fn unless_every(text: String) -> Option<String> {
    (text != EVERYWHERE).then_some(text)
}

impl DecisionRow<'_> {
    fn account_word(&self) -> &str {
        self.account.map_or(EVERYWHERE, AccountId::as_str)
    }

    fn region_word(&self) -> &str {
        self.region.unwrap_or(EVERYWHERE)
    }

    fn route_word(&self) -> &str {
        if self.route == Route::Any { EVERYWHERE } else { self.route.key() }
    }

    /// `$1` to `$7` of the statements about decisions on the same scope.
    fn same_scope(&self) -> Binds {
        binds![
            self.model,
            self.account_word(),
            self.region_word(),
            self.route_word(),
            self.action_scope.key(),
            self.id,
            self.effective_from,
        ]
    }
}

impl WriteTx {
    /// The ids of the decisions that `row` would replace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_superseded_by(&mut self, row: &DecisionRow<'_>) -> Result<Vec<String>, StoreError> {
        self.rows(SUPERSEDED_BY, row.same_scope(), |row| row.text("id")).await
    }

    /// Writes a decision and ends those it replaces: same model, account, region, route and action scope. Returns the ids of the replaced ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_decision(&mut self, row: &DecisionRow<'_>) -> Result<Vec<String>, StoreError> {
        let inserted = binds![
            row.id,
            row.model,
            row.state.key(),
            row.account_word(),
            row.region_word(),
            row.route_word(),
            row.action_scope.key(),
            row.rationale,
            row.decided_by,
            row.decided_at,
            row.effective_from,
        ];
        self.execute(INSERT, inserted).await?;
        for workload in row.workloads {
            self.execute(INSERT_WORKLOAD, binds![row.id, workload]).await?;
        }
        self.rows(SUPERSEDE, row.same_scope(), |row| row.text("id")).await
    }

    /// # Errors
    /// When the database fails.
    pub async fn find_decision(&mut self, id: &str) -> Result<Option<DecisionStanding>, StoreError> {
        if !may_be_stored(id) {
            return Ok(None);
        }
        self.find_row(FIND, binds![id], |row| {
            Ok(DecisionStanding {
                effective_from: row.date("effective_from")?,
                superseded_on: row.open_date("superseded_on")?,
                implemented_on: row.optional_date("implemented_on")?,
            })
        })
        .await
    }

    /// # Errors
    /// When the database fails.
    pub async fn implement_decision(&mut self, id: &str, on: Date) -> Result<(), StoreError> {
        self.execute(IMPLEMENT, binds![id, on]).await?;
        Ok(())
    }
}
