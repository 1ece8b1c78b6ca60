//! `agent-bill serve`: the HTTP service.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use super::ModelArgs;
use super::local::open_app;
use crate::app::App;
use crate::channels::http::{Limits, Service, serve, stop_signal};
use crate::config::Config;
use crate::jobs;
use crate::telemetry::{self, MetricsListener};

/// Serve the HTTP interface
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    model: ModelArgs,
    /// Print a token for this person of the records; repeat for several (only where no `identity` is configured)
    #[arg(long, value_name = "PERSON")]
    token_for: Vec<String>,
}

/// # Errors
/// The database or the address cannot be used.
pub async fn run(args: ServeArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let config = &args.model.configure(config)?;
    let app = open_app(config).await?;
    let listeners = listen(config).await?;
    writeln!(out, "listening on http://{}", listeners.service.local_addr()?)?;
    if let Some(metrics) = &listeners.metrics {
        writeln!(out, "metrics on http://{}/metrics", metrics.local_addr()?)?;
    }
    for person in &args.token_for {
        let person = app.find_person(person).await?;
        writeln!(out, "token for {}: {}", person.name, app.token_for(&person)?)?;
    }
    if config.identity.is_none() && args.token_for.is_empty() {
        writeln!(out, "no `identity` is configured: start with --token-for PERSON to get a token that this process accepts")?;
    }
    out.flush()?;
    answer(&app, config, listeners).await
}

/// The addresses of a service that is about to start.
pub struct Listeners {
    pub service: TcpListener,
    pub metrics: Option<MetricsListener>,
}

/// Takes all of them, or none.
///
/// # Errors
/// An address cannot be used.
pub async fn listen(config: &Config) -> anyhow::Result<Listeners> {
    let service = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; set `listen` to a free address", config.listen))?;
    let metrics = telemetry::listen(&config.telemetry).await.with_context(|| {
        let address = config.telemetry.metrics_listen.map(|address| address.to_string()).unwrap_or_default();
        format!("cannot listen on {address} for metrics; set `telemetry.metrics_listen` to a free address")
    })?;
    Ok(Listeners { service, metrics })
}

/// Serves until SIGTERM or SIGINT, then lets what runs finish.
///
/// # Errors
/// When the signals cannot be listened to.
pub async fn answer(app: &App, config: &Config, listeners: Listeners) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let service = service(app, config);
    tracing::info!(address = %listeners.service.local_addr()?, "listening");
    let scrapes = match listeners.metrics {
        Some(metrics) => {
            tracing::info!(address = %metrics.local_addr()?, "metrics can be scraped");
            Some(tokio::spawn(metrics.serve()))
        }
        None => None,
    };
    let running = jobs::start(jobs::all(app));
    serve(listeners.service, service, stop).await;
    drop(running);
    // Not before: the numbers of the last exchanges can still be fetched while they drain.
    if let Some(scrapes) = scrapes {
        scrapes.abort();
    }
    tracing::info!("stopped");
    Ok(())
}

/// The HTTP service over an assembled app.
#[must_use]
pub fn service(app: &App, config: &Config) -> Service {
    let conversations = Arc::new(app.agent.clone());
    Service::new(Arc::clone(&app.authenticator), conversations, Arc::new(app.store.clone()), Limits::from(&config.limits))
}
