//! Which server a command asks, as whom, and what it says when that does not work.

use dateline_tests::command::{Ran, program};
use dateline_tests::scene::Scene;

use super::Operator;

#[test]
fn without_a_server_the_command_that_starts_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let none = folder.path().join("none");
    let ran: Ran = program()
        .args(["job", "list", "--data"])
        .arg(&none)
        .env_remove("DATELINE_SERVER")
        .output()
        .expect("it starts")
        .into();
    assert_eq!(ran.code, Some(6), "{ran:?}");
    assert!(ran.stderr.contains("`dateline serve`") && ran.stdout.is_empty(), "{ran:?}");
    assert!(!none.exists(), "asking makes no folder");

    let mut operator = Operator::new();
    operator.scene.server.kill9();
    let why = operator.refused(&["job", "list"], 6);
    assert!(why.contains("nobody answers") && why.contains("`dateline serve`"), "{why}");
    let examined = operator.ran(&["doctor"]);
    assert_eq!(examined.code, Some(1), "{examined:?}");
    assert!(
        examined.stdout.contains("WRONG    server")
            && examined.stdout.contains("-> start it with `dateline serve`"),
        "{examined:?}"
    );
}

#[test]
fn the_data_folder_is_named_by_a_flag_the_environment_or_the_file() {
    let operator = Operator::new();
    let data = operator.scene.server.data().to_str().expect("a plain path");
    let home = operator.scene.folder().join("config");
    std::fs::create_dir_all(home.join("dateline")).expect("a folder is made");
    let file = home.join("dateline/dateline.toml");
    std::fs::write(&file, format!("data = \"{data}\"\n")).expect("a file is written");
    let none = operator.scene.folder().join("none");
    let of_file = |arguments: &[&str]| {
        let mut command = program();
        command.args(["project", "list"]).args(arguments).env("XDG_CONFIG_HOME", &home);
        command
    };
    let ended = |mut command: std::process::Command| Ran::from(command.output().expect("it starts")).code;
    assert_eq!(ended(of_file(&[])), Some(0), "the file of the user");
    let named = ["--config", file.to_str().expect("a plain path")];
    let mut command = of_file(&named);
    command.env("XDG_CONFIG_HOME", &none);
    assert_eq!(ended(command), Some(0), "a file that is named");
    let mut command = of_file(&[]);
    command.env("DATELINE_DATA", &none);
    assert_eq!(ended(command), Some(6), "the environment wins over the file");
    let mut command = of_file(&["--data", data]);
    command.env("DATELINE_DATA", &none);
    assert_eq!(ended(command), Some(0), "and the flag over both");
}

#[test]
fn another_server_is_asked_with_its_own_token_only() {
    let operator = Operator::new();
    let other = Scene::new();
    let address = format!("http://{}", other.server.address());
    // The folder's own token must not travel to a server that only claims to be ours.
    let why = operator.refused(&["project", "list", "--server", &address], 4);
    assert!(why.contains("DATELINE_TOKEN"), "{why}");
    let file = other.server.token_file().to_str().expect("a plain path");
    operator.done(&["project", "list", "--server", &address, "--token-file", file]);
    let mut command = operator.command(&["project", "list", "--server", &address]);
    let ran: Ran = command.env("DATELINE_TOKEN", other.server.token()).output().expect("it starts").into();
    ran.done();
    let mut command = operator.command(&["project", "list", "--server", &address]);
    let ran: Ran =
        command.env("DATELINE_TOKEN", operator.scene.server.token()).output().expect("it starts").into();
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(!ran.said().contains(operator.scene.server.token()), "no token is told: {ran:?}");
    operator.refused(&["project", "list", "--server", "nonsense"], 4);
    let file = operator.scene.folder().join("no-token");
    operator.refused(&["project", "list", "--token-file", file.to_str().expect("plain")], 4);
}

#[test]
fn the_address_is_printed_for_a_browser() {
    let operator = Operator::new();
    let printed = operator.done(&["open"]);
    assert_eq!(printed.trim_end(), format!("http://{}/docs", operator.scene.server.address()));
    let path =
        printed.trim_end().trim_start_matches("http://").trim_start_matches(operator.scene.server.address());
    assert_eq!(operator.scene.client().get(path).status, 200);
}
