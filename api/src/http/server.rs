//! The sockets: HTTP/1.1 with every wait bounded, handed to the interface in process.
//!
//! ```text
//!  accept ─▶ roster: is there room? ─▶ TLS ─▶ gate: is the head sound, and in time? ─▶ hyper ─▶ interface
//!              └─ no: 503                        └─ no: hyper sees the end, and the refusal is written by hand
//! ```

mod connection;
mod framing;
mod gate;
mod head;
mod patience;
mod refusal;
mod roster;
mod turn;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Connection;
pub(super) use self::head::{HEADER_BYTES_MAX, HEADERS_MAX};
pub use self::patience::Waits;
pub use self::roster::Room;
use self::roster::Roster;
use super::Interface;
use super::problem::{Code, Problem};

/// How long requests in flight may take once the server stops.
const STOP_TIME_MAX: Duration = Duration::from_secs(10);
/// The pause after a failed accept: out of file descriptors, trying again at once would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// ENFILE and EMFILE: the machine, or the process, has no file descriptor left.
const OUT_OF_FILES: [i32; 2] = [23, 24];

/// Where a server listens, and what it grants to whoever connects.
pub struct Site {
    /// The socket.
    pub listener: TcpListener,
    /// How TLS is spoken; `None` for plain HTTP.
    pub tls: Option<Arc<ServerConfig>>,
    /// How long clients are waited for.
    pub waits: Waits,
    /// How many there may be.
    pub room: Room,
}

impl Site {
    /// Returns a site with the usual limits that speaks plain HTTP.
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None, waits: Waits::default(), room: Room::default() }
    }
}

/// Accepts connections until `stop` is cancelled, then ends them softly; returns when all are gone or cut off.
pub async fn serve(site: Site, interface: Arc<Interface>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let roster = Roster::new(site.room);
    let mut accepting = Accepting::default();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepting.next(&site.listener, &roster) => accepted,
        };
        let (stream, remote) = accepted;
        let address = Some(remote.ip()).filter(|address| !interface.is_shared(*address));
        let Some(seat) = roster.admit(address) else {
            turn_away(&stream, &site, &interface).await;
            continue;
        };
        let leave = seat.leave.clone();
        let (interface, tls, waits, stop) = (interface.clone(), site.tls.clone(), site.waits, stop.clone());
        connections.spawn(async move {
            let connection = Connection { interface, remote, tls, waits, stop };
            tokio::select! {
                () = leave.cancelled() => {}
                () = connection.attend(stream, seat) => {}
            }
        });
    }
    drop(site);
    connections.close();
    if tokio::time::timeout(STOP_TIME_MAX, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "connections were cut off");
    }
}

/// Tells a newcomer that everybody is being answered; in TLS, closing has to say it.
async fn turn_away(stream: &TcpStream, site: &Site, interface: &Interface) {
    let problem = Problem::new(Code::Unavailable, "every connection is in use");
    if site.tls.is_none() {
        let bytes = refusal::wire(interface.refuse(&problem)).await;
        // A fresh connection takes a short answer at once, or its client has gone.
        let _ = stream.try_write(&bytes);
    }
}

/// Remembers whether accepting fails, so that an hour of it is one line in the log.
#[derive(Default)]
struct Accepting {
    is_failing: bool,
}

impl Accepting {
    async fn next(&mut self, listener: &TcpListener, roster: &Roster) -> (TcpStream, SocketAddr) {
        loop {
            match listener.accept().await {
                Ok(accepted) => {
                    self.is_failing = false;
                    return accepted;
                }
                Err(error) => {
                    if !self.is_failing {
                        tracing::warn!(%error, "connections cannot be accepted at present; trying again");
                    }
                    self.is_failing = true;
                    if error.raw_os_error().is_some_and(|code| OUT_OF_FILES.contains(&code)) {
                        roster.shed();
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}
