//! Metrics, traces, reports of errors, the key's replacement and the nightly backups, seen as an operator sees them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use dateline_tests::collector::Collector;
use dateline_tests::command::dateline;
use dateline_tests::history;
use dateline_tests::scene::Scene;
use dateline_tests::server::Server;
use dateline_tests::waiting::until;
use serde_json::{Value, json};

fn figure(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("{name} is measured: {text}"));
    line.parse().unwrap_or_else(|_| panic!("{name} {line} is a number"))
}

#[test]
fn metrics_count_what_happened_and_need_a_token() {
    let scene = Scene::new();
    let repository = history::conventional();
    scene.written(repository.path(), &["DEVTO", "MASTODON"]);
    for path in ["/api/nothing", "/api/projects/prj_00000000000000000000000000"] {
        scene.client().get(path);
    }
    let ended = "dateline_executions_total{status=\"COMPLETED\",trigger=\"MANUAL\"}";
    let text = until(Duration::from_secs(10), "the execution to be counted", || {
        let answer = scene.client().get("/metrics");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{answer:?}");
        answer.text.contains(ended).then_some(answer.text)
    });
    let counted =
        |name: &str, count: f64| assert!((figure(&text, name) - count).abs() < 0.5, "{name}: {text}");
    counted(ended, 1.0);
    counted("dateline_step_duration_seconds_count{step=\"write\",result=\"done\"}", 2.0);
    counted("dateline_attempts_total{end=\"SUCCEEDED\"}", 1.0);
    counted("dateline_http_requests_total{operation=\"createProject\",status=\"201\"}", 1.0);
    counted("dateline_http_requests_total{operation=\"none\",status=\"404\"}", 1.0);
    counted("dateline_open_executions{state=\"running\"}", 0.0);
    counted("dateline_event_listeners", 0.0);
    for name in [
        "dateline_store_commits_total{result=\"done\"}",
        "dateline_store_commit_duration_seconds_count",
        "dateline_store_file_bytes",
        "dateline_process{what=\"resident_bytes\"}",
        "dateline_process{what=\"open_files\"}",
    ] {
        assert!(figure(&text, name) > 0.0, "{name}");
    }
    assert!(!text.contains("prj_") && !text.contains("exe_"), "no label takes ids: {text}");
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(scene.server.stranger().get("/metrics").status, 401);
}

#[test]
fn traces_reach_a_collector_and_hold_no_secret() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    let token = "ghp_0123456789abcdefABCDEF0123456789abcd";
    let endpoint = format!("http://{}", collector.address());
    let environment =
        [("DATELINE_OTLP_ENDPOINT", endpoint.as_str()), ("DATELINE_OTLP_HEADERS", "x-team=writers")];
    let mut server = Server::try_start_with(&folder.path().join("data"), &environment).expect("it starts");
    let repository = history::conventional();
    let client = server.client();
    let project =
        client.post("/api/projects", &dateline_tests::scene::project(repository.path(), &["DEVTO"]));
    let project = project.expect(201)["id"].as_str().expect("an id").to_owned();
    let job = client.post("/api/cron/schedule", &dateline_tests::scene::job(&project, "0 0 29 2 *"));
    let job = job.expect(201)["id"].clone();
    let execution =
        client.post("/api/cron/trigger", &json!({ "jobId": job })).expect(202)["executionId"].clone();
    let path = format!("/api/cron/executions/{}", execution.as_str().expect("an id"));
    until(Duration::from_secs(30), "the execution to end", || {
        (client.get(&path).expect(200)["status"] == "COMPLETED").then_some(())
    });
    client.get(&format!("/api/projects/{token}"));
    assert_eq!(server.stop().0, Some(0));
    let text = collector.text();
    for name in ["request", "execution", "attempt", "step", "createProject", "write/devto", "dateline"] {
        assert!(text.contains(name), "{name} is in the traces");
    }
    assert!(!text.contains(token), "a secret left with the traces");
    let taken = collector.taken();
    assert!(taken.iter().all(|taken| taken.line.starts_with("POST /v1/traces ")), "{:?}", taken[0].line);
    assert!(taken[0].headers.iter().any(|header| header.eq_ignore_ascii_case("x-team: writers")));
}

