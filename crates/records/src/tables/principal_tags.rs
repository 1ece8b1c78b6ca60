//! The tags of the principals, by billing period.

use agent_bill_domain::usage::TagRow;
use sqlx::AssertSqlSafe;

use super::Table;
use crate::bulk::{ROWS_PER_STATEMENT, insert_of_many};
use crate::rows::binds;
use crate::{StoreError, WriteTx};

const DELETE: &str = "DELETE FROM principal_tags WHERE billing_period = $1";

pub(super) const TABLE: Table = Table::new("principal_tags", &[DELETE]);

const COLUMNS: &str = "billing_period, principal_key, tag_key, tag_value, tag_value_folded";
const WIDTH: usize = 5;

impl WriteTx {
    pub(crate) async fn replace_tags(&mut self, period: &str, rows: &[TagRow]) -> Result<(), StoreError> {
        self.execute(DELETE, binds![period]).await?;
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let sql = insert_of_many(self.backend(), "principal_tags", COLUMNS, WIDTH, chunk.len());
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in chunk {
                query = query
                    .bind(period.to_owned())
                    .bind(row.principal_key.clone())
                    .bind(row.tag_key.clone())
                    .bind(row.tag_value.clone())
                    .bind(row.tag_value_folded.clone());
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}
