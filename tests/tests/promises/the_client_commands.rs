//! Everything an operator needs is a command: what it prints, what `--json` keeps, and with which code it ends.

use std::path::Path;
use std::process::Command;

use dateline_tests::command::{Ran, program};
use dateline_tests::history;
use dateline_tests::scene::{Scene, text};
use serde_json::{Value, json};

mod a_crontab_is_taken_over;
mod a_file_is_applied;
mod an_examination;
mod hostile_texts;
mod notifications;
mod pauses;
mod people;
mod requests;
mod settings_and_audit;
mod time_is_played;
mod tokens;
mod who_is_asked;

/// A person at a shell beside a server.
struct Operator {
    scene: Scene,
}

impl Operator {
    fn new() -> Self {
        Self { scene: Scene::new() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).env("DATELINE_DATA", self.scene.server.data()).env("TZ", "Europe/Berlin");
        command
    }

    fn ran(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("dateline starts").into()
    }

    /// Runs a command that must do what it says, and returns what it printed.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        self.ran(arguments).done()
    }

    /// Runs a command with `--json`, and returns the JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
    }

    /// Runs a command that must end with `code` and print nothing, and returns why.
    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let ran = self.ran(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.stdout.is_empty() && ran.stderr.starts_with("error: "), "{arguments:?}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
        ran.stderr
    }

    /// Runs a command as whoever `token` lets in.
    fn ran_as(&self, token: &str, arguments: &[&str]) -> Ran {
        self.command(arguments).env("DATELINE_TOKEN", token).output().expect("dateline starts").into()
    }

    /// Invites somebody by command, lets them join as a browser would, and returns a token of theirs.
    #[track_caller]
    fn joined(&self, name: &str, role: &str) -> String {
        let email = format!("{}@example.org", name.to_lowercase());
        let code = self.done(&["user", "invite", &email, "--role", role]);
        let (stranger, password) = (self.scene.server.stranger(), "correct horse battery");
        let body = json!({ "code": code.trim_end(), "name": name, "password": password });
        stranger.post("/api/invitations/accept", &body).expect(201);
        let signed = stranger.post("/api/sessions", &json!({ "email": email, "password": password }));
        let cookie = signed.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let origin = format!("http://{}", self.scene.server.address());
        let body = json!({ "name": "shell", "scopes": ["ADMIN"] }).to_string();
        let headers = [("Cookie", cookie.as_str()), ("Origin", origin.as_str())];
        text(&stranger.send("POST", "/api/tokens", &headers, Some(body.as_bytes())).expect(201)["token"])
    }

    /// Creates a project of `path` called `App`, and a job of it called `Friday article`.
    #[track_caller]
    fn set_up(&self, path: &Path) -> (String, String) {
        let path = path.to_str().expect("a plain path");
        let project = self.json(&["project", "create", path, "--name", "App", "--for", "markdown,mastodon"]);
        let schedule = ["--weekly", "fri", "--at", "17:00"];
        let job = self.json(&[&["job", "create", "app", "--name", "Friday article"][..], &schedule].concat());
        (text(&project["id"]), text(&job["id"]))
    }
}

#[test]
fn an_operator_gets_from_a_repository_to_a_published_article() {
    let operator = Operator::new();
    let repository = history::conventional();
    let site = operator.scene.folder().join("site");
    std::fs::create_dir(&site).expect("a folder is made");
    let path = repository.path().to_str().expect("a plain path");
    let target = format!("hugo:{}", site.display());
    let created = operator.done(&["project", "create", path, "--name", "App", "--site", &target]);
    assert!(created.contains("MARKDOWN") && created.contains("Europe/Berlin"), "{created}");
    let made = operator.done(&[
        "job",
        "create",
        "App",
        "--name",
        "Friday article",
        "--weekly",
        "fri",
        "--at",
        "17:00",
    ]);
    assert!(made.contains("17:00") && made.contains("Europe/Berlin (in "), "{made}");

    let run = operator.done(&["trigger", "friday", "--wait"]);
    for word in ["COMPLETED", "write/markdown", "done", "dft_"] {
        assert!(run.contains(word), "{word}: {run}");
    }
    let log = operator.done(&["logs", "last", "--follow"]);
    assert!(log.lines().count() >= 2 && log.contains("scan"), "{log}");

    let draft = operator.done(&["draft", "show", "last", "--evidence"]);
    assert!(draft.contains("quoted field names") && draft.contains("  rests on "), "{draft}");
    let body = operator.done(&["draft", "show", "last", "--body"]);
    let file = operator.scene.folder().join("article.md");
    std::fs::write(&file, format!("{body}\nRead by a person.\n")).expect("a file is written");
    let note = ["--note", "a remark of the editor"];
    let edit = [&["draft", "edit", "last", "--body", file.to_str().expect("plain")][..], &note].concat();
    assert!(operator.done(&edit).contains("revision 2"));
    operator.refused(&["draft", "approve", "last", "--revision", "1"], 5);
    assert!(operator.done(&["draft", "approve", "last"]).contains("APPROVED"));
    let published = operator.done(&["draft", "publish", "last"]);
    assert!(published.contains("PUBLISHED"), "{published}");
    let files: Vec<_> = std::fs::read_dir(&site).expect("the folder").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let article = std::fs::read_to_string(files[0].path()).expect("it is text");
    assert!(article.contains("Read by a person."), "{article}");

    let well = operator.done(&["doctor"]);
    assert!(well.contains("project App") && !well.contains("WRONG"), "{well}");
}

