//! Bodies that are not JSON, or JSON only just.

use dateline_tests::history;
use dateline_tests::scene::{Scene, project};
use serde_json::json;

use super::nothing_happened;

#[test]
fn bytes_that_cannot_be_parsed_are_400() {
    let scene = Scene::new();
    let client = scene.client();
    let deep = "[".repeat(100_000);
    let deep_objects = r#"{"a":"#.repeat(10_000);
    let digits = format!(r#"{{"name":{}}}"#, "9".repeat(10_000));
    let rows: [&[u8]; 14] = [
        b"",
        b"{",
        b"{'name': 1}",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"{\"name\": \"\xff\"}",
        br#"{"name": "\ud800"}"#,
        br#"{"name": 1e400}"#,
        br#"{"name": NaN}"#,
        b"{\"name\": \"a\nb\"}",
        digits.as_bytes(),
        deep.as_bytes(),
        deep_objects.as_bytes(),
    ];
    for (path, method) in
        [("/api/projects", "POST"), ("/api/cron/schedule", "PATCH"), ("/api/cron/trigger", "POST")]
    {
        for body in rows {
            let answer = client.send(method, path, &[], Some(body));
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            assert_eq!(answer.status, 400, "{path} {shown:?}: {}", answer.text);
            assert_eq!(answer.problem(400)["code"], "MALFORMED_REQUEST", "{shown:?}");
        }
    }
    nothing_happened(&scene, 0, 0);
}

#[test]
fn json_that_is_no_request_is_422() {
    let scene = Scene::new();
    let client = scene.client();
    for body in ["null", "[]", "7", "\"text\"", "true", r#"{"name":"a","name":"b"}"#, "{}"] {
        let answer = client.send("POST", "/api/projects", &[], Some(body.as_bytes()));
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        let problem = answer.problem(422);
        assert!(problem["errors"].as_array().is_some_and(|all| !all.is_empty()), "{body}: {problem:#}");
    }
    let doubled = client.send("POST", "/api/projects", &[], Some(br#"{"name":"a","name":"b"}"#)).problem(422);
    assert!(doubled["errors"].to_string().contains("\"/name\""), "the doubled field is named: {doubled:#}");
    nothing_happened(&scene, 0, 0);
}

#[test]
fn texts_are_kept_as_they_are_or_refused_and_never_evaluated() {
    let scene = Scene::new();
    let client = scene.client();
    let repository = history::sentences();
    let odd = [
        "__proto__",
        "{{7*7}}",
        "${jndi:ldap://example.org/a}",
        "' OR 1=1--",
        "<script>alert(1)</script>",
        "日本語 and 👩‍👩‍👧‍👦",
        "a\u{0}b",
        "a\u{202e}b",
        "a\nb",
        "\u{1b}[31mred",
    ];
    let mut made = 0;
    for name in odd {
        let mut body = project(repository.path(), &["DEVTO"]);
        body["name"] = json!(name);
        let answer = client.post("/api/projects", &body);
        if answer.status == 201 {
            assert_eq!(answer.json()["name"], name, "kept as it is");
            made += 1;
        } else {
            let problem = answer.problem(422);
            assert!(problem["errors"].to_string().contains("\"/name\""), "{problem:#}");
        }
        assert!(answer.status != 201 || !name.chars().any(char::is_control), "{name:?}: {answer:?}");
    }
    nothing_happened(&scene, made, 0);
    assert!(!scene.server.said().contains('\u{1b}'), "control characters do not reach the log");
}
