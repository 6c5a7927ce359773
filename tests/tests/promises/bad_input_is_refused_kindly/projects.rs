//! Projects whose repository cannot be read, and fields that make no project.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dateline_tests::history::{self, Repository};
use dateline_tests::scene::{Scene, project};
use serde_json::{Value, json};

use super::{invalid, nothing_happened, refused};

#[test]
fn a_path_must_lead_to_a_repository() {
    let scene = Scene::new();
    let client = scene.client();
    let file = scene.folder().join("letter");
    std::fs::write(&file, "no repository").expect("a file is written");
    let empty = scene.folder().join("empty");
    std::fs::create_dir(&empty).expect("a folder is made");
    let broken = history::sentences();
    std::fs::write(broken.path().join(".git/HEAD"), "\0\0nonsense").expect("it is damaged");
    let inside = scene.server.data().join("repository");
    copy(history::sentences().path(), &inside);
    let rows: [&Path; 8] = [
        &scene.folder().join("missing"),
        &file,
        &empty,
        broken.path(),
        &inside,
        scene.server.data(),
        Path::new("relative/path"),
        Path::new("/dev/null"),
    ];
    for path in rows {
        refused(&client, "POST", "/api/projects", &project(path, &["DEVTO"]), invalid("/source/path"));
    }
    let link = scene.folder().join("link");
    std::os::unix::fs::symlink(&inside, &link).expect("a link is made");
    refused(&client, "POST", "/api/projects", &project(&link, &["DEVTO"]), invalid("/source/path"));
    for path in ["", "/tmp/\0", "/tmp/a\nb"] {
        let mut body = project(Path::new("/"), &["DEVTO"]);
        body["source"]["path"] = json!(path);
        refused(&client, "POST", "/api/projects", &body, invalid("/source/path"));
    }
    nothing_happened(&scene, 0, 0);
}

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(status.expect("cp runs").success(), "{} is copied", from.display());
}

#[test]
fn a_repository_that_may_not_be_read_is_refused() {
    let scene = Scene::new();
    let repository = history::sentences();
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(repository.path(), closed).expect("it is closed");
    if std::fs::read_dir(repository.path()).is_ok() {
        eprintln!("skipped: this user may read everything");
    } else {
        let body = project(repository.path(), &["DEVTO"]);
        refused(&scene.client(), "POST", "/api/projects", &body, invalid("/source/path"));
    }
    std::fs::set_permissions(repository.path(), std::fs::Permissions::from_mode(0o700))
        .expect("it is opened");
}

#[test]
fn each_field_of_a_project() {
    let scene = Scene::new();
    let client = scene.client();
    let repository = history::sentences();
    let sound = project(repository.path(), &["DEVTO"]);
    let rows: Vec<(&'static str, &str, Value)> = vec![
        ("/name", "name", json!(null)),
        ("/name", "name", json!(5)),
        ("/name", "name", json!("")),
        ("/name", "name", json!("x".repeat(100_000))),
        ("/source", "source", json!("x")),
        ("/source/kind", "source", json!({ "kind": "SVN", "path": "/" })),
        ("/source/path", "source", json!({ "kind": "GIT" })),
        ("/source/branch", "source", json!({ "kind": "GIT", "path": repository.path(), "branch": 5 })),
        (
            "/source/branch",
            "source",
            json!({ "kind": "GIT", "path": repository.path(), "branch": "no-such-branch" }),
        ),
        (
            "/source/branch",
            "source",
            json!({ "kind": "GIT", "path": repository.path(), "branch": "../../HEAD" }),
        ),
        ("/source/token", "source", json!({ "kind": "GIT", "path": repository.path(), "token": "x" })),
        ("/platforms", "platforms", json!("DEVTO")),
        ("/platforms/0/platform", "platforms", json!([{ "platform": "MYSPACE", "isEnabled": true }])),
        ("/platforms/0/isEnabled", "platforms", json!([{ "platform": "DEVTO", "isEnabled": 1 }])),
        (
            "/platforms/0/colour",
            "platforms",
            json!([{ "platform": "DEVTO", "isEnabled": true, "colour": "red" }]),
        ),
        ("/timezone", "timezone", json!("Mars/Olympus")),
        ("/timezone", "timezone", json!(1)),
        ("/style", "style", json!("loud")),
        ("/id", "id", json!("prj_01J00000000000000000000000")),
        ("/ownerId", "ownerId", json!("me")),
    ];
    for (pointer, field, value) in rows {
        let mut body = sound.clone();
        body[field] = value;
        refused(&client, "POST", "/api/projects", &body, invalid(pointer));
    }
    let twice =
        json!([{ "platform": "DEVTO", "isEnabled": true }, { "platform": "DEVTO", "isEnabled": false }]);
    let mut body = sound.clone();
    body["platforms"] = twice;
    let answer = client.post("/api/projects", &body);
    assert_eq!(answer.status, 422, "a platform stands once: {answer:?}");
    nothing_happened(&scene, 0, 0);
}

#[test]
fn an_empty_repository_is_a_project_without_activity() {
    let scene = Scene::new();
    let repository = Repository::new();
    let answer = scene.client().post("/api/projects", &project(repository.path(), &["DEVTO"]));
    if answer.status == 201 {
        let id = dateline_tests::scene::text(&answer.json()["id"]);
        let job = scene.job(&id, dateline_tests::scene::SELDOM);
        let run = scene.run(&job);
        assert_eq!(run["status"], "SKIPPED", "{run:#}");
    } else {
        answer.problem(422);
    }
}
