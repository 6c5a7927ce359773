//! The server on a real socket: what only bytes on the wire can show.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::{is_refusal, served};

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
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_two_meanings_are_refused_and_end_the_connection() {
    let served = served().await;
    for more in [
        "content-length: 2\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 2\r\n",
        "content-length: 1\r\ncontent-length: 2\r\n",
        "transfer-encoding: xchunked\r\n",
        "te: xchunked\r\n",
        "a: b\0c\r\n",
        "a: b\nc: d\r\n",
        "a: b\rc: d\r\n",
        "a : b\r\n",
        " a: b\r\n",
    ] {
        // The line that follows is an answer of its own when anybody takes it for a request.
        let mut bytes = served.head("POST /api/projects HTTP/1.1", more);
        bytes.extend_from_slice(b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
        is_refusal(&served.exchange(&bytes).await, "400", "MALFORMED_REQUEST");
    }
    is_refusal(&served.exchange(b"GET /healthz HTTP/1.1\rhost: a\r\r").await, "400", "MALFORMED_REQUEST");
    is_refusal(
        &served.exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await,
        "505",
        "HTTP_VERSION_NOT_SUPPORTED",
    );
    is_refusal(&served.exchange(b"CONNECT a:80 HTTP/1.1\r\n\r\n").await, "405", "METHOD_NOT_ALLOWED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_comes_after_the_answers_before_it() {
    let served = served().await;
    let host = format!("host: {}\r\n", served.address);
    let token = format!("authorization: Bearer {}\r\n", served.api.token.text());
    let json = "content-type: application/json\r\n";
    let bytes = format!(
        "GET /healthz HTTP/1.1\r\n{host}\r\n\
         POST /api/projects HTTP/1.1\r\n{host}{token}{json}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n\
         POST /api/projects HTTP/1.1\r\n{host}{token}{json}content-length: 2\r\n\r\n{{}}\
         GET /healthz HTTP/1.1\r\n{host}content-length: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n\
         GET /healthz HTTP/1.1\r\n{host}\r\n"
    );
    for piece in [1, 7, 100, bytes.len()] {
        let mut stream = TcpStream::connect(served.address).await.expect("a connection");
        for part in bytes.as_bytes().chunks(piece) {
            stream.write_all(part).await.expect("it takes them");
        }
        let mut answers = Vec::new();
        let _ = stream.read_to_end(&mut answers).await;
        let answers = String::from_utf8_lossy(&answers);
        let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(statuses, ["200", "422", "422", "400"], "{answers}");
        let (_, last) = answers.rsplit_once("HTTP/1.1 ").expect("an answer");
        is_refusal(&format!("HTTP/1.1 {last}"), "400", "MALFORMED_REQUEST");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_that_are_broken_are_a_broken_body() {
    let served = served().await;
    let token = format!("authorization: Bearer {}\r\n", served.api.token.text());
    let more = format!("{token}content-type: application/json\r\ntransfer-encoding: chunked\r\n");
    for body in ["2\n{}\n0\n\n", "2 \r\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n", "-1\r\n{}\r\n"] {
        let mut bytes = served.head("POST /api/projects HTTP/1.1", &more);
        bytes.extend_from_slice(body.as_bytes());
        bytes.extend_from_slice(b"GET /smuggled HTTP/1.1\r\n\r\n");
        is_refusal(&served.exchange(&bytes).await, "400", "MALFORMED_REQUEST");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_on_the_wire_are_bounded() {
    let served = served().await;
    let long_url = format!("GET /?{} HTTP/1.1", "q".repeat(10_000));
    is_refusal(&served.exchange(&served.head(&long_url, "")).await, "414", "URI_TOO_LONG");
    let many = (0..500).map(|n| format!("a{n}: b\r\n")).collect::<String>();
    for more in [format!("a: {}\r\n", "b".repeat(70_000)), format!("a: {}\r\n", "b".repeat(1_000_000)), many]
    {
        let answer = served.exchange(&served.head("GET /healthz HTTP/1.1", &more)).await;
        is_refusal(&answer, "431", "HEADERS_TOO_LARGE");
    }
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
