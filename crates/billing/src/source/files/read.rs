//! The files of a delivery, read in one streaming pass by as many threads as the machine has.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::DataFile;
use super::format::{OpenFile, Part};
use crate::BillingError;
use crate::fold::Fold;
use crate::strings::Strings;

/// Folds every line of `files`. The result does not depend on the number of threads. Blocks; what is not on this machine is fetched through `handle`.
///
/// # Errors
/// The first file that is damaged, lacks a required column or holds an amount that is no number.
pub(crate) fn read(files: &[DataFile], threads: usize, handle: &Handle) -> Result<Fold, BillingError> {
    let strings = Arc::new(Strings::default());
    let mut parts = Vec::new();
    for file in files {
        parts.extend(OpenFile { file: file.clone(), handle: handle.clone() }.parts()?);
    }
    // Popped from the end: the first file first.
    parts.reverse();
    let workers = threads.clamp(1, parts.len().max(1));
    let parts = Mutex::new(parts);
    let stop = AtomicBool::new(false);
    let folds: Vec<Result<Fold, BillingError>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&parts, &stop, Fold::new(Arc::clone(&strings))))).collect();
        let damaged = || BillingError::Damaged { file: "a data file".to_owned(), reason: "its decoder gave up".to_owned() };
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|_| Err(damaged()))).collect()
    });
    let mut whole = Fold::new(strings);
    for fold in folds {
        whole.merge(fold?);
    }
    Ok(whole)
}

fn work(parts: &Mutex<Vec<Box<dyn Part>>>, stop: &AtomicBool, mut fold: Fold) -> Result<Fold, BillingError> {
    while !stop.load(Ordering::Relaxed) {
        let part = parts.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(part) = part else { break };
        if let Err(error) = part.fold(&mut fold) {
            stop.store(true, Ordering::Relaxed);
            return Err(error);
        }
    }
    Ok(fold)
}

/// One line, however long the decoder's own message is.
pub(super) fn damaged(file: &str, reason: impl std::fmt::Display) -> BillingError {
    let reason = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    BillingError::Damaged { file: file.to_owned(), reason: reason.chars().take(160).collect() }
}

pub(super) fn note_principal_column(fold: &mut Fold, present: bool) {
    fold.seen.principal_column_present |= present;
    fold.seen.principal_column_missing |= !present;
}
