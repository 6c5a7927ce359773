use serde_json::{Value, json};

use super::*;
use crate::egress::PrivateHosts;
use crate::time::from_unix_ms;

fn told(change: Value) -> HttpRequest {
    let mut fields = json!({ "url": "https://example.com/hook?x=1" });
    for (name, value) in change.as_object().expect("an object") {
        fields[name] = value.clone();
    }
    serde_json::from_value(fields).expect("it reads")
}

/// Checks which fields are refused.
#[track_caller]
fn check(change: Value, pointers: &[&str]) {
    let around = Around { private_hosts: &PrivateHosts::new(["10.0.0.7:8080"]), ..Around::default() };
    let faults = told(change.clone()).faults(&around);
    let found: Vec<_> = faults.iter().map(|fault| fault.pointer.trim_start_matches("/payload/")).collect();
    assert_eq!(found, pointers, "{change}: {faults:?}");
}

#[test]
fn what_may_be_asked_is_taken() {
    check(json!({}), &[]);
    check(json!({ "url": "http://example.com" }), &[]);
    check(json!({ "url": "http://10.0.0.7:8080/x" }), &[]);
    check(json!({ "method": "POST", "body": "{}", "headers": [{ "name": "Accept", "value": "a/b" }] }), &[]);
    check(json!({ "secretHeaders": [{ "name": "Authorization" }], "timeoutMs": 100 }), &[]);
    check(json!({ "expectedStatuses": [200, 404] }), &[]);
}

#[test]
fn row_26_inner_addresses_are_refused_at_save() {
    for host in [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%251]",
        "[fe80::1]",
        "10.0.0.1",
        "10.0.0.7",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "255.255.255.255",
        "localhost",
        "a.localhost.",
    ] {
        for scheme in ["http", "https"] {
            check(json!({ "url": format!("{scheme}://{host}/") }), &["url"]);
        }
    }
}

#[test]
fn row_29_what_is_no_plain_web_address_is_refused_at_save() {
    for url in [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "data:text/plain,x",
        "unix:/run/docker.sock",
        "http://user:pw@example.com/",
        "http://user@example.com/",
        "http://h#@evil.example/",
        "https://example.com/#x",
        "http://ⓛocalhost/",
        "https://example.com/a\tb",
        "https://example.com/a\r\nX: y",
        "https://exa\nmple.com/",
        "https:\\\\example.com\\",
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:6379/",
        "https://example.com:5432/",
        "http://10.0.0.7:8081/",
        "http:example",
        "/hook",
        "",
    ] {
        check(json!({ "url": url }), &["url"]);
    }
    check(json!({ "url": format!("https://example.com/{}", "x".repeat(2_000)) }), &["url"]);
}

#[test]
fn row_29_this_program_itself_is_not_asked() {
    let hosts = PrivateHosts::new(["127.0.0.1"]);
    let faults = |own_port, url: &str| {
        told(json!({ "url": url })).faults(&Around { private_hosts: &hosts, own_port, ..Around::default() })
    };
    assert_eq!(faults(None, "http://127.0.0.1:8377/").len(), 0);
    assert_eq!(faults(Some(8377), "http://127.0.0.1:8377/").len(), 1);
    assert_eq!(faults(Some(8377), "http://127.0.0.1:8378/").len(), 0);
    assert_eq!(faults(Some(443), "https://example.com/").len(), 0, "others may listen there too");
}

