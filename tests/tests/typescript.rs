//! The TypeScript types are what the document says, and the example in `docs/api.md` is checked with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use dateline_tests::repository;

/// Returns the folder with the compilers, `None` where Node is missing or too old; in CI that is a failure.
fn typescript() -> Option<PathBuf> {
    let folder = repository::root().join("openapi/typescript");
    let version = Command::new("node").arg("--version").output().ok();
    let version =
        version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let major: u32 =
        version.trim_start_matches('v').split('.').next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let is_ready = major >= 20 && folder.join("node_modules").is_dir();
    let must_be = std::env::var_os("CI").is_some();
    assert!(
        is_ready || !must_be,
        "Node 20 or newer and `npm ci` in openapi/typescript are needed in CI; node says {version:?}"
    );
    if !is_ready {
        eprintln!(
            "left out: needs Node 20 or newer and `npm ci` in openapi/typescript; node says {version:?}"
        );
    }
    is_ready.then_some(folder)
}

#[track_caller]
fn node(folder: &Path, script: &str, arguments: &[&str]) {
    let output = Command::new("node")
        .arg(folder.join("node_modules").join(script))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("node starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{script} {arguments:?}: {}", String::from_utf8_lossy(&said));
}

#[test]
fn the_types_are_fresh() {
    let Some(folder) = typescript() else { return };
    let target = tempfile::tempdir().expect("a folder is made");
    let fresh = target.path().join("dateline.d.ts");
    let output = fresh.to_str().expect("a plain path");
    node(&folder, "openapi-typescript/bin/cli.js", &["../dateline.json", "--output", output]);
    let read = |path: &Path| std::fs::read_to_string(path).expect("types are written");
    let is_fresh = read(&fresh) == read(&folder.join("dateline.d.ts"));
    assert!(is_fresh, "openapi/typescript/dateline.d.ts is stale: run `bash script/generate`");
}

#[test]
fn the_example_has_the_right_types() {
    let Some(folder) = typescript() else { return };
    let docs = std::fs::read_to_string(repository::root().join("docs/api.md")).expect("docs/api.md is read");
    let example = docs.split("```ts\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let target = tempfile::tempdir().expect("a folder is made");
    let file = target.path().join("example.ts");
    std::fs::write(&file, example).expect("it is written");
    std::fs::copy(folder.join("dateline.d.ts"), target.path().join("dateline.d.ts")).expect("it is copied");
    let checked = |file: &Path| {
        let file = file.to_str().expect("a plain path");
        let options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext"];
        let options = [&options[..], &["--moduleResolution", "bundler", file]].concat();
        node(&folder, "typescript/bin/tsc", &options);
    };
    checked(&file);
    let wrong = example.replace("status: \"FAILED\"", "status: \"LOST\"");
    std::fs::write(&file, wrong).expect("it is written");
    let refused = std::panic::catch_unwind(|| checked(&file));
    assert!(refused.is_err(), "a word that does not exist is noticed");
}
