//! One CSV file with a header, row by row, with errors that name file, line and column.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use agent_bill_domain::names::clean_name;
use csv::{ByteRecord, ReaderBuilder};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ImportError;

/// The largest file that is read; a chart of accounts with a hundred thousand products stays below it.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A file to import, and the name that errors give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    name: String,
    #[serde(rename = "text", with = "as_text")]
    #[schemars(with = "String")]
    content: Vec<u8>,
}

impl Source {
    /// # Errors
    /// The file cannot be opened or read, is not a regular file, or is larger than 32 MiB.
    pub fn file(path: &Path) -> Result<Self, ImportError> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let refuse = |problem: String| ImportError::File { file: name.clone(), problem };
        // A pipe is asked first: opening one waits for a writer.
        if std::fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
            return Err(refuse("is not a file".to_owned()));
        }
        let mut file = File::open(path).map_err(|error| refuse(format!("cannot be opened: {}", error.kind())))?;
        let facts = file.metadata().map_err(|error| refuse(format!("cannot be read: {}", error.kind())))?;
        if !facts.is_file() {
            return Err(refuse("is not a file".to_owned()));
        }
        if facts.len() > MAX_BYTES {
            return Err(refuse(format!("is {} MiB large; an import file has at most {} MiB", facts.len() >> 20, MAX_BYTES >> 20)));
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(|error| refuse(format!("cannot be read: {}", error.kind())))?;
        Ok(Self { name, content })
    }

    /// The file that an argument of a command line names.
    ///
    /// # Errors
    /// As [`Source::file`].
    pub fn argument(path: &str) -> Result<Self, ImportError> {
        Self::file(Path::new(path))
    }

    #[must_use]
    pub fn text(name: &str, text: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), content: text.into() }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// In JSON the content is a text; bytes that are none are refused when the rows are read, so nothing is lost unseen.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(content: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(content))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(deserializer).map(String::into_bytes)
    }
}

/// The rows of one file.
pub(super) struct Rows<'s> {
    file: String,
    reader: csv::Reader<&'s [u8]>,
    pub header: Vec<String>,
    record: ByteRecord,
}

impl<'s> Rows<'s> {
    pub fn open(source: &'s Source) -> Result<Self, ImportError> {
        let file = source.name.clone();
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(source.content.as_slice());
        let head = reader.byte_headers().map_err(|error| ImportError::File { file: file.clone(), problem: unreadable(&error) })?.clone();
        let mut header: Vec<String> = Vec::new();
        for (at, label) in head.iter().enumerate() {
            let refuse = |problem: String| ImportError::Row { file: file.clone(), line: 1, column: (at + 1).to_string(), problem };
            let text = std::str::from_utf8(label).map_err(|_| refuse(NOT_UTF8.to_owned()))?;
            if head.len() == 1 && text.contains(';') {
                return Err(refuse("the header has one column with semicolons in it; separate columns with commas".to_owned()));
            }
            let label = clean_name(text).map_err(|error| refuse(format!("the column's name {error}")))?;
            if header.iter().any(|known| known.eq_ignore_ascii_case(&label)) {
                return Err(refuse(format!("the column `{label}` stands there twice; keep one")));
            }
            header.push(label);
        }
        if header.is_empty() {
            return Err(ImportError::File { file, problem: "is empty; its first line must name the columns".to_owned() });
        }
        Ok(Self { file, reader, header, record: ByteRecord::new() })
    }

    /// Checks the header of a file with fixed columns, which may stand in any order.
    pub fn expect_columns(&mut self, required: &[&str], optional: &[&str]) -> Result<(), ImportError> {
        for label in &mut self.header {
            *label = label.to_ascii_lowercase().replace([' ', '-'], "_");
        }
        let all = [required, optional].concat();
        if let Some((at, unknown)) = self.header.iter().enumerate().find(|(_, label)| !all.contains(&label.as_str())) {
            let problem = format!("`{unknown}` is not a column of this file; its columns are {}", all.join(", "));
            return Err(ImportError::Row { file: self.file.clone(), line: 1, column: (at + 1).to_string(), problem });
        }
        match required.iter().find(|name| !self.header.iter().any(|label| label == *name)) {
            Some(missing) => Err(self.refuse_file(format!("has no column `{missing}`; add it to the first line"))),
            None => Ok(()),
        }
    }

    pub fn refuse_file(&self, problem: String) -> ImportError {
        ImportError::File { file: self.file.clone(), problem }
    }

    /// The next row that is not blank.
    pub fn next(&mut self) -> Result<Option<Row>, ImportError> {
        loop {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(self.refuse_file(unreadable(&error))),
            }
            let line = self.record.position().map_or(0, csv::Position::line);
            let refuse = |column: String, problem: String| ImportError::Row { file: self.file.clone(), line, column, problem };
            if self.record.len() > self.header.len() {
                let problem = format!(
                    "the row has {} fields, the header {}; put a field that holds a comma in double quotes",
                    self.record.len(),
                    self.header.len()
                );
                return Err(refuse((self.header.len() + 1).to_string(), problem));
            }
            let mut cells = BTreeMap::new();
            for (label, field) in self.header.iter().zip(self.record.iter()) {
                let text = std::str::from_utf8(field).map_err(|_| refuse(label.clone(), NOT_UTF8.to_owned()))?;
                cells.insert(label.clone(), text.trim().to_owned());
            }
            if cells.values().any(|cell| !cell.is_empty()) {
                return Ok(Some(Row { file: self.file.clone(), line, cells }));
            }
        }
    }
}

const NOT_UTF8: &str = "the text is not UTF-8; save the file as CSV UTF-8";

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => format!("cannot be read: {}", error.kind()),
        _ => "is not CSV; check its quotes".to_owned(),
    }
}

/// One row; cells are trimmed, absent ones are empty.
pub(super) struct Row {
    file: String,
    pub line: u64,
    cells: BTreeMap<String, String>,
}

impl Row {
    pub fn refuse(&self, column: &str, problem: impl Into<String>) -> ImportError {
        ImportError::Row { file: self.file.clone(), line: self.line, column: column.to_owned(), problem: problem.into() }
    }

    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A name for people: see [`clean_name`].
    pub fn name(&self, column: &str) -> Result<String, ImportError> {
        clean_name(self.cell(column)).map_err(|error| self.refuse(column, format!("the name {error}")))
    }

    /// `None` when the cell is empty.
    pub fn date(&self, column: &str) -> Result<Option<Date>, ImportError> {
        let text = self.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let date = if text.len() == 10 { text.parse().ok() } else { None };
        date.map(Some).ok_or_else(|| self.refuse(column, format!("`{}` is not a date; write it as YYYY-MM-DD", shown(text))))
    }
}

/// Foreign text in a message: short and on one line.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}
