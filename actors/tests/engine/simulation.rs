//! One seed is one world: real actors and the real store under a clock that leaps, over a disk that loses power, tears,
//! fails and fills up, with people, sources and places that do what the seed says.
//!
//! ```text
//!  seed ── Options (which faults are on) ──▶ Play: lives, one after another, each a few deeds ──▶ the last one: faults
//!            Witness sees every call of the store, Ledger keeps what was acknowledged               off, all must end
//!                                   └──────────── Checks compare with what the store holds ────────────┘
//! ```
//!
//! * `DATELINE_TEST_SIZE=quick|ci|release` says how many seeds are played; `DATELINE_SIMULATION_SEEDS=300`, exactly.
//! * `DATELINE_SIMULATION_SEED=7` plays one, and `DATELINE_SIMULATION_TRACE=1` prints every call of it.

mod checks;
mod deeds;
mod jobs;
mod ledger;
mod options;
mod oracle;
mod play;
mod requests;
mod rule;
mod upsets;

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use dateline_core::mistake::{self, Mistake};
use dateline_store::conformance::Size;

use options::Options;
use play::{Play, Played};

/// One in so many seeds is played twice, and must come to the same.
const TWICE: u64 = 20;
/// Within so many seeds each mistake must be found.
const SEEDS_TO_FIND: u64 = 500;
const THREADS: u64 = 2;

/// Returns how many seeds are played.
fn seeds() -> u64 {
    if let Ok(count) = std::env::var("DATELINE_SIMULATION_SEEDS") {
        return count.parse().expect("a number of seeds");
    }
    Size::asked().of(40, 5_000, 100_000)
}

/// Plays a world; says what was broken in it.
fn play(seed: u64, mistake: Option<Mistake>) -> Result<Played, String> {
    quieten();
    PLAYS.set(true);
    mistake::make(mistake);
    let played = catch_unwind(AssertUnwindSafe(|| Play::new(Options::draw(seed)).run()));
    mistake::make(None);
    PLAYS.set(false);
    match played {
        Ok(Ok(played)) => Ok(played),
        Ok(Err(broken)) => Err(broken),
        Err(panic) => Err(format!("it panicked: {}", text_of(&*panic))),
    }
}

thread_local! {
    static PLAYS: Cell<bool> = const { Cell::new(false) };
}

/// Panics are part of the play: they are not printed.
fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !PLAYS.get() || std::env::var_os("DATELINE_SIMULATION_TRACE").is_some() {
                loud(info);
            }
        }));
    });
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or(panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("?")
}

/// Plays the seeds on all threads until one breaks something; returns it.
fn play_all(
    seeds: std::ops::Range<u64>,
    judge: impl Fn(u64) -> Result<(), String> + Sync,
) -> Option<(u64, String)> {
    let first = Mutex::new(None);
    let next = AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end || first.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                        break;
                    }
                    if let Err(broken) = judge(seed) {
                        first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((seed, broken));
                    }
                }
            });
        }
    });
    first.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn no_seed_breaks_a_promise() {
    let only: Option<u64> =
        std::env::var("DATELINE_SIMULATION_SEED").ok().map(|seed| seed.parse().expect("a seed is a number"));
    let range = only.map_or(0..seeds(), |seed| seed..seed + 1);
    let count = range.end - range.start;
    let total = Mutex::new(Played::default());
    let failed = play_all(range, |seed| {
        let played = play(seed, None)?;
        if seed.is_multiple_of(TWICE) || only.is_some() {
            let again = play(seed, None)?;
            if again.trace != played.trace {
                return Err("played twice it came to something else".to_owned());
            }
        }
        total.lock().unwrap_or_else(PoisonError::into_inner).add(&played);
        Ok(())
    });
    if let Some((seed, broken)) = failed {
        panic!(
            "{broken}\n{:#?}\nreplay it with: DATELINE_SIMULATION_SEED={seed} DATELINE_SIMULATION_TRACE=1 \
             cargo nextest run -p dateline-actors --no-capture no_seed_breaks_a_promise",
            Options::draw(seed)
        );
    }
    println!("{count} worlds: {}", total.into_inner().unwrap_or_else(PoisonError::into_inner));
}

/// The proof of the proof.
#[test]
fn every_mistake_made_on_purpose_is_found() {
    let mut unfound = Vec::new();
    for mistake in Mistake::ALL {
        match play_all(0..SEEDS_TO_FIND, |seed| play(seed, Some(mistake)).map(drop)) {
            Some((seed, broken)) => {
                println!("{mistake:?}: seed {seed}: {}", broken.lines().next().unwrap_or_default());
            }
            None => unfound.push(mistake),
        }
    }
    assert!(unfound.is_empty(), "not found within {SEEDS_TO_FIND} seeds: {unfound:?}");
}
