//! Nothing acknowledged is lost and nothing is torn: power cuts at random points, errors at every point, a full disk,
//! all through the store's own layer and schema.
//!
//! A script is run once without faults, and what the store holds after each call is noted: one hash over every row of
//! every table. After a fault the store must hold what it held after one of the calls between the last acknowledged
//! and the last issued; anything else is lost, torn or half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::calls::{Answer, Call};
use crate::support::script;
use dateline_core::store::{JobFilter, SecretChanges, Store};
use dateline_store::conformance::disk::{Disk, Fault, Honesty};
use dateline_store::conformance::{Rng, Size, samples};
use dateline_store::{OpenError, OpenOptions, RedbStore, WriterPlace};

/// Scripts the rounds start somewhere in.
const SCRIPTS: u64 = 16;
/// Random calls of a script, after those that set it up.
const CALLS: usize = 56;
/// Calls a round makes at most before its cut.
const CALLS_OF_A_ROUND: usize = 6;

/// What a store is at one point of a script.
#[derive(Clone)]
struct Point {
    /// The file, closed.
    image: Vec<u8>,
    hash: [u8; 32],
}

/// A script, and what the store is before each call and after the last.
struct Story {
    calls: Vec<Call>,
    points: Vec<Point>,
}

fn open(disk: &Disk) -> Result<RedbStore, OpenError> {
    let options = OpenOptions { now: samples::at(0), writer: WriterPlace::Task };
    RedbStore::open_on(Arc::new(disk.clone()), options)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

fn hash(store: &RedbStore) -> [u8; 32] {
    store.contents().expect("every row can be read").hash
}

/// Runs a script without faults.
async fn story(seed: u64) -> Story {
    let calls = script::calls(&script::dice(&mut Rng::new(seed), CALLS));
    let disk = Disk::of(Vec::new());
    let mut points = Vec::new();
    for index in 0..=calls.len() {
        let store = open(&disk).expect("a store");
        if let Some(call) = index.checked_sub(1).and_then(|done| calls.get(done)) {
            assert!(matches!(call.clone().on(&store).await, Answer::Known(_)));
        }
        let hash = hash(&store);
        drop(store);
        points.push(Point { image: disk.bytes(), hash });
    }
    Story { calls, points }
}

#[derive(Default)]
struct Tally {
    rounds: AtomicU64,
    acknowledged: AtomicU64,
    cuts: AtomicU64,
    cuts_while_opening: AtomicU64,
    found_later: AtomicU64,
}

/// Sends `calls` in groups as they come; returns how many were answered before the first that was not.
async fn send(store: &Arc<RedbStore>, calls: &[Call], rng: &mut Rng) -> Result<usize, String> {
    let mut answered = 0;
    let mut rest = calls;
    while !rest.is_empty() {
        let (group, later) = rest.split_at(rest.len().min(1 + usize::try_from(rng.below(3)).expect("small")));
        rest = later;
        let asked: Vec<_> = group
            .iter()
            .map(|call| {
                let (store, call) = (Arc::clone(store), call.clone());
                tokio::spawn(async move { call.on(store.as_ref()).await })
            })
            .collect();
        let mut is_cut = false;
        for answer in asked {
            match answer.await.expect("no panic") {
                Answer::Known(_) if !is_cut => answered += 1,
                Answer::Known(_) => {
                    panic!("a later call of the group was acknowledged and an earlier one not")
                }
                Answer::Unknown(_) => is_cut = true,
            }
        }
        if is_cut {
            break;
        }
    }
    Ok(answered)
}

/// Opens the disk after a cut, perhaps cutting the power again while it is being repaired.
fn reopen(disk: &Disk, rng: &mut Rng, tally: &Tally) -> Result<RedbStore, String> {
    disk.reboot(rng);
    for _ in 0..rng.below(3) {
        disk.set_fault(Fault::PowerCut(1 + rng.below(60)));
        drop(open(disk));
        if disk.is_off() {
            tally.cuts_while_opening.fetch_add(1, Ordering::Relaxed);
        }
        disk.reboot(rng);
    }
    open(disk).map_err(|error| format!("the store does not open after a power cut: {error}"))
}

async fn round(stories: &[Story], seed: u64, disk_is: Honesty, tally: &Tally) -> Result<(), String> {
    let mut rng = Rng::new(seed);
    let story = &stories[usize::try_from(rng.below(stories.len() as u64)).expect("small")];
    let first = usize::try_from(rng.below(story.calls.len() as u64)).expect("small");
    let calls = &story.calls[first..story.calls.len().min(first + CALLS_OF_A_ROUND)];
    let disk = Disk::of(story.points[first].image.clone());
    disk.set_honesty(disk_is);
    disk.set_fault(Fault::PowerCut(1 + rng.below(110)));
    let answered = match open(&disk) {
        Ok(store) => send(&Arc::new(store), calls, &mut rng).await?,
        Err(_) => 0,
    };
    tokio::task::yield_now().await;
    tally.cuts.fetch_add(u64::from(disk.is_off()), Ordering::Relaxed);
    let store = reopen(&disk, &mut rng, tally)?;
    let found = store.contents().map_err(|error| error.to_string())?.hash;
    let place = (answered..=calls.len()).find(|done| story.points[first + done].hash == found);
    let Some(done) = place else {
        let lost = (0..answered).rev().find(|done| story.points[first + done].hash == found);
        let state = lost.map_or("as it never was".to_owned(), |done| format!("as it was after {done}"));
        return Err(format!("{answered} calls were acknowledged; the store is {state}"));
    };
    tally.found_later.fetch_add(u64::from(done > answered), Ordering::Relaxed);
    tally.acknowledged.fetch_add(answered as u64, Ordering::Relaxed);
    tally.rounds.fetch_add(1, Ordering::Relaxed);
    if rng.one_in(4) { finish_the_story(store, story, first + done).await } else { Ok(()) }
}

/// What comes after a crash is as if there had been none.
async fn finish_the_story(store: RedbStore, story: &Story, from: usize) -> Result<(), String> {
    let until = story.calls.len().min(from + 2);
    for call in &story.calls[from..until] {
        if let Answer::Unknown(reason) = call.clone().on(&store).await {
            return Err(format!("after the crash {call:?} came to {reason}"));
        }
    }
    if hash(&store) == story.points[until].hash { Ok(()) } else { Err("what follows differs".to_owned()) }
}

/// Returns how many rounds are played: each cuts the power about once while working and once while opening.
fn rounds() -> u64 {
    Size::asked().of(3_000, 30_000, 1_000_000)
}

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_acknowledged_is_lost_by_power_cuts() {
    let stories: Vec<Story> = (0..SCRIPTS).map(|seed| runtime().block_on(story(seed))).collect();
    let tally = Tally::default();
    let seeds = match env("DATELINE_CRASH_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..rounds(),
    };
    let threads = 2;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let (stories, tally, seeds) = (&stories, &tally, seeds.clone());
                scope.spawn(move || {
                    let runtime = runtime();
                    for seed in seeds.skip(worker).step_by(threads) {
                        let played = runtime.block_on(round(stories, seed, Honesty::Honest, tally));
                        assert_eq!(
                            played,
                            Ok(()),
                            "replay it with: DATELINE_CRASH_SEED={seed} \
                             cargo nextest run -p dateline-store power_cuts"
                        );
                    }
                })
            })
            .collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!(
        "{} rounds, {} acknowledged calls, {} cuts while working, {} while opening, {} times more was there than \
         was acknowledged, 0 lost, 0 torn",
        read(&tally.rounds),
        read(&tally.acknowledged),
        read(&tally.cuts),
        read(&tally.cuts_while_opening),
        read(&tally.found_later),
    );
}

