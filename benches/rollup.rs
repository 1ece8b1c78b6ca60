//! Times the reading of an export, without a database: `cargo bench --bench rollup -- EXPORT_DIR [THREADS]`.
//!
//! Prints one line: lines, Bedrock lines, seconds, lines a second, peak resident memory, daily rows and the sum of usage, so that the figure can be held
//! against another engine's over the same files.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::time::Instant;

use agent_bill_billing::source;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        println!("usage: cargo bench --bench rollup -- EXPORT_DIR [THREADS]");
        return Ok(());
    };
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.get(1).map_or(Ok(available), |text| text.parse())?;
    let started = Instant::now();
    let (mut lines, mut bedrock, mut rows, mut nano) = (0, 0, 0, 0);
    for delivery in source::open(&folder, threads)?.deliveries().await? {
        let Some(contents) = delivery.contents().await? else { continue };
        let daily = contents.read("").await?;
        lines += daily.lines_read;
        bedrock += daily.lines_bedrock;
        rows += daily.rows.len();
        nano += daily.usage.0;
    }
    let seconds = started.elapsed().as_secs_f64();
    let millions = f64::from(u32::try_from(lines / 1_000)?) / 1_000.0;
    println!(
        "lines={lines} bedrock={bedrock} seconds={seconds:.3} million_lines_per_second={:.2} peak_memory_kib={} daily_rows={rows} usage_nano={nano} threads={threads}",
        millions / seconds,
        peak_memory_kib().unwrap_or_else(|| "unknown".to_owned())
    );
    Ok(())
}

/// Peak resident memory as the Linux kernel counts it.
fn peak_memory_kib() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next().map(str::to_owned)
}
