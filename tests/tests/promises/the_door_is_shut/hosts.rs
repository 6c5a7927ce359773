//! Requests meant for another server, or sent by a page of another site.

use dateline_tests::raw;
use dateline_tests::scene::Scene;

use super::{PATIENCE, ask, is_alive};

#[test]
fn only_its_own_host_names_are_answered() {
    let scene = Scene::new();
    let server = &scene.server;
    let port = server.address().rsplit(':').next().expect("a port").to_owned();
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        let answer = ask(server, "GET /api/projects", &[&format!("Host: {host}")], b"");
        assert_eq!(answer.status, 200, "{host}: {answer:?}");
    }
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.:{port}"),
        format!("user@127.0.0.1:{port}"),
        format!("127.1:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
    ];
    for host in &foreign {
        for path in ["/api/projects", "/healthz", "/openapi.json"] {
            let answer = ask(server, &format!("GET {path}"), &[&format!("Host: {host}")], b"");
            assert!([400, 421].contains(&answer.status), "{host} {path}: {answer:?}");
        }
    }
    let right = format!("Host: {}", server.address());
    assert_eq!(ask(server, "GET /api/projects", &["no host"], b"").status, 400, "none");
    assert_eq!(ask(server, "GET /api/projects", &[&right, &right], b"").status, 400, "two");
    assert_eq!(ask(server, "GET /api/projects", &[&right, "Host: evil.example"], b"").status, 400, "two");
    let absolute = ask(server, "GET http://evil.example/api/projects", &[&right], b"");
    assert!([400, 421].contains(&absolute.status), "{absolute:?}");
}

#[test]
fn other_sites_can_neither_read_nor_change_anything() {
    let scene = Scene::new();
    let server = &scene.server;
    let origins: [&[u8]; 6] = [
        b"https://evil.example",
        b"null",
        b"http://localhost:1",
        b"tauri://evil",
        b"\xff",
        b"https://a.b\xff",
    ];
    for origin in origins {
        let mut bytes = format!(
            "POST /api/projects HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n",
            server.address(),
            server.token()
        )
        .into_bytes();
        bytes.extend_from_slice(b"Content-Type: application/json\r\nContent-Length: 2\r\nOrigin: ");
        bytes.extend_from_slice(origin);
        bytes.extend_from_slice(b"\r\n\r\n{}");
        let answer = raw::exchange(server.address(), &bytes, PATIENCE);
        let shown = String::from_utf8_lossy(origin);
        assert!([400, 403].contains(&answer.status), "{shown}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{shown}");
    }
    let read = ask(server, "GET /api/projects", &["Origin: https://evil.example"], b"");
    assert_eq!(read.header("access-control-allow-origin"), "", "{read:?}");
    let preflight = ["Origin: https://evil.example", "Access-Control-Request-Method: POST", "no token"];
    let preflight = ask(server, "OPTIONS /api/projects", &preflight, b"");
    assert!(!preflight.head.to_lowercase().contains("access-control-allow"), "{preflight:?}");
    let fetch = ["Sec-Fetch-Site: cross-site", "Content-Type: application/json", "Content-Length: 2"];
    assert_eq!(ask(server, "POST /api/projects", &fetch, b"{}").status, 403, "a browser says it is foreign");
    is_alive(server);
}

#[test]
fn the_names_an_operator_gives_are_answered_and_no_others() {
    let scene = Scene::with(&[("DATELINE_HOST", "news.example,alt.example:8443")]);
    let ask = |host: &str, origin: &str| {
        let headers =
            [&*format!("Host: {host}"), &*format!("Origin: {origin}"), "Content-Type: application/json"];
        ask(&scene.server, "POST /api/projects", &[&headers[..], &["Content-Length: 2"]].concat(), b"{}")
            .status
    };
    // Behind the door waits the contract, which misses the fields.
    assert_eq!(ask("news.example", "https://news.example"), 422);
    assert_eq!(ask("news.example", "http://news.example"), 422);
    assert_eq!(ask("alt.example:8443", "https://alt.example:8443"), 422);
    assert_eq!(ask("alt.example", "https://alt.example"), 421);
    assert_eq!(ask("a.news.example", "https://a.news.example"), 421);
    assert_eq!(ask("news.example", "https://a.news.example"), 403);
    assert_eq!(ask("news.example", "https://alt.example:8443"), 403);
    assert_eq!(
        scene.server.stranger().get("/docs").status,
        404,
        "a public server shows no page to strangers"
    );
}

#[test]
fn what_a_stranger_says_about_addresses_and_hosts_is_ignored() {
    let plain = Scene::new();
    let forwarded =
        ["X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.9"];
    assert_eq!(ask(&plain.server, "GET /api/projects", &forwarded, b"").status, 200);
    let behind = Scene::with(&[("DATELINE_TRUSTED_PROXY", "127.0.0.1"), ("DATELINE_HOST", "news.example")]);
    assert_eq!(
        ask(&behind.server, "GET /api/projects", &forwarded, b"").status,
        421,
        "a proxy's word counts"
    );
    let told =
        ["X-Forwarded-Host: news.example", "X-Forwarded-Proto: https", "Content-Type: application/json"];
    let change = |origin: &str| {
        let headers = [&told[..], &["Content-Length: 2", origin]].concat();
        ask(&behind.server, "POST /api/projects", &headers, b"{}").status
    };
    assert_eq!(change("Origin: https://news.example"), 422);
    assert_eq!(change("Origin: http://news.example"), 403, "the page was not loaded in the clear");
    let twice = ["X-Forwarded-Host: news.example", "X-Forwarded-Host: evil.example"];
    assert_eq!(ask(&behind.server, "GET /api/projects", &twice, b"").status, 400);
}
