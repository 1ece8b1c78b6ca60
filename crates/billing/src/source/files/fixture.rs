//! Data files made by hand and folded, on this machine or in memory.

use std::sync::Arc;

use arrow_array::builder::{MapBuilder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray, TimestampNanosecondArray};
use arrow_array::{StructArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field as ArrowField, Schema};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tokio::runtime::{Builder, Runtime};

use super::DataFile;
use super::read::read;
use crate::BillingError;
use crate::daily::{Daily, build};
use crate::fold::Fold;
use crate::place::Place;
use crate::testing::{COLUMNS, Row, csv_bytes};

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Folds a file of this machine.
pub(super) fn fold_file(bytes: &[u8], name: &str) -> Result<Fold, BillingError> {
    fold_files(&[(name, bytes.to_vec())], 2)
}

pub(super) fn fold_files(files: &[(&str, Vec<u8>)], threads: usize) -> Result<Fold, BillingError> {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path()).unwrap();
    let file = |(name, bytes): &(&str, Vec<u8>)| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        DataFile { place: place.below(&[name]).unwrap(), name: (*name).to_owned() }
    };
    read(&files.iter().map(file).collect::<Vec<_>>(), threads, runtime().handle())
}

/// Folds an object of a store that has no file system below it.
pub(super) fn fold_object(bytes: &[u8], name: &str) -> Result<Fold, BillingError> {
    let (store, runtime) = (Arc::new(InMemory::new()), runtime());
    runtime.block_on(store.put(&Path::from(name), bytes.to_vec().into())).unwrap();
    read(&[DataFile { place: in_bucket(store, name), name: name.to_owned() }], 2, runtime.handle())
}

pub(super) fn in_bucket(store: Arc<dyn ObjectStore>, key: &str) -> Place {
    Place::in_store("s3://bucket", store, key).unwrap()
}

/// Lines, as a gzipped CSV file.
pub(super) fn csv_of(rows: &[Row]) -> Vec<u8> {
    csv_bytes(&COLUMNS, &COLUMNS, rows)
}

pub(super) fn daily(rows: &[Row]) -> Daily {
    build(fold_file(&csv_of(rows), "x.csv.gz").unwrap(), "").unwrap()
}

/// The same two lines as Parquet, times in one of three units, text as text or dictionary.
pub(super) fn parquet_bytes(unit: u8, with_map: bool) -> Vec<u8> {
    compressed_parquet_bytes(unit, with_map, Compression::UNCOMPRESSED)
}

pub(super) fn compressed_parquet_bytes(unit: u8, with_map: bool, compression: Compression) -> Vec<u8> {
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
            "bill_payer_account_id" => Arc::new(arrow_array::Int64Array::from(vec![999_999_999_999_i64; 2])),
            "line_item_usage_account_id" => Arc::new(arrow_array::Int64Array::from(vec![12_345_678_901_i64; 2])),
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
