//! Clients that are slow, or many.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use dateline_tests::raw;
use dateline_tests::scene::Scene;
use dateline_tests::waiting::{Stopwatch, until};

use super::{PATIENCE, ask, is_alive};

#[test]
fn slow_senders_are_cut_and_others_are_served_meanwhile() {
    let scene = Scene::new();
    let server = &scene.server;
    let watch = Stopwatch::start();
    let mut half: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).expect("the server accepts");
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127").expect("half a header is sent");
            stream
        })
        .collect();
    let served = Stopwatch::start();
    assert_eq!(server.client().get("/api/projects").status, 200);
    assert!(served.elapsed() < Duration::from_secs(1), "others are served: {:?}", served.elapsed());
    for stream in &mut half {
        let answer = raw::answer(stream, watch, Duration::from_secs(13));
        assert!(answer.closed || answer.status == 408, "{answer:?}");
    }
    assert!(watch.elapsed() < Duration::from_secs(13), "{:?}", watch.elapsed());
    let head = format!(
        "POST /api/projects HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n",
        server.address(),
        server.token()
    );
    let watch = Stopwatch::start();
    let mut slow = TcpStream::connect(server.address()).expect("the server accepts");
    slow.write_all(head.as_bytes()).expect("the header is sent");
    let answer = until(Duration::from_secs(35), "a dripping body to be cut", || {
        let _ = slow.write_all(b" ");
        let patience = watch.elapsed() + Duration::from_secs(1);
        let answer = raw::answer(&mut slow, watch, patience);
        (answer.closed || answer.status != 0).then_some(answer)
    });
    assert!(answer.closed || answer.status == 408, "{answer:?}");
    is_alive(server);
}

/// The memory the process has, in KiB.
fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("the process tells its memory")
}

#[test]
fn two_thousand_idle_connections_keep_nobody_out() {
    let scene = Scene::new();
    let server = &scene.server;
    is_alive(server);
    let before = resident_kib(server.pid());
    let mut idle = Vec::new();
    for number in 0..2000 {
        // A tester with fewer files to open still shows the same with fewer connections.
        let Ok(mut stream) = TcpStream::connect(server.address()) else { break };
        if number % 2 == 0 {
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127");
        }
        idle.push(stream);
    }
    // One is given back, so that there is a file for those who ask.
    idle.pop();
    for _ in 0..20 {
        assert_eq!(ask(server, "GET /api/projects", &["Connection: close"], b"").status, 200);
    }
    let grown = resident_kib(server.pid()).saturating_sub(before);
    println!("{} idle connections, half of them with half a head: {grown} KiB", idle.len());
    is_alive(server);
}

#[test]
fn a_server_with_few_files_serves_whoever_asks() {
    let scene = Scene::with_files(64);
    let server = &scene.server;
    let idle: Vec<_> = (0..500).map(|_| TcpStream::connect(server.address())).collect();
    for _ in 0..20 {
        assert_eq!(ask(server, "GET /api/projects", &["Connection: close"], b"").status, 200);
    }
    assert!(idle.iter().filter(|stream| stream.is_ok()).count() > 400);
    drop(idle);
    is_alive(server);
}

#[test]
fn many_requests_on_one_connection_are_answered_in_order() {
    let scene = Scene::new();
    let server = &scene.server;
    let mut stream = TcpStream::connect(server.address()).expect("the server accepts");
    let request =
        |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{more}\r\n", server.address());
    let bytes = request("/healthz", "").repeat(200) + &request("/nothing", "Connection: close\r\n");
    stream.write_all(bytes.as_bytes()).expect("they are sent");
    let answer = raw::all(&mut stream, PATIENCE);
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 200, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 404").count(), 1, "{answer}");
}
