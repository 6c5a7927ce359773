//! Who gets an answer, and what every answer carries.

use poem::http::{Method, StatusCode};

use crate::harness::{Api, bare};

#[tokio::test]
async fn every_wrong_token_gets_the_same_answer() {
    let api = Api::new().await;
    let none = api.send(bare(Method::GET, "/api/projects").finish()).await;
    assert_eq!(none.headers["www-authenticate"], "Bearer realm=\"dateline\"");
    let right = format!("Bearer {}", api.token.text());
    let long = format!("Bearer {}", "x".repeat(20_000));
    for value in
        ["Bearer garbage", "Bearer ", "Bearer", "", "Basic b3duZXI6", &long, &right[..right.len() - 1]]
    {
        let answer =
            api.send(bare(Method::GET, "/api/projects").header("authorization", value).finish()).await;
        assert_eq!((answer.status, &answer.json), (StatusCode::UNAUTHORIZED, &none.json));
    }
    let twice = api.request(Method::GET, "/api/projects").header("authorization", right).finish();
    assert_eq!(api.send(twice).await.json, none.json);
    let in_query = format!("/api/projects?token={}&access_token={}", api.token.text(), api.token.text());
    assert_eq!(api.send(bare(Method::GET, &in_query).finish()).await.json, none.json);
}

#[tokio::test]
async fn methods_outside_the_contract_are_told_which_there_are() {
    let api = Api::new().await;
    for (method, path, allow) in [
        ("PUT", "/api/projects", "POST, GET, HEAD"),
        ("GeT", "/api/projects", "POST, GET, HEAD"),
        ("DELETE", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/api/cron/trigger", "POST"),
        ("GET", "/api/cron/trigger", "POST"),
        ("TRACE", "/api/projects", "GET, POST, PUT, PATCH, DELETE"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ] {
        let answer = api.send(api.request(method.parse().expect("a method"), path).finish()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(answer.headers["allow"], allow, "{method} {path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    for path in ["/", "/api", "/api/projects/", "/api//projects", "/api/nobody", "/docs/../owner.token"] {
        assert_eq!(api.get(path).await.code(), "NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn an_id_that_cannot_be_is_as_unknown_as_one_that_is_not() {
    let api = Api::new().await;
    for id in [
        "prj_01KAR6V8G0M3N9T5X7Y2B4C6D8",
        "prj_x",
        "job_01KAR6V8G0M3N9T5X7Y2B4C6D8",
        "%00",
        "..",
        "prj_01kar",
    ] {
        let answer = api.get(&format!("/api/projects/{id}")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "NOT_FOUND"), "{id}");
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_without_details() {
    let api = Api::new().await;
    let body = serde_json::json!({ "name": "a", "source": { "kind": "GIT", "path": "/panic" } });
    let answer = api.post("/api/projects", body).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR"));
    assert!(!answer.json.to_string().contains("secret"));
    assert_eq!(api.get("/api/projects").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let api = Api::new().await;
    for path in ["/api/projects", "/nothing", "/healthz"] {
        let headers = api.get(path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
        assert!(headers["x-request-id"].to_str().is_ok_and(|id| id.starts_with("req_")));
    }
    let page = api.interface.answer(bare(Method::GET, "/docs").finish(), crate::harness::local()).await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self';"), "{policy}");
}

#[tokio::test]
async fn a_stopping_server_is_not_ready_and_still_alive() {
    let api = Api::new().await;
    assert_eq!(api.get("/readyz").await.status, StatusCode::OK);
    api.shared.begin_stop();
    let answer = api.get("/readyz").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
    assert_eq!(answer.headers["retry-after"], "5");
    assert_eq!(api.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_takes_no_form_that_is_answered_in_is_told_which_there_are() {
    let api = Api::new().await;
    let asked = async |path: &str, accept: &str| {
        let request = api.request(Method::GET, path).header("accept", accept).finish();
        api.send(request).await
    };
    for accept in ["application/json", "text/html,*/*;q=0.8", "application/*"] {
        assert_eq!(asked("/api/projects", accept).await.status, StatusCode::OK, "{accept}");
    }
    for accept in ["text/html", "application/json;q=0", "image/*"] {
        let refused = asked("/api/projects", accept).await;
        assert_eq!(refused.code(), "NOT_ACCEPTABLE", "{accept}");
        assert!(
            refused.json["detail"].as_str().is_some_and(|it| it.contains("application/json")),
            "{refused:?}"
        );
    }
    assert_eq!(asked("/metrics", "text/html").await.code(), "NOT_ACCEPTABLE");
    assert_eq!(asked("/metrics", "application/openmetrics-text;version=1.0.0").await.status, StatusCode::OK);
    let missing = asked("/api/projects/prj_01KAR6V8G0M3N9T5X7Y2B4C6D8", "application/json").await;
    assert_eq!(missing.code(), "NOT_FOUND", "a refusal is a problem document whatever was asked for");
}
