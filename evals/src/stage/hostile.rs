//! The hostile organisation: the demo's records with other names. Product, account and person names and descriptions come through the ordinary
//! import, roles and tags through an ordinary delivery of the newest month.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_bill::commands::local::{demo_clock, demo_database_url};
use agent_bill::config::Config;
use agent_bill::demo::columns::CUR2;
use agent_bill::demo::export::{Export, Format};
use agent_bill::demo::line::Line;
use agent_bill::demo::{self, EXPORT_NAME};
use agent_bill::ingest::rollup::{self, Options, Outcome};
use agent_bill_billing::source;
use agent_bill_domain::period::Month;
use agent_bill_records::Store;
use agent_bill_records::acts::{Actor, Acts, ImportOrganisation};
use agent_bill_records::import::Source;
use agent_bill_records::usage::RunOutcome;
use anyhow::{Context, ensure};

use crate::world;

/// `kind,from,to`: `role` renames a role of the bill, `tag` a value of one of its tags.
const BILL_CSV: &str = include_str!("../../worlds/hostile/bill.csv");

/// The month whose delivery is replaced.
const MONTH: &str = "2026-11";
const SEED: u64 = 7;
const CHUNK_LINES: usize = 4_000;

/// Makes the organisation in `folder` out of the finished demo in `demo`, and returns `folder`.
///
/// # Errors
/// The demo is not complete, or an import is refused.
pub(super) async fn make(config: &Config, demo: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder).context("the folder of the hostile organisation cannot be made")?;
    // The write-ahead log holds what a running service has not yet moved into the file.
    for name in ["agent-bill.db", "agent-bill.db-wal"] {
        let from = demo.join(name);
        if from.is_file() {
            std::fs::copy(&from, folder.join(name)).with_context(|| format!("`{}` cannot be copied", from.display()))?;
        }
    }
    let mut config = config.clone();
    config.demo.directory = folder.to_path_buf();
    let store = Store::open(&demo_database_url(&config)).await?;
    load(&config, &store, folder).await?;
    store.close().await;
    std::fs::copy(demo.join("ready"), folder.join("ready")).context("the demo organisation is not complete")?;
    Ok(folder.to_path_buf())
}

async fn load(config: &Config, store: &Store, folder: &Path) -> anyhow::Result<()> {
    let clock = demo_clock(config);
    let files = ImportOrganisation {
        hierarchy: Some(Source::text("hierarchy.csv", world::HIERARCHY_CSV)),
        people: Some(Source::text("people.csv", world::PEOPLE_CSV)),
        accounts: Some(Source::text("accounts.csv", world::ACCOUNTS_CSV)),
        workloads: Some(Source::text("workloads.csv", world::WORKLOADS_CSV)),
    };
    let acts = Acts::new(store.clone(), Arc::clone(&clock), Some(demo::seed::COMPANY_NAME.to_owned()));
    acts.perform(&Actor::operator(), &files).await.context("the hostile organisation was refused")?;
    let export = write_bill(folder)?;
    let bills = source::open(&export, 1)?;
    let options = Options { accept_shrink: true, ..Options::default() };
    let reports = rollup::run(store, clock.as_ref(), bills.as_ref(), &options).await?;
    ensure!(
        reports.iter().all(|report| report.outcome == Outcome::Run(RunOutcome::Replaced)),
        "the bill of the hostile organisation could not be loaded"
    );
    Ok(())
}

/// One renaming in the bill.
struct Renaming {
    is_tag: bool,
    from: String,
    to: String,
}

fn write_bill(folder: &Path) -> anyhow::Result<PathBuf> {
    let renamings = renamings()?;
    let month: Month = MONTH.parse().map_err(|_| anyhow::anyhow!("`{MONTH}` is no month"))?;
    let export = Export {
        folder: folder.join("export").join(EXPORT_NAME),
        name: EXPORT_NAME,
        columns: CUR2,
        format: Format::Parquet,
        chunk_lines: CHUNK_LINES,
    };
    let mut writer = export.period(month, demo::is_final(month));
    for line in demo::lines_of(month, SEED) {
        writer.push(renamed(line, &renamings))?;
    }
    writer.finish()?;
    Ok(export.folder)
}

fn renamings() -> anyhow::Result<Vec<Renaming>> {
    let mut reader = csv::Reader::from_reader(BILL_CSV.as_bytes());
    let mut renamings = Vec::new();
    for row in reader.deserialize::<(String, String, String)>() {
        let (kind, from, to) = row.context("bill.csv of the hostile organisation cannot be read")?;
        renamings.push(Renaming { is_tag: kind == "tag", from, to });
    }
    Ok(renamings)
}

fn renamed(mut line: Line, renamings: &[Renaming]) -> Line {
    for Renaming { is_tag, from, to } in renamings {
        let mut meter = (*line.meter).clone();
        if *is_tag {
            for (_, value) in meter.tags.iter_mut().filter(|(_, value)| value == from) {
                value.clone_from(to);
            }
        } else if let Some(principal) = &line.principal {
            let (role, session) = (format!("/{from}/"), format!("/{from}"));
            let mut arn = principal.replace(&role, &format!("/{to}/"));
            if let Some(start) = arn.strip_suffix(&session) {
                arn = format!("{start}/{to}");
            }
            line.principal = Some(Arc::from(arn));
        }
        line.meter = Arc::new(meter);
    }
    line
}
