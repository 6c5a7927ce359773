//! The command line: what each command prints, and with which code it ends (0 done, 1 failed, 2 usage).

use dateline_tests::command::{dateline, program};
use dateline_tests::history;
use serde_json::Value;

mod backup;
mod next;
mod write;

const COMMANDS: [&str; 22] = [
    "serve",
    "demo",
    "write",
    "next",
    "backup",
    "restore",
    "check",
    "project",
    "job",
    "trigger",
    "run",
    "logs",
    "draft",
    "events",
    "notification",
    "token",
    "user",
    "settings",
    "audit",
    "doctor",
    "open",
    "completions",
];

#[test]
fn help_tells_every_command_and_its_options() {
    let help = dateline(["--help"]).done();
    for command in COMMANDS {
        assert!(help.contains(command), "--help names {command}: {help}");
        let own = dateline([command, "--help"]).done();
        assert!(own.contains("Usage: dateline") && own.contains(command), "{command}: {own}");
        assert!(own.lines().count() >= 5, "{command} explains itself: {own}");
    }
    let write = dateline(["write", "--help"]).done();
    for word in
        ["--for", "--since", "--until", "--json", "devto", "hashnode", "linkedin", "mastodon", "bluesky"]
    {
        assert!(write.contains(word), "write --help names {word}: {write}");
    }
    assert!(dateline(["--version"]).done().starts_with("dateline "));
}

#[test]
fn a_usage_error_ends_with_2_and_shows_nothing_on_stdout() {
    let rows: [&[&str]; 8] = [
        &[],
        &["--nonsense"],
        &["nonsense"],
        &["next"],
        &["next", "0 9 * * *", "--tz"],
        &["write", "--for", "myspace"],
        &["serve", "--listen", "nowhere"],
        &["write", "--since", "yesterday-ish"],
    ];
    for arguments in rows {
        let ran = dateline(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn colours_are_for_terminals_only() {
    let repository = history::conventional();
    for no_color in [false, true] {
        let mut command = program();
        if no_color {
            command.env("NO_COLOR", "1");
        }
        for arguments in [vec!["--help"], vec!["write", "."], vec!["next", "61 * * * *", "--tz", "UTC"]] {
            let output =
                command.args(&arguments).current_dir(repository.path()).output().expect("dateline starts");
            let said = [output.stdout, output.stderr].concat();
            assert!(!said.contains(&0x1b), "{arguments:?}: {}", String::from_utf8_lossy(&said));
            command = program();
        }
    }
}

#[test]
fn serve_with_json_prints_one_line_and_nothing_else() {
    let scene = dateline_tests::scene::Scene::new();
    let told: Value = scene.client().get("/healthz").json();
    assert!(told.is_object(), "{told}");
    assert!(scene.server.address().starts_with("127.0.0.1:"), "{}", scene.server.address());
    assert!(scene.server.token_file().starts_with(scene.server.data()), "{:?}", scene.server.token_file());
    assert!(!scene.server.said().contains(scene.server.token()), "the token is shown on a terminal only");
}

#[test]
fn serve_on_a_taken_address_fails_and_names_it() {
    let scene = dateline_tests::scene::Scene::new();
    let other = scene.folder().join("other");
    let other = other.to_str().expect("a plain path");
    let ran = dateline(["serve", "--listen", scene.server.address(), "--data", other, "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(scene.server.address()), "{ran:?}");
    assert!(ran.stdout.is_empty(), "{ran:?}");
}