#[test]
fn json_is_what_the_interface_answers() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, job) = operator.set_up(repository.path());
    let triggered = operator.json(&["trigger", &job, "--wait"]);
    let run = text(&triggered["id"]);
    let client = operator.scene.client();
    let rows: [(&[&str], String); 9] = [
        (&["project", "list"], "/api/projects?limit=50".into()),
        (&["project", "show", "App"], format!("/api/projects/{project}")),
        (&["job", "list"], "/api/cron/schedules?limit=50".into()),
        (&["job", "show", "friday"], format!("/api/cron/schedules/{job}")),
        (&["run", "list", "--stats"], "/api/cron/executions?stats=true&limit=50".into()),
        (&["run", "show", "last"], format!("/api/cron/executions/{run}")),
        (&["draft", "list", "--run", "last"], format!("/api/drafts?executionId={run}&limit=50")),
        (
            &["draft", "list", "--for", "mastodon", "--status", "draft"],
            "/api/drafts?platform=MASTODON&status=DRAFT".into(),
        ),
        (&["job", "history", "friday", "-n", "5"], format!("/api/cron/schedules/{job}/occurrences?limit=5")),
    ];
    for (arguments, path) in rows {
        let printed = operator.done(&[arguments, &["--json"]].concat());
        let answered = client.get(&path);
        assert_eq!(printed.trim_end(), answered.text.trim_end(), "{arguments:?}");
    }
    let all = operator.json(&["run", "list", "--all"]);
    assert_eq!((all["items"].as_array().map(Vec::len), &all["nextCursor"]), (Some(1), &Value::Null));
    let lines = operator.done(&["logs", "last", "--json"]);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(line["message"].is_string(), "{line}");
    }
    let kept: Vec<Value> = client.all(&format!("/api/cron/executions/{run}/logs"), 200);
    assert_eq!(lines.lines().count(), kept.len());
}

#[test]
fn things_are_found_by_name_by_part_and_by_id() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, job) = operator.set_up(repository.path());
    let id = |wanted: &str| text(&operator.json(&["job", "show", wanted])["id"]);
    for wanted in [&job, "Friday article", "friday", "FRI", &job[..28], &job[24..].to_lowercase()] {
        assert_eq!(id(wanted), job, "{wanted}");
    }
    operator.done(&["job", "create", &project, "--name", "Friday summary", "--cron", "0 9 * * 5"]);
    let why = operator.refused(&["job", "show", "friday"], 2);
    assert!(why.contains("Friday article") && why.contains("Friday summary"), "{why}");
    operator.refused(&["job", "show", "saturday"], 3);
    operator.refused(&["run", "show", "last"], 3);
    operator.refused(&["draft", "show", "dft_01KAR6V8G0M3N9T5X7Y2B4C6D8"], 3);
}

