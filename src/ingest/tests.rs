//! What becomes of the figures that stand, whatever is delivered.

use std::path::PathBuf;

use super::rollup::{Options, Outcome, PeriodReport, run};
use agent_bill_billing::source::{self, BillSource};
use agent_bill_billing::testing::{COLUMNS, Row, csv_bytes, days};
use agent_bill_domain::clock::FixedClock;
use agent_bill_records::Store;
use agent_bill_records::testing::for_each_database;
use agent_bill_records::usage::RunOutcome;

mod folded;

/// An export folder that is delivered to again and again.
struct Export {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl Export {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), name: "bill" }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn data(&self, file: &str) -> PathBuf {
        self.folder.path().join(self.name).join("data/BILLING_PERIOD=2026-10").join(file)
    }

    fn put(&self, file: &str, bytes: &[u8]) {
        let path = self.data(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn manifest(&self, files: &[&str]) {
        let folder = self.folder.path().join(self.name).join("metadata/BILLING_PERIOD=2026-10");
        std::fs::create_dir_all(&folder).unwrap();
        let keys: Vec<String> =
            files.iter().map(|file| format!("s3://bucket/x/{}/data/BILLING_PERIOD=2026-10/{file}", self.name)).collect();
        std::fs::write(folder.join(format!("{}-Manifest.json", self.name)), serde_json::json!({ "dataFiles": keys }).to_string()).unwrap();
    }

    fn deliver(&self, rows: &[Row]) {
        self.put("bill-00001.csv.gz", &csv_bytes(&COLUMNS, &COLUMNS, rows));
        self.manifest(&["bill-00001.csv.gz"]);
    }

    fn bills(&self) -> Box<dyn BillSource> {
        source::open(self.path(), 2).unwrap()
    }
}

fn clock() -> FixedClock {
    FixedClock("2026-11-02T09:00:00Z".parse().unwrap())
}

async fn load(store: &Store, bills: &dyn BillSource) -> PeriodReport {
    load_with(store, bills, &Options::default()).await
}

async fn load_with(store: &Store, bills: &dyn BillSource, options: &Options) -> PeriodReport {
    let mut reports = run(store, &clock(), bills, options).await.unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

async fn total(store: &Store) -> i64 {
    store.period_sums("2026-10").await.unwrap().iter().map(|sum| sum.nano).sum()
}

#[tokio::test]
async fn whatever_is_wrong_with_a_delivery_the_figures_of_before_stand() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.deliver(&days(1..=20));
        assert_eq!(load(&store, export.bills().as_ref()).await.outcome, Outcome::Run(RunOutcome::Replaced));
        let whole = csv_bytes(&COLUMNS, &COLUMNS, &days(1..=21));
        let infinite =
            csv_bytes(&COLUMNS, &COLUMNS, &[days(1..=21), vec![Row::usage(22).with("line_item_unblended_cost", "NaN")]].concat());
        let no_cost = csv_bytes(&COLUMNS[..13], &COLUMNS[..13], &days(1..=21));
        let yuan = csv_bytes(&COLUMNS, &COLUMNS, &[days(1..=21), vec![Row::usage(22).with("line_item_currency_code", "CNY")]].concat());
        for (bytes, complaint) in [
            (&whole[..whole.len() / 2], "`bill-00001.csv.gz` is damaged or cut short"),
            (&[][..], "`bill-00001.csv.gz` is damaged"),
            (b"PAR1 but nothing after", "`bill-00001.csv.gz` is damaged"),
            (&infinite, "`bill-00001.csv.gz` row 22: `line_item_unblended_cost` is not a finite number"),
            (&no_cost, "no column `line_item_unblended_cost`"),
            (&yuan, "`CNY`, `USD`"),
        ] {
            export.put("bill-00001.csv.gz", bytes);
            let report = load(&store, export.bills().as_ref()).await;
            assert_eq!(report.outcome, Outcome::Run(RunOutcome::Failed), "{complaint}");
            assert!(report.message.contains(complaint) && !report.message.contains('\n'), "{}", report.message);
            assert_eq!(total(&store).await, 20 * 3_300_000_000, "{complaint}");
        }
        export.manifest(&["bill-00001.csv.gz", "bill-00002.csv.gz"]);
        let report = load(&store, export.bills().as_ref()).await;
        assert!(
            report
                .message
                .contains("`s3://bucket/x/bill/data/BILLING_PERIOD=2026-10/bill-00002.csv.gz`, named by the manifest, is missing")
        );
        let standing = store.standing_period("2026-10").await.unwrap().unwrap();
        assert!(standing.health.contains("bill-00002.csv.gz") && standing.days == 20);
        export.deliver(&days(1..=21));
        assert_eq!(load(&store, export.bills().as_ref()).await.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(store.standing_period("2026-10").await.unwrap().unwrap().health, "");
    })
    .await;
}

