//! What is not a sound store of ours is refused with the reason, and left as it is.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::calls::Answer;
use crate::support::script;
use dateline_core::store::{SecretChanges, Store};
use dateline_store::conformance::Rng;
use dateline_store::conformance::samples;
use dateline_store::{DATA_FILE, LOCK_FILE, OpenError, OpenOptions, RedbStore, WriterPlace};
use redb::{Database, TableDefinition};

fn open(dir: &Path) -> Result<RedbStore, OpenError> {
    RedbStore::open(dir, OpenOptions { now: samples::at(0), writer: WriterPlace::Thread })
}

/// Returns a folder with a store that holds something, and the hash of what it holds.
async fn a_store() -> (tempfile::TempDir, [u8; 32]) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path()).expect("a store");
    for call in script::calls(&script::dice(&mut Rng::new(1), 60)) {
        assert!(matches!(call.on(&store).await, Answer::Known(_)));
    }
    let hash = store.contents().expect("contents").hash;
    drop(store);
    (dir, hash)
}

/// Opens what is in a folder, expects a refusal, and that nothing was touched.
#[track_caller]
fn refused(dir: &Path) -> OpenError {
    let before = fs::read(dir.join(DATA_FILE)).expect("it is there");
    let error = match open(dir) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    };
    assert!(fs::read(dir.join(DATA_FILE)).expect("it is there") == before, "{error}: the file was changed");
    error
}

fn a_folder_with(bytes: &[u8]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join(DATA_FILE), bytes).expect("written");
    dir
}

#[tokio::test]
async fn a_store_is_private_and_opens_again() {
    let (dir, hash) = a_store().await;
    let store = open(dir.path()).expect("it opens again");
    assert_eq!(store.contents().expect("contents").hash, hash);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&dir.path().join(DATA_FILE)), 0o600);
        assert_eq!(mode(&dir.path().join(LOCK_FILE)), 0o600);
        drop(store);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).expect("changed");
        fs::set_permissions(dir.path().join(DATA_FILE), fs::Permissions::from_mode(0o644)).expect("changed");
        drop(open(dir.path()).expect("it opens again"));
        assert_eq!((mode(dir.path()), mode(&dir.path().join(DATA_FILE))), (0o700, 0o600));
    }
}

