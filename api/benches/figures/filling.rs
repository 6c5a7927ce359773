//! A store that has seen a hundred thousand executions.

use std::path::Path;

use dateline_api::os::OsClock;
use dateline_core::clock::Clock;
use dateline_core::execution::{AttemptEnd, AttemptOutcome, Outcome, SkipReason};
use dateline_core::store::{SecretChanges, Store};
use dateline_store::conformance::samples;
use dateline_store::{OpenOptions, RedbStore, WriterPlace};
use futures::future::join_all;

use super::load::now;

/// Each with one job.
pub(crate) const PROJECTS: u128 = 200;
const ROUNDS: u128 = 500;
/// So that they reach over 90 days.
const ROUND_SECONDS: i64 = 15_552;

/// Fills the data folder with [`PROJECTS`] times [`ROUNDS`] executions: created, claimed and ended as a worker would,
/// two hundred to a commit.
pub(crate) async fn fill(data: &Path) {
    let begin = now();
    std::fs::create_dir_all(data).expect("a folder");
    let clock = OsClock::new();
    let options = OpenOptions { now: clock.now(), writer: WriterPlace::Thread };
    let store = RedbStore::open(data, options).expect("a store");
    for n in 1..=PROJECTS {
        store.create_project(samples::project(n), SecretChanges::default()).await.expect("stored");
        let never = samples::clock(0, 1_000_000_000);
        store.create_job(samples::job(n, n), never).await.expect("stored");
    }
    let rounds = i64::try_from(ROUNDS).expect("few");
    let today = (clock.now() - samples::at(0)).num_seconds();
    for round in 0..ROUNDS {
        let at = today - (rounds - i64::try_from(round).expect("few")) * ROUND_SECONDS;
        let created =
            (1..=PROJECTS).map(|n| store.create_execution(samples::manual(round * PROJECTS + n, n, at)));
        join_all(created).await.into_iter().for_each(|stored| drop(stored.expect("stored")));
        let claim = samples::claim(7, usize::try_from(PROJECTS).expect("few"), at);
        let work = store.claim(claim).await.expect("work is given");
        let ended = work.into_iter().map(|work| {
            let (outcome, seconds) = fate(work.execution.id.bits());
            let succeeded = AttemptOutcome::Succeeded;
            let report = samples::report(work.lease, AttemptEnd::Done(outcome), succeeded, at + seconds);
            store.finish(report)
        });
        join_all(ended).await.into_iter().for_each(|ended| drop(ended.expect("the lease holds")));
    }
    println!("{} executions stored in {:.0} s", ROUNDS * PROJECTS, (now() - begin).as_secs_f64());
}

/// Returns how an execution ends, and after how many seconds: one in a hundred fails.
fn fate(id: u128) -> (Outcome, i64) {
    let number = id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let outcome = match number % 100 {
        0 => Outcome::Failed,
        1..=3 => Outcome::Partial,
        4..=8 => Outcome::Skipped(SkipReason::NoActivity),
        _ => Outcome::Completed,
    };
    (outcome, i64::try_from(number / 100 % 14).expect("small"))
}
