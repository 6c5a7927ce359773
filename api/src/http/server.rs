//! The sockets: HTTP/1.1 with every wait bounded, handed to the interface in process.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::Addr;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Interface;

/// The most connections at once; the next ones wait in the kernel's queue until one ends.
const CONNECTIONS_MAX: usize = 4096;
/// A request's head must be complete, and an idle connection must say something, within this time.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// How much of a refused body is read, so that its sender gets to see the refusal.
const LINGER_BYTES_MAX: u64 = 64 * 1024 * 1024;
const LINGER_TIME_MAX: Duration = Duration::from_secs(2);
/// How long requests in flight may take once the server stops.
const STOP_TIME_MAX: Duration = Duration::from_secs(10);
/// The pause after a failed accept: out of file descriptors, trying again at once would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until `stop` is cancelled, then ends them softly; returns when all are gone or cut off.
pub async fn serve(listener: TcpListener, interface: Arc<Interface>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut accepting = Accepting::default();
    loop {
        let Some((stream, slot)) = accepting.next(&listener, &slots, &stop).await else { break };
        let (interface, stop) = (interface.clone(), stop.clone());
        connections.spawn(async move {
            attend(stream, interface, stop).await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(STOP_TIME_MAX, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "connections were cut off");
    }
}

/// Remembers whether accepting fails, so that an hour of it is one line in the log.
#[derive(Default)]
struct Accepting {
    is_failing: bool,
}

impl Accepting {
    async fn next(
        &mut self,
        listener: &TcpListener,
        slots: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return None,
                accepted = accept(listener, slots) => accepted,
            };
            match accepted {
                Ok(connection) => {
                    self.is_failing = false;
                    return Some(connection);
                }
                Err(error) => {
                    if !self.is_failing {
                        tracing::warn!(%error, "connections cannot be accepted at present; trying again");
                    }
                    self.is_failing = true;
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let slot = slots.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, slot))
}

/// Answers the requests of one connection until either side ends it.
async fn attend(stream: TcpStream, interface: Arc<Interface>, stop: CancellationToken) {
    let (Ok(local), Ok(remote)) = (stream.local_addr(), stream.peer_addr()) else { return };
    // Answers are small and whole: waiting to fill a packet would only add to every one of them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let interface = interface.clone();
        Box::pin(async move { Ok::<_, Infallible>(hand_over(&interface, request, local, remote).await) })
            as Pin<Box<dyn Future<Output = _> + Send>>
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_headers(1024)
        .max_buf_size(128 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|context| connection.poll_without_shutdown(context)) => ended,
        () = stop.cancelled() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|context| connection.poll_without_shutdown(context)).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    let stream = connection.into_parts().io.into_inner();
    // A slow reader must not hold a slot for ever, nor a refused body be lost with its refusal.
    let _ = tokio::time::timeout(LINGER_TIME_MAX, linger(stream)).await;
}

/// Ends a connection so that what was written arrives: closing with unread input would reset it.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = (&mut stream).take(LINGER_BYTES_MAX);
    let mut scratch = vec![0; 16 * 1024];
    while let Ok(1..) = rest.read(&mut scratch).await {}
}

async fn hand_over(
    interface: &Interface,
    request: hyper::Request<Incoming>,
    local: SocketAddr,
    remote: SocketAddr,
) -> hyper::Response<http_body_util::combinators::BoxBody<hyper::body::Bytes, std::io::Error>> {
    let addresses = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(remote)));
    let request = poem::Request::from((request, addresses.0, addresses.1, Scheme::HTTP));
    interface.answer(request, local).await.into()
}
