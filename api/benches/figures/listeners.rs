//! A thousand listeners to events: how late they hear, and what they cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::load::{Times, now};
use super::server::Server;
use super::wire::{Connection, bearer, get, send};
use super::{Figure, ms};

const LISTENERS: usize = 1_000;
/// As many as one credential may hold open.
const STREAMS: usize = 16;
const EVENTS: usize = 400;
const EVERY: Duration = Duration::from_millis(50);
const LATE_MAX: Duration = Duration::from_millis(500);
const MEMORY_MAX_KIB: f64 = 32.0;
const STOP_MAX: Duration = Duration::from_secs(15);

/// When each change was asked for, microseconds, by the version it makes.
type Sent = Arc<Vec<AtomicU64>>;

pub(crate) async fn measure() -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&folder.path().join("data"));
    let mut connection = Connection::open(&server.address).await;
    let tokens = tokens(&server, &mut connection).await;
    let project = project(&server, folder.path(), &mut connection).await;
    let sent: Sent = Arc::new((0..EVENTS + 2).map(|_| AtomicU64::new(0)).collect());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = server.resident_kib();
    let (over, is_over) = watch::channel(false);
    let mut listening = JoinSet::new();
    for number in 0..LISTENERS {
        let stream = listen(&server, &tokens[number / STREAMS]).await;
        listening.spawn(hear(stream, sent.clone(), is_over.clone()));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let opened = server.resident_kib();
    let mut most = opened;
    let begin = now();
    for number in 0..EVENTS {
        let due = begin + EVERY * u32::try_from(number).expect("few");
        tokio::time::sleep(due.saturating_sub(now())).await;
        let name = json!({ "name": format!("Name {number}") });
        let change = send("PATCH", &server.address, &bearer(&server.token), &project, &name);
        sent[number + 2].store(micros(now()), Ordering::Relaxed);
        let answer = connection.ask(&change).await.json();
        assert_eq!(answer["version"], number + 2);
        if number % 20 == 0 {
            most = most.max(server.resident_kib());
        }
    }
    let took = now() - begin;
    tokio::time::sleep(Duration::from_secs(2)).await;
    most = most.max(server.resident_kib());
    over.send_replace(true);
    let (heard, open): (Vec<_>, Vec<_>) = listening.join_all().await.into_iter().unzip();
    let times = Times::of(heard.into_iter().flatten().collect());
    let asked = now();
    let is_well = server.stop();
    let stopped = now() - asked;
    drop(open);
    let kib = |to: u64| {
        f64::from(u32::try_from(to.saturating_sub(before)).expect("small"))
            / f64::from(u32::try_from(LISTENERS).expect("few"))
    };
    let is_whole = times.count() == LISTENERS * EVENTS;
    let rate = f64::from(u32::try_from(EVENTS).expect("few")) / took.as_secs_f64();
    vec![
        Figure::new(
            format!("{LISTENERS} listeners, {rate:.0} events/s, each told to each: {is_whole}"),
            format!("p50 {}, p99 {}, last {}", ms(times.at(50)), ms(times.at(99)), ms(times.at(100))),
            "p99 < 500 ms",
            is_whole && times.at(99) < LATE_MAX,
        ),
        Figure::new(
            "memory of the server a listener",
            format!("{:.1} KiB open, {:.1} KiB at most", kib(opened), kib(most)),
            "< 32 KiB",
            kib(most) < MEMORY_MAX_KIB,
        ),
        Figure::new(
            format!("a stop with {LISTENERS} streams open"),
            ms(stopped),
            "< 15 s",
            is_well && stopped < STOP_MAX,
        ),
    ]
}

async fn tokens(server: &Server, connection: &mut Connection) -> Vec<String> {
    let mut tokens = Vec::new();
    for number in 0..LISTENERS.div_ceil(STREAMS) {
        let new = json!({ "name": format!("listener {number}"), "scopes": ["READ"] });
        let make = send("POST", &server.address, &bearer(&server.token), "/api/tokens", &new);
        let made = connection.ask(&make).await.json();
        tokens.push(made["token"].as_str().expect("a token").to_owned());
    }
    tokens
}

/// Creates a project over an empty repository; returns its path in the interface.
async fn project(server: &Server, folder: &std::path::Path, connection: &mut Connection) -> String {
    let path = folder.join("repository");
    for part in ["objects", "refs/heads"] {
        std::fs::create_dir_all(path.join(".git").join(part)).expect("a folder");
    }
    std::fs::write(path.join(".git/HEAD"), "ref: refs/heads/main\n").expect("a file");
    let path = path.canonicalize().expect("a folder");
    let project = json!({ "name": "Bench", "source": { "kind": "GIT", "path": path } });
    let make = send("POST", &server.address, &bearer(&server.token), "/api/projects", &project);
    let made = connection.ask(&make).await.json();
    format!("/api/projects/{}", made["id"].as_str().expect("an id"))
}

async fn listen(server: &Server, token: &str) -> TcpStream {
    let mut stream = Connection::open(&server.address).await.into_stream();
    stream.write_all(&get(&server.address, token, "/api/events")).await.expect("it takes a request");
    let mut opening = Vec::new();
    while !opening.windows(7).any(|piece| piece == b"\nretry:") && !opening.ends_with(b"\n\n") {
        assert!(stream.read_buf(&mut opening).await.expect("an answer") > 0, "the server hung up");
        assert!(opening.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&opening));
    }
    stream
}

/// Returns how long after each change was asked for this listener heard of it, and its stream, still open.
async fn hear(
    mut stream: TcpStream,
    sent: Sent,
    mut is_over: watch::Receiver<bool>,
) -> (Vec<Duration>, TcpStream) {
    const MARK: &str = "\"version\":";
    let (mut times, mut bytes) = (Vec::with_capacity(EVENTS), Vec::with_capacity(4096));
    loop {
        tokio::select! {
            read = stream.read_buf(&mut bytes) => assert!(read.expect("a piece") > 0, "the server hung up"),
            _ = is_over.changed() => return (times, stream),
        }
        let at = micros(now());
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else { continue };
        for line in String::from_utf8_lossy(&bytes[..end]).lines() {
            let Some((_, version)) = line.split_once(MARK) else { continue };
            let version: usize = version.trim_end_matches('}').parse().expect("a number");
            times.push(Duration::from_micros(at - sent[version].load(Ordering::Relaxed)));
        }
        bytes.drain(..=end);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).expect("short")
}
