//! Which shares of an account's spend belong to which nodes, and when.

use agent_bill_domain::ids::{AccountId, NodeId};
use jiff::civil::Date;

use super::{Table, hold};
use crate::rows::{Columns, binds};
use crate::{StoreError, WriteTx};

const LIST: &str = "SELECT account_id, node_id, basis_points, effective_from, effective_to FROM account_allocations
     ORDER BY account_id, effective_from, node_id";
const DELETE: &str = "DELETE FROM account_allocations";
const INSERT: &str = "INSERT INTO account_allocations (account_id, node_id, basis_points, effective_from, effective_to)
     VALUES ($1, $2, $3, $4, $5)";

pub(super) const TABLE: Table = Table::new("account_allocations", &[LIST, DELETE, INSERT])
    .holding(&[hold!("nodes": "allocations" in "account_allocations" by "node_id")]);

/// A share of an account's spend, in hundredths of a percent, over an inclusive range of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub account: AccountId,
    pub node: NodeId,
    pub basis_points: i64,
    pub effective_from: Date,
    /// `9999-12-31` while it has no end.
    pub effective_to: Date,
}

impl WriteTx {
    pub(crate) async fn list_allocations(&mut self) -> Result<Vec<Allocation>, StoreError> {
        self.rows(LIST, binds![], |row| {
            Ok(Allocation {
                account: row.id("account_id")?,
                node: row.id("node_id")?,
                basis_points: row.int("basis_points")?,
                effective_from: row.date("effective_from")?,
                effective_to: row.date("effective_to")?,
            })
        })
        .await
    }

    pub(super) async fn delete_allocations(&mut self) -> Result<(), StoreError> {
        self.execute(DELETE, binds![]).await?;
        Ok(())
    }

    pub(super) async fn insert_allocations(&mut self, allocations: &[Allocation]) -> Result<(), StoreError> {
        for row in allocations {
            self.execute(INSERT, binds![&row.account, &row.node, row.basis_points, row.effective_from, row.effective_to]).await?;
        }
        Ok(())
    }
}
