//! `dateline backup`, `restore` and `check`: a copy that holds everything, and is refused when it is damaged.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dateline_tests::command::{Ran, dateline};
use dateline_tests::history;
use dateline_tests::scene::Scene;
use dateline_tests::server::Server;
use serde_json::Value;

const LISTS: [&str; 4] = ["/api/projects", "/api/cron/schedules", "/api/cron/executions", "/api/drafts"];

fn run(command: &str, data: &Path, more: &[&Path]) -> Ran {
    let arguments = [command.as_ref(), "--data".as_ref(), data.as_os_str()];
    dateline(arguments.into_iter().chain(more.iter().map(|path| path.as_os_str())))
}

fn lists(scene: &Scene) -> Vec<Vec<Value>> {
    LISTS.iter().map(|path| scene.client().all(path, 50)).collect()
}

fn used() -> Scene {
    let scene = Scene::new();
    let repository = history::conventional();
    let drafts = scene.written(repository.path(), &["DEVTO", "MASTODON"]);
    assert_eq!(drafts.len(), 2);
    scene
}

/// Makes a backup and returns where it is.
#[track_caller]
fn copy_of(scene: &Scene) -> PathBuf {
    let told: Value =
        serde_json::from_str(&run("backup", scene.server.data(), &["--json".as_ref()]).done()).expect("JSON");
    let file = PathBuf::from(told["path"].as_str().expect("a path"));
    let bytes = file.metadata().expect("the copy is there").len();
    assert_eq!(told["bytes"], bytes, "{told}");
    assert_eq!(
        file.metadata().expect("the copy is there").permissions().mode() & 0o077,
        0,
        "a copy is private"
    );
    file
}

#[test]
fn a_backup_restores_to_the_same_answers() {
    let mut scene = used();
    let online = copy_of(&scene);
    let before = lists(&scene);
    scene.server.kill9();
    let offline = copy_of(&scene);
    assert_ne!(online, offline, "a backup replaces none");
    for (number, file) in [online, offline].iter().enumerate() {
        run("check", scene.server.data(), &[file]).done();
        let data = scene.folder().join(number.to_string());
        run("restore", &data, &[file]).done();
        run("check", &data, &[]).done();
        let server = Server::start(&data);
        let after: Vec<Vec<Value>> = LISTS.iter().map(|path| server.client().all(path, 50)).collect();
        assert_eq!(after, before, "{}", file.display());
    }
}

#[test]
fn a_backup_does_not_hold_the_token() {
    let scene = used();
    let bytes = std::fs::read(copy_of(&scene)).expect("the copy is read");
    let token = scene.server.token().as_bytes();
    assert!(!bytes.windows(token.len()).any(|window| window == token));
}

#[test]
fn a_backup_of_nothing_makes_nothing() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let nowhere = folder.path().join("nowhere");
    let ran = run("backup", &nowhere, &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(nowhere.to_str().expect("a plain path")) && !nowhere.exists(), "{ran:?}");
}

#[test]
fn a_damaged_backup_is_refused_and_the_data_stay_as_they_are() {
    let mut scene = used();
    let copy = copy_of(&scene);
    let sound = std::fs::read(&copy).expect("the copy is read");
    let before = lists(&scene);
    let running = run("restore", scene.server.data(), &[&copy]);
    assert_eq!(running.code, Some(1), "data in use are not replaced: {running:?}");
    assert_eq!(scene.server.stop().0, Some(0));
    let damages: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("foreign", b"not a store at all".to_vec()),
        ("cut", sound[..sound.len() / 2].to_vec()),
        ("zeroed", vec![0; sound.len()]),
        ("flipped", {
            let mut bytes = sound.clone();
            bytes.iter_mut().skip(4096).step_by(997).for_each(|byte| *byte ^= 0x10);
            bytes
        }),
    ];
    for (name, bytes) in damages {
        let file = scene.folder().join(name);
        std::fs::write(&file, bytes).expect("a damaged copy is written");
        let ran = run("restore", scene.server.data(), &[&file]);
        assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
        assert!(!ran.stderr.is_empty() && !ran.stderr.contains("panicked"), "{name}: {ran:?}");
    }
    scene.server.restart();
    assert_eq!(lists(&scene), before);
}

#[test]
fn check_tells_sound_from_damaged() {
    let mut scene = used();
    assert_eq!(scene.server.stop().0, Some(0));
    run("check", scene.server.data(), &[]).done();
    let missing = run("check", &scene.folder().join("nowhere"), &[]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(!scene.folder().join("nowhere").exists(), "a check makes nothing");
    let files = std::fs::read_dir(scene.server.data()).expect("the folder is read");
    let store = files.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let store = store.max_by_key(|path| path.metadata().map_or(0, |meta| meta.len())).expect("a store");
    let mut bytes = std::fs::read(&store).expect("the store is read");
    bytes.iter_mut().skip(4096).step_by(997).for_each(|byte| *byte ^= 0x10);
    std::fs::write(&store, bytes).expect("the store is damaged");
    let ran = run("check", scene.server.data(), &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}
