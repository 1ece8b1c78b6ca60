//! The models known from discovery, from the bill or from a decision.

use agent_bill_domain::ids::ModelKey;
use agent_bill_domain::usage::ModelRow;
use agent_bill_tools::view::ModelFact;
use jiff::civil::Date;

use super::Table;
use crate::rows::{Columns, binds};
use crate::scope::ScopeBind;
use crate::scope::sql::{scope_cte, sees_catalog};
use crate::{Store, StoreError, WriteTx};

const NAMES: &str = "SELECT model_key, name FROM models ORDER BY model_key";
const PUT: &str =
    "INSERT INTO models (model_key, name, provider, first_seen_on) VALUES ($1, $2, $3, $4) ON CONFLICT (model_key) DO NOTHING";
const SEEN: &str = "INSERT INTO models (model_key, name, provider, first_seen_on) VALUES ($1, $2, $3, $4)
     ON CONFLICT (model_key) DO UPDATE SET first_seen_on = CASE WHEN excluded.first_seen_on < models.first_seen_on THEN excluded.first_seen_on ELSE models.first_seen_on END";

/// The whole catalog for roles that see it; for others the models that stand in a decision or in usage of theirs.
const IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT m.model_key, m.name, m.provider, m.first_seen_on FROM models m
      WHERE ",
    sees_catalog!(),
    "    OR EXISTS (SELECT 1 FROM decisions d WHERE d.model_key = m.model_key AND d.account_id = '*')
         OR EXISTS (SELECT 1 FROM decisions d JOIN account_allocations l ON l.account_id = d.account_id
                    JOIN scope_nodes s ON s.node_id = l.node_id WHERE d.model_key = m.model_key)
         OR EXISTS (SELECT 1 FROM scope_nodes s JOIN workloads w ON w.node_id = s.node_id JOIN claims c ON c.workload_id = w.id
                    JOIN usage_daily u ON u.principal_key = c.principal_key
                    WHERE u.model_key = m.model_key AND u.usage_date >= c.effective_from AND u.usage_date < c.released_on)
      ORDER BY m.model_key"
);

pub(super) const TABLE: Table = Table::new("models", &[NAMES, PUT, SEEN, IN_SCOPE]);

/// # Errors
/// When the database fails.
pub(crate) async fn list_models(store: &Store, scope: &ScopeBind) -> Result<Vec<ModelFact>, StoreError> {
    store
        .rows(IN_SCOPE, scope.binds(), |row| {
            Ok(ModelFact {
                model: row.id("model_key")?,
                name: row.text("name")?,
                provider: row.text("provider")?,
                first_seen_on: row.date("first_seen_on")?,
            })
        })
        .await
}

impl WriteTx {
    /// Keys and names of the models known so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_model_names(&mut self) -> Result<Vec<(ModelKey, String)>, StoreError> {
        self.rows(NAMES, binds![], |row| Ok((row.id("model_key")?, row.text("name")?))).await
    }

    /// Adds a model unless it is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_model(&mut self, model: &ModelKey, name: &str, provider: &str, first_seen_on: Date) -> Result<(), StoreError> {
        self.execute(PUT, binds![model, name, provider, first_seen_on]).await?;
        Ok(())
    }

    /// Adds models of the bill; the earliest day each was seen on stands.
    pub(crate) async fn see_models(&mut self, models: &[ModelRow]) -> Result<(), StoreError> {
        for model in models {
            self.execute(SEEN, binds![&model.model_key, &model.name, &model.provider, &model.first_seen_on]).await?;
        }
        Ok(())
    }
}