#[test]
fn row_31_headers_of_the_connection_are_refused() {
    for name in [
        "Host",
        "Content-Length",
        "transfer-encoding",
        "Proxy-Authorization",
        "Idempotency-Key",
        "Dateline-Execution",
        "Connection",
        "TE",
        "Upgrade",
        "X:",
        "X\r\nY",
        "X Y",
        "",
        "ü",
    ] {
        check(json!({ "headers": [{ "name": name, "value": "x" }] }), &["headers/0/name"]);
        check(json!({ "secretHeaders": [{ "name": name }] }), &["secretHeaders/0/name"]);
    }
    for value in ["", "a\r\nB: c", "a\0b", " a", "a ", "\u{e9}", "\u{202e}"] {
        check(json!({ "headers": [{ "name": "X-A", "value": value }] }), &["headers/0/value"]);
    }
    let twice = json!([{ "name": "X-A", "value": "1" }, { "name": "x-a", "value": "2" }]);
    check(json!({ "headers": twice }), &["headers/1/name"]);
    let both = json!({ "headers": [{ "name": "X-A", "value": "1" }], "secretHeaders": [{ "name": "x-a" }] });
    check(both, &["secretHeaders/0/name"]);
    let many: Vec<_> = (0..51).map(|n| json!({ "name": format!("X-{n}"), "value": "1" })).collect();
    check(json!({ "headers": many }), &["headers"]);
}

#[test]
fn the_rest_is_bounded() {
    check(json!({ "body": "x" }), &["body"]);
    check(json!({ "method": "POST", "body": "a\0" }), &["body"]);
    check(json!({ "method": "PUT", "body": "x".repeat(256 * 1024 + 1) }), &["body"]);
    check(json!({ "expectedStatuses": [] }), &["expectedStatuses"]);
    check(json!({ "expectedStatuses": [99] }), &["expectedStatuses"]);
    check(json!({ "expectedStatuses": [600] }), &["expectedStatuses"]);
    check(json!({ "timeoutMs": 99 }), &["timeoutMs"]);
    check(json!({ "timeoutMs": 30_001 }), &["timeoutMs"]);
    check(json!({ "url": "http://example.com", "secretHeaders": [{ "name": "X" }] }), &["url"]);
}

#[test]
fn a_status_says_whether_trying_again_can_help() {
    let now = from_unix_ms(1_800_000_000_000);
    let until = now + Duration::from_secs(7);
    let wrong = |class, until| Verdict::Wrong { class, until };
    let verdict = |request: &HttpRequest, status, retry_after: Option<&str>| {
        let headers = retry_after.map(|it| ("retry-after".to_owned(), it.to_owned())).into_iter().collect();
        let answer = HttpAnswer { status, url: String::new(), redirects: 0, headers, body: Vec::new() };
        request.judge(&answer, now)
    };
    let request = told(json!({}));
    let table = [
        (200, None, Verdict::Right),
        (204, None, Verdict::Right),
        (304, None, wrong(FailureClass::Permanent, None)),
        (400, None, wrong(FailureClass::Permanent, None)),
        (401, None, wrong(FailureClass::Auth, None)),
        (403, Some("7"), wrong(FailureClass::Auth, Some(until))),
        (404, None, wrong(FailureClass::Permanent, None)),
        (429, None, Verdict::Limited { until: None }),
        (429, Some("7"), Verdict::Limited { until: Some(until) }),
        (408, None, wrong(FailureClass::Transient, None)),
        (425, None, wrong(FailureClass::Transient, None)),
        (500, Some("7"), wrong(FailureClass::Transient, Some(until))),
        (502, None, wrong(FailureClass::Transient, None)),
        (503, None, wrong(FailureClass::Transient, None)),
        (503, Some("7"), Verdict::Limited { until: Some(until) }),
        (599, None, wrong(FailureClass::Transient, None)),
    ];
    for (status, retry_after, expected) in table {
        assert_eq!(verdict(&request, status, retry_after), expected, "{status} {retry_after:?}");
    }
    let gone = told(json!({ "expectedStatuses": [404, 429] }));
    assert_eq!(verdict(&gone, 404, None), Verdict::Right);
    assert_eq!(verdict(&gone, 429, None), Verdict::Right);
    assert_eq!(verdict(&gone, 200, None), wrong(FailureClass::Permanent, None));
}

#[test]
fn a_server_is_its_scheme_host_and_port() {
    let server = |url: &str| told(json!({ "url": url })).server();
    assert_eq!(server("https://Example.com/a?b"), server("https://example.com:443/c"));
    for other in ["http://example.com", "https://example.com:8443", "https://www.example.com", "nothing"] {
        assert_ne!(server(other), server("https://example.com"), "{other}");
    }
}
