//! The service from its first connection to its last, and an orderly end when told to stop.

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;

use super::routes::router;
use super::service::Service;
use crate::listener::Listener;

/// Serves until `stop` resolves, then drains: no new connections, running exchanges get `drain` seconds, what is left is cancelled.
pub async fn serve(listener: TcpListener, service: Service, stop: impl Future<Output = ()>) {
    let limits = service.limits;
    let turns = service.turns.clone();
    let draining = Listener::new(listener, limits.connections).serve(router(service), stop).await;
    if !draining.ends_within(limits.drain).await {
        tracing::warn!("the time to drain is over; running turns are cancelled");
        turns.cancel();
        // Cancelled turns end their streams at once; whoever still does not read is left.
        draining.ends_within(Duration::from_secs(1)).await;
    }
}

/// Resolves at SIGTERM or SIGINT.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
