//! Who is not let in: pages of other sites that carry somebody's cookie, people who have not joined, codes that are void.

use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Api, bare};
use crate::people::{PASSWORD, by_cookie, join, open, sign_in};

#[tokio::test]
async fn a_form_of_another_page_changes_nothing_with_the_cookie_it_carries() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "OWNER").await;
    let body = r#"{"name":"by a form"}"#;
    let send = async |media: Option<&str>, headers: &[(&str, &str)]| {
        let request = bare(Method::PATCH, "/api/users/me").header("cookie", &ana.cookie);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = media.into_iter().fold(request, |request, media| request.header("content-type", media));
        api.send(request.body(body)).await
    };
    let forms = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json; charset=utf-16"),
    ];
    for media in forms.into_iter().chain([Some("application/json")]) {
        let foreign: [&[(&str, &str)]; 6] = [
            &[],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in foreign {
            let answer = send(media, headers).await;
            let place = format!("{media:?} {headers:?}");
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "FOREIGN_ORIGIN"), "{place}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{place}");
        }
    }
    // Not even a page of our own gets a form through.
    for media in forms {
        let answer = send(media, &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media:?}");
    }
    let me = by_cookie(&api, &ana.cookie, Method::GET, "/api/users/me", None).await;
    assert_eq!(me.json["name"], "ana");
    assert_eq!(
        send(Some("application/json"), &[("sec-fetch-site", "same-origin")]).await.status,
        StatusCode::OK
    );
}

/// A page of another site could sign its visitor in as somebody else, and watch what they then do.
#[tokio::test]
async fn nobody_is_signed_in_by_another_page() {
    let api = Api::new().await;
    join(&api, "ana", "MEMBER").await;
    let body = json!({ "email": "ana@example.org", "password": PASSWORD }).to_string();
    let send = async |media: &str, header: (&str, &str)| {
        let request = bare(Method::POST, "/api/sessions").header("content-type", media);
        api.send(request.header(header.0, header.1).body(body.clone())).await
    };
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
        let answer = send("application/json", header).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
        assert!(!answer.headers.contains_key("set-cookie"), "{header:?}");
    }
    for media in ["text/plain", "application/x-www-form-urlencoded"] {
        assert_eq!(
            send(media, ("accept", "*/*")).await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{media}"
        );
    }
    assert_eq!(send("application/json", ("accept", "*/*")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_invitation_or_a_reset_lets_nobody_in_by_itself() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let invited = api.post("/api/invitations", json!({ "email": "bob@example.org", "role": "ADMIN" })).await;
    let reset = api.post("/api/password-resets", json!({ "userId": ana.id })).await;
    for code in [&invited.json["code"], &reset.json["code"]] {
        let code = code.as_str().expect("a code");
        for path in ["/api/users", "/api/users/me", "/api/projects"] {
            assert_eq!(api.ask(code, Method::GET, path, None).await.status, StatusCode::UNAUTHORIZED);
            let cookie = format!("dateline_session={code}");
            let shown = by_cookie(&api, &cookie, Method::GET, path, None).await;
            assert_eq!(shown.status, StatusCode::UNAUTHORIZED);
        }
    }
    assert_eq!(sign_in(&api, "bob@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

fn told(answer: &Answer) -> (StatusCode, &Value) {
    (answer.status, &answer.json)
}

#[tokio::test]
async fn every_void_code_is_refused_in_the_same_words() {
    let api = Api::new().await;
    api.patch("/api/settings", json!({ "signInFailuresMax": 100 })).await;
    let ana = join(&api, "ana", "MEMBER").await;
    let invite = async |name: &str| {
        let body = json!({ "email": format!("{name}@example.org") });
        api.post("/api/invitations", body).await.json
    };
    let accept = async |code: &str| {
        let body = json!({ "code": code, "name": "x", "password": PASSWORD });
        open(&api, "/api/invitations/accept", body).await
    };
    let choose = async |code: &str| {
        let body = json!({ "code": code, "password": PASSWORD });
        open(&api, "/api/password-resets/accept", body).await
    };
    let code = |made: &Value| made["code"].as_str().expect("a code").to_owned();
    let make_reset = async || code(&api.post("/api/password-resets", json!({ "userId": ana.id })).await.json);
    let (used, revoked) = (invite("used").await, invite("revoked").await);
    assert_eq!(accept(&code(&used)).await.status, StatusCode::CREATED);
    let path = format!("/api/invitations/{}", revoked["details"]["id"].as_str().expect("an id"));
    assert_eq!(api.delete(&path).await.status, StatusCode::NO_CONTENT);
    let unknown = accept("garbage").await;
    let never = code(&used).replace(|letter: char| letter.is_ascii_digit(), "7");
    let voided = make_reset().await;
    let reset = make_reset().await;
    for void in [&code(&used), &code(&revoked), &never, &reset, &ana.token] {
        assert_eq!(told(&accept(void).await), told(&unknown));
    }
    assert_eq!((unknown.status, unknown.pointers()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["/code"]));
    let unknown = choose("garbage").await;
    assert_eq!(choose(&reset).await.status, StatusCode::NO_CONTENT);
    for void in [&voided, &reset, &code(&used), &ana.token] {
        assert_eq!(told(&choose(void).await), told(&unknown));
    }
}

#[tokio::test]
async fn a_disabled_user_is_refused_as_a_wrong_password_is() {
    let api = Api::new().await;
    let ana = join(&api, "ana", "MEMBER").await;
    let wrong = sign_in(&api, "ana@example.org", "not the right one").await;
    let disabled = api.patch(&format!("/api/users/{}", ana.id), json!({ "status": "DISABLED" })).await;
    assert_eq!(disabled.status, StatusCode::OK);
    for password in [PASSWORD, "not the right one"] {
        let answer = sign_in(&api, "ana@example.org", password).await;
        assert_eq!(told(&answer), told(&wrong));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}
