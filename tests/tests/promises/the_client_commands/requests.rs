//! A job that asks a server, made by flags, written down, applied and played.

use super::Operator;

#[test]
fn a_request_is_told_by_flags_written_down_and_played() {
    let operator = Operator::new();
    let create = ["job", "create", "--name", "Ping", "--daily", "--at", "09:00", "--tz", "UTC"];
    let flags = ["--type", "http-request", "--url", "https://example.com/hook", "--method", "POST"];
    let more = ["--header", "X-A: b: c", "--body", "{}", "--expect", "200,202"];
    let made = operator.json(&[&create[..], &flags, &more].concat());
    let payload = &made["payload"];
    assert_eq!((&made["type"], &made["projectId"]), (&"HTTP_REQUEST".into(), &serde_json::Value::Null));
    assert_eq!((&payload["url"], &payload["method"]), (&"https://example.com/hook".into(), &"POST".into()));
    assert_eq!(payload["headers"], serde_json::json!([{ "name": "X-A", "value": "b: c" }]), "{payload}");
    assert_eq!(payload["expectedStatuses"], serde_json::json!([200, 202]));
    let secret = r#"{"payload": {"secretHeaders": [{"name": "X-Key", "value": "c4n4ry-of-sixteen-1234"}]}}"#;
    let edited = operator.json(&["job", "edit", "ping", "--method", "PUT", "--with", secret]);
    assert_eq!((&edited["payload"]["method"], &edited["payload"]["body"]), (&"PUT".into(), &"{}".into()));
    assert_eq!(edited["payload"]["secretHeaders"][0]["hint"], "1234");
    let written = operator.done(&["export"]);
    assert!(written.contains("HTTP_REQUEST") && written.contains("X-Key"), "{written}");
    assert!(!written.contains("c4n4ry") && !written.contains("1234"), "{written}");
    let path = operator.file("jobs.yaml", &written);
    let same = operator.ran(&["apply", &path, "--dry-run"]);
    assert_eq!(same.code, Some(0), "nothing differs: {same:?}");
    for source in [&["--file", path.as_str()][..], &[]] {
        let window = ["simulate", "--from", "2027-01-01", "--to", "2027-01-02"];
        let played = operator.json(&[&window[..], source].concat());
        let all = played["occurrences"].as_array().expect("occurrences");
        assert_eq!(all.len(), 2, "{played:#}");
        assert_eq!((&all[0]["job"], &all[0]["project"]), (&"Ping".into(), &serde_json::Value::Null));
        assert!(all.iter().all(|it| it["became"] == "RAN"), "{played:#}");
    }
    let refused = operator.refused(
        &["job", "create", "--name", "In", "--daily", "--at", "09:00", "--url", "http://10.0.0.1/"],
        2,
    );
    assert!(refused.contains("10.0.0.1") && refused.contains("private network"), "{refused}");
}
