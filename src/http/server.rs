//! The accept loop: deadlines for headers, a bound on connections, and an orderly stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::descriptors;

/// Most connections that wait to be accepted, if the system allows so many.
const WAITING_MAX: u32 = 4096;
/// Most bytes that are read ahead for one connection, and so the longest that headers may be.
const READ_BYTES_MAX: usize = 64 * 1024;
/// How long to wait after an accept that failed, for example because no file descriptor was free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bounds of the server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Most connections at once.
    pub connections_max: usize,
    /// A request's headers must be complete within this time.
    pub header_timeout: Duration,
    /// How long requests under way may take to finish after the stop.
    pub grace: Duration,
}

/// Listens with room for a crowd: with the usual room of 128, further ones would try again after a
/// second.
///
/// # Errors
/// When the address is taken, or not of this machine.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Else a port stays taken for a minute after its server stopped.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MAX)
}

/// Serves until `stop`, then lets requests under way finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: ServerOptions,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(descriptors::connections(options.connections_max)));
    let graceful = GracefulShutdown::new();
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(READ_BYTES_MAX);
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        match accepted {
            Ok((stream, permit)) => {
                let service = TowerToHyperService::new(router.clone());
                let (http, watcher) = (http.clone(), graceful.watcher());
                let spoken = speaks(options.header_timeout, stop.clone(), stream);
                tokio::spawn(async move {
                    if let Some(stream) = spoken.await {
                        let io = TokioIo::new(stream);
                        let connection = http.serve_connection_with_upgrades(io, service);
                        if let Err(error) = watcher.watch(connection.into_owned()).await {
                            tracing::debug!(%error, "a connection ended early");
                        }
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(options.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = room.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

/// The connection, once its first byte is there: the deadline for headers only begins with that.
async fn speaks(within: Duration, stop: CancellationToken, stream: TcpStream) -> Option<TcpStream> {
    let mut first = [0];
    tokio::select! {
        () = stop.cancelled() => None,
        peeked = tokio::time::timeout(within, stream.peek(&mut first)) => {
            matches!(peeked, Ok(Ok(1))).then_some(stream)
        }
    }
}
