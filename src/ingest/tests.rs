//! Deliveries as the field brings them: other columns, other orders, other types, damaged, cut short, doubled.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray, TimestampNanosecondArray};
use arrow::array::{MapBuilder, StringBuilder, StructArray, TimestampMillisecondArray};
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use super::rollup::{Options, Outcome, PeriodReport, run};
use agent_bill_billing::daily::{Daily, build};
use agent_bill_billing::fold::Fold;
use agent_bill_billing::line::Line;
use agent_bill_billing::source::{DataFile, read};
use agent_bill_billing::strings::Strings;
use agent_bill_domain::clock::FixedClock;
use agent_bill_records::Store;
use agent_bill_records::testing::for_each_database;
use agent_bill_records::usage::RunOutcome;

const COLUMNS: [&str; 17] = [
    "line_item_product_code",
    "bill_billing_entity",
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_operation",
    "pricing_unit",
    "line_item_usage_account_id",
    "bill_payer_account_id",
    "product_region_code",
    "line_item_iam_principal",
    "line_item_resource_id",
    "line_item_usage_start_date",
    "line_item_usage_amount",
    "line_item_unblended_cost",
    "line_item_currency_code",
    "product",
    "tags",
];

/// One line of the bill as texts by column.
#[derive(Debug, Clone)]
struct Row(Vec<(&'static str, String)>);

impl Row {
    /// 1,000 input tokens of Sonnet 4.6 at the list price, called by one role.
    fn usage(day: u32) -> Self {
        let texts = [
            ("line_item_product_code", "AmazonBedrockService".to_owned()),
            ("bill_billing_entity", "AWS".to_owned()),
            ("line_item_line_item_type", "Usage".to_owned()),
            ("line_item_usage_type", "USE1-Claude4.6Sonnet-input-tokens".to_owned()),
            ("line_item_operation", "InvokeModelInference".to_owned()),
            ("pricing_unit", "1K tokens".to_owned()),
            ("line_item_usage_account_id", "012345678901".to_owned()),
            ("bill_payer_account_id", "999999999999".to_owned()),
            ("line_item_iam_principal", "arn:aws:sts::012345678901:assumed-role/app/one".to_owned()),
            ("line_item_usage_start_date", format!("2026-10-{day:02}T05:00:00Z")),
            ("line_item_usage_amount", "1000".to_owned()),
            ("line_item_unblended_cost", "3.3".to_owned()),
            ("line_item_currency_code", "USD".to_owned()),
        ];
        Self(texts.to_vec())
    }

    fn with(mut self, column: &'static str, value: &str) -> Self {
        self.0.retain(|(name, _)| *name != column);
        self.0.push((column, value.to_owned()));
        self
    }

    fn get(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value.as_str())
    }
}

fn days(days: std::ops::RangeInclusive<u32>) -> Vec<Row> {
    days.map(Row::usage).collect()
}

fn csv_bytes(header: &[&str], columns: &[&str], rows: &[Row]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    csv.write_record(header).unwrap();
    for row in rows {
        csv.write_record(columns.iter().map(|column| row.get(column))).unwrap();
    }
    csv.into_inner().unwrap().finish().unwrap()
}

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

    fn options(&self) -> Options {
        Options { export: self.path(), period: None, accept_shrink: false, replace_export: false, threads: 2 }
    }
}

fn clock() -> FixedClock {
    FixedClock("2026-11-02T09:00:00Z".parse().unwrap())
}

async fn load(store: &Store, options: &Options) -> PeriodReport {
    let mut reports = run(store, &clock(), options).await.unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

async fn total(store: &Store) -> i64 {
    store.period_sums("2026-10").await.unwrap().iter().map(|sum| sum.nano).sum()
}

fn fold_file(bytes: &[u8], name: &str) -> Result<Fold, agent_bill_billing::BillingError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&[DataFile { path, name: name.to_owned() }], 2)
}

fn daily(rows: &[Row]) -> Daily {
    build(fold_file(&csv_bytes(&COLUMNS, &COLUMNS, rows), "x.csv.gz").unwrap(), "").unwrap()
}

