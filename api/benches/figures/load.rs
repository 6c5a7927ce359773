//! Requests at a rate, whatever the answers take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::wire::Connection;

/// Returns the time since an instant before the first measure.
pub(crate) fn now() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
    fn instant() -> std::time::Instant {
        std::time::Instant::now()
    }
    static BEGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    instant().duration_since(*BEGIN.get_or_init(instant))
}

/// Times, least first.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the time that `percent` in a hundred do not exceed.
    pub(crate) fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }
}

/// What a load came to.
pub(crate) struct Ran {
    /// From the instant a request was due to the last byte of its answer, so that a stall counts for all it holds up.
    pub(crate) times: Times,
    /// Answers a second.
    pub(crate) rate: f64,
}

/// Sends `requests` in turn at `rate` a second for `time` over `connections`, each at its instant or as soon after as its
/// connection is free.
pub(crate) async fn at_rate(
    address: &str,
    requests: Vec<Vec<u8>>,
    (rate, connections): (u32, u32),
    time: Duration,
) -> Ran {
    let requests = Arc::new(requests);
    let mut tasks = JoinSet::new();
    let begin = now() + Duration::from_millis(50);
    for first in 0..connections {
        let mut connection = Connection::open(address).await;
        let requests = requests.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            let mut number = first;
            loop {
                let due = begin + Duration::from_secs(1) * number / rate;
                if due >= begin + time {
                    return times;
                }
                if let Some(wait) = due.checked_sub(now()) {
                    tokio::time::sleep(wait).await;
                }
                // The timer of the one that asks wakes up to a millisecond late: that is not the server's.
                let sent = now();
                let since = if sent - due < Duration::from_millis(2) { sent } else { due };
                let answer = connection.ask(&requests[number as usize % requests.len()]).await;
                assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
                times.push(now() - since);
                number += connections;
            }
        });
    }
    finished(tasks, begin).await
}

/// Sends `requests` as fast as they are answered, over so many connections.
pub(crate) async fn at_most(
    address: &str,
    requests: Vec<Vec<u8>>,
    connections: usize,
    time: Duration,
) -> Ran {
    let (requests, over) = (Arc::new(requests), Arc::new(AtomicBool::new(false)));
    let mut tasks = JoinSet::new();
    let begin = now();
    for first in 0..connections {
        let mut connection = Connection::open(address).await;
        let (requests, over) = (requests.clone(), over.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            for request in requests.iter().cycle().skip(first) {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let sent = now();
                assert_eq!(connection.ask(request).await.status, 200);
                times.push(now() - sent);
            }
            times
        });
    }
    tokio::time::sleep(time).await;
    over.store(true, Ordering::Relaxed);
    finished(tasks, begin).await
}

async fn finished(mut tasks: JoinSet<Vec<Duration>>, begin: Duration) -> Ran {
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done.expect("no panic"));
    }
    let took = now() - begin;
    let times = Times::of(times);
    let count = u32::try_from(times.count()).expect("few");
    Ran { times, rate: f64::from(count) / took.as_secs_f64() }
}
