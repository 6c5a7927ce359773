//! Flags win over the environment, that over the file, that over the defaults; `config show` says which it was.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dateline_tests::command::program;
use dateline_tests::server::Server;
use serde_json::Value;

fn show(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command = program();
    command.args(["config", "show", "--json", "--data"]).arg(folder.join("data")).args(arguments);
    command.envs(environment.iter().copied());
    let output = command.output().expect("dateline starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn row<'v>(shown: &'v Value, key: &str) -> (&'v str, &'v str) {
    let rows = shown["settings"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("{key} is shown"));
    (row["value"].as_str().expect("a value"), row["origin"].as_str().expect("an origin"))
}

#[test]
fn every_value_knows_who_set_it_and_no_secret_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dateline.toml");
    fs::write(&file, "projectsMax = 2\n\n[github]\ntoken = \"ghp_canary0000000000000000000000000000\"\n")
        .expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
    let path = file.to_str().expect("a plain path");
    let shown = show(
        folder.path(),
        &["--config", path, "--listen", "127.0.0.1:9"],
        &[("DATELINE_LISTEN", "127.0.0.1:8"), ("DATELINE_BACKUP_KEEP", "3"), ("DATELINE_METRICS", "")],
    );
    assert_eq!(row(&shown, "listen"), ("127.0.0.1:9", "flag --listen"));
    assert_eq!(row(&shown, "backup.keep"), ("3", "environment DATELINE_BACKUP_KEEP"));
    assert_eq!(row(&shown, "projectsMax"), ("2", format!("file {path}:1").as_str()));
    assert_eq!(row(&shown, "github.token"), ("set", format!("file {path}:4").as_str()));
    assert_eq!(row(&shown, "metrics"), ("true", "default"));
    assert_eq!(row(&shown, "mail.smtpUrl"), ("not set", "default"));
    assert!(!shown.to_string().contains("canary"), "{shown}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("ours");
    let output = program().args(["config", "show", "--config", path]).output().expect("dateline starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("chmod 600"), "{said}");
}

#[test]
fn a_server_with_a_wrong_setting_does_not_start_and_says_what_would_be_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    fs::write(data.join("dateline.toml"), "\nprojectMax = 3\n").expect("written");
    let refused = Server::try_start(&data).expect_err("a slip");
    assert_eq!(refused.code, Some(1));
    let said = refused.said();
    assert!(
        said.contains("dateline.toml:2: `projectMax` is no setting: did you mean `projectsMax`?"),
        "{said}"
    );
    fs::write(data.join("dateline.toml"), "projectsMax = 3\n").expect("written");
    let refused = Server::try_start_with(&data, &[("DATELINE_PROJECTS_MAX", "many")]).expect_err("no number");
    assert!(
        refused.said().contains("environment DATELINE_PROJECTS_MAX: projectsMax is `many`"),
        "{refused:?}"
    );
    let mut server = Server::try_start_with(&data, &[("DATELINE_LISTN", "x")]).expect("it starts");
    assert_eq!(server.stop().0, Some(0));
    assert!(server.said().contains("did you mean `DATELINE_LISTEN`?"), "{}", server.said());
}
