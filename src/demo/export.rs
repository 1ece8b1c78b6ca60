//! Writes one export the way AWS delivers it: chunks of a billing period under `data/`, then, last of all, the manifest under `metadata/`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use agent_bill_domain::period::Month;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::batch::{csv_field, record_batch};
use super::columns::{Column, Delivery, Fill, instant};
use super::line::{Line, PAYER, hour_of_day};
use super::random::SplitMix64;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot write `{path}`: {cause}")]
    Write { path: String, cause: std::io::Error },
    #[error("cannot write `{path}`: {cause}")]
    Parquet { path: String, cause: parquet::errors::ParquetError },
    #[error("cannot lay out a batch of lines: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error("cannot write a line as CSV: {0}")]
    Csv(#[from] csv::Error),
}

impl ExportError {
    pub fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        |cause| Self::Write { path, cause }
    }

    fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.display().to_string();
        |cause| Self::Parquet { path, cause }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Parquet,
    /// Gzipped CSV with the maps as JSON text.
    CsvGz,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "snappy.parquet",
            Self::CsvGz => "csv.gz",
        }
    }
}

/// One export: its folder holds `data/` and `metadata/`.
#[derive(Clone)]
pub struct Export {
    pub folder: PathBuf,
    pub name: &'static str,
    pub columns: &'static [Column],
    pub format: Format,
    /// Lines per file.
    pub chunk_lines: usize,
}

/// Lines per batch, and so per row group.
const BATCH_LINES: usize = 65_536;

/// Writes the lines of one billing period, chunk by chunk; at most one batch is in memory.
pub struct PeriodWriter<'a> {
    export: &'a Export,
    month: Month,
    delivery: Delivery,
    batch: Vec<Line>,
    chunk: Option<Chunk>,
    in_chunk: usize,
    files: Vec<String>,
}

enum Chunk {
    Parquet(PathBuf, Box<ArrowWriter<File>>),
    Csv(PathBuf, Box<csv::Writer<flate2::write::GzEncoder<File>>>),
}

impl Export {
    #[must_use]
    pub fn period(&self, month: Month, invoiced: bool) -> PeriodWriter<'_> {
        let period_start = hour_of_day(month.first(), 0);
        let delivery = Delivery { period_start, period_end: period_start + month.days() * 24, invoiced };
        PeriodWriter { export: self, month, delivery, batch: Vec::new(), chunk: None, in_chunk: 0, files: Vec::new() }
    }

    #[must_use]
    pub fn data_folder(&self, month: Month) -> PathBuf {
        self.folder.join("data").join(format!("BILLING_PERIOD={month}"))
    }

    #[must_use]
    pub fn chunk_name(&self, number: usize) -> String {
        format!("{}-{number:05}.{}", self.name, self.format.extension())
    }
}

