//! Connections: accepted up to a limit, without Nagle's delay, with a limit on the time a request head may take, and drained when told to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::routes::router;
use super::service::Service;

/// Also bounds how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// A token may have 16 KiB.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// After an accept error (out of file descriptors, usually).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves, then drains: no new connections, running exchanges get `drain` seconds, what is left is cancelled.
pub async fn serve(listener: TcpListener, service: Service, stop: impl Future<Output = ()>) {
    let limits = service.limits;
    let turns = service.turns.clone();
    let authenticator = Arc::clone(&service.authenticator);
    let stopping = CancellationToken::new();
    let keys = tokio::spawn({
        let stopping = stopping.clone();
        async move { authenticator.verifier().keys().keep_fresh(stopping).await }
    });
    let capacity = limits.connections.clamp(1, Semaphore::MAX_PERMITS);
    let connections = Arc::new(Semaphore::new(capacity));
    let app = router(service);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, permit) = accept(&listener, &connections) => {
                tokio::spawn(converse(stream, app.clone(), stopping.clone(), permit));
            }
        }
    }
    drop(listener);
    stopping.cancel();
    let all = u32::try_from(capacity).unwrap_or(u32::MAX);
    if tokio::time::timeout(limits.drain, connections.acquire_many(all)).await.is_err() {
        tracing::warn!("the time to drain is over; running turns are cancelled");
        turns.cancel();
        // Cancelled turns end their streams at once; whoever still does not read is left.
        let _ = tokio::time::timeout(Duration::from_secs(1), connections.acquire_many(all)).await;
    }
    keys.abort();
}

async fn accept(listener: &TcpListener, connections: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let Ok(permit) = Arc::clone(connections).acquire_owned().await else {
            // The semaphore is never closed.
            std::future::pending().await
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without it every event of a stream waits for the other side's delayed acknowledgement.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY could not be set");
                }
                return (stream, permit);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, app: Router, stopping: CancellationToken, _permit: OwnedSemaphorePermit) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accepted_connections_send_without_nagles_delay_and_are_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connections = Arc::new(Semaphore::new(1));
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, permit) = accept(&listener, &connections).await;
        assert!(stream.nodelay().unwrap());
        let _second = TcpStream::connect(address).await.unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(50), accept(&listener, &connections)).await;
        assert!(waiting.is_err(), "beyond the limit a connection waits to be accepted");
        drop(permit);
        let (second, _permit) = accept(&listener, &connections).await;
        assert!(second.nodelay().unwrap());
    }
}
