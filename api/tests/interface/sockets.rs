//! The server on a real socket: what only bytes on the wire can show.

use std::net::SocketAddr;
use std::sync::Arc;

use dateline_api::http::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::Api;

struct Served {
    api: Api,
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

async fn served() -> Served {
    let api = Api::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server::serve(listener, Arc::clone(&api.interface), stop.clone()));
    Served { api, address, stop, serving }
}

impl Served {
    /// Sends bytes and returns everything that comes back until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(bytes).await.expect("it takes them");
        let mut answer = Vec::new();
        // A reset after the answer is an end like any other.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn head(&self, line: &str, more: &str) -> Vec<u8> {
        format!("{line}\r\nhost: {}\r\nconnection: close\r\n{more}\r\n", self.address).into_bytes()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_and_a_stop_ends_the_server() {
    let served = served().await;
    let answer = served.exchange(&served.head("GET /healthz HTTP/1.1", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let mut idle = TcpStream::connect(served.address).await.expect("a connection");
    served.stop.cancel();
    served.serving.await.expect("it ends");
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_1_is_refused() {
    let served = served().await;
    let h2c = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    assert!(!served.exchange(h2c).await.contains("200 OK"));
    let upgrade =
        "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";
    let answer = served.exchange(&served.head("GET /healthz HTTP/1.1", upgrade)).await;
    assert!(!answer.contains("101 Switching"), "{answer}");
    for more in [
        "content-length: 1\r\ncontent-length: 2\r\n",
        "transfer-encoding: xchunked\r\n",
        "a: b\0c\r\n",
        "a : b\r\n",
    ] {
        let answer = served.exchange(&served.head("POST /api/projects HTTP/1.1", more)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{more:?} {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_on_the_wire_are_bounded() {
    let served = served().await;
    let status = async |line: &str, more: &str| {
        let answer = served.exchange(&served.head(line, more)).await;
        answer.get(9..12).unwrap_or_default().to_owned()
    };
    let long_url = format!("GET /?{} HTTP/1.1", "q".repeat(10_000));
    assert_eq!(status(&long_url, "").await, "414");
    let long_header = format!("a: {}\r\n", "b".repeat(70_000));
    assert_eq!(status("GET /healthz HTTP/1.1", &long_header).await, "431");
    let many = (0..500).map(|n| format!("a{n}: b\r\n")).collect::<String>();
    assert_eq!(status("GET /healthz HTTP/1.1", &many).await, "431");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_body_does_not_hide_its_refusal() {
    let served = served().await;
    let more = format!(
        "authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 8388608\r\n",
        served.api.token.text()
    );
    let mut bytes = served.head("POST /api/projects HTTP/1.1", &more);
    bytes.extend(vec![b' '; 8 * 1024 * 1024]);
    let answer = served.exchange(&bytes).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("BODY_TOO_LARGE"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_hosts_are_misdirected() {
    let served = served().await;
    for (host, status) in [("evil.example", "421"), ("localhost", "421"), ("127.0.0.1.evil.example", "421")] {
        let bytes = format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        assert_eq!(&served.exchange(bytes.as_bytes()).await[9..12], status, "{host}");
    }
    let none = "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n";
    assert_eq!(&served.exchange(none.as_bytes()).await[9..12], "400");
    let absolute = served.head("GET http://evil.example/healthz HTTP/1.1", "");
    assert_eq!(&served.exchange(&absolute).await[9..12], "421");
}
