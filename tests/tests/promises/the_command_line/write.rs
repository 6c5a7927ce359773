//! `dateline write`: one text from a repository, at once, harmless and within the platform's bounds.

use std::path::Path;

use dateline_tests::command::{Ran, dateline, dateline_in};
use dateline_tests::history::{self, GITHUB_TOKEN, Repository};
use serde_json::Value;

/// Every platform by its name on the command line, with the most characters its body may have.
const PLATFORMS: [(&str, usize); 8] = [
    ("devto", 100_000),
    ("hashnode", 100_000),
    ("linkedin", 3_000),
    ("mastodon", 500),
    ("bluesky", 300),
    ("release", 125_000),
    ("email", 100_000),
    ("markdown", 100_000),
];

fn write(path: &Path, more: &[&str]) -> Ran {
    let path = path.to_str().expect("a plain path");
    dateline(["write", path].into_iter().chain(more.iter().copied()))
}

fn histories() -> Vec<(&'static str, Repository)> {
    vec![
        ("conventional", history::conventional()),
        ("sentences", history::sentences()),
        ("merge-heavy", history::merge_heavy()),
        ("hostile", history::hostile()),
    ]
}

#[test]
fn every_habit_gives_a_text_for_every_platform() {
    for (habit, repository) in &histories() {
        for (platform, limit) in PLATFORMS {
            let text = write(repository.path(), &["--for", platform]).done();
            assert!(text.trim().chars().count() > 20, "{habit} for {platform}: {text:?}");
            assert!(
                text.chars().count() <= limit + 1,
                "{habit} for {platform}: {} is too long",
                text.chars().count()
            );
            let again = write(repository.path(), &["--for", platform]).done();
            assert_eq!(text, again, "{habit} for {platform}: the same history gives the same bytes");
        }
    }
}

#[test]
fn a_hostile_history_gives_harmless_texts() {
    let repository = history::hostile();
    for (platform, _) in PLATFORMS {
        for json in [false, true] {
            let mut more = vec!["--for", platform];
            more.extend(json.then_some("--json"));
            let ran = write(repository.path(), &more);
            assert!(!ran.stderr.contains(GITHUB_TOKEN), "{platform}: {}", ran.stderr);
            let text = ran.done();
            let text = if json { body_of(platform, &text) } else { text };
            harmless(platform, &text);
            if matches!(platform, "devto" | "hashnode" | "release" | "markdown") {
                is_plain_markdown(platform, &text);
            }
        }
    }
}

#[track_caller]
fn harmless(platform: &str, text: &str) {
    assert!(!text.contains(GITHUB_TOKEN), "{platform} leaks a token: {text}");
    assert!(!text.contains("user:pass@"), "{platform} leaks a password: {text}");
    assert!(!text.contains("root@example.org"), "{platform} shows an address: {text}");
    // Inside a code span nobody is called.
    let spoken: String = text.split('`').step_by(2).collect();
    for mention in ["@everyone", "@here"] {
        assert!(!spoken.contains(mention), "{platform} calls everybody: {text}");
    }
    let hidden = text.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(*c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
    });
    assert_eq!(hidden, None, "{platform} carries hidden characters: {text:?}");
}

/// Returns the body within the JSON, of which no part leaks a secret. Elsewhere subjects stand as they were written.
#[track_caller]
fn body_of(platform: &str, json: &str) -> String {
    for secret in [GITHUB_TOKEN, "user:pass@"] {
        assert!(!json.contains(secret), "{platform} leaks {secret}: {json}");
    }
    let told: Value = serde_json::from_str(json).expect("JSON");
    told["content"]["body"].as_str().expect("a body").to_owned()
}

/// No markup of the history's own: what stands unescaped in a Markdown text is the writer's.
#[track_caller]
fn is_plain_markdown(platform: &str, text: &str) {
    let plain = text.replace("\\\\", "").replace("\\<", "").replace("\\]", "").replace("&lt;", "");
    for markup in ["<script", "<img", "](javascript:", "](data:", "\n---\ntitle: stolen"] {
        assert!(!plain.contains(markup), "{platform} carries {markup}: {text}");
    }
}

#[test]
fn the_json_carries_the_text_and_what_it_rests_on() {
    let repository = history::conventional();
    let shas = repository.shas();
    let told: Value = serde_json::from_str(&write(repository.path(), &["--json"]).done()).expect("JSON");
    let body = told["content"]["body"].as_str().expect("a body");
    let plain = write(repository.path(), &[]).done();
    assert!(plain.contains(body.lines().last().expect("a line")), "both say the same");
    let evidence = told["evidence"].as_array().expect("evidence");
    assert!(evidence.len() >= 3, "{told:#}");
    let mentioned = shas.iter().filter(|sha| told.to_string().contains(sha.as_str())).count();
    assert!(mentioned >= 3, "the evidence names commits of the repository: {told:#}");
}

#[test]
fn what_matters_is_told_and_what_does_not_is_left_out() {
    let repository = history::conventional();
    let text = write(repository.path(), &["--for", "release"]).done();
    let lower = text.to_lowercase();
    assert!(lower.contains("breaking"), "{text}");
    assert!(text.contains("settings.toml"), "what to do about it: {text}");
    assert!(lower.contains("quoted field names"), "{text}");
    assert!(!lower.contains("cover an empty index"), "tests are not news: {text}");
    assert!(!text.contains("feat(") && !text.contains("fix("), "types are not for readers: {text}");
}

