//! The formats of data files. A format is a file here and a line in [`FORMATS`].

use tokio::runtime::Handle;

use super::read::damaged;
use super::{DataFile, csv, parquet};
use crate::BillingError;
use crate::fold::Fold;
use crate::place::{Content, Place};

/// How files of one kind become lines.
pub(super) trait Format: Sync {
    /// For people.
    fn name(&self) -> &'static str;

    /// Whether a file that begins with these bytes (four, if it has them) is of this format.
    fn takes(&self, start: &[u8], name: &str) -> bool;

    /// The parts of a file that threads may read independently of each other.
    ///
    /// # Errors
    /// The file is damaged or lacks a required column.
    fn parts(&self, file: &OpenFile) -> Result<Vec<Box<dyn Part>>, BillingError>;
}

/// A part of a file.
pub(super) trait Part: Send {
    /// Folds every line of the part.
    ///
    /// # Errors
    /// The part is damaged, or a line cannot be understood.
    fn fold(&self, fold: &mut Fold) -> Result<(), BillingError>;
}

/// The first that takes a file reads it. By the first bytes before the name: names lie more often.
pub(super) const FORMATS: [&dyn Format; 2] = [&parquet::Parquet, &csv::Csv];

/// A data file that can be opened, as often as its format needs.
#[derive(Clone)]
pub(super) struct OpenFile {
    pub(super) file: DataFile,
    pub(super) handle: Handle,
}

impl OpenFile {
    pub(super) fn name(&self) -> &str {
        &self.file.name
    }

    fn place(&self) -> &Place {
        &self.file.place
    }

    pub(super) fn open(&self) -> Result<Content, BillingError> {
        self.place().open(&self.handle).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                BillingError::MissingFile { file: self.file.name.clone() }
            } else {
                self.unreadable(error)
            }
        })
    }

    pub(super) fn unreadable(&self, error: std::io::Error) -> BillingError {
        self.place().io(error)
    }

    /// The parts of the file, whatever its format.
    pub(super) fn parts(&self) -> Result<Vec<Box<dyn Part>>, BillingError> {
        let start = self.open()?.start(4).map_err(|error| self.unreadable(error))?;
        let format = FORMATS.iter().find(|format| format.takes(&start, self.name()));
        let names = || FORMATS.map(Format::name).join(" nor ");
        format.map_or_else(|| Err(damaged(self.name(), format!("neither {}", names()))), |format| format.parts(self))
    }
}
