//! The levels of the hierarchy: the label of each, top first.

use super::Table;
use crate::rows::{Columns, binds};
use crate::{Store, StoreError, WriteTx};

const LABELS: &str = "SELECT label FROM levels ORDER BY position";
const DELETE: &str = "DELETE FROM levels";
const INSERT: &str = "INSERT INTO levels (position, label) VALUES ($1, $2)";

pub(super) const TABLE: Table = Table::new("levels", &[LABELS, DELETE, INSERT]).migrated_by(&[(
    1,
    "organisation",
    include_str!("../../../../migrations/0001_organisation.sql"),
)]);

/// The labels, the same for everybody.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_labels(store: &Store) -> Result<Vec<String>, StoreError> {
    store.rows(LABELS, binds![], |row| row.text("label")).await
}

impl WriteTx {
    pub(crate) async fn list_levels(&mut self) -> Result<Vec<String>, StoreError> {
        self.rows(LABELS, binds![], |row| row.text("label")).await
    }

    /// Replaces the labels of the levels, top first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_levels(&mut self, labels: &[String]) -> Result<(), StoreError> {
        self.execute(DELETE, binds![]).await?;
        for (position, label) in (1_i64..).zip(labels) {
            self.execute(INSERT, binds![position, label]).await?;
        }
        Ok(())
    }
}
