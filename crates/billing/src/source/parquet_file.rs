//! Parquet: only the needed columns, string columns as dictionaries, and everything but the predicate's columns only for lines it lets through.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter};

use super::csv_gz::note_principal_column;
use super::{DataFile, damaged, missing_or_unreadable};
use crate::BillingError;
use crate::columns::{Field, locate};
use crate::fold::Fold;
use crate::predicate::{self, Arms};

mod batch;
mod column;
mod map_column;
use batch::BatchReader;
use column::{Text, is_same};

const BATCH_LINES: usize = 8_192;

/// A Parquet file whose footer has been read.
pub(super) struct Opened {
    file: DataFile,
    metadata: ArrowReaderMetadata,
    /// Index of each field's column in the file.
    columns: [Option<usize>; Field::ALL.len()],
    /// First row of each row group.
    first_rows: Vec<u64>,
}

impl Opened {
    pub(super) fn open(file: &DataFile) -> Result<Self, BillingError> {
        let opened = File::open(&file.path).map_err(|error| missing_or_unreadable(file, error))?;
        let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()).map_err(|error| damaged(file, error))?;
        let columns = locate(metadata.schema().fields().iter().map(|field| field.name().as_str()));
        for field in Field::REQUIRED {
            if index_of(&columns, field).is_none() {
                let column = field.names().first().copied().unwrap_or_default();
                return Err(BillingError::MissingColumn { file: file.name.clone(), column });
            }
        }
        let metadata = with_dictionaries(metadata, &columns);
        let rows = metadata.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or_default());
        let first_rows = rows
            .scan(0, |first, rows| {
                let this = *first;
                *first += rows;
                Some(this)
            })
            .collect();
        Ok(Self { file: file.clone(), metadata, columns, first_rows })
    }

    pub(super) fn row_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    pub(super) fn read_row_group(&self, index: usize, fold: &mut Fold) -> Result<(), BillingError> {
        note_principal_column(fold, index_of(&self.columns, Field::Principal).is_some());
        fold.seen.lines_read += self.metadata.metadata().row_groups().get(index).map_or(0, |group| group.num_rows());
        let opened = File::open(&self.file.path).map_err(|error| missing_or_unreadable(&self.file, error))?;
        let selected = Arc::new(Mutex::new(Vec::new()));
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, self.metadata.clone())
            .with_row_groups(vec![index])
            .with_batch_size(BATCH_LINES)
            .with_projection(self.mask(&Field::ALL))
            .with_row_filter(self.filter(Arc::clone(&selected)))
            .build()
            .map_err(|error| damaged(&self.file, error))?;
        let mut batches = BatchReader::new(Arc::clone(fold.strings()), self.columns);
        let mut emitted = 0;
        for batch in reader {
            let batch = batch.map_err(|error| damaged(&self.file, error))?;
            batches.fold(&batch, fold).map_err(|(offset, reason)| {
                let rows = selected.lock().unwrap_or_else(PoisonError::into_inner);
                let in_group: u64 = rows.get(emitted + offset).copied().unwrap_or_default();
                let row = self.first_rows.get(index).copied().unwrap_or_default() + in_group + 1;
                BillingError::Line { file: self.file.name.clone(), row, reason }
            })?;
            emitted += batch.num_rows();
        }
        Ok(())
    }

    fn mask(&self, fields: &[Field]) -> ProjectionMask {
        ProjectionMask::roots(self.metadata.parquet_schema(), fields.iter().filter_map(|field| index_of(&self.columns, *field)))
    }

    /// Lets through what may be Bedrock's, and notes which rows of the group those are.
    fn filter(&self, selected: Arc<Mutex<Vec<u64>>>) -> RowFilter {
        let mut tests = Tests::new(self.metadata.schema(), &self.columns);
        let mut row: u64 = 0;
        let predicate = ArrowPredicateFn::new(self.mask(&Field::PREDICATE), move |batch: RecordBatch| {
            let possible = tests.possible(&batch)?;
            let mut selected = selected.lock().unwrap_or_else(PoisonError::into_inner);
            for possible in &possible {
                if *possible {
                    selected.push(row);
                }
                row += 1;
            }
            Ok(BooleanArray::from(possible))
        });
        RowFilter::new(vec![Box::new(predicate)])
    }
}

pub(super) fn index_of(columns: &[Option<usize>; Field::ALL.len()], field: Field) -> Option<usize> {
    columns.get(field.index()).copied().flatten()
}

