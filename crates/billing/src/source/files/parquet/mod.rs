//! Parquet: only the needed columns, string columns as dictionaries, and everything but the predicate's columns only for lines it lets through.

use std::ops::Range;
use std::sync::Arc;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter};

use super::format::{Format, OpenFile, Part};
use super::read::{damaged, note_principal_column};
use crate::BillingError;
use crate::columns::{Field, locate};
use crate::fold::Fold;

mod batch;
mod chunks;
mod column;
mod filter;
mod map_column;
mod schema;
use batch::BatchReader;
use chunks::Chunks;
use filter::{Selected, Tests};

const BATCH_LINES: usize = 8_192;

/// Index of each field's column in a file.
type Columns = [Option<usize>; Field::ALL.len()];

/// Apache Parquet.
pub(super) struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "Parquet"
    }

    fn takes(&self, start: &[u8], _name: &str) -> bool {
        start == b"PAR1"
    }

    fn parts(&self, file: &OpenFile) -> Result<Vec<Box<dyn Part>>, BillingError> {
        let footer = Arc::new(Footer::read(file)?);
        let row_groups = 0..footer.metadata.metadata().num_row_groups();
        Ok(row_groups.map(|index| Box::new(RowGroup { footer: Arc::clone(&footer), index }) as Box<dyn Part>).collect())
    }
}

/// A Parquet file whose footer has been read.
struct Footer {
    file: OpenFile,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    /// First row of each row group.
    first_rows: Vec<u64>,
}

impl Footer {
    fn read(file: &OpenFile) -> Result<Self, BillingError> {
        let bytes = Chunks::of_footer(file.open()?);
        let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(|error| damaged(file.name(), error))?;
        let columns = locate(metadata.schema().fields().iter().map(|field| field.name().as_str()));
        for field in Field::REQUIRED {
            if index_of(&columns, field).is_none() {
                let column = field.names().first().copied().unwrap_or_default();
                return Err(BillingError::MissingColumn { file: file.name().to_owned(), column });
            }
        }
        let metadata = schema::with_dictionaries(metadata, &columns);
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

    fn mask(&self, fields: &[Field]) -> ProjectionMask {
        ProjectionMask::roots(self.metadata.parquet_schema(), fields.iter().filter_map(|field| index_of(&self.columns, *field)))
    }

    /// Lets through what may be Bedrock's, and notes which rows of the group those are.
    fn filter(&self, selected: &Selected) -> RowFilter {
        let tests = Tests::new(self.metadata.schema(), &self.columns);
        RowFilter::new(vec![Box::new(ArrowPredicateFn::new(self.mask(&Field::PREDICATE), selected.filter(tests)))])
    }

    /// Where the needed columns of a row group lie: first those of the predicate, then the others, which a group without Bedrock lines does not need.
    fn ranges(&self, index: usize) -> Vec<Vec<Range<u64>>> {
        let (predicate, all) = (self.mask(&Field::PREDICATE), self.mask(&Field::ALL));
        let Some(group) = self.metadata.metadata().row_groups().get(index) else { return Vec::new() };
        let ranges = |wanted: &dyn Fn(usize) -> bool| -> Vec<Range<u64>> {
            let columns = group.columns().iter().enumerate().filter(|(leaf, _)| wanted(*leaf));
            columns.map(|(_, column)| column.byte_range()).map(|(start, length)| start..start.saturating_add(length)).collect()
        };
        let of_predicate = ranges(&|leaf| predicate.leaf_included(leaf));
        vec![of_predicate, ranges(&|leaf| all.leaf_included(leaf) && !predicate.leaf_included(leaf))]
    }
}

/// What one thread reads at a time.
struct RowGroup {
    footer: Arc<Footer>,
    index: usize,
}

impl Part for RowGroup {
    fn fold(&self, fold: &mut Fold) -> Result<(), BillingError> {
        let (footer, index) = (&self.footer, self.index);
        let name = footer.file.name();
        note_principal_column(fold, index_of(&footer.columns, Field::Principal).is_some());
        fold.seen.lines_read += footer.metadata.metadata().row_groups().get(index).map_or(0, |group| group.num_rows());
        let bytes = Chunks::of_groups(footer.file.open()?, |_| footer.ranges(index));
        let selected = Selected::default();
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, footer.metadata.clone())
            .with_row_groups(vec![index])
            .with_batch_size(BATCH_LINES)
            .with_projection(footer.mask(&Field::ALL))
            .with_row_filter(footer.filter(&selected))
            .build()
            .map_err(|error| damaged(name, error))?;
        let mut batches = BatchReader::new(Arc::clone(fold.strings()), footer.columns);
        let mut emitted = 0;
        for batch in reader {
            let batch = batch.map_err(|error| damaged(name, error))?;
            batches.fold(&batch, fold).map_err(|(offset, reason)| {
                let first = footer.first_rows.get(index).copied().unwrap_or_default();
                let row = first + selected.row(emitted + offset) + 1;
                BillingError::Line { file: name.to_owned(), row, reason }
            })?;
            emitted += batch.num_rows();
        }
        Ok(())
    }
}

fn index_of(columns: &Columns, field: Field) -> Option<usize> {
    columns.get(field.index()).copied().flatten()
}

#[cfg(test)]
mod tests;
