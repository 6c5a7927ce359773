//! People who joined a server by invitation.

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::scene::text;
use crate::server::Server;

/// What people sign in with unless a test says otherwise.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who joined, with a session and a token that may do all they may.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// What they sign in with, besides their password.
    pub email: String,
    /// The code they joined with.
    pub invitation: String,
    /// The `name=value` of their session's cookie.
    pub cookie: String,
    /// The id of their token.
    pub token_id: String,
    /// The text of their token.
    pub token: String,
}

impl Person {
    /// Invites somebody, accepts for them, signs them in and makes them a token.
    ///
    /// # Panics
    /// When the server refuses any of it.
    #[track_caller]
    pub fn join(server: &Server, name: &str, role: &str, password: &str) -> Self {
        let email = format!("{name}@example.org");
        let invited = server.client().post("/api/invitations", &json!({ "email": email, "role": role }));
        let invitation = text(&invited.expect(201)["code"]);
        let accepted = json!({ "code": invitation, "name": name, "password": password });
        let id = text(&server.stranger().post("/api/invitations/accept", &accepted).expect(201)["id"]);
        let session = sign_in(server, &email, password);
        session.expect(201);
        let cookie = session.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let mut person =
            Self { id, email, invitation, cookie, token_id: String::new(), token: String::new() };
        let new = json!({ "name": "their own", "scopes": ["ADMIN"] });
        let made = person.by_cookie(server, "POST", "/api/tokens", &new).expect(201);
        (person.token, person.token_id) = (text(&made["token"]), text(&made["details"]["id"]));
        person
    }

    /// Returns a client that shows their token.
    pub fn client(&self, server: &Server) -> Client {
        Client::new(server.address(), Some(&self.token))
    }

    /// Sends a request as a page of this server would, with their session's cookie; `null` is no body.
    #[track_caller]
    pub fn by_cookie(&self, server: &Server, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("Cookie", self.cookie.as_str()), ("Sec-Fetch-Site", "same-origin")];
        let body = (!body.is_null()).then(|| body.to_string());
        server.stranger().send(method, path, &headers, body.as_deref().map(str::as_bytes))
    }
}

/// Signs somebody in.
#[track_caller]
pub fn sign_in(server: &Server, email: &str, password: &str) -> Answer {
    server.stranger().post("/api/sessions", &json!({ "email": email, "password": password }))
}
