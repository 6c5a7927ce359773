//! Clients that are slow, silent or too many: they are cut, and the others are served.

use std::time::Duration;

use dateline_api::http::server::{Room, Site, Waits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::served::{Served, is_refusal, rest, served_with};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(60);

fn waits(change: impl FnOnce(&mut Waits)) -> impl FnOnce(Site) -> Site {
    let mut waits = Waits { silence: LONG, head: LONG, stall: LONG };
    change(&mut waits);
    move |site| Site { waits, ..site }
}

fn room(connections_max: usize) -> impl FnOnce(Site) -> Site {
    move |site| Site { room: Room { connections_max, per_address_max: connections_max }, ..site }
}

fn probe(served: &Served) -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", served.address).into_bytes()
}

/// Sends a request that leaves the connection open, and reads the status of its answer.
async fn ask(served: &Served, stream: &mut TcpStream) -> String {
    stream.write_all(&probe(served)).await.expect("it takes them");
    let mut answer = [0; 4096];
    let count = timeout(LONG, stream.read(&mut answer)).await.expect("an answer").expect("an answer");
    String::from_utf8_lossy(&answer[..count]).chars().skip(9).take(3).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_head_is_told_that_it_is_late() {
    let served = served_with(waits(|waits| waits.head = SHORT)).await;
    let half = b"GET /healthz HTTP/1.1\r\nhost: 127";
    is_refusal(&served.exchange(half).await, "408", "REQUEST_TIMEOUT");
    let mut dripping = served.connect().await;
    let (mut reader, mut writer) = dripping.split();
    let drip = async {
        // Each byte comes in time; the head does not.
        while writer.write_all(b"a").await.is_ok() {
            tokio::time::sleep(SHORT / 8).await;
        }
    };
    let answer = tokio::select! {
        () = drip => String::new(),
        answer = rest(&mut reader) => answer,
    };
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_ends_a_connection_before_and_after_a_request() {
    let served = served_with(waits(|waits| waits.silence = SHORT)).await;
    assert_eq!(rest(&mut served.connect().await).await, "");
    let mut used = served.connect().await;
    assert_eq!(ask(&served, &mut used).await, "200");
    assert_eq!(ask(&served, &mut used).await, "200");
    assert_eq!(rest(&mut used).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_answer_loses_the_connection() {
    let limits = waits(|waits| waits.stall = SHORT);
    let served = served_with(|site| room(1)(limits(site))).await;
    let mut greedy = served.connect().await;
    // More than any buffer between the two of us holds.
    let request = format!("GET /docs/bundle.js HTTP/1.1\r\nhost: {}\r\n\r\n", served.address);
    greedy.write_all(request.repeat(30).as_bytes()).await.expect("it takes them");
    greedy.readable().await.expect("an answer begins");
    let freed = async {
        // The only seat is taken as long as the greedy one keeps its connection.
        while ask(&served, &mut served.connect().await).await != "200" {}
    };
    timeout(LONG, freed).await.expect("the greedy one is cut");
}

/// Returns a socket that holds little between its two ends.
fn narrow() -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_send_buffer_size(4096).expect("a size");
    socket.set_recv_buffer_size(4096).expect("a size");
    socket
}

/// Returns a stream of events that has begun.
async fn listen(served: &Served, mut stream: TcpStream) -> TcpStream {
    let token = served.api.token.text();
    let request = format!(
        "GET /api/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n",
        served.address
    );
    stream.write_all(request.as_bytes()).await.expect("it takes them");
    let mut opening = String::new();
    while !opening.contains("\nretry: ") {
        let mut piece = [0; 1024];
        let count = timeout(LONG, stream.read(&mut piece)).await.expect("it begins").expect("it begins");
        opening.push_str(&String::from_utf8_lossy(&piece[..count]));
        assert!(count > 0 && opening.starts_with("HTTP/1.1 200"), "{opening}");
    }
    stream
}

/// Returns the versions a listener is told of, up to `last`.
async fn versions(mut stream: TcpStream, last: usize) -> Vec<usize> {
    let (mut told, mut text) = (Vec::new(), String::new());
    while told.last() != Some(&last) {
        let mut piece = [0; 4096];
        let count = timeout(LONG, stream.read(&mut piece)).await.expect("it goes on").expect("it goes on");
        assert!(count > 0, "who listens is not cut: {told:?}");
        text.push_str(&String::from_utf8_lossy(&piece[..count]));
        while let Some((line, rest)) = text.split_once('\n') {
            let version = line.split_once("\"version\":").map(|(_, number)| number.trim_end_matches('}'));
            told.extend(version.map(|number| number.parse::<usize>().expect("a number")));
            text = rest.to_owned();
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_takes_nothing_is_cut_and_the_others_hear_all() {
    const LAST: usize = 400;
    // Whoever reads has long enough to do so, on a busy machine too.
    let limits = waits(|waits| waits.stall = SHORT * 10);
    let served = served_with(|site| {
        let listener = narrow();
        listener.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let listener = listener.listen(16).expect("a listener");
        Site { listener, ..room(4)(limits(site)) }
    })
    .await;
    let project = served.api.project().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let stream = listen(&served, served.connect().await).await;
        others.push(tokio::spawn(versions(stream, LAST)));
    }
    let stream = narrow().connect(served.address).await.expect("a connection");
    let _takes_nothing = listen(&served, stream).await;
    for number in 1..LAST {
        let name = serde_json::json!({ "name": format!("Name {number}") });
        let changed = served.api.patch(&format!("/api/projects/{project}"), name).await;
        assert_eq!(changed.json["version"], number + 1);
    }
    for other in others {
        let told = timeout(LONG, other).await.expect("they hear all").expect("no panic");
        assert_eq!(told, (2..=LAST).collect::<Vec<_>>());
    }
    // Those three have left. Only where the fourth is cut is there ever a seat for a fifth beside four busy ones.
    let mut busy = Vec::new();
    for _ in 0..3 {
        busy.push(listen(&served, served.connect().await).await);
    }
    let freed = async { while ask(&served, &mut served.connect().await).await != "200" {} };
    timeout(LONG, freed).await.expect("who takes nothing is cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_idle_one_leaves_for_who_asks() {
    let served = served_with(room(3)).await;
    let mut first = served.connect().await;
    assert_eq!(ask(&served, &mut first).await, "200");
    let mut second = served.connect().await;
    assert_eq!(ask(&served, &mut second).await, "200");
    let mut third = served.connect().await;
    assert_eq!(ask(&served, &mut third).await, "200");
    assert_eq!(ask(&served, &mut first).await, "200");
    let mut newcomer = served.connect().await;
    assert_eq!(ask(&served, &mut newcomer).await, "200");
    assert_eq!(rest(&mut second).await, "", "it waited longest");
    for stays in [&mut first, &mut third, &mut newcomer] {
        assert_eq!(ask(&served, stays).await, "200");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_keep_nobody_out() {
    let served = served_with(room(50)).await;
    let mut idle = Vec::new();
    for number in 0..500 {
        let mut stream = served.connect().await;
        if number % 2 == 0 {
            stream.write_all(b"GET /healthz HT").await.expect("it takes them");
        }
        idle.push(stream);
    }
    for _ in 0..20 {
        assert_eq!(ask(&served, &mut served.connect().await).await, "200");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_no_seat_is_told_to_come_back() {
    let served = served_with(room(1)).await;
    let mut busy = served.connect().await;
    let token = served.api.token.text();
    let head = format!(
        "POST /api/projects HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n",
        served.address
    );
    busy.write_all(head.as_bytes()).await.expect("it takes them");
    let mut word = [0; 8];
    busy.read_exact(&mut word).await.expect("it waits for the body");
    let turned_away = served.exchange(&probe(&served)).await;
    is_refusal(&turned_away, "503", "UNAVAILABLE");
    assert!(turned_away.contains("retry-after: 5"), "{turned_away}");
    busy.write_all(b"{}").await.expect("it takes them");
    assert!(ask(&served, &mut busy).await.len() == 3, "who was served goes on");
}