#[tokio::test]
async fn a_period_without_a_manifest_is_not_ready_and_never_zero() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.put("bill-00001.csv.gz", &csv_bytes(&COLUMNS, &COLUMNS, &days(1..=3)));
        let report = load(&store, export.bills().as_ref()).await;
        assert_eq!((report.outcome, report.run_id.as_str()), (Outcome::NotReady, ""));
        assert!(store.standing_period("2026-10").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn an_unchanged_delivery_is_not_read_again_and_clears_what_was_said_of_a_broken_one() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.deliver(&days(1..=3));
        let first = load(&store, export.bills().as_ref()).await;
        let manifest = export.path().join("bill/metadata/BILLING_PERIOD=2026-10/bill-Manifest.json");
        let good = std::fs::read(&manifest).unwrap();
        std::fs::write(&manifest, "{").unwrap();
        assert_eq!(load(&store, export.bills().as_ref()).await.outcome, Outcome::Run(RunOutcome::Failed));
        std::fs::write(&manifest, good).unwrap();
        let again = load(&store, export.bills().as_ref()).await;
        assert_eq!(again.outcome, Outcome::Run(RunOutcome::Unchanged));
        let standing = store.standing_period("2026-10").await.unwrap().unwrap();
        assert_eq!((standing.run_id, standing.health.as_str()), (first.run_id, ""));
    })
    .await;
}

#[tokio::test]
async fn a_period_that_lost_days_or_all_its_lines_is_kept_until_somebody_accepts_it() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.deliver(&days(1..=20));
        load(&store, export.bills().as_ref()).await;
        for rows in [days(1..=9), vec![Row::usage(1).with("line_item_product_code", "AmazonEC2").with("line_item_iam_principal", "")]] {
            export.deliver(&rows);
            let report = load(&store, export.bills().as_ref()).await;
            assert_eq!(report.outcome, Outcome::Run(RunOutcome::Kept), "{}", report.message);
            assert_eq!(total(&store).await, 20 * 3_300_000_000);
            assert!(store.standing_period("2026-10").await.unwrap().unwrap().health.contains("kept"));
        }
        // Less money on the same days is an ordinary restatement.
        let cheaper: Vec<Row> = days(1..=20).into_iter().map(|row| row.with("line_item_unblended_cost", "3.2")).collect();
        export.deliver(&cheaper);
        assert_eq!(load(&store, export.bills().as_ref()).await.outcome, Outcome::Run(RunOutcome::Replaced));
        export.deliver(&days(1..=9));
        let accepted = load_with(&store, export.bills().as_ref(), &Options { accept_shrink: true, ..Options::default() }).await;
        assert_eq!(accepted.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(total(&store).await, 9 * 3_300_000_000);
    })
    .await;
}

#[tokio::test]
async fn a_second_export_over_the_same_period_is_refused() {
    for_each_database(|store| async move {
        let first = Export::new();
        first.deliver(&days(1..=5));
        load(&store, first.bills().as_ref()).await;
        let second = Export { name: "other", ..Export::new() };
        second.deliver(&days(1..=5));
        let report = load(&store, second.bills().as_ref()).await;
        assert_eq!(report.outcome, Outcome::Run(RunOutcome::Failed));
        assert!(report.message.contains("came from export `bill`"), "{}", report.message);
        assert_eq!(total(&store).await, 5 * 3_300_000_000);
        let replaced = load_with(&store, second.bills().as_ref(), &Options { replace_export: true, ..Options::default() }).await;
        assert_eq!(replaced.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(total(&store).await, 5 * 3_300_000_000);
    })
    .await;
}
