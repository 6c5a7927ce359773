//! `doctor` finds what is wrong with settings and connections, says how to mend it, and shows no secret.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use dateline_tests::collector::Collector;
use dateline_tests::command::Ran;
use dateline_tests::mail::MailServer;
use dateline_tests::scene::Scene;
use serde_json::{Value, json};

use super::Operator;

impl Operator {
    /// Returns what `doctor` finds with these variables in its environment.
    #[track_caller]
    fn examined(&self, environment: &[(&str, &str)]) -> Vec<Value> {
        let mut command = self.command(&["doctor", "--json"]);
        let ran: Ran = command.envs(environment.iter().copied()).output().expect("dateline starts").into();
        assert!(
            !ran.said().contains("pa55word") && !ran.said().contains(self.scene.server.token()),
            "{ran:?}"
        );
        let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("JSON: {ran:?}"));
        let checks = report["checks"].as_array().expect("checks").clone();
        let is_well = checks.iter().all(|check| check["state"] != "WRONG");
        assert_eq!((&report["isWell"], ran.code), (&is_well.into(), Some(i32::from(!is_well))), "{ran:?}");
        let unhelpful = checks.iter().find(|check| check["state"] != "OK" && !check["mend"].is_string());
        assert_eq!(unhelpful, None, "what is not well says how to mend it");
        checks
    }
}

/// Returns the state of what `doctor` says `about` something, and its words.
#[track_caller]
fn state<'c>(checks: &'c [Value], about: &str) -> (&'c str, String) {
    let found = checks.iter().rfind(|check| check["about"] == about);
    let check = found.unwrap_or_else(|| panic!("nothing about {about}: {checks:#?}"));
    (check["state"].as_str().expect("a state"), check.to_string())
}

#[test]
fn every_setting_is_looked_at_and_a_new_instance_is_well() {
    let operator = Operator::new();
    let checks = operator.examined(&[]);
    let looked_at = [
        "data folder",
        "owner's token",
        "configuration",
        "listening",
        "public address",
        "mail",
        "key of secrets",
        "clock",
        "server",
        "readiness",
        "token",
        "time zones",
        "nightly backup",
        "local roots",
    ];
    for about in looked_at {
        assert_eq!(state(&checks, about).0, "OK", "{about}: {checks:#?}");
    }
}