/// Asks for dictionaries where strings are read, so that each distinct string of a row group is looked at once. A file that cannot give them is
/// read as it is.
fn with_dictionaries(metadata: ArrowReaderMetadata, columns: &[Option<usize>; Field::ALL.len()]) -> ArrowReaderMetadata {
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

/// The predicate's arms over dictionaries: each distinct value is tested once per dictionary.
struct Tests(Vec<(Arm, String, Cached)>);

#[derive(Clone, Copy)]
enum Arm {
    Code,
    Family,
    Marketplace,
    Resource,
    Principal,
}

/// Test results for the dictionary seen last.
#[derive(Default)]
struct Cached {
    dictionary: Option<ArrayRef>,
    results: Vec<bool>,
}

impl Tests {
    fn new(schema: &Schema, columns: &[Option<usize>; Field::ALL.len()]) -> Self {
        let arm = |field: Field| match field {
            Field::ProductCode | Field::ServiceCode => Arm::Code,
            Field::Family => Arm::Family,
            Field::Entity => Arm::Marketplace,
            Field::ResourceId => Arm::Resource,
            _ => Arm::Principal,
        };
        let name = |field: Field| index_of(columns, field).and_then(|index| schema.fields().get(index)).map(|column| column.name().clone());
        Self(Field::PREDICATE.into_iter().filter_map(|field| Some((arm(field), name(field)?, Cached::default()))).collect())
    }

    fn possible(&mut self, batch: &RecordBatch) -> Result<Vec<bool>, arrow::error::ArrowError> {
        let mut arms = vec![Arms::default(); batch.num_rows()];
        for (arm, name, cached) in &mut self.0 {
            let Some(column) = batch.column_by_name(name) else { continue };
            let text = Text::of(column)?;
            cached.update(&text, *arm);
            for (row, arms) in arms.iter_mut().enumerate() {
                let hit = text.value_index(row).and_then(|index| cached.results.get(index)).copied().unwrap_or(false);
                let slot = match arm {
                    Arm::Code => &mut arms.code,
                    Arm::Family => &mut arms.family,
                    Arm::Marketplace => &mut arms.marketplace,
                    Arm::Resource => &mut arms.resource,
                    Arm::Principal => &mut arms.principal,
                };
                *slot |= hit;
            }
        }
        Ok(arms.into_iter().map(Arms::is_possible).collect())
    }
}

impl Cached {
    fn update(&mut self, text: &Text, arm: Arm) {
        let dictionary = text.values();
        if is_same(self.dictionary.as_ref(), &dictionary) {
            return;
        }
        let test = |value: &str| match arm {
            Arm::Code => predicate::is_bedrock_code(value),
            Arm::Family => predicate::is_bedrock_family(value),
            Arm::Marketplace => predicate::is_marketplace(value),
            Arm::Resource => predicate::is_bedrock_resource(value),
            Arm::Principal => !value.is_empty(),
        };
        self.results = (0..dictionary.len()).map(|index| text.value(index).is_some_and(test)).collect();
        self.dictionary = Some(dictionary);
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{MapBuilder, StringArray, StringBuilder};
    use parquet::arrow::ArrowWriter;

    use super::*;

    #[test]
    fn texts_and_maps_of_a_file_are_read_as_dictionaries() {
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        map.keys().append_value("provider");
        map.values().append_value("Amazon");
        map.append(true).unwrap();
        let text: ArrayRef = Arc::new(StringArray::from(vec!["AmazonBedrock"]));
        let number: ArrayRef = Arc::new(arrow::array::Float64Array::from(vec![1.0]));
        let mut columns: Vec<(&str, ArrayRef)> = vec![("product", Arc::new(map.finish()))];
        columns.extend(Field::REQUIRED.map(|field| (field.names()[0], Arc::clone(if field.is_number() { &number } else { &text }))));
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.parquet");
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let opened = Opened::open(&DataFile { path, name: "x.parquet".to_owned() }).unwrap();
        let is_dictionary = |data_type: &DataType| matches!(data_type, DataType::Dictionary(..));
        let schema = opened.metadata.schema();
        assert!(is_dictionary(schema.field_with_name("line_item_usage_type").unwrap().data_type()));
        let DataType::Map(entries, _) = schema.field_with_name("product").unwrap().data_type() else { panic!("not a map") };
        let DataType::Struct(entries) = entries.data_type() else { panic!("no entries") };
        assert!(entries.iter().all(|entry| is_dictionary(entry.data_type())), "{entries:?}");
    }
}