#[tokio::test]
async fn foreign_empty_and_misplaced_things_are_refused() {
    assert!(matches!(refused(a_folder_with(b"").path()), OpenError::Empty));
    assert!(matches!(refused(a_folder_with(b"SQLite format 3\0 and more").path()), OpenError::Foreign));
    assert!(matches!(refused(a_folder_with(b"x").path()), OpenError::Foreign));

    let other = tempfile::tempdir().expect("a folder");
    let database = Database::create(other.path().join(DATA_FILE)).expect("a database");
    let write = database.begin_write().expect("a transaction");
    write
        .open_table(TableDefinition::<u64, u64>::new("numbers"))
        .expect("a table")
        .insert(1, 2)
        .expect("a row");
    write.commit().expect("committed");
    drop(database);
    assert!(matches!(refused(other.path()), OpenError::Foreign));

    let blank = tempfile::tempdir().expect("a folder");
    drop(Database::create(blank.path().join(DATA_FILE)).expect("a database"));
    assert!(matches!(refused(blank.path()), OpenError::Damaged { .. }), "no store of ours is without tables");

    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(DATA_FILE)).expect("a folder");
    let error = open(folder.path()).err().expect("it is refused");
    assert!(matches!(error, OpenError::NotAFile { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_stores_place_is_refused() {
    let (elsewhere, _) = a_store().await;
    let dir = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join(DATA_FILE);
    std::os::unix::fs::symlink(&file, dir.path().join(DATA_FILE)).expect("a link");
    assert!(matches!(refused(dir.path()), OpenError::NotAFile { .. }));
    let whole = tempfile::tempdir().expect("a folder");
    let linked = whole.path().join("data");
    std::os::unix::fs::symlink(elsewhere.path(), &linked).expect("a link");
    drop(open(&linked).expect("a linked folder is the folder it names"));
}

#[tokio::test]
async fn truncated_files_are_refused() {
    let (dir, _) = a_store().await;
    let whole = fs::read(dir.path().join(DATA_FILE)).expect("it is there");
    for keep in [9, 100, 4_096, 70_000, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        let error = refused(a_folder_with(&whole[..keep]).path());
        assert!(matches!(error, OpenError::Damaged { .. }), "{keep} bytes: {error}");
    }
}

#[tokio::test]
async fn two_hundred_flipped_bytes_are_refused_or_harmless() {
    let (dir, hash) = a_store().await;
    let whole = fs::read(dir.path().join(DATA_FILE)).expect("it is there");
    let mut rng = Rng::new(7);
    let (mut refusals, mut harmless) = (0, 0);
    for _ in 0..200 {
        let at = usize::try_from(rng.below(whole.len() as u64)).expect("small");
        let mut bytes = whole.clone();
        bytes[at] ^= u8::try_from(1 + rng.below(255)).expect("a byte");
        let flipped = a_folder_with(&bytes);
        match open(flipped.path()) {
            Ok(store) => {
                assert_eq!(
                    store.contents().expect("contents").hash,
                    hash,
                    "byte {at}: something else is there"
                );
                harmless += 1;
            }
            Err(OpenError::Damaged { .. } | OpenError::Foreign) => {
                let left = fs::read(flipped.path().join(DATA_FILE)).expect("it is there");
                assert!(left == bytes, "byte {at}: the refused file was changed");
                refusals += 1;
            }
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
    println!("{refusals} refused, {harmless} in places nobody reads");
    assert!(refusals > 10);
}

#[tokio::test]
async fn a_store_in_use_is_refused_and_says_by_whom() {
    let (dir, _) = a_store().await;
    let store = open(dir.path()).expect("a store");
    for error in [
        open(dir.path()).err(),
        dateline_store::check(dir.path()).err(),
        dateline_store::check(&dir.path().join(DATA_FILE)).err(),
    ] {
        let error = error.expect("it is refused");
        assert!(
            matches!(error, OpenError::Locked { pid: Some(pid) } if pid == std::process::id()),
            "{error}"
        );
    }
    store.create_project(samples::project(77), SecretChanges::default()).await.expect("the first goes on");
    drop(store);
    open(dir.path()).expect("it is free again");
}

/// The second process of the next test, which starts it by name: opens the store and waits to be killed.
#[test]
fn hold_the_store() {
    let Some(dir) = std::env::var_os("DATELINE_HOLD") else { return };
    let _store = open(Path::new(&dir)).expect("a store");
    println!("held");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[tokio::test]
async fn the_lock_names_its_process_and_dies_with_it() {
    let (dir, hash) = a_store().await;
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["files::hold_the_store", "--exact", "--nocapture"])
        .env("DATELINE_HOLD", dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let held = lines.map_while(Result::ok).any(|line| line.contains("held"));
    assert!(held, "the process never held the store");
    let error = open(dir.path()).err().expect("it is refused");
    assert!(matches!(error, OpenError::Locked { pid: Some(pid) } if pid == child.id()), "{error}");
    assert!(error.to_string().contains(&child.id().to_string()), "{error}");
    child.kill().expect("killed");
    child.wait().expect("gone");
    let store = open(dir.path()).expect("the lock died with it");
    assert_eq!(store.contents().expect("contents").hash, hash);
}

#[tokio::test]
async fn a_backup_holds_the_same_and_replaces_nothing() {
    let (dir, hash) = a_store().await;
    let store = open(dir.path()).expect("a store");
    let to = dir.path().join("backup.redb");
    let bytes = store.backup(&to).await.expect("a backup");
    assert_eq!(fs::metadata(&to).expect("it is there").len(), bytes);
    let report = dateline_store::check(&to).expect("it can be checked");
    assert!(report.is_sound(), "{:?}", report.problems);
    assert_eq!(report.contents.hash, hash);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&to).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(&to).expect("it is there");
    store.backup(&to).await.expect_err("it exists");
    store.backup(&dir.path().join("no such folder/backup.redb")).await.expect_err("there is no folder");
    assert!(fs::read(&to).expect("it is there") == before);
    let names: Vec<_> =
        fs::read_dir(dir.path()).expect("a folder").map(|e| e.expect("a file").file_name()).collect();
    assert_eq!(names.len(), 3, "nothing is left over: {names:?}");
}

#[tokio::test]
async fn a_restore_is_whole_or_not_at_all() {
    let (dir, hash) = a_store().await;
    let backup = dir.path().join("backup.redb");
    let store = open(dir.path()).expect("a store");
    store.backup(&backup).await.expect("a backup");
    store.create_project(samples::project(77), SecretChanges::default()).await.expect("a change");
    let changed = store.contents().expect("contents").hash;
    let now = samples::at(5);
    let locked = dateline_store::restore(&backup, dir.path(), now).expect_err("it is in use");
    assert!(matches!(locked, OpenError::Locked { .. }), "{locked}");
    drop(store);

    let whole = fs::read(&backup).expect("it is there");
    let mut rng = Rng::new(3);
    let mut refusals = 0;
    for round in 0..300 {
        let mut bytes = whole.clone();
        let at = usize::try_from(rng.below(whole.len() as u64)).expect("small");
        if round % 3 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 0x55;
        }
        let bad = dir.path().join("bad.redb");
        fs::write(&bad, &bytes).expect("written");
        let before = fs::read(dir.path().join(DATA_FILE)).expect("it is there");
        match dateline_store::restore(&bad, dir.path(), now) {
            Err(_) => {
                refusals += 1;
                assert!(fs::read(dir.path().join(DATA_FILE)).expect("it is there") == before);
            }
            Ok(restored) => {
                // The flip was harmless: what is there now is the backup.
                let store = open(dir.path()).expect("a store");
                assert_eq!(store.contents().expect("contents").hash, hash);
                drop(store);
                fs::rename(restored.replaced.expect("kept"), dir.path().join(DATA_FILE)).expect("put back");
            }
        }
    }
    println!("{refusals} of 300 refused");
    let restored = dateline_store::restore(&backup, dir.path(), now).expect("restored");
    let kept = restored.replaced.expect("the replaced file is kept");
    assert_eq!(dateline_store::check(&kept).expect("it can be checked").contents.hash, changed);
    let store = open(dir.path()).expect("a store");
    assert_eq!(store.contents().expect("contents").hash, hash);

    let fresh = tempfile::tempdir().expect("a folder");
    let restored = dateline_store::restore(&backup, fresh.path(), now).expect("restored");
    assert_eq!(restored.replaced, None);
    assert_eq!(open(fresh.path()).expect("a store").contents().expect("contents").hash, hash);
}

/// A file that redb finds whole, and that Dateline did not write.
#[tokio::test]
async fn a_forged_or_newer_backup_is_refused_whole() {
    let (dir, _) = a_store().await;
    let backup = dir.path().join("backup.redb");
    open(dir.path()).expect("a store").backup(&backup).await.expect("a backup");
    let present = fs::read(dir.path().join(DATA_FILE)).expect("it is there");
    let forged = |name: &str, forge: &dyn Fn(&redb::WriteTransaction)| {
        let file = dir.path().join(name);
        fs::copy(&backup, &file).expect("a copy");
        let database = Database::open(&file).expect("a database");
        let write = database.begin_write().expect("a transaction");
        forge(&write);
        write.commit().expect("committed");
        drop(database);
        let refused = dateline_store::restore(&file, dir.path(), samples::at(5)).expect_err(name);
        assert!(fs::read(dir.path().join(DATA_FILE)).expect("it is there") == present, "{name}");
        refused
    };
    let meta = TableDefinition::<&str, &[u8]>::new("meta");
    let newer = forged("newer", &|write| {
        let mut meta = write.open_table(meta).expect("a table");
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).expect("a record is JSON");
        let rows: Vec<(String, String)> = redb::ReadableTable::iter(&meta)
            .expect("rows")
            .map(|row| row.expect("a row"))
            .map(|(key, value)| (key.value().to_owned(), text(value.value())))
            .collect();
        for (key, record) in &rows {
            let (before, after) = record.split_once("\"schemaVersion\":").expect("it says its schema");
            let after = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let changed = format!("{before}\"schemaVersion\":999{after}");
            meta.insert(key.as_str(), changed.as_bytes()).expect("inserted");
        }
    });
    assert!(matches!(newer, OpenError::Newer { found: 999, .. }));
    let of_nobody = forged("of nobody", &|write| {
        write.delete_table(meta).expect("deleted");
    });
    assert!(matches!(of_nobody, OpenError::Foreign | OpenError::Damaged { .. }), "{of_nobody}");
    let users = TableDefinition::<u128, &[u8]>::new("users");
    let raised = forged("an owner nobody made", &|write| {
        let record: &[u8] = b"\x01{\"id\":\"usr_00000000000000000000000009\",\"role\":\"OWNER\"}";
        write.open_table(users).expect("a table").insert(9, record).expect("inserted");
    });
    assert!(matches!(raised, OpenError::Damaged { .. }), "{raised}");
    let claimed = forged("an index of nothing", &|write| {
        let due = TableDefinition::<(i64, u128), ()>::new("due_jobs");
        write.open_table(due).expect("a table").insert((1, 99), ()).expect("inserted");
    });
    assert!(matches!(claimed, OpenError::Damaged { .. }), "{claimed}");
}

#[tokio::test]
async fn a_check_finds_an_index_that_disagrees() {
    let (dir, _) = a_store().await;
    assert!(dateline_store::check(dir.path()).expect("it can be checked").is_sound());
    let database = Database::open(dir.path().join(DATA_FILE)).expect("a database");
    let write = database.begin_write().expect("a transaction");
    {
        let mut due = write.open_table(TableDefinition::<(i64, u128), ()>::new("due_jobs")).expect("a table");
        due.insert((1, 99), ()).expect("a row");
        let jobs = TableDefinition::<u128, &[u8]>::new("draft_index_of_nobody");
        write.open_table(jobs).expect("a table");
    }
    write.commit().expect("committed");
    drop(database);
    let report = dateline_store::check(dir.path()).expect("it can be checked");
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert!(report.problems[0].contains("due_jobs"), "{:?}", report.problems);

    let database = Database::open(dir.path().join(DATA_FILE)).expect("a database");
    let write = database.begin_write().expect("a transaction");
    write
        .open_table(TableDefinition::<u128, &[u8]>::new("projects"))
        .expect("a table")
        .insert(1, b"\x01{\"id\":7}".as_slice())
        .expect("a row");
    write.commit().expect("committed");
    drop(database);
    let report = dateline_store::check(dir.path()).expect("it can be checked");
    assert!(report.problems.iter().any(|problem| problem.contains("projects")), "{:?}", report.problems);
}
