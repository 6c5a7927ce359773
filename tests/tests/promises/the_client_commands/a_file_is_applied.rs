//! Projects and jobs in a file: written down, compared, applied, and nothing else.

use std::path::PathBuf;
use std::time::Duration;

use dateline_tests::collector::Collector;
use dateline_tests::command::Ran;
use dateline_tests::history;
use dateline_tests::scene::Scene;
use dateline_tests::waiting::Stopwatch;
use serde_json::{Value, json};

use super::Operator;

impl Operator {
    /// Writes a file for a command, and returns its path.
    pub(super) fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.scene.folder().join(name);
        std::fs::write(&path, text).expect("a file is written");
        path.to_str().expect("a plain path").to_owned()
    }

    pub(super) fn apply(&self, path: &str, more: &[&str]) -> Ran {
        self.ran(&[&["apply", path][..], more].concat())
    }

    /// Returns everything a change would show in.
    pub(super) fn everything(&self) -> Vec<Value> {
        let client = self.scene.client();
        [client.all("/api/projects", 50), client.all("/api/cron/schedules", 50)].concat()
    }
}

#[test]
fn what_is_exported_applies_as_no_change() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    let more = r#"{"policy": {"priority": 9, "retry": {"attemptsMax": 2}}, "payload": {"platforms": ["MARKDOWN"]},
        "timeConfig": {"cronExpression": "*/30 9 * * 1-5", "timezone": "Asia/Tokyo", "endAt": "2199-01-01T00:00:00Z",
        "dstGap": "SHIFT"}, "frequency": "CUSTOM"}"#;
    operator.done(&["job", "create", "App", "--name", "yes: a \"strange\" name # 1", "--with", more]);
    let site = operator.scene.folder().join("site");
    std::fs::create_dir(&site).expect("a folder is made");
    let target = format!("zola:{}", site.display());
    let path = repository.path().to_str().expect("a plain path");
    operator.done(&["project", "create", path, "--name", "Second", "--site", &target, "--for", "email"]);

    let before = operator.everything();
    let exported = operator.done(&["export"]);
    for id in ["prj_", "job_", "usr_"] {
        assert!(!exported.contains(id), "a file needs no ids: {exported}");
    }
    let file = operator.file("dateline.yaml", &exported);
    for more in [&["--dry-run"][..], &["--yes"], &["--prune", "--yes"], &[]] {
        let told = operator.apply(&file, more).done();
        assert!(told.starts_with("No change"), "{told}");
    }
    assert_eq!(operator.everything(), before);
    assert_eq!(operator.done(&["export"]), exported);
    let one = operator.done(&["export", "--project", "second"]);
    assert!(one.contains("Second") && !one.contains("name: App"), "{one}");
    let read: Value = serde_json::from_str(&operator.done(&["export", "--json"])).expect("JSON");
    assert_eq!(read["projects"][0]["jobs"][0]["timeConfig"]["dayOfWeek"], 5);
}

#[test]
fn a_server_becomes_what_a_file_says_and_stays_it() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    operator.done(&["job", "create", "App", "--name", "Nightly", "--daily", "--at", "03:00"]);
    let exported = operator.done(&["export"]);
    operator.done(&["project", "remove", "App", "--yes"]);
    let file = operator.file("dateline.yaml", &exported);

    let dry = operator.apply(&file, &["--dry-run"]);
    assert_eq!(dry.code, Some(7), "{dry:?}");
    for line in [
        "+ project `App`",
        "+ job `Friday article` of `App`",
        "    frequency: WEEKLY",
        "3 to create, 0 to change",
    ] {
        assert!(dry.stdout.contains(line), "{line}: {dry:?}");
    }
    assert!(operator.everything().is_empty(), "a dry run changes nothing");
    let unasked = operator.apply(&file, &[]);
    assert!(unasked.code == Some(2) && unasked.stderr.contains("--yes"), "{unasked:?}");
    assert!(operator.everything().is_empty(), "nobody said yes");

    assert_eq!(operator.apply(&file, &["--yes"]).code, Some(0));
    let made = operator.everything();
    assert_eq!(made.len(), 3);
    assert_eq!(operator.done(&["export"]), exported);
    assert!(operator.apply(&file, &["--yes"]).done().starts_with("No change"));
    assert_eq!(operator.everything(), made, "applying twice changes nothing");

    // Drift is shown with both values, and put right.
    operator.done(&["job", "edit", "friday", "--at", "18:30"]);
    operator.done(&["job", "disable", "nightly"]);
    operator.done(&["project", "edit", "App", "--tz", "Asia/Tokyo"]);
    let drift = operator.apply(&file, &["--dry-run"]);
    assert_eq!(drift.code, Some(7));
    for line in [
        "~ project `App`\n    timezone: Asia/Tokyo → Europe/Berlin",
        "~ job `Friday article` of `App`\n    timeConfig.hour: 18 → 17\n    timeConfig.minute: 30 → 0",
        "~ job `Nightly` of `App`\n    isEnabled: false → true",
        "0 to create, 3 to change, 0 to end",
    ] {
        assert!(drift.stdout.contains(line), "{line}: {drift:?}");
    }
    let applied: Value =
        serde_json::from_str(&operator.apply(&file, &["--yes", "--json"]).done()).expect("JSON");
    assert_eq!(applied["isApplied"], true);
    assert_eq!(
        applied["steps"][0]["fields"],
        json!([{ "field": "timezone", "from": "Asia/Tokyo", "to": "Europe/Berlin" }])
    );
    assert_eq!(operator.done(&["export"]), exported);
}

