//! The rollup equals the generator's own ledger, to the nano-dollar, in every scenario and on both databases.

use std::collections::BTreeMap;
use std::path::Path;

use agent_bill::demo;
use agent_bill::demo::variants::write_variants;
use agent_bill::ingest::rollup::{Options, Outcome, PeriodReport, run};
use agent_bill_billing::source;
use agent_bill_records::Store;
use agent_bill_records::testing::for_each_database;
use agent_bill_records::usage::RunOutcome;
use serde_json::Value;

const SEED: u64 = 11;

/// What a sum is compared by; of lines that are not usage the ledger labels only kind, account, channel and day.
type Key = Vec<String>;
/// Nano-USD, tokens, lines.
type Sums = BTreeMap<Key, (i64, i64, i64)>;

const KEY: [&str; 11] = [
    "usage_date",
    "line_kind",
    "account_id",
    "region",
    "channel",
    "principal_key",
    "model_key",
    "token_class",
    "tier",
    "routing",
    "surface",
];
const KEY_OF_OTHER_LINES: [&str; 4] = ["usage_date", "line_kind", "account_id", "channel"];

fn add(sums: &mut Sums, value: impl Fn(&str) -> String, nano: i64, tokens: i64, lines: i64) {
    let is_usage = value("line_kind") == "usage";
    let columns: &[&str] = if is_usage { &KEY } else { &KEY_OF_OTHER_LINES };
    let sum = sums.entry(columns.iter().map(|column| value(column)).collect()).or_default();
    *sum = (sum.0 + nano, sum.1 + if is_usage { tokens } else { 0 }, sum.2 + lines);
}

/// Sums by period from a ledger file, with the lines of each period (all, Bedrock).
fn ledger(path: &Path) -> BTreeMap<String, (Sums, i64, i64)> {
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let period = |period: &Value| {
        let mut sums = Sums::new();
        for sum in period["sums"].as_array().unwrap() {
            let number = |name: &str| sum[name].as_i64().unwrap();
            add(&mut sums, |column| sum[column].as_str().unwrap().to_owned(), number("nano"), number("tokens"), number("lines"));
        }
        let name = period["billing_period"].as_str().unwrap().to_owned();
        (name, (sums, period["lines_read"].as_i64().unwrap(), period["lines_bedrock"].as_i64().unwrap()))
    };
    document["periods"].as_array().unwrap().iter().map(period).collect()
}

async fn loaded(store: &Store, period: &str) -> Sums {
    let mut sums = Sums::new();
    for row in store.period_sums(period).await.unwrap() {
        let value = |column: &str| match column {
            "usage_date" => row.usage_date.clone(),
            "line_kind" => row.line_kind.clone(),
            "account_id" => row.account_id.clone(),
            "region" => row.region.clone(),
            "channel" => row.channel.clone(),
            "principal_key" => row.principal_key.clone(),
            "model_key" => row.model_key.clone(),
            "token_class" => row.token_class.clone(),
            "tier" => row.tier.clone(),
            "routing" => row.routing.clone(),
            _ => row.surface.clone(),
        };
        add(&mut sums, value, row.nano, row.tokens, row.lines);
    }
    sums
}

async fn load(store: &Store, export: &Path) -> Vec<PeriodReport> {
    let bills = source::open(export, 2).unwrap();
    run(store, &demo::clock(), bills.as_ref(), &Options::default()).await.unwrap()
}

async fn load_and_compare(store: &Store, export: &Path, truth: &Path) {
    let reports = load(store, export).await;
    let ledger = ledger(truth);
    assert_eq!(reports.len(), ledger.len());
    for report in reports {
        let period = report.period.to_string();
        assert_eq!(report.outcome, Outcome::Run(RunOutcome::Replaced), "{period}: {}", report.message);
        let (expected, lines_read, lines_bedrock) = &ledger[&period];
        assert_eq!((report.lines_read, report.lines_bedrock), (*lines_read, *lines_bedrock), "{period}");
        let found = loaded(store, &period).await;
        let differing: Vec<_> = expected.iter().filter(|(key, sum)| found.get(*key) != Some(sum)).take(3).collect();
        assert!(differing.is_empty(), "{} {period}: {differing:?}", export.display());
        assert_eq!(&found, expected, "{period}");
        let usage: i64 = expected.iter().filter(|(key, _)| key[1] == "usage").map(|(_, sum)| sum.0).sum();
        let whole: i64 = expected.values().map(|sum| sum.0).sum();
        assert_eq!((report.usage.0, report.other.0), (usage, whole - usage), "{period}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rollup_equals_the_generators_ledger_to_the_nano_dollar() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    demo::generate(&root, SEED, None).unwrap();
    write_variants(&root.join("variants"), SEED).unwrap();
    for_each_database(|store| {
        let root = root.clone();
        async move {
            load_and_compare(&store, &root.join("export"), &root.join("truth.json")).await;
            let again = load(&store, &root.join("export")).await;
            assert!(again.iter().all(|report| report.outcome == Outcome::Run(RunOutcome::Unchanged)));
            // Each delivered over what stands: restated downward, late rows missing, other grain, other format, other columns.
            for variant in ["restated", "daily", "late-marketplace", "csv-gz", "legacy-columns"] {
                let home = root.join("variants").join(variant);
                load_and_compare(&store, &home, &home.join("truth.json")).await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_currencies_in_a_period_fail_and_leave_what_stands() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    write_variants(&root, SEED).unwrap();
    for_each_database(|store| {
        let root = root.clone();
        async move {
            load_and_compare(&store, &root.join("restated"), &root.join("restated/truth.json")).await;
            let before = loaded(&store, "2026-10").await;
            let reports = load(&store, &root.join("two-currencies")).await;
            assert_eq!(reports[0].outcome, Outcome::Run(RunOutcome::Failed));
            assert!(reports[0].message.contains("`CNY`, `USD`"), "{}", reports[0].message);
            assert_eq!(loaded(&store, "2026-10").await, before);
            assert!(store.standing_period("2026-10").await.unwrap().unwrap().health.contains("could not be loaded"));
        }
    })
    .await;
}
