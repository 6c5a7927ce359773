//! Without the owner's token nothing is shown, and no request can be so odd that it gets through or does harm.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use dateline_tests::raw::{self, RawAnswer};
use dateline_tests::scene::Scene;
use dateline_tests::server::Server;
use dateline_tests::waiting::{Stopwatch, until};
use serde_json::Value;

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
    // The server may cut such a header short before it can look for a token in it.
    assert!([401, 431, 0].contains(&answer.status), "{answer:?}");
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
    let open = ["/healthz", "/readyz", "/docs", "/openapi.json"];
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
            let is_open = open.contains(&path.as_str());
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
fn a_body_that_is_not_plain_json_is_415() {
    let scene = Scene::new();
    let kinds = [
        "no type",
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/json\r\nContent-Encoding: gzip",
    ];
    for kind in kinds {
        let answer = ask(&scene.server, "POST /api/projects", &["Content-Length: 2", kind], b"{}");
        assert_eq!(answer.status, 415, "{kind}: {answer:?}");
    }
    let charset = ["Content-Length: 2", "Content-Type: application/json; charset=utf-8"];
    assert_eq!(ask(&scene.server, "POST /api/projects", &charset, b"{}").status, 422, "plain JSON it is");
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
fn what_is_too_large_is_cut_off_early() {
    let scene = Scene::new();
    let server = &scene.server;
    let json = "Content-Type: application/json";
    let announced = ask(server, "POST /api/projects", &[json, "Content-Length: 67108864"], b"{");
    assert_eq!(announced.status, 413, "{announced:?}");
    let mut chunks = Vec::new();
    for _ in 0..256 {
        chunks.extend_from_slice(b"10000\r\n");
        chunks.extend_from_slice(&[b' '; 0x10000]);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    let chunked = ask(server, "POST /api/projects", &[json, "Transfer-Encoding: chunked"], &chunks);
    assert!([413, 0].contains(&chunked.status), "{chunked:?}");
    let big = format!("X-Big: {}", "x".repeat(70 << 10));
    assert_eq!(ask(server, "GET /api/projects", &[&big], b"").status, 431, "one long header");
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(ask(server, "GET /api/projects", &many, b"").status, 431, "many headers");
    let long = ask(server, &format!("GET /api/projects?{}", "x".repeat(10 << 10)), &[], b"");
    assert_eq!(long.status, 414, "{long:?}");
    is_alive(server);
}

#[test]
fn requests_with_two_meanings_are_refused() {
    let scene = Scene::new();
    let server = &scene.server;
    let rows: [&[&str]; 8] = [
        &["Content-Length: 2", "Transfer-Encoding: chunked"],
        &["Content-Length: 2", "Content-Length: 3"],
        &["Transfer-Encoding: xchunked"],
        &["Transfer-Encoding: chunked, identity"],
        &["Content-Length: -1"],
        &["Content-Length: 2x"],
        &["X-A: a\0b"],
        &["X-A: a\rb"],
    ];
    for headers in rows {
        let mut all = vec!["Content-Type: application/json"];
        all.extend_from_slice(headers);
        let answer = ask(server, "POST /api/projects", &all, b"{}0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
        assert!([400, 501].contains(&answer.status), "{headers:?}: {answer:?}");
    }
    let http2 = raw::exchange(server.address(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PATIENCE);
    assert!((400..600).contains(&http2.status) || (http2.closed && http2.status == 0), "{http2:?}");
    is_alive(server);
}

#[test]
fn a_connection_is_reused_only_when_its_body_was_read() {
    let scene = Scene::new();
    let (server, json) = (&scene.server, "Content-Type: application/json\r\nContent-Length: 2");
    let read = ask(server, "POST /api/projects", &[json], b"{}");
    assert_eq!((read.status, read.header("connection")), (422, ""), "{read:?}");
    let unread = ask(server, "POST /api/projects", &[json, "Authorization: wrong"], b"{}");
    assert_eq!((unread.status, unread.header("connection")), (401, "close"), "{unread:?}");
    let unasked = ask(server, "GET /api/projects", &["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n");
    assert_eq!((unasked.status, unasked.header("connection")), (200, ""), "{unasked:?}");
}

#[test]
fn slow_senders_are_cut_and_others_are_served_meanwhile() {
    let scene = Scene::new();
    let server = &scene.server;
    let watch = Stopwatch::start();
    let mut half: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).expect("the server accepts");
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127").expect("half a header is sent");
            stream
        })
        .collect();
    let served = Stopwatch::start();
    assert_eq!(server.client().get("/api/projects").status, 200);
    assert!(served.elapsed() < Duration::from_secs(1), "others are served: {:?}", served.elapsed());
    for stream in &mut half {
        let answer = raw::answer(stream, watch, Duration::from_secs(13));
        assert!(answer.closed || answer.status == 408, "{answer:?}");
    }
    assert!(watch.elapsed() < Duration::from_secs(13), "{:?}", watch.elapsed());
    let head = format!(
        "POST /api/projects HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n",
        server.address(),
        server.token()
    );
    let watch = Stopwatch::start();
    let mut slow = TcpStream::connect(server.address()).expect("the server accepts");
    slow.write_all(head.as_bytes()).expect("the header is sent");
    let answer = until(Duration::from_secs(35), "a dripping body to be cut", || {
        let _ = slow.write_all(b" ");
        let patience = watch.elapsed() + Duration::from_secs(1);
        let answer = raw::answer(&mut slow, watch, patience);
        (answer.closed || answer.status != 0).then_some(answer)
    });
    assert!(answer.closed || answer.status == 408, "{answer:?}");
    is_alive(server);
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