#[test]
fn jobs_are_changed_looked_ahead_at_and_cancelled() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (_, job) = operator.set_up(repository.path());
    let next = operator.done(&["job", "next", "friday", "-n", "2"]);
    assert!(next.starts_with("DUE (Europe/Berlin)") && next.lines().count() == 3, "{next}");
    let edited = operator.json(&[
        "job",
        "edit",
        "friday",
        "--at",
        "18:30",
        "--with",
        r#"{"policy": {"priority": 9}}"#,
    ]);
    assert_eq!((&edited["timeConfig"]["hour"], &edited["timeConfig"]["dayOfWeek"]), (&18.into(), &5.into()));
    assert_eq!((&edited["policy"]["priority"], &edited["frequency"]), (&9.into(), &"WEEKLY".into()));
    let moved = operator.json(&["job", "edit", "friday", "--monthly", "last", "--tz", "Asia/Tokyo"]);
    let time = &moved["timeConfig"];
    assert_eq!(
        (&time["hour"], &time["dayOfMonth"], &time["timezone"]),
        (&18.into(), &(-1).into(), &"Asia/Tokyo".into())
    );
    assert!(operator.refused(&["job", "edit", "friday", "--with", r#"{"polcy": {}}"#], 2).contains("/polcy"));
    operator.refused(&["job", "edit", "friday"], 2);
    operator.refused(&["job", "edit", "friday", "--cron", "61 * * * *"], 2);
    assert_eq!(operator.json(&["job", "disable", "friday"])["isEnabled"], false);
    assert!(operator.done(&["job", "list", "--disabled"]).contains(&job));
    assert!(operator.done(&["job", "list", "--enabled"]).is_empty());
    assert_eq!(operator.json(&["job", "enable", "friday"])["isEnabled"], true);

    let why = operator.refused(&["job", "cancel", "friday"], 2);
    assert!(why.contains("--yes") && why.contains("Friday article"), "{why}");
    operator.done(&["job", "cancel", "friday", "--yes"]);
    operator.refused(&["trigger", &job], 5);
}

#[test]
fn runs_are_controlled() {
    let operator = Operator::new();
    let repository = history::conventional();
    let (project, job) = operator.set_up(repository.path());
    operator.done(&["trigger", "friday", "--for", "markdown", "--wait"]);
    operator.refused(&["run", "cancel", "last", "--yes"], 5);
    operator.refused(&["run", "pause", "last"], 5);
    let replayed = operator.json(&["run", "replay", "last", "--from-step", "write/markdown"]);
    let id = text(&replayed["executionId"]);
    operator.scene.ended(&id);
    let shown = operator.done(&["run", "show", &id]);
    assert!(shown.contains("REPLAY") && shown.contains("replay of"), "{shown}");
    let listed = operator.done(&["run", "list", "--job", "friday", "--stats"]);
    assert!(listed.contains("success rate") && listed.contains(&id), "{listed}");
    operator.refused(&["run", "list", "--status", "lost"], 2);

    // Without its repository a run fails, and whoever waits is told.
    let gone = operator.scene.folder().join("gone");
    std::fs::rename(repository.path(), &gone).expect("the repository moves");
    let ran = operator.ran(&["trigger", "friday", "--wait", "--timeout", "60"]);
    let examined = operator.ran(&["doctor", "--json"]);
    std::fs::rename(&gone, repository.path()).expect("and comes back");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("FAILED") || ran.stderr.contains("has not ended"), "{ran:?}");
    assert_eq!(examined.code, Some(1), "{examined:?}");
    let report: Value = serde_json::from_str(&examined.stdout).expect("JSON");
    assert_eq!(report["isWell"], false);
    let checks = report["checks"].as_array().expect("checks");
    let wrong = checks.iter().find(|check| check["state"] == "WRONG").expect("something is wrong");
    assert_eq!(wrong["about"], "project App");
    assert!(wrong["mend"].as_str().is_some_and(|mend| mend.contains(&project)), "{wrong}");
    operator.done(&["project", "remove", "App", "--yes"]);
    operator.refused(&["trigger", &job], 5);
}

#[test]
fn completions_are_made_for_every_shell() {
    let operator = Operator::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = operator.done(&["completions", shell]);
        assert!(script.contains("dateline") && script.contains("trigger"), "{shell}");
    }
    operator.refused_usage(&["completions", "tcsh-2"]);
}

impl Operator {
    #[track_caller]
    fn refused_usage(&self, arguments: &[&str]) {
        assert_eq!(self.ran(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    let operator = Operator::new();
    let verbs: [&[&str]; 19] = [
        &["project"],
        &["job"],
        &["trigger"],
        &["run"],
        &["logs"],
        &["draft"],
        &["events"],
        &["export"],
        &["apply"],
        &["import", "crontab"],
        &["simulate"],
        &["notification"],
        &["token"],
        &["user"],
        &["settings"],
        &["audit"],
        &["doctor"],
        &["open"],
        &["completions"],
    ];
    for verb in verbs {
        let help = operator.done(&[verb, &["--help"]].concat());
        assert!(help.contains("Examples:\n  dateline "), "{verb:?}: {help}");
        assert!(help.lines().all(|line| line.chars().count() <= 120), "{verb:?}: {help}");
    }
}

#[test]
fn a_repository_on_github_is_named_by_flags_and_its_token_is_never_told() {
    let operator = Operator::new();
    let token = operator.scene.folder().join("token");
    std::fs::write(&token, "github_pat_canary\n").expect("a file is written");
    let token = token.to_str().expect("a plain path");
    // A server inside, which the operator has not allowed: refused before anything is sent.
    let inside = ["--api-url", "https://127.0.0.1:1/api/v3", "--github-token-file", token];
    let create = [&["project", "create", "--github", "example/lantern"][..], &inside].concat();
    let said = operator.refused(&create, 2);
    assert!(said.contains("apiUrl") && !said.contains("canary"), "{said}");
    operator.refused(&["project", "create", "--github", "lantern"], 2);
    operator
        .refused(&["project", "create", "--github", "example/lantern", "--github-token-file", "/nowhere"], 2);
}
