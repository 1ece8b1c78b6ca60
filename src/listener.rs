//! Connections of this process: accepted up to a limit, without Nagle's delay, with a limit on the time a request head may take, and drained when
//! told to stop. The service and the metrics both stand on it; `docs/decisions/0003-accept-loop.md` says why it is ours.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// Also bounds how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// A token may have 16 KiB.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// After an accept error (out of file descriptors, usually).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A taken address with a limit on the connections at once. Those beyond it wait to be accepted.
pub struct Listener {
    tcp: TcpListener,
    connections: Arc<Semaphore>,
    capacity: usize,
}

impl Listener {
    /// At most `connections` at once; zero counts as one.
    #[must_use]
    pub fn new(tcp: TcpListener, connections: usize) -> Self {
        let capacity = connections.clamp(1, Semaphore::MAX_PERMITS);
        Self { tcp, connections: Arc::new(Semaphore::new(capacity)), capacity }
    }

    /// Answers every connection with `service` until `stop` resolves. From then on no connection is taken and none answers another request;
    /// the requests that run are those of the [`Draining`].
    pub async fn serve<S>(self, service: S, stop: impl Future<Output = ()>) -> Draining
    where
        S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let stopping = CancellationToken::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                (stream, permit) = self.accept() => {
                    tokio::spawn(converse(stream, service.clone(), stopping.clone(), permit));
                }
            }
        }
        stopping.cancel();
        Draining { connections: self.connections, capacity: self.capacity }
    }

    async fn accept(&self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            let Ok(permit) = Arc::clone(&self.connections).acquire_owned().await else {
                // The semaphore is never closed.
                std::future::pending().await
            };
            match self.tcp.accept().await {
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
}

/// The connections that were open when the listener stopped.
pub struct Draining {
    connections: Arc<Semaphore>,
    capacity: usize,
}

impl Draining {
    /// Waits for the last of them. Returns whether it ended within `limit`.
    pub async fn ends_within(&self, limit: Duration) -> bool {
        let all = u32::try_from(self.capacity).unwrap_or(u32::MAX);
        tokio::time::timeout(limit, self.connections.acquire_many(all)).await.is_ok()
    }
}

async fn converse<S>(stream: TcpStream, service: S, stopping: CancellationToken, _permit: OwnedSemaphorePermit)
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accepted_connections_send_without_nagles_delay_and_are_counted() {
        let listener = Listener::new(TcpListener::bind("127.0.0.1:0").await.unwrap(), 1);
        let address = listener.tcp.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, permit) = listener.accept().await;
        assert!(stream.nodelay().unwrap());
        let _second = TcpStream::connect(address).await.unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(waiting.is_err(), "beyond the limit a connection waits to be accepted");
        drop(permit);
        let (second, _permit) = listener.accept().await;
        assert!(second.nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_listener_that_stops_waits_no_longer_than_told() {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let stop = CancellationToken::new();
        let hanging = tower::service_fn(|_: Request<Incoming>| std::future::pending::<Result<Response<Body>, Infallible>>());
        let served = tokio::spawn(Listener::new(tcp, 4).serve(hanging, stop.clone().cancelled_owned()));
        let mut client = TcpStream::connect(address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut client, b"GET / HTTP/1.1\r\nhost: test\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.cancel();
        let draining = served.await.unwrap();
        assert!(!draining.ends_within(Duration::from_millis(50)).await);
        drop(client);
        assert!(draining.ends_within(Duration::from_secs(5)).await);
    }
}