#[tokio::test]
async fn whatever_is_wrong_with_a_delivery_the_figures_of_before_stand() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.deliver(&days(1..=20));
        assert_eq!(load(&store, &export.options()).await.outcome, Outcome::Run(RunOutcome::Replaced));
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
            let report = load(&store, &export.options()).await;
            assert_eq!(report.outcome, Outcome::Run(RunOutcome::Failed), "{complaint}");
            assert!(report.message.contains(complaint) && !report.message.contains('\n'), "{}", report.message);
            assert_eq!(total(&store).await, 20 * 3_300_000_000, "{complaint}");
        }
        export.manifest(&["bill-00001.csv.gz", "bill-00002.csv.gz"]);
        let report = load(&store, &export.options()).await;
        assert!(
            report
                .message
                .contains("`s3://bucket/x/bill/data/BILLING_PERIOD=2026-10/bill-00002.csv.gz`, named by the manifest, is missing")
        );
        let standing = store.standing_period("2026-10").await.unwrap().unwrap();
        assert!(standing.health.contains("bill-00002.csv.gz") && standing.days == 20);
        export.deliver(&days(1..=21));
        assert_eq!(load(&store, &export.options()).await.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(store.standing_period("2026-10").await.unwrap().unwrap().health, "");
    })
    .await;
}

