//! Somebody beside the owner.

use serde_json::json;

use super::server::Server;
use super::wire::{Connection, bearer, send};

pub(crate) const EMAIL: &str = "ana@example.org";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A member who has joined.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Lets a member join, sign in and make a token.
pub(crate) async fn member(server: &Server, email: &str) -> Person {
    let mut connection = Connection::open(&server.address).await;
    let at = &server.address;
    let invitation = json!({ "email": email, "role": "MEMBER" });
    let invite = send("POST", at, &bearer(&server.token), "/api/invitations", &invitation);
    let code = connection.ask(&invite).await.json()["code"].clone();
    let accept = json!({ "code": code, "name": "Ana", "password": PASSWORD });
    let joined = connection.ask(&send("POST", at, "", "/api/invitations/accept", &accept)).await.json();
    let answer = connection.ask(&sign_in(server, email)).await;
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair");
    let credential = format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
    let new = json!({ "name": "bench", "scopes": ["READ"] });
    let made = connection.ask(&send("POST", at, &credential, "/api/tokens", &new)).await.json();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    Person { id: text(&joined["id"]), token: text(&made["token"]) }
}

/// Returns the request that opens a session.
pub(crate) fn sign_in(server: &Server, email: &str) -> Vec<u8> {
    let body = json!({ "email": email, "password": PASSWORD });
    send("POST", &server.address, "", "/api/sessions", &body)
}
