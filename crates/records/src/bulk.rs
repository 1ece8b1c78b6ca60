//! Many rows with one statement.

use crate::Backend;

/// Rows per INSERT; with 27 columns well below either database's limit of parameters.
pub(crate) const ROWS_PER_STATEMENT: usize = 200;

/// An INSERT of `rows` × `width` placeholders. SQLite looks numbered ones up one by one, which makes large statements many times slower, so it
/// gets plain ones.
pub(crate) fn insert_of_many(backend: Backend, table: &'static str, columns: &'static str, width: usize, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({columns}) VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            if column > 0 {
                sql.push(',');
            }
            match backend {
                Backend::Sqlite => sql.push('?'),
                Backend::Postgres => sql.push_str(&format!("${}", row * width + column + 1)),
            }
        }
        sql.push(')');
    }
    sql
}
