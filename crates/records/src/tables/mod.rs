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
    /// Every SQL text that both databases share.
    pub(crate) statements: &'static [&'static str],
    pub(crate) migrations: &'static [Migration],
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
            assert!(TABLES.iter().flat_map(|known| known.statements).any(|statement| names(statement)), "{table}");
        }
    }

    #[test]
    fn whatever_refers_to_a_workload_is_counted_before_one_is_removed() {
        for (.., sql) in migrations() {
            for made in sql.split("CREATE TABLE ").skip(1).filter(|made| made.contains("REFERENCES workloads")) {
                let table = made.split_whitespace().next().unwrap();
                assert!(workloads::HELD_BY.contains(&format!("FROM {table} WHERE workload_id")), "{table}");
            }
        }
    }
}
