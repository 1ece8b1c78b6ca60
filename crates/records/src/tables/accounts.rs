//! The accounts of the organisation.

use agent_bill_domain::ids::AccountId;
use agent_bill_domain::names::fold_name;
use agent_bill_tools::view::OrgAccount;
use sqlx::any::AnyRow;

use super::Table;
use crate::rows::{Columns, binds, may_be_stored};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::tables::account_allocations::Allocation;
use crate::{Store, StoreError, WriteTx};

const LIST: &str = "SELECT id, name FROM accounts ORDER BY name, id";
const PUT: &str = "INSERT INTO accounts (id, name, name_folded) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded";
const FIND: &str = "SELECT id, name FROM accounts WHERE id = $1 OR name_folded = $2 ORDER BY id";

/// Accounts with an allocation inside the scope, or in which a principal claimed inside the scope lives.
const IN_SCOPE: &str = concat!(
    scope_cte!(),
    " SELECT a.id AS id, a.name AS name FROM accounts a CROSS JOIN company
      WHERE company.wide = 1
         OR EXISTS (SELECT 1 FROM account_allocations l JOIN scope_nodes s ON s.node_id = l.node_id WHERE l.account_id = a.id)
         OR EXISTS (SELECT 1 FROM claims c JOIN workloads w ON w.id = c.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
                    JOIN principals i ON i.principal_key = c.principal_key WHERE i.account_id = a.id)
      ORDER BY a.name, a.id"
);

pub(super) const TABLE: Table = Table::new("accounts", &[LIST, PUT, FIND, IN_SCOPE]);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
}

/// Accounts that the scope may hear of.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_accounts_in_scope(store: &Store, scope: &ScopeBind) -> Result<Vec<OrgAccount>, StoreError> {
    store.rows(IN_SCOPE, scope.binds(), |row| Ok(OrgAccount { id: row.id("id")?, name: row.text("name")? })).await
}

impl WriteTx {
    pub(crate) async fn list_accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        self.rows(LIST, binds![], account).await
    }

    /// Accounts with this id or name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_accounts_named(&mut self, text: &str) -> Result<Vec<Account>, StoreError> {
        if !may_be_stored(text) {
            return Ok(Vec::new());
        }
        self.rows(FIND, binds![text, fold_name(text)], account).await
    }

    /// From here on these are all the allocations there are; accounts are added or renamed, never forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_accounts(&mut self, accounts: &[Account], allocations: &[Allocation]) -> Result<(), StoreError> {
        self.delete_allocations().await?;
        for account in accounts {
            self.execute(PUT, binds![&account.id, &account.name, fold_name(&account.name)]).await?;
        }
        self.insert_allocations(allocations).await
    }
}

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account { id: row.id("id")?, name: row.text("name")? })
}
