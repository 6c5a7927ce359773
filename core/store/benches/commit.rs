//! What a durable write costs: one alone, and many clients at once sharing commits.
//!
//! `cargo bench -p dateline-store --bench commit`

use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline_core::store::{SecretChanges, Store};
use dateline_store::conformance::samples;
use dateline_store::{OpenOptions, RedbStore, WriterPlace};

const LONE_WRITES: u128 = 500;
const WRITES_A_RUN: u128 = 2_000;

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

async fn lone(store: &RedbStore, first: u128) -> Vec<Duration> {
    let mut took = Vec::new();
    for id in first..first + LONE_WRITES {
        let start = now();
        store.create_execution(samples::manual(id, 1, 1)).await.expect("stored");
        took.push(start.elapsed());
    }
    took.sort_unstable();
    took
}

async fn many(store: &Arc<RedbStore>, clients: u128, first: u128) -> f64 {
    let start = now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for n in 0..WRITES_A_RUN / clients {
                    let id = first + client * WRITES_A_RUN + n;
                    store.create_execution(samples::manual(id, 1, 1)).await.expect("stored");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    f64::from(u32::try_from(WRITES_A_RUN).expect("small")) / start.elapsed().as_secs_f64()
}

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    let options = OpenOptions { now: samples::at(0), writer: WriterPlace::Thread };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let start = now();
        let store = Arc::new(RedbStore::open(dir.path(), options).expect("a store"));
        println!("create and open     {:>9.2} ms", start.elapsed().as_secs_f64() * 1e3);
        store.create_project(samples::project(1), SecretChanges::default()).await.expect("stored");
        store.create_job(samples::job(1, 1), samples::clock(0, 10)).await.expect("stored");
        let took = lone(&store, 1).await;
        let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
        println!("a trigger alone     {:>9.2} ms median, {:.2} ms p99", at(50), at(99));
        for (run, clients) in (1_u128..).zip([1, 10, 100]) {
            let rate = many(&store, clients, run * 10_000_000).await;
            println!("{clients:>3} clients         {rate:>9.0} triggers/s");
        }
    });
}
