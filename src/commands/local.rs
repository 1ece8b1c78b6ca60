//! Opens the service for a command on this machine: the configured organisation, or the demo when none is configured.

use std::path::Path;
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
    format!("sqlite:{}", config.demo.directory.join("agent-bill.db").display())
}

/// Whether the demo is meant: no database is configured, and none of the default name lies in the working directory.
#[must_use]
pub fn is_demo(config: &Config) -> bool {
    let configured = config.database_url.is_some() || config.database_url_file.is_some() || config.identity.is_some();
    !configured && !Path::new("agent-bill.db").is_file()
}

/// # Errors
/// The database cannot be reached or is not set up; for the demo, it was never created.
pub async fn open_app(config: &Config) -> anyhow::Result<App> {
    if is_demo(config) {
        if !config.demo.directory.join("agent-bill.db").is_file() {
            bail!("there is no database yet: set `database_url`, or run `agent-bill demo run` (`./demo`) to create the demo organisation");
        }
        if !super::demo_folder::is_ready(&config.demo.directory) {
            bail!("the demo organisation is not complete, or of another version; run `agent-bill demo run` (`./demo`) to finish it");
        }
        return open_demo(config).await;
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
