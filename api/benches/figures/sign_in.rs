//! Passwords compared while others read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::load::{Times, at_rate, now};
use super::person::{EMAIL, member, sign_in};
use super::server::Server;
use super::wire::{Connection, get};
use super::{Figure, ms};

const AT_ONCE: usize = 4;
const READS: (u32, u32) = (200, 16);
const TIME: Duration = Duration::from_secs(10);
const READ_MAX: Duration = Duration::from_millis(25);

pub(crate) async fn measure(server: &Server) -> Vec<Figure> {
    member(server, EMAIL).await;
    let request = sign_in(server, EMAIL);
    let mut connection = Connection::open(&server.address).await;
    let mut alone = Vec::new();
    for _ in 0..20 {
        let sent = now();
        assert_eq!(connection.ask(&request).await.status, 201);
        alone.push(now() - sent);
    }
    let alone = Times::of(alone);
    let read = vec![get(&server.address, &server.token, "/api/cron/executions?limit=50")];
    let quiet = at_rate(&server.address, read.clone(), READS, TIME).await.times;
    let over = Arc::new(AtomicBool::new(false));
    let mut signing_in = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (mut connection, request, over) =
            (Connection::open(&server.address).await, request.clone(), over.clone());
        signing_in.spawn(async move {
            let mut times = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let sent = now();
                assert_eq!(connection.ask(&request).await.status, 201);
                times.push(now() - sent);
            }
            times
        });
    }
    let busy = at_rate(&server.address, read, READS, TIME).await.times;
    over.store(true, Ordering::Relaxed);
    let together = Times::of(signing_in.join_all().await.into_iter().flatten().collect());
    let about = Duration::from_millis(50)..Duration::from_millis(200);
    let reads = |times: &Times| format!("p50 {}, p99 {}", ms(times.at(50)), ms(times.at(99)));
    vec![
        Figure::new("signing in, alone", reads(&alone), "about 100 ms", about.contains(&alone.at(50))),
        Figure::new("200 reads/s, nobody signing in", reads(&quiet), "p99 < 25 ms", quiet.at(99) < READ_MAX),
        Figure::new(
            format!("200 reads/s, {AT_ONCE} signing in all the time"),
            format!("{} ({} signed in, each p50 {})", reads(&busy), together.count(), ms(together.at(50))),
            "p99 < 25 ms",
            busy.at(99) < READ_MAX,
        ),
    ]
}
