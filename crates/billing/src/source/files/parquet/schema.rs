//! The types that columns are read as.

use std::sync::Arc;

use arrow_schema::{DataType, Field as ArrowField, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::{Columns, index_of, map_column};
use crate::columns::Field;

/// Asks for dictionaries where strings are read, so that each distinct string of a row group is looked at once. A file that cannot give them is
/// read as it is.
pub(super) fn with_dictionaries(metadata: ArrowReaderMetadata, columns: &Columns) -> ArrowReaderMetadata {
    let wanted: Vec<usize> =
        Field::ALL.iter().filter(|field| field.is_text() || field.is_map()).filter_map(|field| index_of(columns, *field)).collect();
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields: Vec<Arc<ArrowField>> = metadata
        .schema()
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if wanted.contains(&index) => {
                Arc::new(ArrowField::new(field.name(), dictionary.clone(), field.is_nullable()))
            }
            map @ DataType::Map(..) if wanted.contains(&index) => match map_column::with_dictionaries(map, &dictionary) {
                Some(map) => Arc::new(field.as_ref().clone().with_data_type(map)),
                None => Arc::clone(field),
            },
            _ => Arc::clone(field),
        })
        .collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).unwrap_or(metadata)
}
