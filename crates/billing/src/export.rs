//! What was delivered: the billing periods under a folder, their manifests and files.
//!
//! Data Exports lay out `<export>/metadata/BILLING_PERIOD=YYYY-MM/<export>-Manifest.json` beside `<export>/data/BILLING_PERIOD=YYYY-MM/…`; copies of the
//! manifest one level deeper belong to single deliveries and are ignored. Older reports use `<report>/YYYYMMDD-YYYYMMDD/`. A folder that holds a manifest
//! and its files side by side is taken, too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use agent_bill_domain::period::Month;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Places, period_of_folder};
use super::source::DataFile;
use super::{BillingError, PARSER_VERSION};

/// Deepest folder looked into, counted from the one given.
const MAX_DEPTH: usize = 8;

/// One billing period of one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Name of the export: that of the folder around `data` and `metadata`.
    pub export: String,
    pub period: Month,
    /// `None`: files or folders exist, but AWS has not finished the delivery.
    pub manifest: Option<PathBuf>,
    root: PathBuf,
    given: PathBuf,
    data: Option<PathBuf>,
}

/// The files of a delivery and what identifies its content.
#[derive(Debug, Clone)]
pub struct Contents {
    pub files: Vec<DataFile>,
    /// `<export>@<sha-256 of manifest, file names, sizes, times and parser version>`
    pub fingerprint: String,
}

/// Every period found below `folder`, by period, then export.
///
/// # Errors
/// [`BillingError::NoExport`], [`BillingError::Io`], or a manifest that names no period.
pub fn discover(folder: &Path) -> Result<Vec<Delivery>, BillingError> {
    let given = folder.canonicalize().map_err(|error| BillingError::io(folder, error))?;
    let mut found = BTreeMap::new();
    walk(&given, &given, 0, &mut found)?;
    if found.is_empty() {
        return Err(BillingError::NoExport(folder.to_owned()));
    }
    Ok(found.into_values().collect())
}

type Found = BTreeMap<(Month, String, PathBuf), Delivery>;

fn walk(folder: &Path, given: &Path, depth: usize, found: &mut Found) -> Result<(), BillingError> {
    let mut children = Vec::new();
    let mut manifest = None;
    for entry in std::fs::read_dir(folder).map_err(|error| BillingError::io(folder, error))? {
        let path = entry.map_err(|error| BillingError::io(folder, error))?.path();
        if path.is_dir() {
            children.push(path);
        } else if name_of(&path).to_ascii_lowercase().ends_with("manifest.json") {
            manifest = Some(path);
        }
    }
    children.sort();
    if let Some(period) = period_of_folder(&name_of(folder)) {
        note_period(folder, given, period, manifest, found);
        return Ok(());
    }
    if let Some(manifest) = manifest {
        let folder_period = period_of_range(&name_of(folder));
        let period = match folder_period {
            Some(period) => Some(period),
            None => Manifest::read(&manifest)?.period,
        };
        let Some(period) = period else {
            return Err(BillingError::Manifest { path: manifest, reason: "neither it nor its folder names a billing period".to_owned() });
        };
        let root = if folder_period.is_some() { folder.parent().unwrap_or(folder) } else { folder };
        let delivery = Delivery {
            export: name_of(root),
            period,
            manifest: Some(manifest),
            root: root.to_owned(),
            given: given.to_owned(),
            data: Some(folder.to_owned()),
        };
        found.insert((period, delivery.export.clone(), root.to_owned()), delivery);
        return Ok(());
    }
    if depth < MAX_DEPTH {
        for child in children {
            walk(&child, given, depth + 1, found)?;
        }
    }
    Ok(())
}

/// A `BILLING_PERIOD=…` folder: below `metadata` it brings the manifest, anywhere else the data.
fn note_period(folder: &Path, given: &Path, period: Month, manifest: Option<PathBuf>, found: &mut Found) {
    let parent = folder.parent().unwrap_or(folder);
    let is_inside = ["metadata", "data"].iter().any(|name| name_of(parent).eq_ignore_ascii_case(name));
    let root = if is_inside { parent.parent().unwrap_or(parent) } else { parent };
    let export = name_of(root);
    let delivery = found.entry((period, export.clone(), root.to_owned())).or_insert_with(|| Delivery {
        export,
        period,
        manifest: None,
        root: root.to_owned(),
        given: given.to_owned(),
        data: None,
    });
    if !name_of(parent).eq_ignore_ascii_case("metadata") {
        delivery.data = Some(folder.to_owned());
    }
    delivery.manifest = manifest.or_else(|| delivery.manifest.take());
}

/// `20261101-20261201`, as older reports name their folders.
fn period_of_range(name: &str) -> Option<Month> {
    let (from, to) = name.split_once('-')?;
    let is_day = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_day(from) && is_day(to)).then(|| format!("{}-{}", from.get(..4)?, from.get(4..6)?).parse().ok()).flatten()
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Delivery {
    /// Reads the manifest and finds its files. `None` while there is no manifest.
    ///
    /// # Errors
    /// An unreadable manifest or a missing file.
    pub fn contents(&self) -> Result<Option<Contents>, BillingError> {
        let Some(path) = &self.manifest else { return Ok(None) };
        let manifest = Manifest::read(path)?;
        let places = Places { data: self.data.as_deref(), roots: vec![&self.root, &self.given] };
        let mut hash = Sha256::new();
        hash.update(PARSER_VERSION);
        hash.update(&manifest.bytes);
        let mut files: Vec<DataFile> = Vec::new();
        for key in &manifest.keys {
            let file = places.locate(key)?;
            if files.iter().any(|known| known.path == file.path) {
                continue;
            }
            let about = std::fs::metadata(&file.path).map_err(|error| BillingError::io(&file.path, error))?;
            let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
            hash.update(format!("{key}\n{}\n{}\n", about.len(), changed.as_nanos()));
            files.push(file);
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok(Some(Contents { files, fingerprint: format!("{}@{digest}", self.export) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn periods_are_found_whatever_the_case_and_copies_of_manifests_are_ignored() {
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
            let found = discover(given).unwrap();
            let periods: Vec<_> = found.iter().map(|delivery| (delivery.period.to_string(), delivery.export.as_str())).collect();
            assert_eq!(periods, [("2026-10".to_owned(), "my-export"), ("2026-11".to_owned(), "my-export")]);
            let october = found[0].contents().unwrap().unwrap();
            assert_eq!(october.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.parquet"]);
            assert!(found[1].contents().unwrap().is_none());
        }
    }

    #[test]
    fn the_fingerprint_follows_the_manifest_and_its_files_only() {
        let root = tempfile::tempdir().unwrap();
        touch(&root.path().join("r/20261001-20261101/r-Manifest.json"), r#"{"reportKeys":["p/r/20261001-20261101/abc/r-1.csv.gz"]}"#);
        let file = root.path().join("r/20261001-20261101/abc/r-1.csv.gz");
        touch(&file, "one");
        let fingerprint = || discover(root.path()).unwrap()[0].contents().unwrap().unwrap().fingerprint;
        let first = fingerprint();
        assert_eq!(first, fingerprint());
        touch(&root.path().join("r/20261001-20261101/abc/r-2.csv.gz"), "surplus");
        assert_eq!(first, fingerprint());
        touch(&file, "other");
        assert_ne!(first, fingerprint());
        assert!(first.starts_with("r@"));
    }

    #[test]
    fn a_folder_without_anything_of_the_kind_is_refused() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(discover(root.path()), Err(BillingError::NoExport(_))));
        assert!(matches!(discover(&root.path().join("nowhere")), Err(BillingError::Io { .. })));
    }
}
