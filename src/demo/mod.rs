//! The demo organisation and its bill: an invented company, a seeded generator that lays its usage out as a CUR 2.0 export exactly as AWS
//! delivers one, and a ledger of what was written. No public export with principals exists, so tests, demo and benchmarks all feed on this.
//!
//! The monthly amounts are given ([`streams`]); tokens, hours and sessions follow from them and the seed. The same seed yields the same bytes.

pub mod batch;
pub mod cast;
pub mod claims;
pub mod columns;
pub mod decided;
pub mod expand;
pub mod export;
pub mod invocation_log;
pub mod ledger;
pub mod line;
pub mod models;
pub mod padding;
pub mod random;
pub mod seed;
pub mod sku;
pub mod streams;
pub mod sundries;
pub mod variants;

use std::fs;
use std::path::{Path, PathBuf};

use agent_bill_domain::period::Month;
use jiff::Timestamp;
use jiff::civil::date;

use agent_bill_domain::clock::FixedClock;
use columns::CUR2;
use export::{Export, ExportError, Format};
use ledger::Ledger;
use line::Line;

/// Name of the export: its folder and the start of its file names.
pub const EXPORT_NAME: &str = "bedrock-cur2";

/// Lines per file without padding, and with.
const CHUNK_LINES: usize = 4_000;
const PADDED_CHUNK_LINES: usize = 200_000;

/// The demo's organisation, in the formats of `org import`.
pub const HIERARCHY_CSV: &str = include_str!("data/hierarchy.csv");
pub const PEOPLE_CSV: &str = include_str!("data/people.csv");
pub const ACCOUNTS_CSV: &str = include_str!("data/accounts.csv");
pub const WORKLOADS_CSV: &str = include_str!("data/workloads.csv");

/// The demo's now: Monday 23 November 2026, nine o'clock UTC.
#[must_use]
pub fn clock() -> FixedClock {
    FixedClock(Timestamp::constant(1_795_424_400, 0))
}

/// Months of the demo's bill, oldest first.
pub fn months() -> impl Iterator<Item = Month> {
    (4..=11).map(|month| Month::of(date(2026, month, 1)))
}

/// Every month but November has been invoiced.
#[must_use]
pub fn is_final(month: Month) -> bool {
    month.first() < date(2026, 11, 1)
}

/// What was generated, and where.
#[derive(Debug)]
pub struct Generated {
    /// Holds `data/` and `metadata/`.
    pub export: PathBuf,
    pub invocation_logs: PathBuf,
    /// Files for `org import`: `hierarchy.csv`, `people.csv`, `accounts.csv`, `workloads.csv`.
    pub organisation: PathBuf,
    pub ledger: Ledger,
}

/// Writes the export, invocation logs, organisation and ledger under `out`. `rows` pads the export to at least that many lines.
///
/// # Errors
/// When a file cannot be written.
pub fn generate(out: &Path, seed: u64, rows: Option<i64>) -> Result<Generated, ExportError> {
    let organisation = out.join("organisation");
    write_organisation(&organisation)?;
    let export = Export {
        folder: out.join("export").join(EXPORT_NAME),
        name: EXPORT_NAME,
        columns: CUR2,
        format: Format::Parquet,
        chunk_lines: if rows.is_some() { PADDED_CHUNK_LINES } else { CHUNK_LINES },
    };
    let ledger = write_export(&export, seed, rows.unwrap_or(0))?;
    let truth = out.join("truth.json");
    ledger.write(&truth, seed).map_err(ExportError::at(&truth))?;
    let invocation_logs = out.join("invocation-logs");
    invocation_log::write_logs(&invocation_logs, seed)?;
    Ok(Generated { export: export.folder, invocation_logs, organisation, ledger })
}

/// All lines of a month but the padding.
#[must_use]
pub fn lines_of(month: Month, seed: u64) -> Vec<Line> {
    let mut lines: Vec<Line> = streams::STREAMS.iter().flat_map(|stream| expand::expand(stream, month, seed)).collect();
    lines.extend(sundries::sundries(month, seed));
    lines
}

fn write_export(export: &Export, seed: u64, rows: i64) -> Result<Ledger, ExportError> {
    let mut ledger = Ledger::default();
    let own: Vec<(Month, Vec<Line>)> = months().map(|month| (month, lines_of(month, seed))).collect();
    let written = own.iter().map(|(_, lines)| i64::try_from(lines.len()).unwrap_or(0)).sum::<i64>();
    let count = i64::try_from(own.len()).unwrap_or(1).max(1);
    let padded = (rows - written).max(0);
    for (number, (month, lines)) in (0_i64..).zip(own) {
        let share = padded / count + i64::from(number < padded % count);
        let mut writer = export.period(month, is_final(month));
        for line in lines.into_iter().chain(padding::padding(month, share, seed)) {
            ledger.record(month, &line);
            writer.push(line)?;
        }
        writer.finish()?;
    }
    write_stale_chunk(export, seed)?;
    Ok(ledger)
}

/// A chunk that an earlier, larger delivery left behind: on disk, but not in the manifest.
fn write_stale_chunk(export: &Export, seed: u64) -> Result<(), ExportError> {
    let month = Month::of(date(2026, 9, 1));
    let aside = Export { folder: export.folder.join("aside"), ..export.clone() };
    let mut writer = aside.period(month, true);
    for line in lines_of(month, seed).into_iter().take(50) {
        writer.push(line)?;
    }
    writer.finish()?;
    let (from, to) = (aside.data_folder(month).join(aside.chunk_name(1)), export.data_folder(month).join(export.chunk_name(99)));
    fs::rename(&from, &to).map_err(ExportError::at(&to))?;
    fs::remove_dir_all(&aside.folder).map_err(ExportError::at(&aside.folder))
}

fn write_organisation(folder: &Path) -> Result<(), ExportError> {
    fs::create_dir_all(folder).map_err(ExportError::at(folder))?;
    let files =
        [("hierarchy.csv", HIERARCHY_CSV), ("people.csv", PEOPLE_CSV), ("accounts.csv", ACCOUNTS_CSV), ("workloads.csv", WORKLOADS_CSV)];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(ExportError::at(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
