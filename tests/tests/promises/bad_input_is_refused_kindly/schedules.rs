//! Schedules that cannot be: each field of each frequency, and patterns made to hurt.

use std::time::Duration;

use dateline_tests::history;
use dateline_tests::scene::{Scene, job, text};
use dateline_tests::waiting::Stopwatch;
use serde_json::{Value, json};

use super::{Refusal, invalid, nothing_happened, refused};

const CREATE: &str = "/api/cron/schedule";

/// Returns the body of a sound job with `frequency` and `time` in it.
fn timed(project: &str, frequency: &str, time: &Value) -> Value {
    let mut body = job(project, "0 9 * * *");
    body["frequency"] = json!(frequency);
    body["timeConfig"] = time.clone();
    body
}

fn scene() -> (Scene, String, dateline_tests::history::Repository) {
    let scene = Scene::new();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["DEVTO"]);
    (scene, project, repository)
}

/// Frequency, `timeConfig`, and the field of it that is wrong.
const TIMES: [(&str, &str, &str); 24] = [
    ("DAILY", r#"{"hour":24,"minute":0,"timezone":"UTC"}"#, "/timeConfig/hour"),
    ("DAILY", r#"{"hour":-1,"minute":0,"timezone":"UTC"}"#, "/timeConfig/hour"),
    ("DAILY", r#"{"hour":9.5,"minute":0,"timezone":"UTC"}"#, "/timeConfig/hour"),
    ("DAILY", r#"{"hour":"9","minute":0,"timezone":"UTC"}"#, "/timeConfig/hour"),
    ("DAILY", r#"{"hour":9,"minute":60,"timezone":"UTC"}"#, "/timeConfig/minute"),
    ("DAILY", r#"{"hour":9,"timezone":"UTC"}"#, "/timeConfig/minute"),
    ("DAILY", r#"{"hour":9,"minute":0}"#, "/timeConfig/timezone"),
    ("DAILY", r#"{"hour":9,"minute":0,"timezone":1}"#, "/timeConfig/timezone"),
    ("DAILY", r#"{"hour":9,"minute":0,"timezone":"UTC","colour":"red"}"#, "/timeConfig/colour"),
    ("DAILY", r#"{"hour":9,"minute":0,"timezone":"UTC","dayOfWeek":1}"#, "/timeConfig/dayOfWeek"),
    ("WEEKLY", r#"{"hour":9,"minute":0,"timezone":"UTC","dayOfWeek":7}"#, "/timeConfig/dayOfWeek"),
    ("WEEKLY", r#"{"hour":9,"minute":0,"timezone":"UTC"}"#, "/timeConfig/dayOfWeek"),
    ("MONTHLY", r#"{"hour":9,"minute":0,"timezone":"UTC","dayOfMonth":32}"#, "/timeConfig/dayOfMonth"),
    ("MONTHLY", r#"{"hour":9,"minute":0,"timezone":"UTC","dayOfMonth":0}"#, "/timeConfig/dayOfMonth"),
    ("MONTHLY", r#"{"hour":9,"minute":0,"timezone":"UTC","dayOfMonth":-2}"#, "/timeConfig/dayOfMonth"),
    ("MONTHLY", r#"{"hour":9,"minute":0,"timezone":"UTC"}"#, "/timeConfig/dayOfMonth"),
    ("CUSTOM", r#"{"timezone":"UTC"}"#, "/timeConfig/cronExpression"),
    ("CUSTOM", r#"{"cronExpression":5,"timezone":"UTC"}"#, "/timeConfig/cronExpression"),
    ("CUSTOM", r#"{"cronExpression":"0 9 * * *","timezone":"UTC","hour":9}"#, "/timeConfig/hour"),
    ("CUSTOM", r#"{"cronExpression":"0 9 * * *","timezone":"UTC","dstGap":"MAYBE"}"#, "/timeConfig/dstGap"),
    ("CUSTOM", r#"{"cronExpression":"0 9 * * *","timezone":"UTC","dayMatch":"XOR"}"#, "/timeConfig/dayMatch"),
    ("CUSTOM", r#"{"cronExpression":"0 9 * * *","timezone":"UTC","jitterMs":-1}"#, "/timeConfig/jitterMs"),
    ("CUSTOM", r#"{"cronExpression":"0 9 * * *","timezone":"UTC","startAt":"soon"}"#, "/timeConfig/startAt"),
    (
        "CUSTOM",
        r#"{"cronExpression":"0 9 * * *","timezone":"UTC","endAt":"2027-02-30T00:00:00Z"}"#,
        "/timeConfig/endAt",
    ),
];

#[test]
fn each_field_of_each_frequency() {
    let (scene, project, _repository) = scene();
    let client = scene.client();
    for (frequency, time, pointer) in TIMES {
        let time: Value = serde_json::from_str(time).expect("JSON");
        refused(&client, "POST", CREATE, &timed(&project, frequency, &time), invalid(pointer));
    }
    let hourly = timed(&project, "HOURLY", &json!({ "hour": 9, "minute": 0, "timezone": "UTC" }));
    refused(&client, "POST", CREATE, &hourly, invalid("/frequency"));
    nothing_happened(&scene, 1, 0);
}

#[test]
fn patterns_that_mean_nothing_never_fire_or_fire_too_often() {
    let (scene, project, _repository) = scene();
    let client = scene.client();
    let pointer = "/timeConfig/cronExpression";
    let never = Refusal { status: 422, code: "NEVER_FIRES", pointer };
    let dense = Refusal { status: 422, code: "SCHEDULE_TOO_DENSE", pointer };
    let long = "1,".repeat(50_000);
    let rows = [
        ("", invalid(pointer)),
        ("every day", invalid(pointer)),
        ("* * * *", invalid(pointer)),
        ("* * * * * * * *", invalid(pointer)),
        ("61 * * * *", invalid(pointer)),
        ("* 24 * * *", invalid(pointer)),
        ("* * 32 * *", invalid(pointer)),
        ("* * * 13 *", invalid(pointer)),
        ("* * * * 8", invalid(pointer)),
        (", * * * *", invalid(pointer)),
        ("1,,2 * * * *", invalid(pointer)),
        ("*/0 * * * *", invalid(pointer)),
        ("0 22-4/x * * *", invalid(pointer)),
        ("0 0 1-0-1 * *", invalid(pointer)),
        ("0 9 * * MON#6", invalid(pointer)),
        ("@reboot", invalid(pointer)),
        ("0 9 * * *\0", invalid(pointer)),
        ("0 9 * * *\u{202e}", invalid(pointer)),
        ("٠ ٩ * * *", invalid(pointer)),
        (&long, invalid(pointer)),
        ("0 0 30 2 *", never),
        ("0 0 31 2,4,6,9,11 *", never),
        ("* * * * * *", dense),
        ("*/10 * * * * *", dense),
        ("0,30 0 0 * * *", dense),
    ];
    for (pattern, expected) in rows {
        let watch = Stopwatch::start();
        let body = job(&project, pattern);
        refused(&client, "POST", CREATE, &body, expected);
        let shown: String = pattern.chars().take(40).collect();
        assert!(watch.elapsed() < Duration::from_millis(500), "{shown:?} took {:?}", watch.elapsed());
        let preview = json!({ "frequency": "CUSTOM", "timeConfig": body["timeConfig"] });
        refused(&client, "POST", "/api/cron/preview", &preview, expected);
    }
    nothing_happened(&scene, 1, 0);
}

#[test]
fn zones_that_are_none() {
    let (scene, project, _repository) = scene();
    let client = scene.client();
    let long = "A".repeat(1_000);
    let zones = [
        "",
        "../../etc/passwd",
        "posixrules",
        "EST5EDT,M3.2.0",
        "Mars/Olympus",
        "+02:00",
        "Europe/Paris\0",
        "localtime",
        &long,
    ];
    for zone in zones {
        let body = timed(&project, "DAILY", &json!({ "hour": 9, "minute": 0, "timezone": zone }));
        refused(&client, "POST", CREATE, &body, invalid("/timeConfig/timezone"));
    }
    let body = timed(&project, "DAILY", &json!({ "hour": 9, "minute": 0, "timezone": "america/new_york" }));
    let answer = refused(&client, "POST", CREATE, &body, invalid("/timeConfig/timezone"));
    assert!(answer.text.contains("America/New_York"), "the right spelling is suggested: {}", answer.text);
    nothing_happened(&scene, 1, 0);
}

#[test]
fn fields_that_are_not_there_to_be_set() {
    let (scene, project, _repository) = scene();
    let client = scene.client();
    for field in ["id", "createdAt", "ownerId", "role", "nextRunAt", "__proto__", "version"] {
        let mut body = job(&project, "0 9 * * *");
        body[field] = json!("x");
        let pointer: &'static str = String::leak(format!("/{field}"));
        refused(&client, "POST", CREATE, &body, invalid(pointer));
    }
    let rows: [(&'static str, Value); 8] = [
        ("/name", json!("")),
        ("/name", json!("   ")),
        ("/name", json!("x".repeat(100_000))),
        ("/name", json!(7)),
        ("/type", json!("SEND_RABBITS")),
        ("/isEnabled", json!("yes")),
        ("/policy", json!([])),
        ("/payload", json!("x")),
    ];
    for (pointer, value) in rows {
        let mut body = job(&project, "0 9 * * *");
        body[&pointer[1..]] = value;
        refused(&client, "POST", CREATE, &body, invalid(pointer));
    }
    let policies = [
        ("/policy/priority", json!({ "priority": 10 })),
        ("/policy/misfire", json!({ "misfire": "PANIC" })),
        ("/policy/overlap", json!({ "overlap": "CROWD" })),
        ("/policy/retry/attemptsMax", json!({ "retry": { "attemptsMax": 0 } })),
        ("/policy/colour", json!({ "colour": "red" })),
    ];
    for (pointer, policy) in policies {
        let mut body = job(&project, "0 9 * * *");
        body["policy"] = policy;
        refused(&client, "POST", CREATE, &body, invalid(pointer));
    }
    nothing_happened(&scene, 1, 0);
}

#[test]
fn a_refused_change_changes_nothing() {
    let (scene, project, _repository) = scene();
    let client = scene.client();
    let id = scene.job(&project, "0 9 * * *");
    let before = client.get(&format!("/api/cron/schedules/{id}")).expect(200);
    let change = json!({ "id": id, "name": "New", "timeConfig": { "cronExpression": "61 * * * *", "timezone": "UTC" } });
    refused(&client, "PATCH", CREATE, &change, invalid("/timeConfig/cronExpression"));
    let change = json!({ "id": id, "name": "New", "colour": "red" });
    refused(&client, "PATCH", CREATE, &change, invalid("/colour"));
    refused(&client, "PATCH", CREATE, &json!({ "name": "New" }), invalid("/id"));
    assert_eq!(client.get(&format!("/api/cron/schedules/{id}")).expect(200), before);
    let unknown = format!("{}0", &id[..id.len() - 1]);
    assert!(client.patch(CREATE, &json!({ "id": unknown, "name": "New" })).status == 404 || unknown == id);
    let missing = client.post(CREATE, &job(&text(&json!("prj_01J00000000000000000000000")), "0 9 * * *"));
    assert!([404, 422].contains(&missing.status), "{missing:?}");
}
