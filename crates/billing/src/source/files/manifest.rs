//! The manifest of a billing period: the only truth about which files count.
//!
//! AWS writes it after all data files. A raw listing counts a month several times: in overwrite mode surplus chunks of a larger delivery stay behind, in
//! create-new mode every earlier delivery does.

use agent_bill_domain::period::Month;
use serde_json::Value;

use super::DataFile;
use crate::BillingError;
use crate::place::{Details, Place};

/// Members that may hold the list: Data Exports, then the older Cost and Usage Report.
const FILE_LISTS: [&str; 5] = ["dataFiles", "data_files", "reportKeys", "files", "DataFiles"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) bytes: Vec<u8>,
    /// As written: `s3://bucket/key`, a key, or a name.
    pub(super) keys: Vec<String>,
    /// The period the manifest itself names.
    pub(super) period: Option<Month>,
}

impl Manifest {
    /// # Errors
    /// [`BillingError::Io`], or [`BillingError::Manifest`] when it is no JSON object with a list of files.
    pub(super) async fn read(place: &Place) -> Result<Self, BillingError> {
        let bytes = Vec::from(place.bytes().await?);
        let unreadable = |reason: String| BillingError::Manifest { place: place.to_string(), reason };
        let json: Value = serde_json::from_slice(&bytes).map_err(|_| unreadable("it is not JSON".to_owned()))?;
        let list = FILE_LISTS.iter().find_map(|name| json.get(name)).and_then(Value::as_array);
        let list = list.ok_or_else(|| unreadable("it lists no `dataFiles`".to_owned()))?;
        let key = |entry: &Value| match entry {
            Value::String(key) => Some(key.clone()),
            Value::Object(_) => ["key", "path", "uri", "url", "s3Uri"].iter().find_map(|name| entry.get(name)?.as_str()).map(str::to_owned),
            _ => None,
        };
        let keys = list.iter().map(key).collect::<Option<Vec<_>>>().ok_or_else(|| unreadable("a data file has no name".to_owned()))?;
        let period = ["billingPeriod", "billing_period", "BillingPeriod"].iter().find_map(|name| period_of(json.get(name)?));
        Ok(Self { bytes, keys, period })
    }
}

/// `"2026-11"`, `"2026-11-01…"` or an object whose `start` is `20261101T000000.000Z` or `2026-11-01…`.
fn period_of(value: &Value) -> Option<Month> {
    let text = value.as_str().or_else(|| value.get("start").or_else(|| value.get("billingPeriodStartDate"))?.as_str())?;
    let dashed = text.get(..7).and_then(|month| month.parse().ok());
    dashed.or_else(|| format!("{}-{}", text.get(..4)?, text.get(4..6)?).parse().ok())
}

/// `BILLING_PERIOD=2026-11` in any case.
pub(super) fn period_of_folder(name: &str) -> Option<Month> {
    let (key, value) = name.split_once('=')?;
    key.eq_ignore_ascii_case("billing_period").then(|| value.parse().ok()).flatten()
}

/// Where the files of a manifest may lie.
pub(super) struct Places<'a> {
    /// The period's folder below `data`, when there is one.
    pub(super) data: Option<&'a Place>,
    /// Folders against which shorter and shorter ends of a key are tried, nearest first.
    pub(super) roots: Vec<&'a Place>,
}

impl Places<'_> {
    /// The file of a key, and what its store says of it.
    ///
    /// # Errors
    /// [`BillingError::MissingFile`], [`BillingError::Io`].
    pub(super) async fn locate(&self, key: &str) -> Result<(DataFile, Details), BillingError> {
        for (place, name) in self.candidates(key) {
            if let Some(details) = place.details().await? {
                return Ok((DataFile { place, name }, details));
            }
        }
        Err(BillingError::MissingFile { file: key.to_owned() })
    }

    /// The likeliest first. What stands after `BILLING_PERIOD=…` in a key is never shortened: in create-new mode it names the delivery.
    fn candidates(&self, key: &str) -> Vec<(Place, String)> {
        let path = key.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).map_or(key, |(_, path)| path);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let Some(name) = parts.last().filter(|_| !parts.contains(&"..")) else { return Vec::new() };
        let period_at = parts.iter().position(|part| period_of_folder(part).is_some());
        let inside = period_at.and_then(|at| parts.get(at + 1..)).zip(self.data).and_then(|(rest, data)| data.below(rest));
        let shortest = period_at.map_or(1, |at| parts.len() - at);
        let ends = (shortest..=parts.len()).rev().filter_map(|length| parts.get(parts.len() - length..));
        let by_end = ends.flat_map(|end| self.roots.iter().filter_map(move |root| root.below(end)));
        let bare = self.data.filter(|_| period_at.is_none()).and_then(|data| data.below(&[name]));
        inside.into_iter().chain(by_end).chain(bare).map(|place| (place, (*name).to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"x").unwrap();
    }

    #[tokio::test]
    async fn keys_are_found_by_their_end_and_never_in_another_delivery() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data/BILLING_PERIOD=2026-11");
        touch(&data.join("20261123T0000-b/x-00001.snappy.parquet"));
        touch(&data.join("x-00001.snappy.parquet"));
        let [folder, period] = [root.path(), &data].map(|path| Place::folder(path).unwrap());
        let places = Places { data: Some(&period), roots: vec![&folder] };
        let find = async |key: &str| places.locate(key).await.map(|(file, _)| file.place.to_string()).map_err(|error| error.to_string());
        let at = |end: &str| Ok(data.canonicalize().unwrap().join(end).display().to_string());
        let new = "s3://bucket/prefix/x/data/BILLING_PERIOD=2026-11/20261123T0000-b/x-00001.snappy.parquet";
        assert_eq!(find(new).await, at("20261123T0000-b/x-00001.snappy.parquet"));
        assert_eq!(find("p/x/data/billing_period=2026-11/x-00001.snappy.parquet").await, at("x-00001.snappy.parquet"));
        assert_eq!(find("x-00001.snappy.parquet").await, at("x-00001.snappy.parquet"));
        assert!(find("s3://b/x/data/BILLING_PERIOD=2026-11/20261122T0000-a/x-00001.snappy.parquet").await.is_err());
        assert!(find("../../etc/passwd").await.is_err() && find("").await.is_err());
    }

    #[tokio::test]
    async fn the_list_may_hold_names_or_objects_and_its_absence_is_told() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("m.json");
        let place = Place::folder(root.path()).unwrap().below(&["m.json"]).unwrap();
        let read = async |text: &str| {
            std::fs::write(&path, text).unwrap();
            Manifest::read(&place).await
        };
        let manifest = read(r#"{"dataFiles":["a",{"key":"b"}],"billingPeriod":{"start":"20261101T000000.000Z"}}"#).await.unwrap();
        assert_eq!((manifest.keys, manifest.period.unwrap().to_string()), (vec!["a".to_owned(), "b".to_owned()], "2026-11".to_owned()));
        for bad in ["", "[]", "{}", r#"{"dataFiles":[1]}"#, "{\"dataFiles\":"] {
            assert!(matches!(read(bad).await, Err(BillingError::Manifest { .. })), "{bad}");
        }
        assert_eq!(period_of_folder("billing_period=2026-11"), "2026-11".parse().ok());
        assert_eq!(period_of_folder("BILLING_PERIOD=2026-13"), None);
    }
}