impl PeriodWriter<'_> {
    /// # Errors
    /// When a file cannot be written.
    pub fn push(&mut self, line: Line) -> Result<(), ExportError> {
        self.batch.push(line);
        self.in_chunk += 1;
        if self.batch.len() >= BATCH_LINES || self.in_chunk >= self.export.chunk_lines {
            self.flush()?;
        }
        if self.in_chunk >= self.export.chunk_lines {
            self.close_chunk()?;
        }
        Ok(())
    }

    /// Closes the last chunk and, only then, writes the manifest.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self) -> Result<(), ExportError> {
        self.flush()?;
        self.close_chunk()?;
        self.write_manifest()
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        if self.chunk.is_none() {
            self.open_chunk()?;
        }
        let lines = std::mem::take(&mut self.batch);
        match &mut self.chunk {
            Some(Chunk::Parquet(path, writer)) => {
                let batch = record_batch(self.export.columns, &lines, &self.delivery)?;
                writer.write(&batch).map_err(ExportError::parquet(path))?;
            }
            Some(Chunk::Csv(_, writer)) => {
                for line in &lines {
                    writer.write_record(self.export.columns.iter().map(|column| csv_field(column, line, &self.delivery)))?;
                }
            }
            None => {}
        }
        Ok(())
    }

    fn open_chunk(&mut self) -> Result<(), ExportError> {
        let folder = self.export.data_folder(self.month);
        fs::create_dir_all(&folder).map_err(ExportError::at(&folder))?;
        let name = self.export.chunk_name(self.files.len() + 1);
        let path = folder.join(&name);
        let file = File::create(&path).map_err(ExportError::at(&path))?;
        self.files.push(name);
        self.chunk = Some(match self.export.format {
            Format::Parquet => {
                let schema = record_batch(self.export.columns, &[], &self.delivery)?.schema();
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .set_created_by("agent-bill demo".to_owned())
                    .set_max_row_group_row_count(Some(BATCH_LINES))
                    .build();
                let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
                let writer = ArrowWriter::try_new_with_options(file, schema, options).map_err(ExportError::parquet(&path))?;
                Chunk::Parquet(path, Box::new(writer))
            }
            Format::CsvGz => {
                let mut writer = csv::Writer::from_writer(flate2::write::GzEncoder::new(file, flate2::Compression::default()));
                writer.write_record(self.export.columns.iter().map(|column| column.name))?;
                Chunk::Csv(path, Box::new(writer))
            }
        });
        Ok(())
    }

    fn close_chunk(&mut self) -> Result<(), ExportError> {
        self.in_chunk = 0;
        match self.chunk.take() {
            Some(Chunk::Parquet(path, writer)) => writer.close().map(|_| ()).map_err(ExportError::parquet(&path)),
            Some(Chunk::Csv(path, writer)) => {
                let failed = |error: &dyn std::fmt::Display| ExportError::Write {
                    path: path.display().to_string(),
                    cause: std::io::Error::other(error.to_string()),
                };
                let gzip = writer.into_inner().map_err(|error| failed(&error))?;
                gzip.finish().map(|_| ()).map_err(|error| failed(&error))
            }
            None => Ok(()),
        }
    }

    fn write_manifest(&self) -> Result<(), ExportError> {
        let export = self.export;
        let folder = export.folder.join("metadata").join(format!("BILLING_PERIOD={}", self.month));
        fs::create_dir_all(&folder).map_err(ExportError::at(&folder))?;
        let path = folder.join(format!("{}-Manifest.json", export.name));
        let bucket = format!("s3://example-billing-exports/cur2/{}/data/BILLING_PERIOD={}", export.name, self.month);
        let mut random = SplitMix64::named(0, &format!("{}/{}", export.name, self.month));
        let (format, compression) = match export.format {
            Format::Parquet => ("PARQUET", "PARQUET"),
            Format::CsvGz => ("TEXT_OR_CSV", "GZIP"),
        };
        let document = serde_json::json!({
            "executionId": random.uuid(),
            "exportArn": format!("arn:aws:bcm-data-exports:us-east-1:{}:export/{}-{}", PAYER.id, export.name, random.uuid()),
            "account": PAYER.id,
            "contentType": format,
            "compression": compression,
            "billingPeriod": { "start": instant(self.delivery.period_start), "end": instant(self.delivery.period_end) },
            "columns": export.columns.iter().map(|column| serde_json::json!({ "name": column.name, "type": type_name(column) })).collect::<Vec<_>>(),
            "dataFiles": self.files.iter().map(|name| format!("{bucket}/{name}")).collect::<Vec<_>>(),
        });
        let mut file = BufWriter::new(File::create(&path).map_err(ExportError::at(&path))?);
        let text = serde_json::to_string_pretty(&document).map_err(|error| ExportError::at(&path)(error.into()))?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(ExportError::at(&path))
    }
}

const fn type_name(column: &Column) -> &'static str {
    match column.fill {
        Fill::Text(_) => "string",
        Fill::Number(_) => "double",
        Fill::Time(_) => "timestamp",
        Fill::Map(_) => "map<string,string>",
        Fill::NumberMap => "map<string,double>",
    }
}
