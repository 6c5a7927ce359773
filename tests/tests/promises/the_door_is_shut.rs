//! Without the owner's token nothing is shown, and no request can be so odd that it gets through or does harm.

use std::time::Duration;

use dateline_tests::raw::{self, RawAnswer};
use dateline_tests::scene::Scene;
use dateline_tests::server::Server;
use serde_json::Value;

mod certificates;
mod crowds;
mod hosts;
mod messages;

const PATIENCE: Duration = Duration::from_secs(5);

/// Sends a request line and headers as they stand, with the right `Host` and token unless told otherwise.
fn ask(server: &Server, line: &str, headers: &[&str], body: &[u8]) -> RawAnswer {
    let mut bytes = format!("{line} HTTP/1.1\r\n").into_bytes();
    let lower: Vec<String> = headers.iter().map(|header| header.to_lowercase()).collect();
    if !lower.iter().any(|header| header.starts_with("host:") || header == "no host") {
        bytes.extend_from_slice(format!("Host: {}\r\n", server.address()).as_bytes());
    }
    if !lower.iter().any(|header| header.starts_with("authorization:") || header == "no token") {
        bytes.extend_from_slice(format!("Authorization: Bearer {}\r\n", server.token()).as_bytes());
    }
    for header in headers.iter().filter(|header| !header.starts_with("no ")) {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    raw::exchange(server.address(), &bytes, PATIENCE)
}

#[track_caller]
fn is_alive(server: &Server) {
    assert_eq!(server.client().get("/api/projects").status, 200, "the server lives on");
}

#[test]
fn without_the_right_token_every_answer_is_the_same_401() {
    let server = Scene::new();
    let server = &server.server;
    let token = server.token();
    let wrong = [
        "no token".to_owned(),
        "Authorization:".to_owned(),
        "Authorization: Bearer".to_owned(),
        "Authorization: Bearer ".to_owned(),
        "Authorization: garbage".to_owned(),
        format!("Authorization: Basic {token}"),
        format!("Authorization: Bearer {token}x"),
        format!("Authorization: Bearer {}", &token[..token.len() - 1]),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer wrong"),
    ];
    let mut bodies = Vec::new();
    for header in &wrong {
        let answer = ask(server, "GET /api/projects", &[header], b"");
        assert_eq!(answer.status, 401, "{header:?}: {answer:?}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{header:?}: {answer:?}");
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "one answer for all: {bodies:#?}");
    let long = format!("Authorization: Bearer {}", "x".repeat(1 << 20));
    let answer = ask(server, "GET /api/projects", &[&long], b"");
    assert_eq!(
        answer.status, 431,
        "such a header is cut short before anybody looks for a token in it: {answer:?}"
    );
    is_alive(server);
}

#[test]
fn a_token_in_the_address_opens_nothing_and_is_not_written_down() {
    let scene = Scene::new();
    let token = scene.server.token();
    for name in ["token", "access_token", "authorization"] {
        let answer = scene.server.stranger().get(&format!("/api/projects?{name}={token}"));
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
    }
    assert!(!scene.server.said().contains(token), "the log keeps the secret");
}

#[test]
fn every_operation_but_the_open_ones_asks_for_a_token() {
    let scene = Scene::new();
    // Signing in, accepting a code and the link in a mail with its page are open to everybody, and closed to who shows nothing.
    let open = [
        "get /healthz",
        "get /readyz",
        "post /api/sessions",
        "post /api/invitations/accept",
        "post /api/password-resets/accept",
        "get /api/notifications/unsubscribe",
        "post /api/notifications/unsubscribe",
    ];
    let contract = scene.client().get("/openapi.json").expect(200);
    let stranger = scene.server.stranger();
    let mut asked = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if method == "parameters" {
                continue;
            }
            let concrete: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "exe_0" } else { part }).collect();
            let body: Option<&[u8]> = matches!(method.as_str(), "post" | "put" | "patch").then_some(b"{}");
            let answer = stranger.send(&method.to_uppercase(), &concrete.join("/"), &[], body);
            let is_open = open.contains(&format!("{method} {path}").as_str());
            assert_eq!(answer.status == 401, !is_open, "{method} {path}: {answer:?}");
            if !is_open {
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
                answer.problem(401);
                assert!(
                    !operation["security"].is_null() || !contract["security"].is_null(),
                    "{method} {path}"
                );
                asked += 1;
            }
        }
    }
    assert!(asked >= 20, "the contract names operations: {asked}");
    assert_ne!(stranger.get("/metrics").status, 200, "figures are not for strangers");
}

#[test]
fn methods_a_resource_does_not_have_are_405() {
    let scene = Scene::new();
    for method in ["DELETE", "PUT", "TRACE", "GeT", "BREW"] {
        let answer = ask(&scene.server, &format!("{method} /api/cron/schedules"), &[], b"");
        assert_eq!(answer.status, 405, "{method}: {answer:?}");
        assert!(answer.header("allow").contains("GET"), "{method}: {answer:?}");
    }
    let answer = ask(&scene.server, "CONNECT evil.example:80", &[], b"");
    assert!((400..500).contains(&answer.status), "{answer:?}");
    let masked = ask(&scene.server, "GET /api/cron/schedules", &["X-HTTP-Method-Override: DELETE"], b"");
    assert!([200, 405].contains(&masked.status), "a header does not change the method: {masked:?}");
}

#[test]
fn every_answer_forbids_framing_sniffing_and_keeping() {
    let scene = Scene::new();
    for (path, status) in
        [("/api/projects", 200), ("/api/nothing", 404), ("/api/projects?limit=x", 422), ("/healthz", 200)]
    {
        let answer = scene.client().get(path);
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}: {answer:?}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            answer.header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}: {answer:?}"
        );
        if path.starts_with("/api") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        assert_eq!(answer.header("server"), "", "{path}: no word about the software");
    }
    let page = scene.client().get("/docs");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"), "{policy}");
    let outside: Vec<&str> = page
        .text
        .split(['"', '\''])
        .filter(|word| word.starts_with("http") && word.contains(".js"))
        .collect();
    assert!(outside.is_empty(), "the page loads nothing from elsewhere: {outside:?}");
    let _: Value = scene.client().get("/openapi.json").expect(200);
}