/// The proof of the proof: a disk that forgets what it said was synced is found out, and soon.
#[test]
fn a_disk_that_lies_is_found_out() {
    let runtime = runtime();
    let stories: Vec<Story> = (0..2).map(|seed| runtime.block_on(story(seed))).collect();
    let tally = Tally::default();
    let caught =
        (0..500).find(|seed| runtime.block_on(round(&stories, *seed, Honesty::Lying, &tally)).is_err());
    println!("found out by seed {}", caught.expect("a harness that catches this"));
}

/// Runs a story with one failing operation, doing again what did not happen, as a caller would.
async fn run_with_error(story: &Story, fault: Fault) -> bool {
    let disk = Disk::of(story.points[0].image.clone());
    let store = open(&disk).expect("a store");
    disk.set_fault(fault);
    let mut failed = false;
    for (index, call) in story.calls.iter().enumerate() {
        let (before, after) = (story.points[index].hash, story.points[index + 1].hash);
        if let Answer::Unknown(reason) = call.clone().on(&store).await {
            failed = true;
            // The store has opened itself again. What failed may have been done: look first.
            assert!(store.health().await.is_ok(), "{fault:?}, call {index}: {reason}");
            let found = hash(&store);
            if found == before {
                let again = call.clone().on(&store).await;
                assert!(matches!(again, Answer::Known(_)), "{fault:?}, call {index}: {again:?}");
            } else {
                assert!(found == after, "{fault:?}, call {index}: neither before nor after");
            }
        }
        assert!(hash(&store) == after, "{fault:?}, call {index}: {call:?}");
    }
    drop(store);
    disk.set_fault(Fault::None);
    disk.reboot(&mut Rng::new(0));
    let store = open(&disk).expect("the store opens");
    assert!(hash(&store) == story.points[story.calls.len()].hash, "{fault:?}: lost afterwards");
    failed
}

