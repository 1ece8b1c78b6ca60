//! From an AWS Data Export (or an older Cost and Usage Report) to daily usage rows.
//!
//! `export` finds what was delivered and `manifest` which files count; `source` streams their lines, `predicate` picks the Bedrock ones, `fold` sums
//! them by day, account, principal, usage type and model, and `rollup` decides whether the result may replace the period's figures. One rule runs
//! through all of it: a delivery is loaded whole or not at all, and what cannot be read keeps the figures that stand.

pub mod columns;
pub mod daily;
pub mod export;
pub mod fold;
pub mod invocation_log;
pub mod line;
pub mod manifest;
pub mod predicate;
pub mod source;
pub mod strings;

use std::path::PathBuf;

/// Changes whenever the same files would be read into other rows, so that an unchanged delivery is read again.
pub const PARSER_VERSION: &str = "1";

#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    #[error("`{}` cannot be read: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("no export found under `{}`; point --export at the folder that holds `data` and `metadata`, or at one above it", .0.display())]
    NoExport(PathBuf),
    #[error("manifest `{}` is not readable: {reason}; wait for the next delivery or restore the file", path.display())]
    Manifest { path: PathBuf, reason: String },
    #[error("`{file}`, named by the manifest, is missing; copy the whole delivery and run again")]
    MissingFile { file: String },
    #[error("`{file}` is damaged or cut short ({reason}); copy it again and run again")]
    Damaged { file: String, reason: String },
    #[error("`{file}` has no column `{column}`; add it to the export's column list")]
    MissingColumn { file: String, column: &'static str },
    #[error("`{file}` row {row}: {reason}")]
    Line { file: String, row: u64, reason: String },
    #[error("the period holds amounts in {0}; amounts of different currencies cannot be added, and only USD can be loaded")]
    Currency(String),
    #[error("the period's sums exceed what can be recorded; a cost column is wrong")]
    OutOfRange,
    #[error("the delivery changed while it was read; run again")]
    Changed,
}

impl BillingError {
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
