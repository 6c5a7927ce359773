//! The calls that `docs/api.md` shows work as they stand.

use std::process::Command;

use dateline_tests::command::Ran;
use dateline_tests::repository;
use dateline_tests::scene::Scene;

#[test]
fn the_curl_examples_run() {
    let docs = std::fs::read_to_string(repository::root().join("docs/api.md")).expect("docs/api.md is read");
    let script =
        docs.split("```bash\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let scene = Scene::new();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .env("DATELINE_DATA", scene.server.data())
        .output()
        .expect("bash starts");
    let printed = Ran::from(output).done();
    for told in ["\"nextCursor\":null", "\"description\":", "INVALID_REQUEST", "/timeConfig"] {
        assert!(printed.contains(told), "{told}: {printed}");
    }
}