#[test]
fn what_the_file_does_not_name_ends_only_with_prune() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    let file = operator.file("dateline.yaml", &operator.done(&["export"]));
    operator.done(&["job", "create", "App", "--name", "Nightly", "--daily", "--at", "03:00"]);
    let path = repository.path().to_str().expect("a plain path");
    operator.done(&["project", "create", path, "--name", "Other"]);
    operator.done(&["job", "create", "Other", "--name", "Weekly", "--weekly", "mon", "--at", "09:00"]);

    let kept = operator.apply(&file, &["--yes"]);
    assert!(kept.code == Some(0) && kept.stdout.starts_with("No change"), "{kept:?}");
    for name in ["job `Nightly` of `App`", "project `Other`"] {
        assert!(kept.stderr.contains(&format!("(--prune ends it): {name}")), "{kept:?}");
    }
    let dry = operator.apply(&file, &["--prune", "--dry-run"]);
    assert_eq!(dry.code, Some(7));
    assert!(dry.stdout.contains("- job `Nightly` of `App` is cancelled for good"), "{dry:?}");
    assert!(
        dry.stdout.contains("- project `Other` is removed, and its jobs are cancelled for good (1)"),
        "{dry:?}"
    );
    assert_eq!(operator.everything().len(), 5);
    assert_eq!(operator.apply(&file, &["--prune", "--yes"]).code, Some(0));
    assert_eq!(operator.everything().len(), 2);
}

#[test]
fn names_that_several_share_are_told_apart_by_ids() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (_, job) = operator.set_up(repository.path());
    operator.done(&["job", "create", "App", "--name", "Friday article", "--cron", "0 9 * * 5"]);
    let exported = operator.done(&["export"]);
    assert!(exported.contains(&job), "{exported}");
    let file = operator.file("dateline.yaml", &exported);
    assert!(operator.apply(&file, &["--prune", "--dry-run"]).done().starts_with("No change"));
    let without = exported.replace(&format!("      - id: {job}\n        name:"), "      - name:");
    assert_ne!(without, exported);
    let ran = operator.apply(&operator.file("without.yaml", &without), &["--dry-run"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("Friday article"), "{ran:?}");
}

