use std::fs;

use dateline_core::time::from_unix_ms;
use redb::{ReadableTable, TableDefinition};

use super::*;
use crate::open::{DATA_FILE, open_folder};
use crate::overlay::open_untouched;
use crate::tables::PROJECTS;

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

const SECOND: Schema = Schema { version: 2, migrations: &[Migration { from: 1, apply: add_notes }] };
const THIRD: Schema = Schema {
    version: 3,
    migrations: &[Migration { from: 1, apply: add_notes }, Migration { from: 2, apply: fail }],
};

/// Returns a folder with a store of the first schema that holds one project.
fn a_first_store() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let opened = open_folder(dir.path(), SCHEMA, from_unix_ms(0)).expect("a store");
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
    let refused = open_folder(dir.path(), SCHEMA, from_unix_ms(3)).err().expect("it is newer");
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
    let opened = open_folder(dir.path(), SCHEMA, from_unix_ms(2)).expect("the older program goes on");
    let read = opened.database.begin_read().expect("a snapshot");
    assert!(read.open_table(PROJECTS.table).expect("the table").get(7).expect("read").is_some());
}
