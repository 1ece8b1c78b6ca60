use std::fs::File;

use arrow_array::builder::{MapBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};

use super::super::DataFile;
use super::super::fixture::{compressed_parquet_bytes, daily, fold_file, fold_object, parquet_bytes, runtime};
use super::*;
use crate::daily::build;
use crate::place::Place;
use crate::testing::Row;

#[test]
fn texts_and_maps_of_a_file_are_read_as_dictionaries() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("provider");
    map.values().append_value("Amazon");
    map.append(true).unwrap();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["AmazonBedrock"]));
    let number: ArrayRef = Arc::new(arrow_array::Float64Array::from(vec![1.0]));
    let mut columns: Vec<(&str, ArrayRef)> = vec![("product", Arc::new(map.finish()))];
    columns.extend(Field::REQUIRED.map(|field| (field.names()[0], Arc::clone(if field.is_number() { &number } else { &text }))));
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let runtime = runtime();
    let place = Place::folder(folder.path()).unwrap().below(&["x.parquet"]).unwrap();
    let file = DataFile { place, name: "x.parquet".to_owned() };
    let opened = Footer::read(&OpenFile { file, handle: runtime.handle().clone() }).unwrap();
    let is_dictionary = |data_type: &DataType| matches!(data_type, DataType::Dictionary(..));
    let schema = opened.metadata.schema();
    assert!(is_dictionary(schema.field_with_name("line_item_usage_type").unwrap().data_type()));
    let DataType::Map(entries, _) = schema.field_with_name("product").unwrap().data_type() else { panic!("not a map") };
    let DataType::Struct(entries) = entries.data_type() else { panic!("no entries") };
    assert!(entries.iter().all(|entry| is_dictionary(entry.data_type())), "{entries:?}");
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
        let message = fold_object(&whole[..cut], "x.parquet").err().unwrap().to_string();
        assert!(message.starts_with("`x.parquet` is damaged or cut short"), "{cut}: {message}");
    }
}

#[test]
fn of_an_object_only_the_needed_columns_are_fetched_and_those_of_the_predicate_first() {
    let text: ArrayRef = Arc::new(StringArray::from(vec!["AmazonBedrock"]));
    let unused: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(5_000)]));
    let mut columns: Vec<(&str, ArrayRef)> = vec![("line_item_line_item_description", unused)];
    columns.extend(Field::REQUIRED.map(|field| (field.names()[0], Arc::clone(&text))));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let runtime = runtime();
    let place = Place::folder(folder.path()).unwrap().below(&["x.parquet"]).unwrap();
    let file = DataFile { place, name: "x.parquet".to_owned() };
    let footer = Footer::read(&OpenFile { file, handle: runtime.handle().clone() }).unwrap();
    let wanted = |name: &str| {
        let columns = footer.metadata.metadata().row_group(0).columns().to_vec();
        let (start, length) = columns.iter().find(|column| column.column_path().string() == name).unwrap().byte_range();
        start..start + length
    };
    let names = Field::REQUIRED.map(|field| field.names()[0]);
    let others = names.into_iter().filter(|name| *name != "line_item_product_code").map(wanted).collect::<Vec<_>>();
    let [predicate, rest] = &footer.ranges(0)[..] else { panic!("two groups") };
    assert_eq!((predicate, rest), (&vec![wanted("line_item_product_code")], &others));
}
