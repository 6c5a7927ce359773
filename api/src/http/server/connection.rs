//! One connection, from its first byte to the last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::Addr;
use poem::http::HeaderValue;
use poem::http::header::{HeaderMap, STRICT_TRANSPORT_SECURITY};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::gate::Gate;
use super::patience::{Patience, Waits};
use super::refusal;
use super::roster::Seat;
use super::turn::{Held, Turn, Turns};
use crate::http::Interface;
use crate::http::problem::{Code, Problem};

/// Room for the longest head that passes the gate.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How much of a refused body is read, so that its sender gets to see the refusal.
const LINGER_BYTES_MAX: u64 = 64 * 1024 * 1024;
const LINGER_TIME_MAX: Duration = Duration::from_secs(2);

type Body = Held<http_body_util::combinators::BoxBody<hyper::body::Bytes, std::io::Error>>;

/// Two years: a browser that came by TLS comes by TLS from then on.
const STRICT: HeaderValue = HeaderValue::from_static("max-age=63072000");
/// The first byte of every TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// Who talks to whom, and how.
pub(super) struct Connection {
    pub(super) interface: Arc<Interface>,
    pub(super) remote: SocketAddr,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) waits: Waits,
    pub(super) stop: CancellationToken,
}

impl Connection {
    /// Answers the requests of one connection until either side ends it.
    pub(super) async fn attend(self, stream: TcpStream, seat: Seat) {
        let Ok(local) = stream.local_addr() else { return };
        // Answers are small and whole: waiting to fill a packet would only add to every one of them.
        let _ = stream.set_nodelay(true);
        let Some(config) = self.tls.clone() else { return self.hold(stream, seat, local).await };
        match timeout(self.waits.head, first_byte(&stream)).await {
            Ok(Some(HANDSHAKE)) => {}
            Ok(Some(_)) => {
                let problem = Problem::new(Code::Malformed, "this port speaks TLS: use https");
                let last = refusal::wire(self.interface.refuse(&problem)).await;
                let _ = timeout(LINGER_TIME_MAX, linger(stream, &last)).await;
                return;
            }
            Ok(None) | Err(_) => return,
        }
        match timeout(self.waits.head, TlsAcceptor::from(config).accept(stream)).await {
            Ok(Ok(stream)) => self.hold(stream, seat, local).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(self, stream: S, seat: Seat, local: SocketAddr) {
        let turns = Arc::new(Turns::new(seat));
        let gate = Gate::new(stream, turns.clone(), Patience::new(self.waits));
        let this = Arc::new(self);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let (this, turn) = (this.clone(), Turn(turns.clone()));
            Box::pin(async move { Ok::<_, Infallible>(this.answer(request, local, turn).await) })
                as Pin<Box<dyn Future<Output = _> + Send>>
        });
        let mut connection = http1::Builder::new()
            // The gate bounds heads in time, size and number.
            .header_read_timeout(None)
            .max_buf_size(BUFFER_BYTES_MAX)
            .serve_connection(TokioIo::new(gate), service);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = this.stop.cancelled() => {
                Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
        let (stream, fault) = connection.into_parts().io.into_inner().into_parts();
        let last = match fault {
            Some(fault) => {
                let mut answer = this.interface.refuse(&fault.problem());
                this.mark(answer.headers_mut());
                refusal::wire(answer).await
            }
            None => Vec::new(),
        };
        // A slow reader must not hold a seat for ever, nor a refused body be lost with its refusal.
        let _ = timeout(LINGER_TIME_MAX, linger(stream, &last)).await;
    }

    async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        local: SocketAddr,
        turn: Turn,
    ) -> hyper::Response<Body> {
        let scheme = if self.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        let (here, there) = (Addr::SocketAddr(local), Addr::SocketAddr(self.remote));
        let request = poem::Request::from((request, LocalAddr(here), RemoteAddr(there), scheme));
        let mut answer = self.interface.answer(request, local).await;
        self.mark(answer.headers_mut());
        hyper::Response::from(answer).map(|body| Held::new(body, turn))
    }

    /// Tells browsers that came by TLS never to come without.
    fn mark(&self, headers: &mut HeaderMap) {
        if self.tls.is_some() {
            headers.insert(STRICT_TRANSPORT_SECURITY, STRICT);
        }
    }
}

async fn first_byte(stream: &TcpStream) -> Option<u8> {
    let mut byte = [0];
    let count = stream.peek(&mut byte).await.ok()?;
    (count > 0).then_some(byte[0])
}

/// Ends a connection with `last` so that what was written arrives: closing with unread input would reset it.
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, last: &[u8]) {
    if stream.write_all(last).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = (&mut stream).take(LINGER_BYTES_MAX);
    let mut scratch = vec![0; 16 * 1024];
    while let Ok(1..) = rest.read(&mut scratch).await {}
}