#[test]
fn slips_are_told_with_their_line_and_change_nothing() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    let exported = operator.done(&["export"]);
    let before = operator.everything();
    let line_of = |text: &str, word: &str| text.lines().position(|line| line.contains(word)).expect(word) + 1;
    let rows = [
        ("hour: 17", "hour: 25", "projects[0].jobs[0].timeConfig.hour is `25`"),
        ("hour: 17", "huor: 17", "projects[0].jobs[0].timeConfig.huor"),
        ("frequency: WEEKLY", "frequency: WEEKLY\n        extra: 1", "projects[0].jobs[0].extra"),
        ("timezone: Europe/Berlin", "timezone: Europe/Berlni", "Europe/Berlni"),
        ("kind: GIT", "kind: HG", "projects[0].source.kind is `HG`"),
    ];
    for (old, new, told) in rows {
        let text = exported.replacen(old, new, 1);
        let line = line_of(&text, new.lines().last().expect("a line").trim());
        let path = operator.file("slip.yaml", &text);
        let ran = operator.apply(&path, &["--yes"]);
        assert_eq!(ran.code, Some(2), "{new}: {ran:?}");
        assert!(
            ran.stderr.contains(&format!("slip.yaml: line {line}, ")) && ran.stderr.contains(told),
            "{new}: {ran:?}"
        );
    }
    // What only the server knows is told in the same way, before anything is changed.
    let dense = exported.replacen("frequency: WEEKLY", "frequency: CUSTOM", 1);
    let start = dense.find("        timeConfig:").expect("its times");
    let end = start + dense[start..].find("        isEnabled").expect("what follows");
    let time = "        timeConfig:\n          cronExpression: \"0 0 30 2 *\"\n          timezone: UTC\n";
    let dense = format!("{}{time}{}", &dense[..start], &dense[end..]).replacen("name: App", "name: New", 1);
    let ran = operator.apply(&operator.file("never.yaml", &dense), &["--yes"]);
    let line = line_of(&dense, "cronExpression");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains(&format!("line {line}, ")) && ran.stderr.contains("timeConfig.cronExpression"),
        "{ran:?}"
    );
    assert_eq!(operator.everything(), before, "not even the project that came first");
    operator.refused(&["apply", "/nonexistent/dateline.yaml"], 3);
}

#[test]
fn hostile_files_are_refused_quickly() {
    let operator = Operator::new();
    let bomb = (1..30).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let all = format!("*a{},", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{all}]\n")
    });
    let rows = [
        ("bomb", bomb),
        ("brackets", "[".repeat(1_000_000)),
        ("braces", "{a: ".repeat(250_000)),
        ("dashes", "- ".repeat(500_000)),
        ("questions", "? ".repeat(500_000)),
        ("keys", (0..90_000).map(|n| format!("k{n}: 1\n")).collect()),
        ("projects", format!("version: 1\nprojects:\n{}", "- {name: a}\n".repeat(80_000))),
        ("one line", "a".repeat(1_000_000)),
        ("quotes", format!("a: \"{}", "\\".repeat(900_000))),
        ("big", " ".repeat(10_000_000)),
        ("indents", (0..1_400).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
        ("zero", "\0".repeat(1000)),
    ];
    for (name, text) in rows {
        let path = operator.file("hostile.yaml", &text);
        let watch = Stopwatch::start();
        let ran = operator.apply(&path, &["--yes"]);
        let took = watch.elapsed();
        assert_eq!(ran.code, Some(2), "{name}: {:.300}", ran.stderr);
        assert!(ran.stderr.len() < 8_000 && !ran.stderr.contains("panicked"), "{name}: {:.300}", ran.stderr);
        assert!(took < Duration::from_secs(10), "{name} took {took:?}");
    }
    let latin = operator.scene.folder().join("latin.yaml");
    std::fs::write(&latin, b"version: 1\nname: caf\xe9\n").expect("a file is written");
    let why = operator.refused(&["apply", latin.to_str().expect("plain")], 2);
    assert!(why.contains("line 2"), "{why}");
}

#[test]
fn no_secret_leaves_with_an_export() {
    let allowed = ("DATELINE_GITHUB_PRIVATE_HOSTS", "127.0.0.1");
    let operator = Operator { scene: Scene::with(&[allowed]) };
    let github = json!({
        "full_name": "example/app",
        "default_branch": "main",
        "html_url": "https://github.example/example/app",
        "object": { "sha": "0123456789012345678901234567890123456789" },
    });
    let github = Collector::answering(&github.to_string());
    let (api, token) = (format!("http://{}", github.address()), "ghp_0123456789abcdefghijklmnopqrstuvwxyz");
    let source =
        json!({ "kind": "GITHUB", "owner": "example", "repo": "app", "apiUrl": api, "token": token });
    operator.scene.client().post("/api/projects", &json!({ "name": "Remote", "source": source })).expect(201);
    let exported = operator.done(&["export"]);
    assert!(exported.contains("owner: example"), "{exported}");
    for word in ["ghp_", "wxyz", "oken"] {
        assert!(!exported.contains(word), "{word}: {exported}");
    }
    let moved = exported.replace("timezone: UTC", "timezone: Asia/Tokyo");
    let file = operator.file("dateline.yaml", &moved);
    assert_eq!(operator.apply(&file, &["--yes"]).code, Some(0));
    let shown = operator.scene.client().all("/api/projects", 5);
    assert_eq!(shown[0]["source"]["hasToken"], true, "the server keeps the token it has");
}
