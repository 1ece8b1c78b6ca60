//! The files of a delivery, read in one streaming pass by as many threads as the machine has.

mod attributes;
mod csv_gz;
mod parquet_file;
mod time;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::BillingError;
use super::fold::Fold;
use super::strings::Strings;

/// One file, and how errors call it.
#[derive(Debug, Clone)]
pub struct DataFile {
    pub path: PathBuf,
    pub name: String,
}

/// What one thread reads at a time.
enum Task {
    RowGroup(Arc<parquet_file::Opened>, usize),
    Csv(DataFile),
}

/// Folds every line of `files`. The result does not depend on the number of threads.
///
/// # Errors
/// The first file that is damaged, lacks a required column or holds an amount that is no number.
pub fn read(files: &[DataFile], threads: usize) -> Result<Fold, BillingError> {
    let strings = Arc::new(Strings::default());
    let mut tasks = Vec::new();
    for file in files {
        match kind_of(file)? {
            Kind::Parquet => {
                let opened = Arc::new(parquet_file::Opened::open(file)?);
                tasks.extend((0..opened.row_groups()).map(|index| Task::RowGroup(Arc::clone(&opened), index)));
            }
            Kind::Csv => tasks.push(Task::Csv(file.clone())),
        }
    }
    // Popped from the end: the first file first.
    tasks.reverse();
    let workers = threads.clamp(1, tasks.len().max(1));
    let tasks = Mutex::new(tasks);
    let stop = AtomicBool::new(false);
    let parts: Vec<Result<Fold, BillingError>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&tasks, &stop, Fold::new(Arc::clone(&strings))))).collect();
        let damaged = || BillingError::Damaged { file: "a data file".to_owned(), reason: "its decoder gave up".to_owned() };
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| Err(damaged()))).collect()
    });
    let mut whole = Fold::new(strings);
    for part in parts {
        whole.merge(part?);
    }
    Ok(whole)
}

fn work(tasks: &Mutex<Vec<Task>>, stop: &AtomicBool, mut fold: Fold) -> Result<Fold, BillingError> {
    while !stop.load(Ordering::Relaxed) {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(task) = task else { break };
        let read = match task {
            Task::RowGroup(opened, index) => opened.read_row_group(index, &mut fold),
            Task::Csv(file) => csv_gz::read(&file, &mut fold),
        };
        if let Err(error) = read {
            stop.store(true, Ordering::Relaxed);
            return Err(error);
        }
    }
    Ok(fold)
}

enum Kind {
    Parquet,
    Csv,
}

/// By the first bytes; names lie more often.
fn kind_of(file: &DataFile) -> Result<Kind, BillingError> {
    let mut head = Vec::new();
    let opened = File::open(&file.path).map_err(|error| missing_or_unreadable(file, error))?;
    opened.take(4).read_to_end(&mut head).map_err(|error| BillingError::io(&file.path, error))?;
    let is_text = Path::new(&file.name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    match head.as_slice() {
        b"PAR1" => Ok(Kind::Parquet),
        [0x1f, 0x8b, ..] => Ok(Kind::Csv),
        _ if is_text => Ok(Kind::Csv),
        _ => Err(damaged(file, "neither Parquet nor gzipped CSV")),
    }
}

fn missing_or_unreadable(file: &DataFile, error: std::io::Error) -> BillingError {
    if error.kind() == std::io::ErrorKind::NotFound {
        BillingError::MissingFile { file: file.name.clone() }
    } else {
        BillingError::io(&file.path, error)
    }
}

/// One line, however long the decoder's own message is.
fn damaged(file: &DataFile, reason: impl std::fmt::Display) -> BillingError {
    let reason = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    BillingError::Damaged { file: file.name.clone(), reason: reason.chars().take(160).collect() }
}
