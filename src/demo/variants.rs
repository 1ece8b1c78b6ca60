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
        let month = variant.month();
        let home = folder.join(variant.name);
        let export = Export {
            folder: home.join(EXPORT_NAME),
            name: EXPORT_NAME,
            columns: variant.columns,
            format: variant.format,
            chunk_lines: 4_000,
        };
        let mut ledger = variant.ledger();
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

impl Variant {
    fn month(&self) -> Month {
        Month::of(date(2026, self.month, 1))
    }

    fn ledger(&self) -> Ledger {
        let has_principals = self.columns.iter().any(|column| column.name == "line_item_iam_principal");
        Ledger { without_principals: !has_principals, ..Ledger::default() }
    }
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

#[cfg(test)]
mod tests {
    use super::super::expand::DATA_THROUGH;
    use super::*;

    fn ledger_of(name: &str) -> Ledger {
        let variant = VARIANTS.iter().find(|variant| variant.name == name).unwrap();
        let mut ledger = variant.ledger();
        for line in (variant.lines)(lines_of(variant.month(), 7)) {
            ledger.record(variant.month(), &line);
        }
        ledger
    }

    fn plain(month: i8) -> Ledger {
        let month = Month::of(date(2026, month, 1));
        let mut ledger = Ledger::default();
        for line in lines_of(month, 7) {
            ledger.record(month, &line);
        }
        ledger
    }

    #[test]
    fn days_hold_the_same_sums_in_fewer_lines() {
        let (hours, days) = (plain(10), ledger_of("daily"));
        let sums = |ledger: &Ledger| -> Vec<_> {
            ledger.periods.values().flat_map(|period| &period.sums).map(|(key, sum)| (key.clone(), sum.nano, sum.tokens)).collect()
        };
        assert_eq!(sums(&hours), sums(&days));
        let lines = |ledger: &Ledger| ledger.periods.values().map(|period| period.lines_bedrock).sum::<i64>();
        assert!(lines(&days) * 4 < lines(&hours) * 3, "{} {}", lines(&days), lines(&hours));
    }

    #[test]
    fn the_restated_october_is_lower_and_late_rows_are_missing_from_the_last_days_of_marketplace_only() {
        assert!(ledger_of("restated").nano(|_, _| true) < plain(10).nano(|_, _| true));
        let (all, early) = (plain(11), ledger_of("late-marketplace"));
        let of = |ledger: &Ledger, late: bool| {
            ledger.nano(|_, key| late == (key.channel == "marketplace" && key.usage_date.as_str() >= "2026-11-19"))
        };
        assert_eq!(of(&all, false), of(&early, false));
        assert!(of(&early, true) < of(&all, true) && of(&early, true) > NanoUsd::ZERO);
        assert_eq!(DATA_THROUGH, date(2026, 11, 21));
    }

    #[test]
    fn without_a_column_for_principals_nothing_is_attributed() {
        let legacy = ledger_of("legacy-columns");
        assert!(legacy.nano(|_, key| key.bucket == "before_principal_data") > NanoUsd::ZERO);
        assert_eq!(legacy.nano(|_, key| !["before_principal_data", "not_usage"].contains(&key.bucket)), NanoUsd::ZERO);
    }
}
