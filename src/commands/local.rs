//! Opens the service for a command on this machine: the configured organisation, or the demo when none is configured.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Config;
use agent_bill_domain::clock::{FixedClock, SharedClock};
use agent_bill_records::Store;

/// The database of the demo, inside the demo's folder.
#[must_use]
pub fn demo_database_url(config: &Config) -> String {
    format!("sqlite:{}", demo_database(config).display())
}

/// Whether the demo is meant: no database is configured, and none of the default name lies in the working directory.
#[must_use]
pub fn is_demo(config: &Config) -> bool {
    let configured = config.database_url.is_some() || config.database_url_file.is_some() || config.identity.is_some();
    !configured && !Path::new("agent-bill.db").is_file()
}

/// The records that a command reads or changes, and the clock that goes with them.
pub struct Records {
    pub store: Store,
    pub clock: SharedClock,
}

/// The configured records, or those of the demo when none are configured and the demo is there; that it is the demo is said first.
///
/// # Errors
/// The database cannot be reached or is not set up.
pub async fn open_records(config: &Config, out: &mut dyn Write) -> anyhow::Result<Records> {
    if is_demo(config) && demo_database(config).is_file() {
        let clock = demo_clock(config);
        writeln!(out, "# The demo organisation in {}, where today is {}", config.demo.directory.display(), clock.today())?;
        return Ok(Records { store: open_demo_store(config).await?, clock });
    }
    Ok(Records { store: super::open_store(config).await?, clock: Arc::new(SystemClock) })
}

/// As [`open_records`], for a command that only reads: where there are no records it makes none.
///
/// # Errors
/// There are no records yet, or the database cannot be used.
pub async fn open_to_read(config: &Config, out: &mut dyn Write) -> anyhow::Result<Store> {
    if is_demo(config) && !demo_database(config).is_file() {
        bail!(NO_DATABASE);
    }
    Ok(open_records(config, out).await?.store)
}

const NO_DATABASE: &str =
    "there is no database yet: set `database_url`, or run `agent-bill demo run` (`./demo`) to create the demo organisation";

fn demo_database(config: &Config) -> PathBuf {
    config.demo.directory.join("agent-bill.db")
}

async fn open_demo_store(config: &Config) -> anyhow::Result<Store> {
    if !super::demo_folder::is_ready(&config.demo.directory) {
        bail!("the demo organisation is not complete, or of another version; run `agent-bill demo run` (`./demo`) to finish it");
    }
    let store = Store::open(&demo_database_url(config)).await?;
    store.migrate().await?;
    Ok(store)
}

/// # Errors
/// The database cannot be reached or is not set up; for the demo, it was never created.
pub async fn open_app(config: &Config) -> anyhow::Result<App> {
    if is_demo(config) {
        if !demo_database(config).is_file() {
            bail!(NO_DATABASE);
        }
        return Ok(App::local(config, open_demo_store(config).await?, demo_clock(config))?);
    }
    let store = super::open_store(config).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    Ok(match &config.identity {
        Some(identity) => App::hosted(config, identity, store, clock)?,
        None => App::local(config, store, clock)?,
    })
}

/// The demo of this or an earlier version, brought up to date.
///
/// # Errors
/// The database cannot be read or written.
pub async fn open_demo(config: &Config) -> anyhow::Result<App> {
    let store = Store::open(&demo_database_url(config)).await?;
    store.migrate().await?;
    Ok(App::local(config, store, demo_clock(config))?)
}

/// The demo stands still on its day.
#[must_use]
pub fn demo_clock(config: &Config) -> SharedClock {
    Arc::new(FixedClock(config.demo.clock))
}
