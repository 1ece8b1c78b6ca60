//! How deliveries lie in folders.
//!
//! Data Exports lay out `<export>/metadata/BILLING_PERIOD=YYYY-MM/<export>-Manifest.json` beside `<export>/data/BILLING_PERIOD=YYYY-MM/…`; copies of the
//! manifest one level deeper belong to single deliveries and are ignored. Older reports use `<report>/YYYYMMDD-YYYYMMDD/`. A folder that holds a manifest
//! and its files side by side is taken, too.

use std::collections::BTreeMap;

use agent_bill_domain::period::Month;

use super::manifest::{Manifest, period_of_folder};
use crate::BillingError;
use crate::place::Place;

/// Deepest folder looked into, counted from the one given.
const MAX_DEPTH: usize = 8;

/// Where one billing period of one export lies.
#[derive(Debug, Clone)]
pub(super) struct Period {
    /// Name of the export: that of the folder around `data` and `metadata`.
    pub(super) export: String,
    pub(super) month: Month,
    /// `None`: files or folders exist, but AWS has not finished the delivery.
    pub(super) manifest: Option<Place>,
    pub(super) root: Place,
    /// The period's folder below `data`, when there is one.
    pub(super) data: Option<Place>,
}

/// By period, export and root.
type Found = BTreeMap<(Month, String, String), Period>;

/// Every period found below `given`, by period, then export.
///
/// # Errors
/// [`BillingError::Io`], or a manifest that names no period.
pub(super) async fn discover(given: &Place) -> Result<Vec<Period>, BillingError> {
    let mut found = Found::new();
    let mut folders = vec![(given.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let listing = folder.list().await?;
        let manifest = listing.files.into_iter().rfind(|file| file.name().to_ascii_lowercase().ends_with("manifest.json"));
        if let Some(month) = period_of_folder(folder.name()) {
            note_period(&folder, month, manifest, &mut found);
        } else if let Some(manifest) = manifest {
            let period = beside_its_files(folder, manifest).await?;
            found.insert((period.month, period.export.clone(), period.root.to_string()), period);
        } else if depth < MAX_DEPTH {
            folders.extend(listing.folders.into_iter().rev().map(|child| (child, depth + 1)));
        }
    }
    Ok(found.into_values().collect())
}

/// A manifest in a folder that is no `BILLING_PERIOD=…`: an older report's, or one that lies with its files.
async fn beside_its_files(folder: Place, manifest: Place) -> Result<Period, BillingError> {
    let of_range = period_of_range(folder.name());
    let month = match of_range {
        Some(month) => Some(month),
        None => Manifest::read(&manifest).await?.period,
    };
    let Some(month) = month else {
        let reason = "neither it nor its folder names a billing period".to_owned();
        return Err(BillingError::Manifest { place: manifest.to_string(), reason });
    };
    let root = if of_range.is_some() { folder.parent() } else { folder.clone() };
    Ok(Period { export: root.name().to_owned(), month, manifest: Some(manifest), root, data: Some(folder) })
}

/// A `BILLING_PERIOD=…` folder: below `metadata` it brings the manifest, anywhere else the data.
fn note_period(folder: &Place, month: Month, manifest: Option<Place>, found: &mut Found) {
    let parent = folder.parent();
    let is_inside = ["metadata", "data"].iter().any(|name| parent.name().eq_ignore_ascii_case(name));
    let root = if is_inside { parent.parent() } else { parent.clone() };
    let export = root.name().to_owned();
    let key = (month, export.clone(), root.to_string());
    let period = found.entry(key).or_insert_with(|| Period { export, month, manifest: None, root, data: None });
    if !parent.name().eq_ignore_ascii_case("metadata") {
        period.data = Some(folder.clone());
    }
    period.manifest = manifest.or_else(|| period.manifest.take());
}

/// `20261101-20261201`, as older reports name their folders.
fn period_of_range(name: &str) -> Option<Month> {
    let (from, to) = name.split_once('-')?;
    let is_day = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_day(from) && is_day(to)).then(|| format!("{}-{}", from.get(..4)?, from.get(4..6)?).parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{FileDelivery, Files};
    use super::*;

    async fn found(folder: &Path) -> Result<Vec<FileDelivery>, BillingError> {
        Files::below(Place::folder(folder)?, 1).discover().await
    }

    fn touch(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[tokio::test]
    async fn periods_are_found_whatever_the_case_and_copies_of_manifests_are_ignored() {
        let root = tempfile::tempdir().unwrap();
        let export = root.path().join("cur2/my-export");
        touch(
            &export.join("metadata/BILLING_PERIOD=2026-10/my-export-Manifest.json"),
            r#"{"dataFiles":["data/BILLING_PERIOD=2026-10/a.parquet"]}"#,
        );
        touch(&export.join("metadata/BILLING_PERIOD=2026-10/20261101T0000-x/my-export-Manifest.json"), "broken");
        touch(&export.join("data/BILLING_PERIOD=2026-10/a.parquet"), "a");
        touch(&export.join("data/BILLING_PERIOD=2026-10/stale.parquet"), "b");
        touch(&export.join("data/billing_period=2026-11/a.parquet"), "not finished");
        for given in [root.path(), &export] {
            let found = found(given).await.unwrap();
            let periods: Vec<_> =
                found.iter().map(|delivery| (delivery.period.month.to_string(), delivery.period.export.as_str())).collect();
            assert_eq!(periods, [("2026-10".to_owned(), "my-export"), ("2026-11".to_owned(), "my-export")]);
            let october = found[0].look().await.unwrap().unwrap();
            assert_eq!(october.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.parquet"]);
            assert!(found[1].look().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn the_fingerprint_follows_the_manifest_and_its_files_only() {
        let root = tempfile::tempdir().unwrap();
        touch(&root.path().join("r/20261001-20261101/r-Manifest.json"), r#"{"reportKeys":["p/r/20261001-20261101/abc/r-1.csv.gz"]}"#);
        let file = root.path().join("r/20261001-20261101/abc/r-1.csv.gz");
        touch(&file, "one");
        let fingerprint = async || found(root.path()).await.unwrap()[0].look().await.unwrap().unwrap().fingerprint;
        let first = fingerprint().await;
        assert_eq!(first, fingerprint().await);
        touch(&root.path().join("r/20261001-20261101/abc/r-2.csv.gz"), "surplus");
        assert_eq!(first, fingerprint().await);
        touch(&file, "other");
        assert_ne!(first, fingerprint().await);
        assert!(first.starts_with("r@"));
    }

    #[tokio::test]
    async fn a_folder_without_anything_of_the_kind_is_refused() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(found(root.path()).await, Err(BillingError::NoExport(_))));
        assert!(matches!(found(&root.path().join("nowhere")).await, Err(BillingError::Io { .. })));
    }
}
