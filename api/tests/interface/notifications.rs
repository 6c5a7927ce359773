//! Notifications and what people want of them, seen from outside.

use poem::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Api, bare};

const PREFERENCES: &str = "/api/notifications/preferences";

#[tokio::test]
async fn preferences_are_read_and_changed_field_by_field() {
    let api = Api::new().await;
    let first = api.get(PREFERENCES).await.json;
    assert_eq!((&first["emailNotifications"], &first["emailAddress"]), (&json!(true), &json!(null)));
    assert_eq!(first["notificationEvents"][0], "job_success");
    assert_eq!(first["digest"], json!({ "frequency": "IMMEDIATE" }));
    let change = json!({
        "emailAddress": "ada@example.org",
        "notificationEvents": ["job_failure", "draft_ready"],
        "overrides": [{ "event": "job_success", "channel": "IN_APP", "wish": "IMMEDIATE" }],
        "quietHours": { "from": "22:00", "to": "07:00", "timezone": "Europe/Paris" },
        "digest": { "frequency": "DAILY", "at": "08:00", "timezone": "Europe/Paris" },
    });
    let changed = api.patch(PREFERENCES, change.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    for (name, value) in change.as_object().expect("fields") {
        assert_eq!(&changed.json[name], value, "{name}");
    }
    let cleared = api.patch(PREFERENCES, json!({ "emailAddress": null, "quietHours": null })).await;
    assert_eq!(cleared.status, StatusCode::OK, "{cleared:?}");
    assert_eq!((&cleared.json["emailAddress"], &cleared.json["quietHours"]), (&json!(null), &json!(null)));
    assert_eq!(cleared.json["digest"], change["digest"], "what is absent stays");
    assert_eq!(cleared.json["version"], 2);
}

#[tokio::test]
async fn a_wrong_preference_is_named() {
    let api = Api::new().await;
    let quiet = |from: &str, to: &str, zone: &str| json!({ "quietHours": { "from": from, "to": to, "timezone": zone } });
    let special = |channel: &str, event: &str| json!({ "overrides": [{ "event": event, "channel": channel, "wish": "DIGEST" }] });
    let cases = [
        (json!({ "emailAddress": "ada@example.org\r\nBcc: eve@example.org" }), "/emailAddress"),
        (json!({ "emailAddress": "Ada <ada@example.org>" }), "/emailAddress"),
        (json!({ "notificationEvents": ["job_success", "job_success"] }), "/notificationEvents/1"),
        (json!({ "notificationEvents": ["job_done"] }), "/notificationEvents/0"),
        (quiet("22:00", "22:00", "UTC"), "/quietHours/to"),
        (quiet("22:00", "24:00", "UTC"), "/quietHours/to"),
        (quiet("22:00", "07:00", "Mars/Base"), "/quietHours/timezone"),
        (json!({ "digest": { "frequency": "DAILY", "timezone": "UTC" } }), "/digest/at"),
        (json!({ "digest": { "frequency": "DAILY", "at": "08:00", "timezone": "x" } }), "/digest/timezone"),
        (json!({ "digest": { "frequency": "IMMEDIATE", "at": "08:00" } }), "/digest/frequency"),
        (special("IN_APP", "job_success"), "/overrides/0/wish"),
        (special("EMAIL", "delivery_unknown"), "/overrides/0/event"),
        (json!({ "digest": null }), "/digest"),
    ];
    for (change, pointer) in cases {
        let answer = api.patch(PREFERENCES, change.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{change}");
        assert_eq!(answer.pointers(), [pointer], "{change}");
    }
    assert_eq!(api.get(PREFERENCES).await.json["version"], 0, "nothing was half-written");
}

#[tokio::test]
async fn a_test_mail_says_what_came_of_it_and_is_paced() {
    let api = Api::new().await;
    let test = "/api/notifications/test";
    let without = api.send(api.request(Method::POST, test).finish()).await;
    assert_eq!(
        (without.status, without.pointers()),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["/emailAddress"])
    );
    api.patch(PREFERENCES, json!({ "emailAddress": "full@example.org" })).await;
    let failed = api.send(api.request(Method::POST, test).finish()).await;
    assert_eq!((failed.status, &failed.json["outcome"]), (StatusCode::OK, &json!("FAILED")));
    assert_eq!(failed.json["detail"], "552 the mailbox is full");
    let paced = api.send(api.request(Method::POST, test).finish()).await;
    assert_eq!((paced.status, paced.code()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert_eq!(paced.headers["retry-after"], "15");
}

#[tokio::test]
async fn an_empty_list_has_nothing_unread() {
    let api = Api::new().await;
    let list = api.get("/api/notifications?isRead=false&event=job_failure").await;
    assert_eq!(list.json, json!({ "items": [], "nextCursor": null, "unreadCount": 0 }));
    let all = api.send(api.request(Method::POST, "/api/notifications/read").finish()).await;
    assert_eq!(all.json, json!({ "count": 0 }));
    for path in ["read", "deliveries"] {
        let method = if path == "read" { Method::POST } else { Method::GET };
        let path = format!("/api/notifications/ntf_01KAR6V8G0M3N9T5X7Y2B4C6D8/{path}");
        assert_eq!(api.send(api.request(method, &path).finish()).await.code(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn the_link_in_a_mail_needs_its_token_and_nothing_else() {
    use dateline_core::notification::unsubscribe_token;
    use dateline_core::secret::{KeyRing, SecretKey};
    let api = Api::new().await;
    let user = api.shared.dateline.caller().user;
    let link = |bits| {
        let keys = KeyRing::new(SecretKey::new([bits; 32]), Vec::new());
        format!("/api/notifications/unsubscribe?token={}", unsubscribe_token(&keys, user))
    };
    let foreign = api.send(bare(Method::POST, &link(8)).finish()).await;
    assert_eq!((foreign.status, foreign.pointers()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["/token"]));
    let page = api.interface.answer(bare(Method::GET, &link(8)).finish(), crate::harness::local()).await;
    assert_eq!(
        (page.status(), page.headers()["content-type"].as_bytes()),
        (StatusCode::OK, &b"text/html; charset=utf-8"[..])
    );
    // Followed from a page that shows mail.
    let followed = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "accept"].into_iter().zip([
        "cross-site",
        "navigate",
        "document",
        "text/html,application/xhtml+xml",
    ]);
    let followed =
        followed.fold(bare(Method::GET, &link(7)), |request, (name, value)| request.header(name, value));
    let page = api.interface.answer(followed.finish(), crate::harness::local()).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(api.get(PREFERENCES).await.json["emailNotifications"], true, "looking changes nothing");
    // What a mail provider sends on one click.
    let one_click = bare(Method::POST, &link(7))
        .content_type("application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    let done = api.send(one_click).await;
    assert_eq!((done.status, &done.json), (StatusCode::OK, &json!({ "emailNotifications": false })));
    assert_eq!(api.get(PREFERENCES).await.json["emailNotifications"], false);
}
