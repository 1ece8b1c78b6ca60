//! The principals that the bill names.

use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::usage::PrincipalRow;

use super::Table;
use crate::rows::{Columns, binds};
use crate::{StoreError, WriteTx};

const BROAD_REASON: &str = "SELECT broad_reason FROM principals WHERE principal_key = $1";
const PUT: &str = "INSERT INTO principals (principal_key, account_id, kind, name, name_folded, broad_reason) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (principal_key) DO UPDATE SET broad_reason = CASE WHEN excluded.broad_reason <> '' THEN excluded.broad_reason ELSE principals.broad_reason END";

pub(super) const TABLE: Table = Table::new("principals", &[BROAD_REASON, PUT]);

impl WriteTx {
    /// Why a claim on the principal would cover several teams, as the rollup saw it; `None` when the rollup does not know the principal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_broad_reason(&mut self, principal: &PrincipalKey) -> Result<Option<String>, StoreError> {
        self.find_row(BROAD_REASON, binds![principal], |row| row.text("broad_reason")).await
    }

    pub(crate) async fn put_principals(&mut self, principals: &[PrincipalRow]) -> Result<(), StoreError> {
        for row in principals {
            let binds = binds![&row.principal_key, &row.account_id, row.kind, &row.name, &row.name_folded, row.broad_reason];
            self.execute(PUT, binds).await?;
        }
        Ok(())
    }
}
