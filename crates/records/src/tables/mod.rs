//! The tables: one file (or folder) per table with its SQL, its rows, its writes, its reads and its migrations.
//!
//! A new table is its file here, its module and its line in [`TABLES`], and its `.sql` in `/migrations`. A statement stands with the table whose rows
//! it mainly returns or writes; a migration that makes several tables stands with the first one. What is read on behalf of a person takes a
//! [`ScopeBind`](crate::scope::ScopeBind) and stays inside the crate; what an operator of this machine reads says so.

pub mod account_allocations;
pub mod accounts;
pub mod audit_log;
pub mod claims;
pub mod conversations;
pub mod decisions;
pub mod estimates;
pub mod grants;
pub mod invocation_counts;
pub mod levels;
pub mod model_calls;
pub mod models;
pub mod nodes;
pub mod people;
pub mod principal_tags;
pub mod principals;
pub mod rollup_runs;
pub mod turns;
pub mod usage_daily;
pub mod workloads;

use crate::rows::{Columns, binds};
use crate::{StoreError, WriteTx};

/// Every table. One that is missing here is a warning of the compiler: its constant is never used.
pub(crate) const TABLES: &[Table] = &[
    account_allocations::TABLE,
    accounts::TABLE,
    audit_log::TABLE,
    claims::TABLE,
    conversations::TABLE,
    decisions::TABLE,
    estimates::TABLE,
    grants::TABLE,
    invocation_counts::TABLE,
    levels::TABLE,
    model_calls::TABLE,
    models::TABLE,
    nodes::TABLE,
    people::TABLE,
    principal_tags::TABLE,
    principals::TABLE,
    rollup_runs::TABLE,
    turns::TABLE,
    usage_daily::TABLE,
    workloads::TABLE,
];

/// What a table brings along.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    statements: &'static [&'static str],
    migrations: &'static [Migration],
    holds: &'static [Hold],
}

/// Rows of one table that keep a row of another from being removed.
pub(crate) struct Hold {
    /// The table whose row is held: `workloads`.
    pub(crate) row_of: &'static str,
    /// What holds it, in the plural: `claims`.
    pub(crate) kind: &'static str,
    /// Counts, as `held`, what holds the row `$1`.
    pub(crate) count: &'static str,
}

/// The [`Hold`] of this table on a row of `$row_of`, by the column that refers to it.
macro_rules! hold {
    ($row_of:literal: $kind:literal in $table:literal by $column:literal) => {
        $crate::tables::Hold {
            row_of: $row_of,
            kind: $kind,
            count: concat!("SELECT CAST(COUNT(*) AS BIGINT) AS held FROM ", $table, " WHERE ", $column, " = $1"),
        }
    };
}
use hold;

impl Table {
    /// A table by its name and every SQL text that both databases share.
    const fn new(name: &'static str, statements: &'static [&'static str]) -> Self {
        Self { name, statements, migrations: &[], holds: &[] }
    }

    const fn migrated_by(mut self, migrations: &'static [Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// What its rows keep from being removed.
    const fn holding(mut self, holds: &'static [Hold]) -> Self {
        self.holds = holds;
        self
    }

    /// Every SQL text that both databases share.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &'static str> {
        self.statements.iter().copied().chain(self.holds.iter().map(|hold| hold.count))
    }
}

impl WriteTx {
    /// What keeps the row `id` of `table` from being removed: `2 grants, 1 workload`; empty when nothing does.
    async fn held(&mut self, table: &str, id: &str) -> Result<String, StoreError> {
        let mut held = Vec::new();
        for hold in TABLES.iter().flat_map(|table| table.holds).filter(|hold| hold.row_of == table) {
            match self.row(hold.count, binds![id], |row| row.int("held")).await? {
                0 => {}
                1 => held.push(format!("1 {}", hold.kind.trim_end_matches('s'))),
                count => held.push(format!("{count} {}", hold.kind)),
            }
        }
        Ok(held.join(", "))
    }
}

/// Version, name and SQL.
pub(crate) type Migration = (i64, &'static str, &'static str);

/// The migrations of every table, by version.
pub(crate) fn migrations() -> Vec<Migration> {
    let mut migrations: Vec<Migration> = TABLES.iter().flat_map(|table| table.migrations.iter().copied()).collect();
    migrations.sort_by_key(|(version, ..)| *version);
    migrations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_the_migrations_count_from_one_without_a_gap() {
        let versions: Vec<i64> = migrations().into_iter().map(|(version, ..)| version).collect();
        assert_eq!(versions, (1..).take(versions.len()).collect::<Vec<i64>>());
    }

    #[test]
    fn every_table_of_the_migrations_is_spoken_of_by_a_statement() {
        let made = migrations().into_iter().flat_map(|(.., sql)| sql.split("CREATE TABLE ").skip(1).collect::<Vec<_>>());
        for table in made.filter_map(|rest| rest.split_whitespace().next()) {
            let names = |statement: &str| statement.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == table);
            assert!(TABLES.iter().flat_map(Table::statements).any(names), "{table}");
        }
    }

    #[test]
    fn whatever_refers_to_a_node_or_a_workload_is_counted_before_one_is_removed() {
        // The tree refers to itself: a node goes after the nodes below it, and its paths are made anew.
        let of_the_tree = ["nodes", "node_closure"];
        let counts: Vec<&str> = TABLES.iter().flat_map(|table| table.holds).map(|hold| hold.count).collect();
        for (.., sql) in migrations() {
            for made in sql.split("CREATE TABLE ").skip(1) {
                let table = made.split_whitespace().next().unwrap();
                for reference in made.lines().filter(|line| line.contains("REFERENCES nodes") || line.contains("REFERENCES workloads")) {
                    let column = reference.split_whitespace().next().unwrap();
                    let counted = counts.iter().any(|count| count.ends_with(&format!("FROM {table} WHERE {column} = $1")));
                    assert!(counted || of_the_tree.contains(&table), "{table}.{column}");
                }
            }
        }
    }
}
