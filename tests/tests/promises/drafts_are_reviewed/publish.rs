//! Publishing to a folder and to a feed: once, atomically, and never outside the folder that was named.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use dateline_tests::history;
use dateline_tests::scene::{SELDOM, Scene, job, project, text};
use serde_json::{Value, json};

use super::Review;

fn body_with(repository: &Path, target: &Value) -> Value {
    let mut body = project(repository, &["MARKDOWN"]);
    body["platforms"][0]["settings"] = json!({ "target": target });
    body
}

/// Returns an approved article of a project that publishes to `target`.
fn approved(scene: &Scene, target: &Value) -> Review {
    let repository = history::conventional();
    let project =
        text(&scene.client().post("/api/projects", &body_with(repository.path(), target)).expect(201)["id"]);
    let id = text(&scene.client().post("/api/cron/schedule", &job(&project, SELDOM)).expect(201)["id"]);
    let execution = scene.run(&id);
    let drafts = scene.drafts_of(&text(&execution["id"]));
    assert_eq!(drafts.len(), 1, "{execution:#}");
    let review = Review::of(scene, &drafts[0]);
    assert_eq!(review.publish().problem(409)["code"], "INVALID_STATE", "nothing goes out unread");
    review.ask("approve").expect(200);
    review
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is read");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn site(scene: &Scene, name: &str) -> PathBuf {
    let folder = scene.folder().join(name);
    std::fs::create_dir(&folder).expect("a folder is made");
    folder
}

#[test]
fn a_site_gets_one_file_with_front_matter_it_can_read() {
    let scene = Scene::new();
    for kind in ["HUGO", "JEKYLL", "ASTRO", "ZOLA"] {
        let folder = site(&scene, kind);
        let review = approved(&scene, &json!({ "kind": "FOLDER", "path": folder, "site": kind }));
        review.publish().expect(200);
        assert_eq!(review.shown()["status"], "PUBLISHED", "{kind}");
        let written = files(&folder);
        assert_eq!(written.len(), 1, "{kind}: {written:?}");
        let content = std::fs::read_to_string(&written[0]).expect("the file is read");
        let title = text(&review.shown()["content"]["title"]);
        front_matter(kind, &content, &title);
        assert!(content.contains(review.body().trim()), "{kind}: the text as it was approved: {content}");
        let name = written[0].file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
        assert!(
            name.ends_with(".md") && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
            "{name}"
        );
        let again = review.publish();
        assert!([200, 409].contains(&again.status), "{kind}: {again:?}");
        assert_eq!(files(&folder), written, "{kind}: once is enough");
        assert_eq!(std::fs::read_to_string(&written[0]).expect("the file is read"), content, "{kind}");
    }
}

/// Parses the front matter as the generator would, and compares its title.
#[track_caller]
fn front_matter(kind: &str, content: &str, title: &str) {
    let fence = if kind == "ZOLA" { "+++" } else { "---" };
    let mut parts = content.splitn(3, fence);
    assert_eq!(parts.next(), Some(""), "{kind} begins with {fence}: {content}");
    let matter = parts.next().expect("front matter");
    assert!(parts.next().is_some_and(|rest| rest.starts_with('\n')), "{kind}: it ends: {content}");
    if kind == "ZOLA" {
        let table: toml::Table = matter.parse().unwrap_or_else(|error| panic!("TOML: {error}: {matter}"));
        assert_eq!(table["title"].as_str(), Some(title), "{matter}");
        assert!(table["date"].is_datetime(), "{matter}");
        return;
    }
    let field = |name: &str| matter.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    let quoted = field("title").unwrap_or_else(|| panic!("{kind} has a title: {matter}"));
    let said: String = serde_json::from_str(quoted).unwrap_or_else(|_| quoted.trim_matches('\'').to_owned());
    assert_eq!(said, title, "{kind}: {matter}");
    let date = field(if kind == "ASTRO" { "pubDate" } else { "date" });
    assert!(date.is_some_and(|date| date.trim_matches(['"', '\'']).starts_with("20")), "{kind}: {matter}");
}

