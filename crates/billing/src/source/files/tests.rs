//! Data files as the field brings them: other columns, other orders, other spellings, in other places.

use std::sync::Arc;

use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use proptest::prelude::*;

use super::fixture::{csv_of, daily, fold_file, fold_files, fold_object, in_bucket, parquet_bytes};
use super::*;
use crate::fold::Fold;
use crate::line::Line;
use crate::strings::Strings;
use crate::testing::{COLUMNS, Row, csv_bytes, days};

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
    let known = build(fold_file(&csv_of(&rows), "x.csv.gz").unwrap(), "2026-09-01").unwrap();
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

#[tokio::test]
async fn the_manifest_names_the_files_that_count() {
    let folder = tempfile::tempdir().unwrap();
    let write = |end: &str, bytes: &[u8]| {
        let path = folder.path().join("bill").join(end);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("data/BILLING_PERIOD=2026-10/bill-00001.csv.gz", &csv_of(&days(1..=2)));
    write("metadata/BILLING_PERIOD=2026-10/bill-Manifest.json", MANIFEST.as_bytes());
    write("data/BILLING_PERIOD=2026-10/bill-00002.csv.gz", &csv_of(&days(1..=9)));
    let contents = Files::below(Place::folder(folder.path()).unwrap(), 2).discover().await.unwrap()[0].look().await.unwrap().unwrap();
    assert_eq!(contents.files.len(), 1);
    write("data/BILLING_PERIOD=2026-10/notes.txt", b"x");
    write("data/BILLING_PERIOD=2026-10/garbage.parquet", b"no parquet");
    assert_eq!(contents.read("").await.unwrap().lines_read, 2);
}

const MANIFEST: &str = r#"{"dataFiles":["s3://bucket/x/bill/data/BILLING_PERIOD=2026-10/bill-00001.csv.gz"]}"#;

#[tokio::test]
async fn a_delivery_in_a_bucket_is_found_fingerprinted_and_read_as_in_a_folder() {
    let store = Arc::new(InMemory::new());
    let put = async |end: &str, bytes: Vec<u8>| {
        store.put(&Path::from(format!("x/bill/{end}")), bytes.into()).await.unwrap();
    };
    let data = "data/BILLING_PERIOD=2026-10/bill-00001.csv.gz";
    put(data, csv_of(&days(1..=2))).await;
    let files = Files::below(in_bucket(store.clone(), "x"), 2);
    let look = async || files.discover().await.unwrap()[0].look().await;
    assert!(look().await.unwrap().is_none());
    put("metadata/BILLING_PERIOD=2026-10/bill-Manifest.json", MANIFEST.as_bytes().to_vec()).await;
    let contents = look().await.unwrap().unwrap();
    assert_eq!(contents.files[0].place.to_string(), "s3://bucket/x/bill/data/BILLING_PERIOD=2026-10/bill-00001.csv.gz");
    assert!(contents.fingerprint.starts_with("bill@") && contents.fingerprint == look().await.unwrap().unwrap().fingerprint);
    assert_eq!(contents.read("").await.unwrap().rows, daily_of(&days(1..=2)).await);
    put(data, csv_of(&days(1..=3))).await;
    assert_ne!(contents.fingerprint, look().await.unwrap().unwrap().fingerprint);
    put("metadata/BILLING_PERIOD=2026-10/bill-Manifest.json", b"{".to_vec()).await;
    let broken = look().await.err().unwrap().to_string();
    assert!(broken.starts_with("manifest `s3://bucket/x/bill/metadata/BILLING_PERIOD=2026-10/bill-Manifest.json` is not"), "{broken}");
}

async fn daily_of(rows: &[Row]) -> Vec<agent_bill_domain::usage::UsageRow> {
    let rows = rows.to_vec();
    tokio::task::spawn_blocking(move || daily(&rows).rows).await.unwrap()
}

#[tokio::test]
async fn an_empty_bucket_and_a_missing_folder_are_named_as_the_user_named_them() {
    let empty = Files::below(in_bucket(Arc::new(InMemory::new()), "exports/cur"), 1).discover().await.err().unwrap();
    assert!(empty.to_string().contains("no export found under `s3://bucket/exports/cur`"), "{empty}");
    let unknown = super::super::open("s3://elsewhere/exports", 1).err().unwrap();
    assert!(unknown.to_string().starts_with("`s3://elsewhere/exports` lies in no store"), "{unknown}");
    let missing = super::super::open("no/such/folder", 1).err().unwrap();
    assert!(missing.to_string().starts_with("`no/such/folder` cannot be read: No such file"), "{missing}");
}

#[test]
fn a_file_gives_the_same_lines_from_a_bucket_as_from_a_folder() {
    for (name, bytes) in [("x.csv.gz", csv_of(&days(1..=9))), ("x.parquet", parquet_bytes(1, true)), ("x.parquet", parquet_bytes(2, false))]
    {
        let [local, remote] = [fold_file(&bytes, name), fold_object(&bytes, name)].map(|fold| build(fold.unwrap(), "").unwrap());
        assert_eq!((local.rows, local.tags, local.lines_read), (remote.rows, remote.tags, remote.lines_read), "{name}");
    }
}

#[test]
fn a_file_of_no_known_format_is_refused_wherever_it_lies() {
    for bytes in [&b""[..], b"x", b"neither of them"] {
        for refused in [fold_file(bytes, "notes.txt"), fold_object(bytes, "notes.txt")] {
            let message = refused.err().unwrap().to_string();
            assert!(message.starts_with("`notes.txt` is damaged or cut short (neither Parquet nor gzipped CSV)"), "{message}");
        }
    }
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
        let at = format!("{:.0}", split * f64::from(u32::try_from(rows.len()).unwrap())).parse::<usize>().unwrap();
        let files = [("a.csv.gz", csv_of(&rows[..at])), ("b.csv.gz", csv_of(&rows[at..]))];
        let two = build(fold_files(&files, threads).unwrap(), "").unwrap();
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
