//! The same bill delivered otherwise: what a reader meets in the field and must survive. Each variant is a folder with an export of one
//! period and its own ledger.

use std::path::Path;
use std::sync::Arc;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use jiff::civil::date;

use super::columns::{CUR2, Column, LEGACY};
use super::export::{Export, ExportError, Format};
use super::ledger::Ledger;
use super::line::{Line, PRE_PROD, US_EAST_1, hour_of_day, usd};
use super::models::NOVA_PRO;
use super::{EXPORT_NAME, is_final, lines_of};

struct Variant {
    /// Folder under `variants/`.
    name: &'static str,
    month: i8,
    columns: &'static [Column],
    format: Format,
    lines: fn(Vec<Line>) -> Vec<Line>,
}

const VARIANTS: &[Variant] = &[
    // October again, delivered a second time and lower: a caller's usage of the last week was taken back.
    Variant { name: "restated", month: 10, columns: CUR2, format: Format::Parquet, lines: restated },
    // November as it looked before the late Marketplace rows had arrived.
    Variant { name: "late-marketplace", month: 11, columns: CUR2, format: Format::Parquet, lines: without_late_rows },
    // October in days instead of hours: the same sums in fewer lines.
    Variant { name: "daily", month: 10, columns: CUR2, format: Format::Parquet, lines: by_day },
    // September as gzipped CSV with the maps as JSON.
    Variant { name: "csv-gz", month: 9, columns: CUR2, format: Format::CsvGz, lines: |lines| lines },
    // September in the older column set, without principals.
    Variant { name: "legacy-columns", month: 9, columns: LEGACY, format: Format::Parquet, lines: unnamed },
    // Two currencies in one period: no sum of it means anything.
    Variant { name: "two-currencies", month: 10, columns: CUR2, format: Format::Parquet, lines: with_second_currency },
];

/// Writes every variant under `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_variants(folder: &Path, seed: u64) -> Result<(), ExportError> {
    for variant in VARIANTS {
        let month = Month::of(date(2026, variant.month, 1));
        let home = folder.join(variant.name);
        let export = Export {
            folder: home.join(EXPORT_NAME),
            name: EXPORT_NAME,
            columns: variant.columns,
            format: variant.format,
            chunk_lines: 4_000,
        };
        let mut ledger = Ledger::default();
        let mut writer = export.period(month, is_final(month));
        for line in (variant.lines)(lines_of(month, seed)) {
            ledger.record(month, &line);
            writer.push(line)?;
        }
        writer.finish()?;
        let truth = home.join("truth.json");
        ledger.write(&truth, seed).map_err(ExportError::at(&truth))?;
    }
    Ok(())
}

fn restated(mut lines: Vec<Line>) -> Vec<Line> {
    lines.retain(|line| !(line.principal_key() == "aws:111122223333:role/survey-themes" && line.day() >= date(2026, 10, 25)));
    lines
}

fn without_late_rows(mut lines: Vec<Line>) -> Vec<Line> {
    let mut number = 0_u32;
    lines.retain(|line| {
        let late = line.meter.label.channel == "marketplace" && line.day() >= date(2026, 11, 19);
        number += u32::from(late);
        !late || number % 5 < 2
    });
    lines
}

fn unnamed(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        line.principal = None;
    }
    lines
}

/// Adds up the hours of a day per meter and caller.
fn by_day(lines: Vec<Line>) -> Vec<Line> {
    let mut days: Vec<(Line, i64)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for line in lines {
        let nano = NanoUsd::from_f64(line.cost).map_or(0, |money| money.0);
        let key = (Arc::as_ptr(&line.meter), line.principal.clone(), line.day());
        let place = *places.entry(key).or_insert(days.len());
        match days.get_mut(place) {
            Some((day, sum)) if day.hours <= 24 => {
                *sum += nano;
                day.tokens += line.tokens;
                day.amount += line.amount;
            }
            _ => days.push((Line { start_hour: hour_of_day(line.day(), 0), hours: line.hours.max(24), ..line }, nano)),
        }
    }
    days.into_iter().map(|(line, nano)| Line { cost: usd(nano), ..line }).collect()
}

fn with_second_currency(mut lines: Vec<Line>) -> Vec<Line> {
    lines.truncate(200);
    let label = super::line::Label { model_key: NOVA_PRO.key, ..super::line::Label::plain("usage", "native", "input") };
    let foreign = super::line::Meter {
        currency: "CNY",
        pricing_unit: "1K tokens",
        servicecode: Some("AmazonBedrock"),
        ..super::sundries::meter(&PRE_PROD, &US_EAST_1, "AmazonBedrock", "USE1-NovaPro-input-tokens", label)
    };
    lines.push(super::sundries::line(&Arc::new(foreign), hour_of_day(date(2026, 10, 5), 8), 1, 12.0, 68.4));
    lines
}
