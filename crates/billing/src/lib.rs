//! From an AWS Data Export (or an older Cost and Usage Report) to daily usage rows.
//!
//! A `source` says what was delivered and reads it, from a `place` on this machine or in a bucket. Of files, `source::files` finds the ones that count
//! and streams their lines, `predicate` picks the Bedrock ones, and `fold` sums them by day, account, principal, usage type and model; `daily` makes rows
//! of the sums. One rule runs through all of it: a delivery is loaded whole or not at all, and what cannot be read keeps the figures that stand.

mod columns;
pub mod daily;
mod fold;
pub mod invocation_log;
mod line;
mod meanings;
mod number_map;
pub mod place;
mod predicate;
pub mod source;
mod strings;
pub mod testing;

/// Changes whenever the same files would be read into other rows, so that an unchanged delivery is read again.
pub const PARSER_VERSION: &str = "1";

#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    #[error("`{place}` cannot be read: {source}")]
    Io { place: String, source: std::io::Error },
    #[error("`{0}` lies in no store that this program can read; copy the export into a folder and point --export at it")]
    NoStore(String),
    #[error("no export found under `{0}`; point --export at the folder that holds `data` and `metadata`, or at one above it")]
    NoExport(String),
    #[error("manifest `{place}` is not readable: {reason}; wait for the next delivery or restore the file")]
    Manifest { place: String, reason: String },
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
    #[error("the files of the period hold lines of several billing periods ({0}); check the delivery")]
    SeveralPeriods(String),
    #[error("the period's sums exceed what can be recorded; a cost column is wrong")]
    OutOfRange,
    #[error("the delivery changed while it was read; run again")]
    Changed,
    #[error("the reader stopped unexpectedly; run again")]
    Stopped,
}
