use std::fs;

use dateline_core::time::from_unix_ms;
use redb::{ReadableTable, TableDefinition};

use super::*;
use crate::open::{DATA_FILE, open_folder};
use crate::overlay::open_untouched;
use crate::tables::{PROJECT_OWNERS, PROJECTS, SECRETS};

const NOTES: TableDefinition<u128, &[u8]> = TableDefinition::new("notes");

/// Copies every project's name to a table of its own.
fn add_notes(write: &WriteTransaction) -> Result<(), Fault> {
    let projects = write.open_table(PROJECTS.table)?;
    let mut notes = write.open_table(NOTES)?;
    for row in projects.iter()? {
        let (id, record) = row?;
        let project: dateline_core::project::Project = decode(record.value(), PROJECTS.name)?;
        notes.insert(id.value(), project.name.as_bytes())?;
    }
    Ok(())
}

fn fail(write: &WriteTransaction) -> Result<(), Fault> {
    write.delete_table(PROJECTS.table)?;
    Err(Fault::Damaged("this migration fails".to_owned()))
}

const FIRST: Schema = Schema { version: 1, migrations: &[] };
const SECOND: Schema = Schema { version: 2, migrations: &[Migration { from: 1, apply: add_notes }] };
const THIRD: Schema = Schema {
    version: 3,
    migrations: &[Migration { from: 1, apply: add_notes }, Migration { from: 2, apply: fail }],
};

/// Returns a folder with a store of the first schema that holds one project.
fn a_first_store() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let opened = open_folder(dir.path(), FIRST, from_unix_ms(0)).expect("a store");
    let write = opened.database.begin_write().expect("a transaction");
    let project = crate::conformance::samples::project(7);
    write
        .open_table(PROJECTS.table)
        .expect("a table")
        .insert(7, encode(&project).expect("bytes").as_slice())
        .expect("a row");
    write.commit().expect("committed");
    dir
}

fn schema_of(path: &std::path::Path) -> u32 {
    sentinel(&open_untouched(path).expect("a store")).expect("a sentinel").schema_version
}

#[test]
fn an_older_store_is_copied_and_then_migrated() {
    let dir = a_first_store();
    let path = dir.path().join(DATA_FILE);
    let before = fs::read(&path).expect("it is there");
    let opened = open_folder(dir.path(), SECOND, from_unix_ms(1)).expect("it is migrated");
    let read = opened.database.begin_read().expect("a snapshot");
    let notes = read.open_table(NOTES).expect("the new table");
    assert_eq!(notes.get(7).expect("read").map(|note| note.value().to_vec()), Some(b"project 7".to_vec()));
    drop((notes, read, opened));
    let copy = dir.path().join(format!("{DATA_FILE}.before-v2"));
    assert!(fs::read(&copy).expect("the copy") == before);
    assert_eq!((schema_of(&path), schema_of(&copy)), (2, 1));
    // Opening again migrates nothing and copies nothing; the older program refuses it.
    drop(open_folder(dir.path(), SECOND, from_unix_ms(2)).expect("it opens"));
    let copies = fs::read_dir(dir.path()).expect("a folder").count();
    assert_eq!(copies, 3, "file, lock, one copy");
    let before = fs::read(&path).expect("it is there");
    let refused = open_folder(dir.path(), FIRST, from_unix_ms(3)).err().expect("it is newer");
    assert!(matches!(refused, OpenError::Newer { found: 2, known: 1 }), "{refused}");
    assert!(fs::read(&path).expect("it is there") == before);
}

#[test]
fn a_failed_migration_changes_nothing() {
    let dir = a_first_store();
    let path = dir.path().join(DATA_FILE);
    for _ in 0..2 {
        let failed = open_folder(dir.path(), THIRD, from_unix_ms(1)).err().expect("it fails");
        assert!(failed.to_string().contains("this migration fails"), "{failed}");
        assert_eq!(schema_of(&path), 1);
    }
    let opened = open_folder(dir.path(), FIRST, from_unix_ms(2)).expect("the older program goes on");
    let read = opened.database.begin_read().expect("a snapshot");
    assert!(read.open_table(PROJECTS.table).expect("the table").get(7).expect("read").is_some());
}