#[test]
fn what_is_wrong_with_settings_is_named_with_its_mending() {
    let operator = Operator::new();
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let smtp = format!("smtp://ana:pa55word@{free}");
    let checks = operator.examined(&[
        ("DATELINE_SMTP_URL", smtp.as_str()),
        ("DATELINE_MAIL_FROM", "news@example.org"),
        ("DATELINE_PUBLIC_URL", "http://news.example"),
        ("DATELINE_TLS_CERT", "/nowhere/cert.pem"),
        ("DATELINE_TLS_KEY", "/nowhere/key.pem"),
        ("DATELINE_LISTEN", "0.0.0.0:8377"),
        ("DATELINE_OTLP_HEADERS", "authorization=pa55word"),
        ("DATELINE_SENTRY_DSN", "https://pa55word@errors.example.org/1"),
        ("DATELINE_PROJECTS_MAXX", "3"),
        ("TZ", "Mars/Olympus"),
    ]);
    for (about, expected, word) in [
        ("mail", "WRONG", free.to_string()),
        ("certificate", "WRONG", "/nowhere/cert.pem".into()),
        ("public address", "WARNING", "https://".into()),
        ("listening", "WARNING", "hosts".into()),
        ("traces", "WARNING", "otlp.endpoint".into()),
        ("error reports", "OK", "errors.example.org".into()),
        ("environment", "WARNING", "DATELINE_PROJECTS_MAX`".into()),
        ("clock", "WARNING", "Europe/Berlin".into()),
    ] {
        let (state, told) = state(&checks, about);
        assert!(state == expected && told.contains(&word), "{about}: {told}");
    }
    for (variable, value) in [("DATELINE_MAIL_FROM", "news@example.org"), ("RESEND_API_KEY", "re_pa55word")] {
        assert_eq!(state(&operator.examined(&[(variable, value)]), "mail").0, "WRONG", "{variable} alone");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_by_its_line() {
    let operator = Operator::new();
    let file = operator.scene.folder().join("dateline.toml");
    fs::write(&file, "projectsMax = 3\nbackup.keep = 0\n").expect("written");
    let path = file.to_str().expect("a plain path");
    let ran = operator.ran(&["doctor", "--config", path]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("WRONG    configuration") && ran.stdout.contains("dateline.toml:2"),
        "{ran:?}"
    );
    fs::write(&file, "projectsMax = 3\n").expect("written");
    let well = operator.done(&["doctor", "--config", path]);
    assert!(well.contains(path), "{well}");
}

#[test]
fn a_mail_server_is_greeted_and_sent_nothing() {
    let Some(mail) = MailServer::start() else { return };
    let operator = Operator::new();
    let settings = mail.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let checks = operator.examined(&settings);
    let (state, told) = state(&checks, "mail");
    assert!(state == "OK" && told.contains("notification test"), "{told}");
    assert!(mail.messages().is_empty());
}

#[test]
fn what_lies_in_the_data_folder_and_is_set_in_the_store_is_looked_at() {
    let operator = Operator::new();
    let key = operator.scene.server.data().join("secret.key");
    let before = fs::read(&key).expect("the key's file");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("ours");
    operator.done(&["settings", "set", "--local-root", "/nowhere/repositories"]);
    let checks = operator.examined(&[]);
    let (exposed, told) = state(&checks, "key of secrets");
    assert!(exposed == "WRONG" && told.contains("chmod 600"), "{told}");
    let (missing, told) = state(&checks, "local roots");
    assert!(missing == "WRONG" && told.contains("/nowhere/repositories"), "{told}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("ours");
    fs::rename(&key, key.with_extension("away")).expect("ours");
    let checks = operator.examined(&[]);
    let (gone, told) = state(&checks, "key of secrets");
    assert!(gone == "WARNING" && told.contains("put it back"), "{told}");
    assert!(!key.exists(), "looking makes no key");
    fs::rename(key.with_extension("away"), &key).expect("ours");
    assert_eq!(fs::read(&key).expect("the key's file"), before);

    operator.done(&["backup"]);
    assert_eq!(state(&operator.examined(&[]), "backups").0, "OK");
}

#[test]
fn a_repository_elsewhere_is_asked_for_only_where_the_owner_allows_it() {
    let allowed = ("DATELINE_GITHUB_PRIVATE_HOSTS", "127.0.0.1");
    let operator = Operator { scene: Scene::with(&[allowed]) };
    let github = json!({
        "full_name": "ana/app",
        "default_branch": "main",
        "html_url": "https://github.example/ana/app",
        "object": { "sha": "0123456789012345678901234567890123456789" },
    });
    let github = Collector::answering(&github.to_string());
    let api = format!("http://{}", github.address());
    let source = json!({ "kind": "GITHUB", "owner": "ana", "repo": "app", "apiUrl": api });
    let body = json!({ "name": "App", "source": source });
    operator.scene.client().post("/api/projects", &body).expect(201);
    let asked = github.taken().len();
    let checks = operator.examined(&[]);
    let (blocked, told) = state(&checks, "project App");
    assert!(blocked == "WRONG" && told.contains("github.privateHosts"), "{told}");
    assert_eq!(github.taken().len(), asked, "nobody came");

    let checks = operator.examined(&[allowed, ("GITHUB_TOKEN", "ghp_pa55word")]);
    let (readable, told) = state(&checks, "project App");
    assert!(readable == "OK" && told.contains("refs/heads/main"), "{told}");
    assert_eq!(state(&checks, "GitHub token").0, "OK");
    let taken = github.taken();
    assert!(taken.len() > asked, "it was asked");
    let is_shown = |header: &String| header.contains("ghp_pa55word");
    assert!(!taken.iter().any(|one| one.headers.iter().any(is_shown)), "the token is github.com's alone");
}
