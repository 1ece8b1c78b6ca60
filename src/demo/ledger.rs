//! The generator's own truth, kept beside the files: sums of what was written, labelled by the code that wrote it and not by the code that
//! reads it. Each line's double is converted once, by the rule every reader must follow, and only integers are added.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use serde::Serialize;

use super::claims::CLAIMS;
use super::line::{FIRST_PRINCIPAL_DAY, Line};

/// One sum of the ledger. For lines that are not usage only kind, account, channel and day are meaningful.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LedgerKey {
    pub usage_date: String,
    pub line_kind: &'static str,
    pub account_id: &'static str,
    pub region: &'static str,
    pub channel: &'static str,
    /// Empty when the line names no caller.
    pub principal_key: String,
    pub model_key: &'static str,
    pub token_class: &'static str,
    pub tier: &'static str,
    pub routing: &'static str,
    pub surface: &'static str,
    /// Where the demo's claims put the money (`attributed`, `claimed_later` …).
    pub bucket: &'static str,
    /// Workload of the claim, for `attributed` and `claimed_later`.
    pub workload: &'static str,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LedgerSum {
    pub nano: i64,
    pub tokens: i64,
    pub lines: i64,
}

#[derive(Debug, Default)]
pub struct PeriodLedger {
    /// Lines in the files that the manifest names, Bedrock or not.
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub sums: BTreeMap<LedgerKey, LedgerSum>,
}

/// Sums by billing period.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The files have no column for principals: whatever has none lies before principal data existed.
    pub without_principals: bool,
    pub periods: BTreeMap<Month, PeriodLedger>,
}

impl Ledger {
    pub fn record(&mut self, month: Month, line: &Line) {
        let period = self.periods.entry(month).or_default();
        period.lines_read += 1;
        if !line.meter.label.bedrock {
            return;
        }
        period.lines_bedrock += 1;
        let sum = period.sums.entry(key_of(line, self.without_principals)).or_default();
        sum.nano += NanoUsd::from_f64(line.cost).map_or(0, |money| money.0);
        sum.tokens += line.tokens;
        sum.lines += 1;
    }

    /// Nano-USD of all sums that `wanted` accepts.
    pub fn nano(&self, wanted: impl Fn(Month, &LedgerKey) -> bool) -> NanoUsd {
        let all = self.periods.iter().flat_map(|(month, period)| period.sums.iter().map(move |sum| (*month, sum)));
        all.filter(|(month, (key, _))| wanted(*month, key)).map(|(_, (_, sum))| NanoUsd(sum.nano)).sum()
    }

    /// Writes the ledger as one JSON document.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path, seed: u64) -> std::io::Result<()> {
        let periods: Vec<PeriodDocument<'_>> = self.periods.iter().map(|(month, period)| PeriodDocument::of(*month, period)).collect();
        let document = Document { seed, unit: "nano-USD of line_item_unblended_cost", periods };
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        serde_json::to_writer(&mut file, &document)?;
        file.write_all(b"\n")?;
        file.flush()
    }
}

fn key_of(line: &Line, without_principals: bool) -> LedgerKey {
    let label = &line.meter.label;
    let (bucket, workload) = bucket_of(line, without_principals);
    LedgerKey {
        usage_date: line.day().to_string(),
        line_kind: label.line_kind,
        account_id: line.meter.account.id,
        region: line.meter.region.name,
        channel: label.channel,
        principal_key: line.principal_key().to_owned(),
        model_key: label.model_key,
        token_class: label.token_class,
        tier: label.tier,
        routing: label.routing,
        surface: label.surface,
        bucket,
        workload,
    }
}

fn bucket_of(line: &Line, without_principals: bool) -> (&'static str, &'static str) {
    if line.meter.label.line_kind != "usage" {
        return ("not_usage", "");
    }
    let key = line.principal_key();
    if key.is_empty() {
        let before = without_principals || line.day() < FIRST_PRINCIPAL_DAY;
        return (if before { "before_principal_data" } else { "no_principal_by_design" }, "");
    }
    let day = line.day().to_string();
    let claims = || CLAIMS.iter().filter(|claim| claim.principal_key == key);
    if let Some(live) = claims().find(|claim| claim.effective_from <= day.as_str() && day.as_str() < claim.released_on) {
        return ("attributed", live.workload);
    }
    match claims().find(|claim| claim.effective_from > day.as_str()) {
        Some(later) => ("claimed_later", later.workload),
        None => ("unclaimed_principal", ""),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    seed: u64,
    unit: &'static str,
    periods: Vec<PeriodDocument<'a>>,
}

#[derive(Serialize)]
struct PeriodDocument<'a> {
    billing_period: Month,
    lines_read: i64,
    lines_bedrock: i64,
    usage_nano: i64,
    other_nano: i64,
    buckets_nano: BTreeMap<&'static str, i64>,
    sums: Vec<SumDocument<'a>>,
}

#[derive(Serialize)]
struct SumDocument<'a> {
    #[serde(flatten)]
    key: &'a LedgerKey,
    #[serde(flatten)]
    sum: LedgerSum,
}

impl<'a> PeriodDocument<'a> {
    fn of(month: Month, period: &'a PeriodLedger) -> Self {
        let mut buckets_nano = BTreeMap::new();
        for (key, sum) in &period.sums {
            *buckets_nano.entry(key.bucket).or_default() += sum.nano;
        }
        let of_kind = |usage| period.sums.iter().filter(|(key, _)| (key.line_kind == "usage") == usage).map(|(_, sum)| sum.nano).sum();
        Self {
            billing_period: month,
            lines_read: period.lines_read,
            lines_bedrock: period.lines_bedrock,
            usage_nano: of_kind(true),
            other_nano: of_kind(false),
            buckets_nano,
            sums: period.sums.iter().map(|(key, sum)| SumDocument { key, sum: *sum }).collect(),
        }
    }
}