#[test]
fn since_and_until_bound_the_window() {
    let repository = history::sentences();
    // The first commit is of 2026-09-21 and they are three hours apart.
    let all = write(repository.path(), &["--since", "2026-09-01", "--until", "2026-10-01"]).done();
    assert!(all.contains("dark theme") && all.contains("search"), "{all}");
    let early = write(repository.path(), &["--until", "2026-09-21T18:00:00Z"]).done();
    assert!(early.contains("dark theme") && !early.contains("search"), "{early}");
    let late = write(repository.path(), &["--since", "2026-09-22T09:00:00Z"]).done();
    assert!(!late.contains("dark theme") && late.contains("search"), "{late}");
    let none = write(repository.path(), &["--since", "2040-01-01"]);
    assert_eq!(none.code, Some(0), "nothing to write is no failure: {none:?}");
    assert!(none.stdout.is_empty(), "{none:?}");
    assert!(none.stderr.to_lowercase().contains("nothing"), "it is said: {none:?}");
    let crossed = write(repository.path(), &["--since", "2026-10-01", "--until", "2026-09-01"]);
    assert!(crossed.stdout.is_empty() && crossed.code.is_some_and(|code| code <= 2), "{crossed:?}");
}

#[test]
fn the_present_folder_is_the_default() {
    let repository = history::conventional();
    std::fs::create_dir(repository.path().join("deep")).expect("a folder is made");
    let here = dateline_in(repository.path(), ["write"]).done();
    assert!(here.contains("quoted field names"), "{here}");
    let deep = dateline_in(&repository.path().join("deep"), ["write"]).done();
    assert_eq!(here, deep, "a folder inside the repository stands for it");
}

#[test]
fn what_is_no_repository_is_refused_in_clear_words() {
    let folder = tempfile::tempdir().expect("a folder is made");
    std::fs::write(folder.path().join("letter"), "no repository").expect("a file is written");
    let broken = history::conventional();
    broken.git(&["repack", "-a", "-d", "--quiet"]);
    for entry in std::fs::read_dir(broken.path().join(".git/objects/pack")).expect("packs") {
        let path = entry.expect("an entry").path();
        std::fs::remove_file(&path).expect("it goes");
        std::fs::write(&path, "damaged").expect("it is damaged");
    }
    let empty = Repository::new();
    let rows = [
        folder.path().to_owned(),
        folder.path().join("missing"),
        folder.path().join("letter"),
        broken.path().to_owned(),
    ];
    for path in rows {
        let ran = write(&path, &[]);
        // A path that leads nowhere is a slip of the hand, the rest is a failure.
        let code = if path.exists() { 1 } else { 2 };
        assert_eq!(ran.code, Some(code), "{}: {ran:?}", path.display());
        assert!(ran.stderr.contains(path.to_str().expect("a plain path")), "{}: {ran:?}", path.display());
        assert!(!ran.stderr.contains("panicked") && ran.stdout.is_empty(), "{ran:?}");
    }
    let ran = write(empty.path(), &[]);
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    assert!(ran.stdout.is_empty() && !ran.stderr.is_empty() && !ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn bare_shallow_and_detached_repositories_are_read() {
    let repository = history::conventional();
    let folder = tempfile::tempdir().expect("a folder is made");
    let origin = format!("file://{}", repository.path().display());
    let clone = |name: &str, more: &[&str]| {
        let target = folder.path().join(name);
        let mut git = history::git(folder.path());
        git.args(["clone", "--quiet"]).args(more).arg(&origin).arg(&target);
        assert!(git.status().expect("git runs").success(), "{name} is cloned");
        target
    };
    let bare = clone("bare.git", &["--bare"]);
    assert!(write(&bare, &[]).done().contains("quoted field names"));
    let shallow = clone("shallow", &["--depth", "3"]);
    assert!(write(&shallow, &[]).done().contains("page"), "the three last commits are told");
    let detached = clone("detached", &[]);
    let head = history::git(&detached).args(["checkout", "--quiet", "--detach", "HEAD"]).status();
    assert!(head.expect("git runs").success());
    assert!(write(&detached, &[]).done().contains("quoted field names"));
    let side = folder.path().join("side");
    let added = history::git(&detached).args(["worktree", "add", "--quiet"]).arg(&side).status();
    assert!(added.expect("git runs").success());
    assert!(write(&side, &[]).done().contains("quoted field names"), "a worktree is its repository");
}

#[test]
fn links_follow_the_host_of_the_remote() {
    let repository = history::merge_heavy();
    repository.git(&["remote", "add", "origin", "https://example.org/none.git"]);
    let rows = [
        ("https://github.com/acme/uploads.git", "https://github.com/acme/uploads/pull/11"),
        ("git@github.com:acme/uploads.git", "https://github.com/acme/uploads/pull/11"),
        ("https://gitlab.com/acme/group/uploads.git", "https://gitlab.com/acme/group/uploads/-/"),
        ("https://codeberg.org/acme/uploads", "https://codeberg.org/acme/uploads/"),
        ("https://bitbucket.org/acme/uploads.git", "https://bitbucket.org/acme/uploads/"),
    ];
    for (remote, link) in rows {
        repository.git(&["remote", "set-url", "origin", remote]);
        let text = write(repository.path(), &["--for", "release"]).done();
        assert!(text.contains(link), "{remote} gives {link}: {text}");
    }
    for remote in ["/srv/git/uploads.git", "https://user:secret@github.com/acme/uploads.git"] {
        repository.git(&["remote", "set-url", "origin", remote]);
        let text = write(repository.path(), &["--for", "release"]).done();
        assert!(!text.contains("secret") && !text.contains("/srv/"), "{remote} stays private: {text}");
    }
}
