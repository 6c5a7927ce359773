//! A store has one owner at a time, and a file that is not a sound store is refused with the reason and left as it is.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use dateline_tests::history;
use dateline_tests::scene::{Scene, project};
use dateline_tests::server::Server;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Returns the store's file: the largest of the data folder.
fn store_file(data: &Path) -> PathBuf {
    let files =
        std::fs::read_dir(data).expect("the folder is read").map(|entry| entry.expect("an entry").path());
    let sized = files.filter(|path| path.is_file());
    sized.max_by_key(|path| path.metadata().map_or(0, |meta| meta.size())).expect("a store file")
}

/// Returns a data folder with a store in it that somebody used, its server stopped.
fn used() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().join("data");
    let mut server = Server::start(&data);
    let repository = history::sentences();
    server.client().post("/api/projects", &project(repository.path(), &["DEVTO"])).expect(201);
    assert_eq!(server.stop().0, Some(0));
    (folder, data)
}

#[test]
fn a_second_server_ends_and_names_the_first() {
    let scene = Scene::new();
    let refused = Server::try_start(scene.server.data()).expect_err("the store has an owner");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let said = refused.said();
    assert!(said.contains(&scene.server.pid().to_string()), "the owner's pid is named: {said}");
    assert_eq!(scene.client().get("/api/projects").status, 200, "the first goes on");
}

#[test]
fn the_folder_of_a_killed_server_is_free() {
    let mut scene = Scene::new();
    scene.server.kill9();
    scene.server.restart();
    assert_eq!(scene.client().get("/api/projects").status, 200);
}

#[test]
fn only_the_owner_may_read_the_data() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().join("data");
    let server = Server::start(&data);
    assert_eq!(mode(&data), 0o700, "the data folder");
    assert_eq!(mode(server.token_file()), 0o600, "the token file");
    assert_eq!(mode(&store_file(&data)) & 0o077, 0, "the store file");
    assert!(server.token().starts_with("dl_") && server.token().len() >= 40, "a token of 256 random bits");
    let bytes = std::fs::read(store_file(&data)).expect("the store is read");
    let token = server.token().as_bytes();
    assert!(!bytes.windows(token.len()).any(|window| window == token), "the store does not hold the token");
}

#[test]
fn a_data_folder_open_to_all_is_closed_or_refused() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().join("data");
    std::fs::DirBuilder::new().mode(0o777).create(&data).expect("a folder is made");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o777)).expect("open to all");
    match Server::try_start(&data) {
        Ok(_server) => assert_eq!(mode(&data) & 0o077, 0, "it was closed"),
        Err(refused) => {
            assert_eq!(refused.code, Some(1), "{refused:?}");
            assert!(refused.said().contains("permission") || refused.said().contains("mode"), "{refused:?}");
        }
    }
}

#[test]
fn a_token_file_open_to_all_is_closed_or_refused() {
    let mut scene = Scene::new();
    let file = scene.server.token_file().to_owned();
    assert_eq!(scene.server.stop().0, Some(0));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("open to all");
    match Server::try_start(scene.server.data()) {
        Ok(_server) => assert_eq!(mode(&file), 0o600, "it was closed"),
        Err(refused) => assert_eq!(refused.code, Some(1), "{refused:?}"),
    }
}

/// Damages the store by `damage`, and expects a refusal that says one of `words` and leaves the bytes alone.
fn refused_untouched(words: &[&str], damage: impl FnOnce(&mut Vec<u8>)) {
    let (_folder, data) = used();
    let file = store_file(&data);
    let mut bytes = std::fs::read(&file).expect("the store is read");
    damage(&mut bytes);
    std::fs::write(&file, &bytes).expect("the store is damaged");
    let refused = Server::try_start(&data).expect_err("a damaged store is refused");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let said = refused.said();
    assert!(words.iter().any(|word| said.to_lowercase().contains(word)), "one of {words:?}: {said}");
    assert!(said.contains(&data.display().to_string()), "the place is named: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(std::fs::read(&file).expect("the store is read") == bytes, "the file was changed");
}

#[test]
fn a_foreign_file_is_refused_untouched() {
    refused_untouched(&["not a", "foreign"], |bytes| {
        *bytes = b"SQLite format 3\0 and more of it".repeat(500)
    });
}

#[test]
fn an_empty_file_is_refused_untouched() {
    refused_untouched(&["empty"], Vec::clear);
}

#[test]
fn a_truncated_file_is_refused_untouched() {
    refused_untouched(&["damaged", "truncated", "short"], |bytes| bytes.truncate(bytes.len() / 3));
}

#[test]
fn a_file_of_zeros_is_refused_untouched() {
    refused_untouched(&["damaged", "not a", "empty", "foreign"], |bytes| bytes.fill(0));
}

#[test]
fn a_folder_in_the_files_place_is_refused() {
    let (_folder, data) = used();
    let file = store_file(&data);
    std::fs::remove_file(&file).expect("the store goes");
    std::fs::create_dir(&file).expect("a folder comes");
    let refused = Server::try_start(&data).expect_err("a folder is no store");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.said().contains(&file.display().to_string()), "{refused:?}");
    assert!(file.is_dir(), "the folder stands");
}

#[test]
fn a_file_in_the_data_folders_place_is_refused() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let data = folder.path().join("data");
    std::fs::write(&data, "a letter").expect("a file is written");
    let refused = Server::try_start(&data).expect_err("a file is no folder");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&data).expect("it is read"), "a letter");
}