#[test]
fn errors_reach_a_collector_without_machine_or_secret() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let dsn = format!("http://0123456789abcdef@{}/7", collector.address());
    let mut server = Server::try_start_with(&data, &[("DATELINE_SENTRY_DSN", &dsn)]).expect("it starts");
    fs::write(data.join("backups"), "in the way").expect("written");
    assert_eq!(server.client().post("/api/backups", &Value::Null).status, 503);
    let text =
        until(Duration::from_secs(10), "a report", || Some(collector.text()).filter(|text| !text.is_empty()));
    assert!(text.contains("the folder for backups cannot be made"), "{text}");
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let reveals = ["server_name", "Authorization", server.token()];
    assert!(reveals.iter().all(|word| !text.contains(word)), "{text}");
    assert!(machine.trim().len() < 4 || !text.contains(machine.trim()), "{text}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_collector_that_is_away_or_silent_delays_nothing() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    for endpoint in ["http://127.0.0.1:9", silent.as_str()] {
        let folder = tempfile::tempdir().expect("a folder");
        let dsn = endpoint.replace("http://", "http://0123456789abcdef@") + "/7";
        let environment = [("DATELINE_OTLP_ENDPOINT", endpoint), ("DATELINE_SENTRY_DSN", dsn.as_str())];
        let data = folder.path().join("data");
        let mut server = Server::try_start_with(&data, &environment).expect("it starts");
        fs::write(data.join("backups"), "in the way").expect("written");
        let watch = dateline_tests::waiting::Stopwatch::start();
        for _ in 0..20 {
            assert_eq!(server.client().post("/api/backups", &Value::Null).status, 503);
        }
        assert!(watch.elapsed() < Duration::from_secs(5), "{:?}", watch.elapsed());
        let (code, took) = server.stop();
        assert!(code == Some(0) && took < Duration::from_secs(10), "{code:?} {took:?}");
    }
}

#[test]
fn a_key_is_replaced_while_the_server_runs_and_without_one() {
    let mut scene = Scene::new();
    let data = scene.server.data().to_owned();
    let rotate = || {
        let ran = dateline(["rotate-key".as_ref(), "--json".as_ref(), "--data".as_ref(), data.as_os_str()]);
        let told: Value = serde_json::from_str(&ran.done()).expect("JSON");
        told["key"].as_str().expect("a key").to_owned()
    };
    let key = || fs::read_to_string(data.join("secret.key")).expect("a key file");
    let first = key();
    let one = rotate();
    let second = key();
    assert_eq!(scene.server.stop().0, Some(0));
    let other = rotate();
    assert!(one != other && first != second && second != key() && key().lines().count() == 1);
    scene.server = Server::start(&data);
    assert_eq!(scene.server.stop().0, Some(0));
    fs::set_permissions(data.join("secret.key"), fs::Permissions::from_mode(0o640)).expect("ours");
    let refused = Server::try_start(&data).expect_err("others can read the key");
    assert!(refused.code == Some(1) && refused.said().contains("chmod 600"), "{refused:?}");
    fs::set_permissions(data.join("secret.key"), fs::Permissions::from_mode(0o600)).expect("ours");
    scene.server = Server::start(&data);
}

#[test]
fn operators_see_when_the_next_backup_is_made() {
    let scene = Scene::new();
    let shown = until(Duration::from_secs(10), "the keeper to have looked", || {
        let shown = scene.client().get("/api/backups/nightly").expect(200);
        (shown["isEnabled"] == true).then_some(shown)
    });
    assert!(shown["nextAt"].is_string() && shown.get("failure").is_none_or(Value::is_null), "{shown}");
    let off = Server::try_start_with(&scene.folder().join("other"), &[("DATELINE_BACKUP_TIME", "off")]);
    let off = off.expect("it starts");
    assert_eq!(off.client().get("/api/backups/nightly").expect(200)["isEnabled"], false);
    assert_eq!(off.stranger().get("/api/backups/nightly").status, 401);
}

#[test]
fn without_a_keyring_the_key_is_kept_in_a_private_file_and_the_log_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let nobody = "unix:path=/nonexistent/bus";
    let environment = [("DATELINE_SECRET_KEY_SOURCE", "keyring"), ("DBUS_SESSION_BUS_ADDRESS", nobody)];
    let watch = dateline_tests::waiting::Stopwatch::start();
    let mut server = Server::try_start_with(&data, &environment).expect("it starts");
    assert!(watch.elapsed() < Duration::from_secs(5), "{:?}", watch.elapsed());
    let file = data.join("secret.key");
    let key = fs::read_to_string(&file).expect("a key file");
    assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    assert_eq!(server.stop().0, Some(0));
    let said = server.said();
    assert!(said.contains("there is no keyring") && said.contains("secret.key"), "{said}");
    assert!(!said.contains(key.trim()), "{said}");
    let again = Server::try_start_with(&data, &environment).expect("it starts again");
    assert_eq!(fs::read_to_string(&file).expect("a key file"), key, "{:?}", again.address());
}

#[test]
fn figures_that_are_switched_off_are_nobodys() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::try_start_with(&folder.path().join("data"), &[("DATELINE_METRICS", "false")]);
    let server = server.expect("it starts");
    assert_eq!(server.client().get("/metrics").status, 503);
    assert_eq!(server.stranger().get("/metrics").status, 401);
    for path in
        ["/debug", "/debug/pprof/profile", "/metrics/", "/actuator", "/.env", "/server.json", "/swagger"]
    {
        assert_eq!(server.stranger().get(path).status, 404, "{path}");
    }
}
