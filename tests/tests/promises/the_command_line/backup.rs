//! `dateline backup`, `restore` and `check`: a copy that holds everything, and is refused when it is damaged.

use std::path::{Path, PathBuf};

use dateline_tests::command::{Ran, dateline};
use dateline_tests::history;
use dateline_tests::scene::Scene;
use serde_json::Value;

const LISTS: [&str; 4] = ["/api/projects", "/api/cron/schedules", "/api/cron/executions", "/api/drafts"];

fn run(command: &str, data: &Path, file: Option<&Path>) -> Ran {
    let mut arguments = vec![command.as_ref(), "--data".as_ref(), data.as_os_str()];
    arguments.extend(file.map(Path::as_os_str));
    dateline(arguments)
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

fn copy_of(scene: &Scene, name: &str) -> PathBuf {
    let file = scene.folder().join(name);
    let said = run("backup", scene.server.data(), Some(&file)).done();
    assert!(file.is_file(), "the copy is where it was asked for: {said}");
    file
}

#[test]
fn a_backup_restores_to_the_same_answers() {
    let mut scene = used();
    let online = copy_of(&scene, "online.backup");
    let before = lists(&scene);
    assert_eq!(scene.server.stop().0, Some(0));
    let offline = copy_of(&scene, "offline.backup");
    for file in [online, offline] {
        let data = scene.folder().join(file.file_stem().expect("a name"));
        run("restore", &data, Some(&file)).done();
        run("check", &data, None).done();
        let server = dateline_tests::server::Server::start(&data);
        let after: Vec<Vec<Value>> = LISTS.iter().map(|path| server.client().all(path, 50)).collect();
        assert_eq!(after, before, "{}", file.display());
    }
}

#[test]
fn a_backup_does_not_hold_the_token() {
    let scene = used();
    let bytes = std::fs::read(copy_of(&scene, "copy.backup")).expect("the copy is read");
    let token = scene.server.token().as_bytes();
    assert!(!bytes.windows(token.len()).any(|window| window == token));
}

#[test]
fn a_backup_never_replaces_a_file() {
    let scene = used();
    let file = scene.folder().join("precious");
    std::fs::write(&file, "precious").expect("a file is written");
    let ran = run("backup", scene.server.data(), Some(&file));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("it is read"), "precious");
}

#[test]
fn a_damaged_backup_is_refused_and_the_data_stay_as_they_are() {
    let mut scene = used();
    let copy = copy_of(&scene, "copy.backup");
    let sound = std::fs::read(&copy).expect("the copy is read");
    let before = lists(&scene);
    let running = run("restore", scene.server.data(), Some(&copy));
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
        let ran = run("restore", scene.server.data(), Some(&file));
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
    run("check", scene.server.data(), None).done();
    let missing = run("check", &scene.folder().join("nowhere"), None);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(!scene.folder().join("nowhere").exists(), "a check makes nothing");
    let files = std::fs::read_dir(scene.server.data()).expect("the folder is read");
    let store = files.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let store = store.max_by_key(|path| path.metadata().map_or(0, |meta| meta.len())).expect("a store");
    let mut bytes = std::fs::read(&store).expect("the store is read");
    bytes.iter_mut().skip(4096).step_by(997).for_each(|byte| *byte ^= 0x10);
    std::fs::write(&store, bytes).expect("the store is damaged");
    let ran = run("check", scene.server.data(), None);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}
