//! Compacting loses nothing, wherever the power is cut, and gives back what is free.

use std::sync::Arc;

use dateline_core::retention::{RecordKind, Retention};
use dateline_core::store::{OperationStore, PurgeRequest, RetentionStore, SecretChanges, Store};
use dateline_store::conformance::disk::{Disk, Fault};
use dateline_store::conformance::{Rng, samples};
use dateline_store::{OpenOptions, RedbStore, WriterPlace};

fn open(disk: &Disk) -> RedbStore {
    let options = OpenOptions { now: samples::at(0), writer: WriterPlace::Task };
    RedbStore::open_on(Arc::new(disk.clone()), options).expect("a store")
}

/// Returns a disk with a store most of which was forgotten.
async fn hollow() -> Disk {
    let disk = Disk::of(Vec::new());
    let store = open(&disk);
    store.create_project(samples::project(1), SecretChanges::default()).await.expect("there is space");
    store.create_job(samples::job(1, 1), samples::clock(0, 10)).await.expect("there is space");
    for id in 1..=160 {
        let mut new = samples::manual(id, 1, 1);
        new.copied_steps = vec![samples::step(&"x".repeat(40_000), 1, 1)];
        store.create_execution(new).await.expect("there is space");
        let work = store.claim(samples::claim(7, 1, 2)).await.expect("work is given").remove(0);
        store.finish(samples::done(work.lease, 3)).await.expect("the lease holds");
    }
    let (kind, retention) = (RecordKind::Executions, Retention { succeeded_days: 1, ..Retention::default() });
    let request = PurgeRequest { kind, retention, limit: 500, now: samples::at(9 * 86_400) };
    assert_eq!(store.purge(request).await.expect("a batch").removed, 140);
    disk
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

#[test]
fn what_was_forgotten_is_given_back() {
    runtime().block_on(async {
        let disk = hollow().await;
        let store = open(&disk);
        let (before, held) = (store.storage().await.expect("a size"), store.contents().expect("contents"));
        assert!(before.free_bytes() * 10 > before.file_bytes * 3, "{before:?}");
        let done = store.compact().await.expect("compacted");
        let after = store.storage().await.expect("a size");
        assert_eq!((done.bytes_before, done.bytes_after), (before.file_bytes, after.file_bytes));
        assert!(after.file_bytes < before.file_bytes / 2, "{before:?} became {after:?}");
        assert_eq!(after.used_bytes, before.used_bytes);
        assert!(store.contents().expect("contents") == held);
        store.create_execution(samples::manual(900, 1, 9)).await.expect("it goes on");
    });
}

#[test]
fn a_power_cut_while_compacting_loses_nothing() {
    let runtime = runtime();
    let image = runtime.block_on(hollow()).bytes();
    let held = open_once(&runtime, &image);
    let (mut cuts, mut n) = (0, 1);
    loop {
        let disk = Disk::of(image.clone());
        let was_cut = runtime.block_on(async {
            let store = open(&disk);
            disk.set_fault(Fault::PowerCut(n));
            let _ = store.compact().await;
            disk.is_off()
        });
        disk.reboot(&mut Rng::new(n));
        runtime.block_on(async {
            let store = open(&disk);
            assert!(store.contents().expect("every row can be read").hash == held, "cut at operation {n}");
            store.compact().await.expect("it is compacted the next time");
            assert!(store.contents().expect("every row can be read").hash == held, "cut at operation {n}");
        });
        if !was_cut {
            break;
        }
        cuts += 1;
        // Every operation of the beginning, then ever fewer.
        n += 1 + n / 16;
    }
    println!("{cuts} power cuts while compacting, up to operation {n}: nothing lost");
    assert!(cuts > 20, "compacting takes many operations");
}

#[test]
fn an_error_while_compacting_is_told_and_mended() {
    let runtime = runtime();
    let image = runtime.block_on(hollow()).bytes();
    let held = open_once(&runtime, &image);
    let (mut failed, mut n) = (0, 1);
    loop {
        let disk = Disk::of(image.clone());
        let is_over = runtime.block_on(async {
            let store = open(&disk);
            disk.set_fault(Fault::ErrorOnce(n));
            let result = store.compact().await;
            disk.set_fault(Fault::None);
            store.health().await.expect("it has opened itself again");
            assert!(store.contents().expect("every row can be read").hash == held, "an error at {n}");
            store.create_execution(samples::manual(900, 1, 9)).await.expect("writes go on");
            result.is_ok()
        });
        if is_over {
            break;
        }
        failed += 1;
        n += 1 + n / 16;
    }
    assert!(failed > 20, "compacting takes many operations");
}

fn open_once(runtime: &tokio::runtime::Runtime, image: &[u8]) -> [u8; 32] {
    runtime.block_on(async {
        let disk = Disk::of(image.to_vec());
        open(&disk).contents().expect("contents").hash
    })
}
