//! The suite every store passes, over the file and over memory.

use std::sync::Arc;

use dateline_core::store::Store;
use dateline_store::conformance::{checks, samples};
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};

fn options(writer: WriterPlace) -> OpenOptions {
    OpenOptions { now: samples::at(0), writer }
}

#[tokio::test]
async fn a_store_in_a_file_keeps_every_promise() {
    for check in checks() {
        println!("{}", check.name);
        let dir = tempfile::tempdir().expect("a folder");
        let store = RedbStore::open(dir.path(), options(WriterPlace::Thread)).expect("a store");
        let store: Arc<dyn Store> = Arc::new(store);
        (check.run)(Arc::clone(&store)).await;
        drop(store);
        let report = dateline_store::check(dir.path()).expect("the store can be checked");
        assert!(report.is_sound(), "{}: {:?}", check.name, report.problems);
    }
}

#[tokio::test]
async fn a_store_in_memory_with_its_writer_in_a_task_keeps_every_promise() {
    for check in checks() {
        println!("{}", check.name);
        let medium = Arc::new(MemoryMedium::default());
        let store = RedbStore::open_on(medium, options(WriterPlace::Task)).expect("a store");
        (check.run)(Arc::new(store)).await;
    }
}