#[test]
fn a_store_from_before_there_were_people_is_the_owners() {
    let dir = a_first_store();
    let first = open_folder(dir.path(), FIRST, from_unix_ms(1)).expect("it opens");
    let write = first.database.begin_write().expect("a transaction");
    write.delete_table(SECRETS.table).expect("it did not exist then");
    let project = crate::conformance::samples::project(7);
    let mut record = serde_json::to_value(&project).expect("JSON");
    record.as_object_mut().expect("an object").remove("owner");
    write
        .open_table(PROJECTS.table)
        .expect("a table")
        .insert(7, encode(&record).expect("bytes").as_slice())
        .expect("a row");
    write.commit().expect("committed");
    drop(first);

    let opened = open_folder(dir.path(), SCHEMA, from_unix_ms(2)).expect("it is migrated");
    let read = opened.database.begin_read().expect("a snapshot");
    assert!(read.open_table(SECRETS.table).is_ok());
    let row = read.open_table(PROJECTS.table).expect("the table").get(7).expect("read").expect("the row");
    let stored: dateline_core::project::Project = decode(row.value(), PROJECTS.name).expect("a project");
    assert_eq!(stored, project);
    assert_eq!(stored.owner, dateline_core::id::UserId::OWNER);
    let owners = read.open_table(PROJECT_OWNERS).expect("the table");
    assert!(owners.get((stored.owner.bits(), 7)).expect("read").is_some(), "found through its owner");
}

#[tokio::test]
async fn history_from_before_it_was_added_up_counts_as_ever() {
    use dateline_core::store::Store;

    let dir = tempfile::tempdir().expect("a folder");
    let options = crate::OpenOptions { now: from_unix_ms(0), writer: crate::WriterPlace::Thread };
    let store = crate::RedbStore::open(dir.path(), options).expect("a store");
    crate::conformance::statistics::a_long_history(&store).await;
    let filters = crate::conformance::statistics::filters();
    let mut before = Vec::new();
    for filter in filters.clone() {
        let listed =
            store.executions(filter.clone(), crate::conformance::samples::all()).await.expect("a page");
        before.push((store.execution_stats(filter).await.expect("counts"), listed));
    }
    assert!(before.iter().filter(|(stats, _)| stats.total > 1).count() > 10);
    drop(store);

    // What schema 1 had not.
    let database = Database::open(dir.path().join(DATA_FILE)).expect("it opens");
    let write = database.begin_write().expect("a transaction");
    assert!(write.delete_table(CLASSES).expect("it was there"));
    assert!(write.delete_table(TALLIES.table).expect("it was there"));
    let found = sentinel(&database).expect("a sentinel");
    let first = Sentinel { schema_version: 1, ..found };
    let bytes = encode(&first).expect("bytes");
    write.open_table(META.table).expect("a table").insert(Sentinel::KEY, bytes.as_slice()).expect("a row");
    write.commit().expect("committed");
    drop(database);

    let store = crate::RedbStore::open(dir.path(), options).expect("it is migrated");
    for (filter, (stats, listed)) in filters.into_iter().zip(before) {
        assert_eq!(store.execution_stats(filter.clone()).await.expect("counts"), stats, "{filter:?}");
        let again = store.executions(filter, crate::conformance::samples::all()).await.expect("a page");
        assert_eq!(again, listed);
    }
    drop(store);
    let report = crate::check(dir.path()).expect("it can be read");
    assert!(report.is_sound(), "{:#?}", report.problems);
}

#[tokio::test]
async fn a_store_from_before_pauses_can_be_paused() {
    use dateline_core::pause::{Pause, PauseChange, PausedBy};
    use dateline_core::store::Store;

    let dir = tempfile::tempdir().expect("a folder");
    let options = crate::OpenOptions { now: from_unix_ms(0), writer: crate::WriterPlace::Thread };
    drop(crate::RedbStore::open(dir.path(), options).expect("a store"));
    let database = Database::open(dir.path().join(DATA_FILE)).expect("it opens");
    let write = database.begin_write().expect("a transaction");
    assert!(write.delete_table(crate::tables::PAUSED).expect("it was there"));
    let second = Sentinel { schema_version: 2, ..sentinel(&database).expect("a sentinel") };
    let bytes = encode(&second).expect("bytes");
    write.open_table(META.table).expect("a table").insert(Sentinel::KEY, bytes.as_slice()).expect("a row");
    write.commit().expect("committed");
    drop(database);

    let store = crate::RedbStore::open(dir.path(), options).expect("it is migrated");
    assert!(store.engine_pauses().await.expect("they are read").is_empty());
    let by = PausedBy::Person { user: dateline_core::id::UserId::OWNER };
    let pause = Pause { since: from_unix_ms(1), until: None, reason: None, by };
    store.pause_engine(PauseChange::Begin(pause)).await.expect("paused");
    drop(store);
    assert!(crate::check(dir.path()).expect("it can be read").is_sound());
    assert_eq!(schema_of(&dir.path().join(DATA_FILE)), SCHEMA_VERSION);
}