#[test]
fn an_error_at_any_operation_is_survived() {
    let runtime = runtime();
    let story = runtime.block_on(async {
        let mut story = story(3).await;
        story.calls.truncate(24);
        story
    });
    let (mut errors, mut n) = (0, 1);
    loop {
        let failed = runtime.block_on(run_with_error(&story, Fault::ErrorOnce(n)));
        let forgot = runtime.block_on(run_with_error(&story, Fault::ErrorOnceAndForget(n)));
        if !failed && !forgot && n > 50 {
            break;
        }
        errors += u64::from(failed) + u64::from(forgot);
        n += 1;
    }
    println!("an error at each of the first {n} operations, twice: {errors} met a call, all survived");
}

#[test]
fn a_full_disk_refuses_writes_and_recovers_by_itself() {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let disk = Disk::of(Vec::new());
        let store = open(&disk).expect("a store");
        store.create_project(samples::project(1), SecretChanges::default()).await.expect("there is space");
        store.create_job(samples::job(1, 1), samples::clock(0, 10)).await.expect("there is space");
        disk.set_fault(Fault::FullAbove(disk.size() + (1 << 20)));
        let mut acknowledged = 0;
        let refusal = loop {
            let mut new = samples::manual(acknowledged + 1, 1, 1);
            new.copied_steps = vec![samples::step(&"x".repeat(60_000), 1, 1)];
            match store.create_execution(new).await {
                Ok(_) => acknowledged += 1,
                Err(refusal) => break refusal,
            }
        };
        assert!(matches!(refusal, dateline_core::store::StoreError::Full), "{refusal:?}");
        // Reads go on, and all that was acknowledged is there.
        let filter = dateline_core::store::ExecutionFilter::default();
        let found = store.executions(filter.clone(), samples::all()).await.expect("reads go on").items;
        assert_eq!(found.len() as u128, acknowledged);
        assert_eq!(
            store.jobs(JobFilter::default(), samples::all()).await.expect("reads go on").items.len(),
            1
        );
        // Nobody asks for anything: it comes back by itself.
        disk.set_fault(Fault::None);
        store.health().await.expect_err("it does not know yet");
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        store.health().await.expect("all is well again");
        let mut new = samples::manual(acknowledged + 1, 1, 1);
        new.copied_steps = vec![samples::step(&"x".repeat(60_000), 1, 1)];
        store.create_execution(new).await.expect("there is space again");
        println!("{acknowledged} writes before the disk was full");
    });
}
