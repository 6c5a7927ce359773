//! Requests that are too large, or that two readers could read differently.

use std::io::Write;
use std::net::TcpStream;

use dateline_tests::raw::{self, RawAnswer};
use dateline_tests::scene::Scene;
use dateline_tests::waiting::Stopwatch;

use super::{PATIENCE, ask, is_alive};

/// Holds what every refusal of a whole connection is, however little of a request it had read.
#[track_caller]
fn is_refused_for_good(answer: &RawAnswer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("connection", "close"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), value, "{name}: {answer:?}");
    }
    assert!(answer.header("x-request-id").starts_with("req_"), "{answer:?}");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "one answer: {answer:?}");
    assert!(answer.body.contains(code), "{answer:?}");
}

#[test]
fn what_is_too_large_is_cut_off_early() {
    let scene = Scene::new();
    let server = &scene.server;
    let json = "Content-Type: application/json";
    let announced = ask(server, "POST /api/projects", &[json, "Content-Length: 67108864"], b"{");
    assert_eq!(announced.status, 413, "{announced:?}");
    let mut chunks = Vec::new();
    for _ in 0..256 {
        chunks.extend_from_slice(b"10000\r\n");
        chunks.extend_from_slice(&[b' '; 0x10000]);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    let chunked = ask(server, "POST /api/projects", &[json, "Transfer-Encoding: chunked"], &chunks);
    assert_eq!(chunked.status, 413, "{chunked:?}");
    for kib in [70, 200, 2000] {
        let big = format!("X-Big: {}", "x".repeat(kib << 10));
        is_refused_for_good(&ask(server, "GET /api/projects", &[&big], b""), 431, "HEADERS_TOO_LARGE");
    }
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    is_refused_for_good(&ask(server, "GET /api/projects", &many, b""), 431, "HEADERS_TOO_LARGE");
    let long = ask(server, &format!("GET /api/projects?{}", "x".repeat(10 << 10)), &[], b"");
    is_refused_for_good(&long, 414, "URI_TOO_LONG");
    is_alive(server);
}

#[test]
fn requests_with_two_meanings_are_refused() {
    let scene = Scene::new();
    let server = &scene.server;
    let rows: [&[&str]; 13] = [
        &["Content-Length: 2", "Transfer-Encoding: chunked"],
        &["Transfer-Encoding: chunked", "Content-Length: 2"],
        &["Content-Length: 2", "Content-Length: 2"],
        &["TE: xchunked"],
        &["X-A: a\nX-B: b"],
        &["X-A : a"],
        &["Content-Length: 2", "Content-Length: 3"],
        &["Transfer-Encoding: xchunked"],
        &["Transfer-Encoding: chunked, identity"],
        &["Content-Length: -1"],
        &["Content-Length: 2x"],
        &["X-A: a\0b"],
        &["X-A: a\rb"],
    ];
    for headers in rows {
        let mut all = vec!["Content-Type: application/json"];
        all.extend_from_slice(headers);
        let answer = ask(server, "POST /api/projects", &all, b"{}0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
        is_refused_for_good(&answer, 400, "MALFORMED_REQUEST");
    }
    is_alive(server);
}

#[test]
fn a_body_that_is_not_plain_json_is_415() {
    let scene = Scene::new();
    let kinds = [
        "no type",
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/json\r\nContent-Encoding: gzip",
        "Content-Type: application/json\r\nContent-Encoding: br",
        "Content-Type: application/json\r\nContent-Encoding: identity, gzip",
    ];
    for kind in kinds {
        let answer = ask(&scene.server, "POST /api/projects", &["Content-Length: 2", kind], b"{}");
        assert_eq!(answer.status, 415, "{kind}: {answer:?}");
    }
    let charset = ["Content-Length: 2", "Content-Type: application/json; charset=utf-8"];
    assert_eq!(ask(&scene.server, "POST /api/projects", &charset, b"{}").status, 422, "plain JSON it is");
}

#[test]
fn a_connection_is_reused_only_when_its_body_was_read() {
    let scene = Scene::new();
    let (server, json) = (&scene.server, "Content-Type: application/json\r\nContent-Length: 2");
    let read = ask(server, "POST /api/projects", &[json], b"{}");
    assert_eq!((read.status, read.header("connection")), (422, ""), "{read:?}");
    let unread = ask(server, "POST /api/projects", &[json, "Authorization: wrong"], b"{}");
    assert_eq!((unread.status, unread.header("connection")), (401, "close"), "{unread:?}");
    let unasked = ask(server, "GET /api/projects", &["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n");
    assert_eq!((unasked.status, unasked.header("connection")), (200, ""), "{unasked:?}");
}

#[test]
fn http_2_and_tunnels_are_refused_in_words() {
    let scene = Scene::new();
    let server = &scene.server;
    let mut preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS, then streams that are opened and reset at once, then empty DATA frames.
    preface.extend_from_slice(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    for stream in 0..1000_u32 {
        let id = (stream * 2 + 1).to_be_bytes();
        preface.extend([&[0, 0, 1, 1, 4][..], &id, &[0x82], &[0, 0, 4, 3, 0], &id, &[0, 0, 0, 8]].concat());
        preface.extend([&[0, 0, 0, 0, 0][..], &id].concat());
    }
    let http2 = raw::exchange(server.address(), &preface, PATIENCE);
    is_refused_for_good(&http2, 505, "HTTP_VERSION_NOT_SUPPORTED");
    let upgrade = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
    let answer = ask(server, "GET /api/projects", &upgrade, b"");
    assert_eq!((answer.status, answer.header("upgrade")), (200, ""), "{answer:?}");
    let tunnel = ask(server, "CONNECT evil.example:80", &[], b"");
    is_refused_for_good(&tunnel, 405, "METHOD_NOT_ALLOWED");
    assert!(tunnel.header("allow").contains("GET"), "{tunnel:?}");
    is_alive(server);
}

/// The most memory the process ever had, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("the process tells its memory")
}

#[test]
fn an_endless_body_costs_no_memory() {
    let scene = Scene::new();
    let server = &scene.server;
    is_alive(server);
    let before = peak_kib(server.pid());
    let watch = Stopwatch::start();
    let mut stream = TcpStream::connect(server.address()).expect("the server accepts");
    let head = format!(
        "POST /api/projects HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        server.address(),
        server.token()
    );
    stream.write_all(head.as_bytes()).expect("the head is sent");
    let chunk = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
    // The server stops reading at some point; what it took by then must not have been kept.
    let sent = (0..1024).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    let answer = raw::answer(&mut stream, watch, PATIENCE);
    assert!(sent > 16 && [413, 0].contains(&answer.status), "{sent} chunks, {answer:?}");
    let grown = peak_kib(server.pid()) - before;
    println!("{sent} chunks of 64 KiB sent; the server grew by {grown} KiB");
    assert!(grown < 12 * 1024, "the server grew by {grown} KiB");
    is_alive(server);
}
