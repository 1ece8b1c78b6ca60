//! Counts of calls from model invocation logs: the bill has none.
//!
//! Each line of a log file is one call. Counts are kept by day, account, region, principal and model; nothing else of a record, least of all a prompt,
//! is looked at. A file with a broken line is refused whole: half a file would be a wrong count that looks right.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;

use agent_bill_domain::bill::{model_name, principal};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Deserialize;
use tokio::runtime::Handle;

use super::BillingError;
use super::place::{Content, Place, unpacked};
use agent_bill_domain::usage::CallsRow;

/// `invocation_counts.source` of these counts.
pub const SOURCE: &str = "model_invocation_log";

/// Deepest folder looked into.
const MAX_DEPTH: usize = 12;

#[derive(Debug, Default)]
pub struct LogReport {
    pub rows: Vec<CallsRow>,
    pub files: i64,
    pub calls: i64,
    /// Records of a request already counted, for example from a file delivered twice.
    pub repeated: i64,
    /// One line per refused file, saying file, line and reason.
    pub refused: Vec<String>,
}

/// The few members of a record that are read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    schema_type: Option<String>,
    timestamp: Option<Timestamp>,
    account_id: Option<String>,
    region: Option<String>,
    request_id: Option<String>,
    model_id: Option<String>,
    identity: Option<Identity>,
}

#[derive(Deserialize)]
struct Identity {
    arn: Option<String>,
}

/// Reads every `.json`, `.jsonl` and `.gz` file below `folder`.
///
/// # Errors
/// The folder cannot be read. A file that cannot is reported in [`LogReport::refused`].
pub async fn read(folder: &Place) -> Result<LogReport, BillingError> {
    let files = folder.files_below(MAX_DEPTH).await?.into_iter().filter(is_log).collect();
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || count(files, &handle)).await.map_err(|_| BillingError::Stopped)
}

fn is_log(file: &Place) -> bool {
    let extension = Path::new(file.name()).extension();
    extension.is_some_and(|extension| ["json", "jsonl", "gz"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn count(files: Vec<Place>, handle: &Handle) -> LogReport {
    let mut report = LogReport::default();
    let mut counts: BTreeMap<CallsRow, i64> = BTreeMap::new();
    let mut requests = HashSet::new();
    for file in files {
        match read_file(&file, handle) {
            Ok(calls) => {
                report.files += 1;
                for (request, call) in calls {
                    if request.is_some_and(|request| !requests.insert(request)) {
                        report.repeated += 1;
                        continue;
                    }
                    report.calls += 1;
                    *counts.entry(call).or_default() += 1;
                }
            }
            Err(reason) => report.refused.push(format!("`{file}` was refused: {reason}")),
        }
    }
    report.rows = counts.into_iter().map(|(row, calls)| CallsRow { calls, ..row }).collect();
    report
}

/// The calls of one file, each with its request id when it has one.
type Calls = Vec<(Option<String>, CallsRow)>;

fn read_file(file: &Place, handle: &Handle) -> Result<Calls, String> {
    let bytes = file.open(handle).and_then(Content::stream).and_then(unpacked).map_err(|error| error.to_string())?;
    let mut calls = Calls::new();
    for (index, line) in BufReader::new(bytes).split(b'\n').enumerate() {
        let number = index + 1;
        let line = line.map_err(|error| format!("line {number} cannot be read ({error}); copy the file again"))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let record: Record = serde_json::from_slice(&line).map_err(|_| format!("line {number} is not a JSON record of a call"))?;
        // Bodies too large for the log lie beside it; they are no records.
        if record.schema_type.as_deref() != Some("ModelInvocationLog") {
            continue;
        }
        calls.push(call(record).ok_or_else(|| format!("line {number} lacks timestamp, accountId, region or modelId"))?);
    }
    Ok(calls)
}

fn call(record: Record) -> Option<(Option<String>, CallsRow)> {
    let usage_date = Offset::UTC.to_datetime(record.timestamp?).date().to_string();
    let model_id = record.model_id?;
    // An application profile hides its model.
    let model_key = match model_name::application_profile(&model_id) {
        Some(_) => String::new(),
        None => model_name::canonical_name(&model_id).key.0,
    };
    let arn = record.identity.and_then(|identity| identity.arn).unwrap_or_default();
    let principal_key = principal::parse(&arn).map_or_else(String::new, |principal| principal.key.0);
    let row = CallsRow { usage_date, account_id: record.account_id?, region: record.region?, principal_key, model_key, calls: 0 };
    Some((record.request_id, row))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    fn record(request: &str, at: &str) -> String {
        format!(
            r#"{{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"{at}","accountId":"123456789012","region":"us-east-1","requestId":"{request}","operation":"Converse","modelId":"us.anthropic.claude-opus-4-7","identity":{{"arn":"arn:aws:sts::123456789012:assumed-role/app/s-{request}"}},"input":{{"inputTokenCount":7}}}}"#
        )
    }

    #[tokio::test]
    async fn calls_are_counted_by_day_principal_and_model_and_repeats_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("20")).unwrap();
        let mut gz = flate2::write::GzEncoder::new(File::create(folder.path().join("20/a.json.gz")).unwrap(), flate2::Compression::fast());
        writeln!(gz, "{}\n{}\n", record("1", "2026-11-03T23:59:59Z"), record("2", "2026-11-04T01:00:00+02:00")).unwrap();
        gz.finish().unwrap();
        let again = [record("2", "2026-11-03T23:00:00Z"), record("3", "2026-11-04T00:00:00Z"), "{\"inputBodyJson\":{}}".to_owned()];
        std::fs::write(folder.path().join("b.json"), again.join("\n")).unwrap();
        let report = read(&Place::folder(folder.path()).unwrap()).await.unwrap();
        assert_eq!((report.files, report.calls, report.repeated, report.refused.len()), (2, 3, 1, 0));
        let counts: Vec<_> = report.rows.iter().map(|row| (row.usage_date.as_str(), row.calls)).collect();
        assert_eq!(counts, [("2026-11-03", 2), ("2026-11-04", 1)]);
        assert_eq!(report.rows[0].model_key, "anthropic/claude-opus-4.7");
        assert_eq!(report.rows[0].principal_key, "aws:123456789012:role/app");
    }

    #[tokio::test]
    async fn a_broken_line_refuses_its_file_by_name_and_number_and_the_others_load() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.json"), format!("{}\n{{\"schemaType\"", record("1", "2026-11-03T10:00:00Z"))).unwrap();
        std::fs::write(folder.path().join("b.json"), record("2", "2026-11-03T10:00:00Z")).unwrap();
        std::fs::write(folder.path().join("c.json"), r#"{"schemaType":"ModelInvocationLog","region":"us-east-1"}"#).unwrap();
        std::fs::write(folder.path().join("d.json.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
        let report = read(&Place::folder(folder.path()).unwrap()).await.unwrap();
        assert_eq!((report.files, report.calls), (1, 1));
        assert_eq!(report.refused.len(), 3);
        assert!(report.refused[0].contains("a.json") && report.refused[0].contains("line 2"), "{:?}", report.refused);
        assert!(report.refused[1].contains("c.json") && report.refused[1].contains("line 1"));
    }
}
