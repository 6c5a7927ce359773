//! HTTP_REQUEST jobs ask the servers they name: under one key, with leave for what lies inside, and keep what came back.

use std::time::Duration;

use dateline_tests::client::Client;
use dateline_tests::collector::{Collector, Reply, Taken};
use dateline_tests::scene::{SELDOM, Scene, text};
use dateline_tests::waiting::until;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

/// Returns a scene whose jobs may ask these servers.
#[track_caller]
fn scene(servers: &[&Collector]) -> Scene {
    let hosts: Vec<String> = servers.iter().map(|server| server.address()).collect();
    Scene::with(&[("DATELINE_HTTP_PRIVATE_HOSTS", &hosts.join(","))])
}

/// Returns the body that creates a job without a project that is told this.
fn asking(payload: &Value) -> Value {
    json!({
        "type": "HTTP_REQUEST",
        "name": "Ping",
        "frequency": "CUSTOM",
        "timeConfig": { "cronExpression": SELDOM, "timezone": "UTC" },
        "policy": { "retry": { "kind": "FIXED", "baseMs": 100, "attemptsMax": 3 } },
        "payload": payload,
    })
}

#[track_caller]
fn job(client: &Client, payload: &Value) -> String {
    text(&client.post("/api/cron/schedule", &asking(payload)).expect(201)["id"])
}

fn keys(taken: &[Taken]) -> Vec<&str> {
    taken.iter().map(|taken| taken.header("Idempotency-Key")).collect()
}

#[test]
fn a_server_is_asked_and_its_answer_is_kept() {
    let headers = "Content-Type: text/plain\r\nX-Kind: plain";
    let server = Collector::replying([Reply::Answer(201, headers, "so be it: ghp_c4n4ryAAAAbbbb".into())]);
    let scene = scene(&[&server]);
    let payload = json!({
        "method": "POST", "url": format!("http://{}/hook?a=1", server.address()), "body": "{\"a\":1}",
        "headers": [{ "name": "X-A", "value": "b" }],
        "secretHeaders": [{ "name": "Authorization", "value": "Bearer c4n4ry-0123456789" }],
    });
    let job = job(&scene.client(), &payload);
    let run = scene.run(&job);
    assert_eq!((&run["status"], &run["projectId"]), (&json!("COMPLETED"), &Value::Null), "{run:#}");
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(
        (taken[0].line.as_str(), taken[0].body.as_slice()),
        ("POST /hook?a=1 HTTP/1.1", &b"{\"a\":1}"[..])
    );
    assert_eq!((taken[0].header("x-a"), taken[0].header("content-type")), ("b", "application/json"));
    assert_eq!(taken[0].header("authorization"), "Bearer c4n4ry-0123456789");
    assert_eq!(taken[0].header("dateline-execution"), text(&run["id"]));
    let output = &run["output"];
    assert_eq!(
        (&output["status"], &output["body"]),
        (&json!(201), &json!("so be it: [redacted]")),
        "{run:#}"
    );
    assert_eq!(text(&output["idempotencyKey"]), taken[0].header("idempotency-key"));
    let step = &run["steps"][0];
    assert_eq!((&step["name"], &step["output"]["headers"]["x-kind"]), (&json!("request"), &json!("plain")));
    assert!(!run.to_string().contains("c4n4ry"), "{run:#}");
}

#[test]
fn nothing_inside_is_asked_without_leave() {
    let (server, other) = (Collector::start(), Collector::start());
    let scene = scene(&[&server]);
    let client = scene.client();
    for url in [
        format!("http://{}/", other.address()),
        format!("http://{}/", scene.server.address()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
    ] {
        let refused = client.post("/api/cron/schedule", &asking(&json!({ "url": url }))).problem(422);
        assert_eq!(refused["errors"][0]["pointer"], "/payload/url", "{refused:#}");
    }
    let hop = format!("Location: http://{}/", other.address());
    let hop: &'static str = hop.leak();
    let start = Collector::replying([Reply::Answer(302, hop, String::new())]);
    let scene = self::scene(&[&start]);
    let run = scene.run(&job(&scene.client(), &json!({ "url": format!("http://{}/", start.address()) })));
    assert_eq!((&run["status"], &run["error"]["class"]), (&json!("FAILED"), &json!("PERMANENT")), "{run:#}");
    assert!(text(&run["error"]["chain"][0]).starts_with("egress_blocked"), "{run:#}");
    assert!(server.taken().is_empty() && other.taken().is_empty());
}

#[test]
fn a_server_is_asked_again_when_that_can_help() {
    let answer = |status| Reply::Answer(status, "X-A: b", "no".into());
    let server = Collector::replying([answer(500), answer(200), answer(404)]);
    let scene = scene(&[&server]);
    let job = job(&scene.client(), &json!({ "url": format!("http://{}/", server.address()) }));
    let run = scene.run(&job);
    assert_eq!(
        (&run["status"], run["attempts"].as_array().map(Vec::len)),
        (&json!("COMPLETED"), Some(2)),
        "{run:#}"
    );
    let run = scene.run(&job);
    assert_eq!(
        (&run["status"], run["attempts"].as_array().map(Vec::len)),
        (&json!("FAILED"), Some(1)),
        "{run:#}"
    );
    assert_eq!(
        (&run["error"]["class"], &run["output"]["status"]),
        (&json!("PERMANENT"), &json!(404)),
        "{run:#}"
    );
    let taken = server.taken();
    let keys = keys(&taken);
    assert!(keys.len() == 3 && keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
}

#[test]
fn killed_while_it_asks_it_asks_again_under_the_same_key() {
    let server = Collector::replying([Reply::Silence, Reply::Answer(200, "X-A: b", String::new())]);
    let mut scene = scene(&[&server]);
    let job =
        job(&scene.client(), &json!({ "method": "POST", "url": format!("http://{}/", server.address()) }));
    let execution = scene.trigger(&job);
    until(PATIENCE, "the server to be asked", || (!server.taken().is_empty()).then_some(()));
    scene.server.restart();
    assert_eq!(scene.ended(&execution)["status"], "COMPLETED");
    let taken = server.taken();
    let keys = keys(&taken);
    assert!(keys.len() == 2 && keys[0] == keys[1] && !keys[0].is_empty(), "{keys:?}");
}
