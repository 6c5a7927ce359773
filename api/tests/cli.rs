//! The program as its users meet it: arguments, standard output, standard error, exit codes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

fn dateline(arguments: &[&str]) -> Output {
    program(arguments).output().expect("it runs")
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.args(arguments).env_remove("DATELINE_DATA").env_remove("DATELINE_LOG").stdin(Stdio::null());
    command
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn next_prints_one_instant_a_line() {
    let from = ["--from", "2027-03-27T12:00:00Z"];
    let output = dateline(&[&["next", "30 2 * * *", "--tz", "Europe/Paris", "-n", "2"][..], &from].concat());
    assert_eq!(out(&output), "2027-03-28T03:00:00+02:00\n2027-03-29T02:30:00+02:00\n");
    assert_eq!(output.status.code(), Some(0));
    let output = dateline(&[&["next", "@daily", "-n", "1", "--json"][..], &from].concat());
    let document: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(document["occurrences"][0]["local"], "2027-03-28T00:00:00+00:00");
    assert_eq!(document["timezone"], "UTC");
}

#[test]
fn wrong_usage_names_the_argument_and_exits_with_2() {
    for (arguments, named) in [
        (&["next", ", * * * *"][..], "PATTERN"),
        (&["next", "0 0 30 2 *"], "PATTERN"),
        (&["next", "0 9 * * *", "--tz", "Mars/Olympus"], "--tz"),
        (&["next", "0 9 * * *", "-n", "0"], "-n"),
        (&["next", "0 9 * * *", "--from", "now"], "--from"),
        (&["write", "/nowhere"], "PATH"),
        (&["write", "--for", "paper"], "--for"),
        (&["write", "--since", "2026-02-30"], "--since"),
        (&["write", "--since", "2026-02-03", "--until", "2026-02-02"], "--until"),
        (&["serve", "--listen", "everywhere"], "--listen"),
        (&["fly"], "fly"),
        (&["restore"], "FILE"),
    ] {
        let output = dateline(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {}", err(&output));
        assert!(err(&output).starts_with("error: ") && err(&output).contains(named), "{}", err(&output));
        assert_eq!(out(&output), "", "{arguments:?}");
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    for command in ["serve", "demo", "write", "next", "backup", "restore", "check"] {
        let output = dateline(&[command, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(out(&output).contains("Examples:\n  dateline "), "{command}");
        assert!(!out(&output).contains('\u{1b}'), "{command}");
    }
    assert_eq!(dateline(&[]).status.code(), Some(2));
    assert!(out(&dateline(&["--version"])).starts_with("dateline "));
}

#[test]
fn what_is_not_there_or_not_ours_fails_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("UTF-8");
    let alien = folder.path().join("alien.redb");
    std::fs::write(&alien, "not a store").expect("it can be written");
    let alien = alien.to_str().expect("UTF-8");
    for arguments in [
        &["backup", "--data", data][..],
        &["check", "--data", data],
        &["check", alien],
        &["restore", alien, "--data", data],
    ] {
        let output = dateline(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?} {}", err(&output));
        assert!(err(&output).starts_with("error: "), "{}", err(&output));
    }
    assert_eq!(std::fs::read(alien).expect("it is there"), b"not a store");
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let mut child = program(&["next", "* * * * *", "-n", "1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let reader = child.stdout.take().expect("a pipe");
    drop(reader);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
}

struct Serving {
    child: Child,
    line: Value,
    _out: BufReader<ChildStdout>,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let data = data.to_str().expect("UTF-8");
        let mut child = program(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let line = serde_json::from_str(&line).expect("JSON");
        Self { child, line, _out: out }
    }

    fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(killed.success());
        self.child.wait().expect("it ends").code()
    }
}

#[test]
fn a_server_is_announced_backed_up_and_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let path = data.to_str().expect("UTF-8");
    let serving = Serving::start(&data);
    assert!(serving.line["address"].as_str().is_some_and(|it| it.starts_with("http://127.0.0.1:")));
    let token =
        std::fs::read_to_string(serving.line["tokenFile"].as_str().expect("a path")).expect("a token");
    assert!(token.starts_with("dl_"));

    let second = dateline(&["serve", "--listen", "127.0.0.1:0", "--data", path]);
    assert_eq!(second.status.code(), Some(1));
    let pid = format!("(process {})", serving.child.id());
    assert!(err(&second).contains("already running") && err(&second).contains(&pid), "{}", err(&second));

    let backup = dateline(&["backup", "--data", path, "--json"]);
    assert_eq!(backup.status.code(), Some(0), "{}", err(&backup));
    let made: Value = serde_json::from_str(&out(&backup)).expect("JSON");
    let copy = made["path"].as_str().expect("a path").to_owned();
    assert_eq!(dateline(&["check", &copy]).status.code(), Some(0));
    assert_eq!(dateline(&["restore", &copy, "--data", path]).status.code(), Some(1));

    assert_eq!(serving.stop(), Some(0));
    assert!(!data.join("server.json").exists());
    assert_eq!(dateline(&["check", "--data", path]).status.code(), Some(0));
    let restored = dateline(&["restore", &copy, "--data", path]);
    assert_eq!(restored.status.code(), Some(0), "{}", err(&restored));
    let without_server = dateline(&["backup", "--data", path]);
    assert_eq!(without_server.status.code(), Some(0), "{}", err(&without_server));
    assert_eq!(Serving::start(&data).stop(), Some(0));
}
