//! Model invocation logs as Bedrock delivers them to S3: gzipped JSON lines by account, Region, day and hour. Only the pre-prod and the
//! data-science account keep them, and only since November; without prompt text.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use agent_bill_domain::period::Month;
use flate2::write::GzEncoder;
use jiff::civil::date;

use super::cast::Stream;
use super::expand::expand;
use super::export::ExportError;
use super::line::{Line, day_of_hour};
use super::random::SplitMix64;
use super::streams::STREAMS;

/// Writes all logs under `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_logs(folder: &Path, seed: u64) -> Result<(), ExportError> {
    let month = Month::of(date(2026, 11, 1));
    let mut files: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for stream in STREAMS.iter().filter(|stream| stream.calls > 0) {
        for (hour, record) in calls(stream, month, seed) {
            files.entry(path_of(folder, stream, hour, seed)).or_default().push(record);
        }
    }
    for (path, records) in files {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(ExportError::at(parent))?;
        let mut gzip = GzEncoder::new(File::create(&path).map_err(ExportError::at(&path))?, flate2::Compression::default());
        for record in records {
            writeln!(gzip, "{record}").map_err(ExportError::at(&path))?;
        }
        gzip.finish().map_err(ExportError::at(&path))?;
    }
    // Bedrock leaves this beside the records when logging is switched on.
    let probe = folder.join("AWSLogs").join("222233334444").join("BedrockModelInvocationLogs").join("amazon-bedrock-logs-permission-check");
    fs::write(&probe, b"").map_err(ExportError::at(&probe))
}

fn path_of(folder: &Path, stream: &Stream, hour: i64, seed: u64) -> PathBuf {
    let (day, of_day) = (day_of_hour(hour), hour.rem_euclid(24));
    let random = SplitMix64::named(seed, &format!("log/{}/{}/{hour}", stream.account.id, stream.region.name)).id(16);
    let stamp = format!("{}T{of_day:02}5959000Z", day.to_string().replace('-', ""));
    let mut path = folder.join("AWSLogs").join(stream.account.id).join("BedrockModelInvocationLogs").join(stream.region.name);
    for part in [format!("{:04}", day.year()), format!("{:02}", day.month()), format!("{:02}", day.day()), format!("{of_day:02}")] {
        path.push(part);
    }
    path.join(format!("{stamp}_{random}.json.gz"))
}

/// The stream's calls, spread over the hours it was billed for; their token counts are equal shares of what was billed.
fn calls(stream: &Stream, month: Month, seed: u64) -> Vec<(i64, String)> {
    let lines = expand(stream, month, seed);
    let of_class = |class: &str| -> i64 {
        let share = lines.iter().filter(|line| line.meter.label.token_class == class).map(|line| line.tokens).sum::<i64>();
        share / stream.calls.max(1)
    };
    let (input, output) = (of_class("input"), of_class("output"));
    // One line an hour and session stands for the hour: the first class of the mix.
    let first_class = lines.first().map_or("", |line| line.meter.label.token_class);
    let hours: Vec<&Line> = lines.iter().filter(|line| line.meter.label.token_class == first_class).collect();
    let mut random = SplitMix64::named(seed, &format!("calls/{:?}/{}/{}", stream.caller, stream.model.key, stream.account.id));
    let model_id = lines.first().and_then(|line| line.meter.resource_id.clone()).unwrap_or_default();
    let model_id = model_id.split("foundation-model/").last().unwrap_or_default().to_owned();
    let count = i64::try_from(hours.len()).unwrap_or(0);
    (0..stream.calls)
        .filter_map(|number| {
            let at = usize::try_from(agent_bill_domain::money::scale(number, count, stream.calls).min(count - 1)).ok()?;
            let hour = hours.get(at)?;
            let second = random.between(0, 3599);
            let day = hour.day();
            let of_day = hour.start_hour.rem_euclid(24);
            let record = serde_json::json!({
                "schemaType": "ModelInvocationLog",
                "schemaVersion": "1.0",
                "timestamp": format!("{day}T{of_day:02}:{:02}:{:02}Z", second / 60, second % 60),
                "accountId": stream.account.id,
                "region": stream.region.name,
                "requestId": random.uuid(),
                "operation": if number % 3 == 0 { "ConverseStream" } else { "Converse" },
                "modelId": model_id,
                "identity": { "arn": hour.principal.as_deref() },
                "input": { "inputContentType": "application/json", "inputTokenCount": input },
                "output": { "outputContentType": "application/json", "outputTokenCount": output },
            });
            Some((hour.start_hour, record.to_string()))
        })
        .collect()
}
