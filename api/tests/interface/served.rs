//! The interface on a real socket of the loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dateline_api::http::server::{self, Site};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::harness::Api;

pub(crate) struct Served {
    pub(crate) api: Api,
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) serving: JoinHandle<()>,
}

/// A server with the usual limits.
pub(crate) async fn served() -> Served {
    served_with(|site| site).await
}

/// A server whose site `change` has changed.
pub(crate) async fn served_with(change: impl FnOnce(Site) -> Site) -> Served {
    let api = Api::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let stop = CancellationToken::new();
    let site = change(Site::plain(listener));
    let address = site.listener.local_addr().expect("an address");
    let serving = tokio::spawn(server::serve(site, Arc::clone(&api.interface), stop.clone()));
    Served { api, address, stop, serving }
}

impl Served {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Sends bytes and returns everything that comes back until the server closes.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // A server may answer and close before it has read all: that is no failure of ours.
        let _ = stream.write_all(bytes).await;
        rest(&mut stream).await
    }

    pub(crate) fn head(&self, line: &str, more: &str) -> Vec<u8> {
        format!("{line}\r\nhost: {}\r\nconnection: close\r\n{more}\r\n", self.address).into_bytes()
    }
}

/// Returns everything that comes until the server closes; a reset is an end like any other.
pub(crate) async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    let ended = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the server closes; it said {:?}", String::from_utf8_lossy(&answer));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Holds an answer to what every refusal is, also one that hyper never saw.
#[track_caller]
pub(crate) fn is_refusal(answer: &str, status: &str, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let head = format!("{}\r\n", head.to_lowercase());
    assert!(head.starts_with(&format!("http/1.1 {status}")), "{answer}");
    for header in [
        "content-type: application/problem+json",
        "connection: close",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        "x-request-id: req_",
    ] {
        assert!(head.contains(&format!("\r\n{header}")), "{header}: {answer}");
    }
    assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "one answer, whole: {answer}");
    assert!(body.contains(&format!("\"code\":\"{code}\"")), "{answer}");
}