#[tokio::test]
async fn a_period_without_a_manifest_is_not_ready_and_never_zero() {
    for_each_database(|store| async move {
        let export = Export::new();
        export.put("bill-00001.csv.gz", &csv_bytes(&COLUMNS, &COLUMNS, &days(1..=3)));
        let report = load(&store, &export.options()).await;
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
        let first = load(&store, &export.options()).await;
        let manifest = export.path().join("bill/metadata/BILLING_PERIOD=2026-10/bill-Manifest.json");
        let good = std::fs::read(&manifest).unwrap();
        std::fs::write(&manifest, "{").unwrap();
        assert_eq!(load(&store, &export.options()).await.outcome, Outcome::Run(RunOutcome::Failed));
        std::fs::write(&manifest, good).unwrap();
        let again = load(&store, &export.options()).await;
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
        load(&store, &export.options()).await;
        for rows in [days(1..=9), vec![Row::usage(1).with("line_item_product_code", "AmazonEC2").with("line_item_iam_principal", "")]] {
            export.deliver(&rows);
            let report = load(&store, &export.options()).await;
            assert_eq!(report.outcome, Outcome::Run(RunOutcome::Kept), "{}", report.message);
            assert_eq!(total(&store).await, 20 * 3_300_000_000);
            assert!(store.standing_period("2026-10").await.unwrap().unwrap().health.contains("kept"));
        }
        // Less money on the same days is an ordinary restatement.
        let cheaper: Vec<Row> = days(1..=20).into_iter().map(|row| row.with("line_item_unblended_cost", "3.2")).collect();
        export.deliver(&cheaper);
        assert_eq!(load(&store, &export.options()).await.outcome, Outcome::Run(RunOutcome::Replaced));
        export.deliver(&days(1..=9));
        let accepted = load(&store, &Options { accept_shrink: true, ..export.options() }).await;
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
        load(&store, &first.options()).await;
        let second = Export { name: "other", ..Export::new() };
        second.deliver(&days(1..=5));
        let report = load(&store, &second.options()).await;
        assert_eq!(report.outcome, Outcome::Run(RunOutcome::Failed));
        assert!(report.message.contains("came from export `bill`"), "{}", report.message);
        assert_eq!(total(&store).await, 5 * 3_300_000_000);
        let replaced = load(&store, &Options { replace_export: true, ..second.options() }).await;
        assert_eq!(replaced.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(total(&store).await, 5 * 3_300_000_000);
    })
    .await;
}

#[test]
fn lines_are_read_by_column_name_in_any_order_and_spelling() {
    let rows = [Row::usage(1).with("product", r#"{"provider":"Anthropic","model":"Claude Sonnet 4.6"}"#), Row::usage(2)];
    let reference = daily(&rows).rows;
    let mut reversed = COLUMNS;
    reversed.reverse();
    let read = build(fold_file(&csv_bytes(&reversed, &reversed, &rows), "x.csv.gz").unwrap(), "").unwrap().rows;
    assert_eq!(read, reference);
    let legacy: Vec<String> = COLUMNS
        .iter()
        .map(|column| match *column {
            "line_item_iam_principal" => "line_item_iam_principal".to_owned(),
            "line_item_line_item_type" => "lineItem/LineItemType".to_owned(),
            other => other.replacen("line_item_", "lineItem/", 1).replacen("bill_", "bill/", 1),
        })
        .collect();
    let legacy: Vec<&str> = legacy.iter().map(String::as_str).collect();
    let read = build(fold_file(&csv_bytes(&legacy, &COLUMNS, &rows), "x.csv.gz").unwrap(), "").unwrap().rows;
    assert_eq!(read, reference);
}

/// The same two lines as Parquet, times in one of three units, text as text or dictionary.
fn parquet_bytes(unit: u8, with_map: bool) -> Vec<u8> {
    compressed_parquet_bytes(unit, with_map, Compression::UNCOMPRESSED)
}

fn compressed_parquet_bytes(unit: u8, with_map: bool, compression: Compression) -> Vec<u8> {
    let seconds = [1_790_830_800_i64, 1_790_917_200];
    let times: ArrayRef = match unit {
        0 => Arc::new(TimestampMillisecondArray::from(seconds.map(|at| at * 1_000).to_vec()).with_timezone("UTC")),
        1 => Arc::new(TimestampMicrosecondArray::from(seconds.map(|at| at * 1_000_000).to_vec())),
        _ => Arc::new(TimestampNanosecondArray::from(seconds.map(|at| at * 1_000_000_000).to_vec()).with_timezone("+05:30")),
    };
    let rows = [Row::usage(1), Row::usage(2)];
    let text = |column: &str| -> ArrayRef { Arc::new(StringArray::from(rows.iter().map(|row| row.get(column)).collect::<Vec<_>>())) };
    let mut columns: Vec<(ArrowField, ArrayRef)> = Vec::new();
    for column in COLUMNS.iter().filter(|column| !matches!(**column, "product" | "tags")) {
        let array = match *column {
            "line_item_usage_start_date" => Arc::clone(&times),
            "line_item_usage_amount" => Arc::new(Float64Array::from(vec![1000.0; 2])),
            "line_item_unblended_cost" => Arc::new(Float64Array::from(vec![3.3; 2])),
            // As a tool that takes account ids for numbers would write it.
            "bill_payer_account_id" => Arc::new(arrow::array::Int64Array::from(vec![999_999_999_999_i64; 2])),
            "line_item_usage_account_id" => Arc::new(arrow::array::Int64Array::from(vec![12_345_678_901_i64; 2])),
            other => text(other),
        };
        columns.push((ArrowField::new(*column, array.data_type().clone(), true), array));
    }
    if with_map {
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        for _ in &rows {
            map.keys().append_value("iamPrincipal/team");
            map.values().append_value("Équipe A");
            map.keys().append_value("accountTag/env");
            map.values().append_value("prod");
            map.append(true).unwrap();
        }
        let map: ArrayRef = Arc::new(map.finish());
        columns.insert(0, (ArrowField::new("tags", map.data_type().clone(), true), map));
    }
    if unit == 2 {
        let team: ArrayRef = Arc::new(StringArray::from(vec!["Équipe A"; 2]));
        let tags: ArrayRef =
            Arc::new(StructArray::from(vec![(Arc::new(ArrowField::new("iamPrincipal/team", DataType::Utf8, true)), team)]));
        columns.push((ArrowField::new("tags", tags.data_type().clone(), true), tags));
    }
    let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn snappy_gzip_and_zstandard_files_give_the_same_rows() {
    let reference = daily(&[Row::usage(1), Row::usage(2)]).rows;
    let plain = parquet_bytes(0, true);
    for compression in [Compression::SNAPPY, Compression::GZIP(GzipLevel::default()), Compression::ZSTD(ZstdLevel::default())] {
        let bytes = compressed_parquet_bytes(0, true, compression);
        assert_ne!(bytes, plain, "{compression} was not applied");
        let read = build(fold_file(&bytes, "x.parquet").unwrap(), "").unwrap();
        assert_eq!(read.rows, reference, "{compression}");
    }
}

#[test]
fn parquet_and_csv_give_the_same_rows_whatever_the_types_of_the_columns() {
    let reference = daily(&[Row::usage(1), Row::usage(2)]).rows;
    for unit in 0..3 {
        let read = build(fold_file(&parquet_bytes(unit, unit == 1), "x.parquet").unwrap(), "").unwrap();
        assert_eq!(read.rows, reference, "unit {unit}");
        let tags: Vec<_> =
            read.tags.iter().map(|tag| (tag.tag_key.as_str(), tag.tag_value.as_str(), tag.tag_value_folded.as_str())).collect();
        assert_eq!(tags, if unit > 0 { vec![("team", "Équipe A", "equipe a")] } else { vec![] });
    }
}

#[test]
fn a_damaged_parquet_file_is_an_error_and_never_a_partial_sum() {
    let whole = parquet_bytes(0, true);
    for cut in [5, whole.len() / 2, whole.len() - 1] {
        assert!(fold_file(&whole[..cut], "x.parquet").is_err(), "{cut}");
    }
}

#[test]
fn what_the_bill_repeats_is_left_out_and_what_it_invents_is_kept_and_told() {
    let rows = [
        Row::usage(1),
        Row::usage(1).with("line_item_operation", "EKSPod-EC2"),
        Row::usage(2).with("line_item_usage_type", "USE1-Quantum-Anchors").with("pricing_unit", "Anchors"),
        Row::usage(3)
            .with("line_item_line_item_type", "EdpDiscount")
            .with("line_item_unblended_cost", "-1")
            .with("line_item_iam_principal", ""),
        Row::usage(4).with("line_item_line_item_type", "Novelty"),
        Row::usage(5).with("line_item_product_code", "AmazonSomething"),
        Row::usage(6).with("line_item_product_code", "AmazonSomething").with("line_item_iam_principal", ""),
    ];
    let read = daily(&rows);
    assert_eq!((read.lines_read, read.lines_bedrock, read.safety_net_lines), (7, 6, 1));
    assert_eq!(read.usage.0, 3 * 3_300_000_000);
    assert_eq!(read.other.0, 3_300_000_000 - 1_000_000_000);
    assert_eq!(read.unknown_usage_types, ["USE1-Quantum-Anchors"]);
    let discount = read.rows.iter().find(|row| row.line_kind == "discount").unwrap();
    assert_eq!((discount.tokens, discount.unblended_nano), (0, -1_000_000_000));
    assert_eq!(read.rows.iter().find(|row| row.usage_date == "2026-10-01").unwrap().tokens, 1_000_000);
    for told in ["USE1-Quantum-Anchors", "Novelty", "only because they name a principal"] {
        assert!(read.notes.iter().any(|note| note.contains(told)), "{told}: {:?}", read.notes);
    }
}

#[test]
fn sessions_fold_into_their_role_and_usage_before_the_first_principal_is_marked() {
    let session =
        |day, name: &str| Row::usage(day).with("line_item_iam_principal", &format!("arn:aws:sts::012345678901:assumed-role/app/{name}"));
    let rows = [
        Row::usage(1).with("line_item_iam_principal", ""),
        session(3, "a"),
        session(3, "b"),
        session(3, "a"),
        Row::usage(4).with("line_item_iam_principal", ""),
    ];
    let read = daily(&rows);
    let marks: Vec<_> =
        read.rows.iter().map(|row| (row.usage_date.as_str(), row.principal_key.as_str(), row.has_principal_data, row.sessions)).collect();
    assert_eq!(marks, [("2026-10-01", "", false, 0), ("2026-10-03", "aws:012345678901:role/app", true, 2), ("2026-10-04", "", true, 0)]);
    assert_eq!((read.first_principal_on.as_str(), read.principals.len()), ("2026-10-03", 1));
    let known = build(fold_file(&csv_bytes(&COLUMNS, &COLUMNS, &rows), "x.csv.gz").unwrap(), "2026-09-01").unwrap();
    assert!(known.rows.iter().all(|row| row.has_principal_data));
}

#[test]
fn a_file_without_the_principal_column_is_loaded_and_told() {
    let columns: Vec<&str> = COLUMNS.into_iter().filter(|column| *column != "line_item_iam_principal").collect();
    let read = build(fold_file(&csv_bytes(&columns, &columns, &days(1..=2)), "x.csv.gz").unwrap(), "2026-04-08").unwrap();
    assert!(!read.has_principal_column && read.rows.iter().all(|row| !row.has_principal_data));
    assert!(read.notes.iter().any(|note| note.contains("line_item_iam_principal")));
}

#[test]
fn a_wrong_unit_is_suspected_and_not_believed() {
    let wrong = Row::usage(1).with("pricing_unit", "1M tokens");
    let unknown = Row::usage(2).with("pricing_unit", "Bushels");
    let read = daily(&[wrong, unknown, Row::usage(3)]);
    let suspects: Vec<_> = read.rows.iter().map(|row| (row.unit_suspect, row.tokens)).collect();
    assert_eq!(suspects, [(true, 1_000_000_000), (true, 0), (false, 1_000_000)]);
}

#[test]
fn the_manifest_names_the_files_that_count() {
    let export = Export::new();
    export.deliver(&days(1..=2));
    export.put("bill-00002.csv.gz", &csv_bytes(&COLUMNS, &COLUMNS, &days(1..=9)));
    let contents = agent_bill_billing::export::discover(Path::new(&export.path())).unwrap()[0].contents().unwrap().unwrap();
    assert_eq!(contents.files.len(), 1);
    export.put("notes.txt", b"x");
    let mut garbage = std::fs::File::create(export.data("garbage.parquet")).unwrap();
    garbage.write_all(b"no parquet").unwrap();
    assert_eq!(build(read(&contents.files, 2).unwrap(), "").unwrap().lines_read, 2);
}

/// A small bill at random: (day, role, type, cents, amount).
fn random_rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (1_u32..6, 0_u32..3, 0_usize..4, -5_000_i64..50_000, 0_u32..5_000).prop_map(|(day, role, kind, cents, amount)| {
        let usage_type =
            ["USE1-NovaPro-input-tokens", "USE1-NovaPro-output-tokens", "USE1-Guardrail-TopicPolicyUnitsConsumed", "USE1-New"][kind];
        let principal = if role == 0 { String::new() } else { format!("arn:aws:sts::012345678901:assumed-role/r{role}/s{cents}") };
        Row::usage(day)
            .with("line_item_usage_type", usage_type)
            .with("line_item_iam_principal", &principal)
            .with("line_item_unblended_cost", &format!("{}", f64::from(i32::try_from(cents).unwrap()) / 1_000.0))
            .with("line_item_usage_amount", &amount.to_string())
    });
    proptest::collection::vec(row, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_of_rows_are_sums_of_lines_however_the_lines_are_split(rows in random_rows(), split in 0.0_f64..1.0, threads in 1_usize..4) {
        let cents: i64 = rows.iter().map(|row| (row.get("line_item_unblended_cost").parse::<f64>().unwrap() * 1e9).round_ties_even()).map(|nano| format!("{nano}").parse::<i64>().unwrap()).sum();
        let one = daily(&rows);
        prop_assert_eq!(one.rows.iter().map(|row| row.unblended_nano).sum::<i64>(), cents);
        prop_assert_eq!(one.rows.iter().map(|row| row.lines).sum::<i64>(), i64::try_from(rows.len()).unwrap());
        prop_assert_eq!(one.usage.0 + one.other.0, cents);
        let folder = tempfile::tempdir().unwrap();
        let at = format!("{:.0}", split * f64::from(u32::try_from(rows.len()).unwrap())).parse::<usize>().unwrap();
        let mut files = Vec::new();
        for (name, part) in [("a.csv.gz", &rows[..at]), ("b.csv.gz", &rows[at..])] {
            let path = folder.path().join(name);
            std::fs::write(&path, csv_bytes(&COLUMNS, &COLUMNS, part)).unwrap();
            files.push(DataFile { path, name: name.to_owned() });
        }
        let two = build(read(&files, threads).unwrap(), "").unwrap();
        prop_assert_eq!(two.rows, one.rows);
        prop_assert_eq!(two.principals, one.principals);
    }

    #[test]
    fn a_line_of_any_strings_and_amounts_is_folded_or_refused_but_never_panics(texts in proptest::collection::vec("\\PC{0,20}", 8), amount: f64, cost: f64, start in -1_000_000_000_000_i64..1_000_000_000_000) {
        let strings = Arc::new(Strings::default());
        let number = |index: usize| strings.number(&texts[index]);
        let line = Line { product_code: number(0), usage_type: number(1), pricing_unit: number(2), principal: number(3), resource_id: number(4), model: number(5), line_type: number(6), region: number(7), amount, unblended: cost, start, ..Line::default() };
        let mut fold = Fold::new(Arc::clone(&strings));
        if fold.add(&line).is_ok() {
            prop_assert_eq!(build(fold, "").map(|daily| daily.rows.len()).unwrap_or(1), 1);
        }
    }
}