#[test]
fn a_feed_gets_one_entry_that_readers_understand() {
    let scene = Scene::new();
    let path = site(&scene, "feed").join("atom.xml");
    let target =
        json!({ "kind": "FEED", "path": path, "title": "News & <more>", "siteUrl": "https://example.org/" });
    let parsed = || {
        let bytes = std::fs::read(&path).expect("the feed is read");
        feed_rs::parser::parse(bytes.as_slice()).unwrap_or_else(|error| panic!("a feed: {error}"))
    };
    let first = approved(&scene, &target);
    first.publish().expect(200);
    let feed = parsed();
    assert_eq!(feed.title.map(|title| title.content), Some("News & <more>".to_owned()));
    assert_eq!(feed.entries.len(), 1);
    let title = text(&first.shown()["content"]["title"]);
    assert_eq!(feed.entries[0].title.as_ref().map(|title| title.content.as_str()), Some(title.as_str()));
    assert!(feed.entries[0].updated.is_some() && !feed.entries[0].id.is_empty());
    let again = first.publish();
    assert!([200, 409].contains(&again.status), "{again:?}");
    assert_eq!(parsed().entries.len(), 1, "once is enough");
    approved(&scene, &target).publish().expect(200);
    let both = parsed();
    assert_eq!(both.entries.len(), 2);
    assert_ne!(both.entries[0].id, both.entries[1].id);
}

#[test]
fn a_target_that_is_no_target_is_refused_at_save_or_at_publishing() {
    let scene = Scene::new();
    let file = scene.folder().join("letter");
    std::fs::write(&file, "dear reader").expect("a file is written");
    let fifo = scene.folder().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let inside = scene.server.data().join("site");
    std::fs::create_dir(&inside).expect("a folder is made");
    let crooked = site(&scene, "straight").join("..").join("data").join("site");
    let link = scene.folder().join("link");
    symlink(&inside, &link).expect("a link is made");
    let folders = [
        "../x".into(),
        "relative".into(),
        "/tmp/\0".into(),
        file,
        fifo,
        inside.clone(),
        crooked,
        link,
        scene.folder().join("missing"),
    ];
    for path in folders {
        for target in [
            json!({ "kind": "FOLDER", "path": path, "site": "HUGO" }),
            json!({ "kind": "FEED", "path": path.join("feed.xml"), "title": "News", "siteUrl": "https://example.org/" }),
        ] {
            refused(&scene, &target);
        }
    }
    for url in ["javascript:alert(1)", "example.org", "ftp://example.org/", "http://user:pw@example.org/", ""]
    {
        let path = scene.folder().join("feed.xml");
        refused(&scene, &json!({ "kind": "FEED", "path": path, "title": "News", "siteUrl": url }));
    }
    assert!(files(&inside).is_empty(), "nothing came into the data folder");
    assert_eq!(std::fs::read_to_string(scene.folder().join("letter")).expect("it is read"), "dear reader");
}

/// The project is refused, or its publication is, with a reason; and no 5xx either way.
#[track_caller]
fn refused(scene: &Scene, target: &Value) {
    let repository = history::conventional();
    let client = scene.client();
    let answer = client.post("/api/projects", &body_with(repository.path(), target));
    if answer.status == 422 {
        let faults = answer.problem(422)["errors"].to_string();
        assert!(faults.contains("/platforms/0/settings/target"), "{target}: {faults}");
        return;
    }
    answer.expect(201);
    let review = approved(scene, target);
    let answer = review.publish();
    assert!(answer.status < 500, "{target}: {answer:?}");
    assert_ne!(review.shown()["status"], "PUBLISHED", "{target}: {answer:?}");
    let shown = review.shown();
    assert!(shown.to_string().contains("reason") || answer.status >= 400, "{target}: why is said: {shown:#}");
}

#[test]
fn a_link_planted_in_the_folder_leads_nowhere() {
    let scene = Scene::new();
    let outside = site(&scene, "outside");
    let folder = site(&scene, "site");
    let review = approved(&scene, &json!({ "kind": "FOLDER", "path": folder, "site": "ZOLA" }));
    review.publish().expect(200);
    let name = files(&folder)[0].file_name().expect("a name").to_owned();
    std::fs::remove_file(folder.join(&name)).expect("it goes");
    let victim = outside.join("victim");
    std::fs::write(&victim, "precious").expect("a file is written");
    symlink(&victim, folder.join(&name)).expect("a link is made");
    let other = approved(&scene, &json!({ "kind": "FOLDER", "path": folder, "site": "ZOLA" }));
    other.publish();
    assert_eq!(std::fs::read_to_string(&victim).expect("it is read"), "precious", "a link is not followed");
}

#[test]
fn a_file_that_was_there_before_is_not_replaced() {
    let scene = Scene::new();
    let folder = site(&scene, "site");
    let target = json!({ "kind": "FOLDER", "path": folder, "site": "HUGO" });
    approved(&scene, &target).publish().expect(200);
    let mine = files(&folder).remove(0);
    std::fs::write(&mine, "written by hand").expect("a file is written");
    approved(&scene, &target).publish();
    assert_eq!(std::fs::read_to_string(&mine).expect("it is read"), "written by hand");
}
