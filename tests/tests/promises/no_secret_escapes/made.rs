//! Secrets that a server makes, or takes and keeps: shown once at most, to whom they are for, and to be found nowhere
//! else. Each is returned with its name.

use std::fs;
use std::path::Path;

use dateline_tests::collector::{Collector, Reply};
use dateline_tests::mail::MailServer;
use dateline_tests::people::Person;
use dateline_tests::scene::text;
use dateline_tests::server::Server;
use dateline_tests::waiting::until;
use serde_json::json;

use super::PATIENCE;
use super::outs::Outs;

const PASSWORDS: [&str; 4] = [
    "c4n4ry-password-of-ana-51",
    "c4n4ry-password-of-ana-52",
    "c4n4ry-password-of-ana-53",
    "c4n4ry-password-of-the-owner-54",
];

type Made = Vec<(String, String)>;

/// Lets people join, sign in, forget and change their passwords, and make tokens.
pub(super) fn people(server: &Server, outs: &mut Outs) -> Made {
    let owner = server.client();
    let mut made: Made = PASSWORDS.map(|password| (password.to_owned(), password.to_owned())).into();
    made.push(("the owner's token".to_owned(), server.token().to_owned()));
    let mut add = |name: &str, secret: &str| made.push((name.to_owned(), secret.to_owned()));
    owner
        .patch("/api/notifications/preferences", &json!({ "emailAddress": "owner@example.org" }))
        .expect(200);
    let ana = Person::join(server, "ana", "ADMIN", PASSWORDS[0]);
    add("an invitation that was used", &ana.invitation);
    add("a token", &ana.token);
    add("a session that ended", session(&ana.cookie));
    // A reset that is used, under a key, and one that is not.
    let reset =
        || text(&owner.post("/api/password-resets", &json!({ "userId": ana.id })).expect(201)["code"]);
    let used = reset();
    add("a reset that was used", &used);
    let body = json!({ "code": used, "password": PASSWORDS[1] });
    let chosen = server.stranger().post("/api/password-resets/accept", &body);
    assert_eq!(chosen.status, 204, "{chosen:?}");
    outs.answer("acceptPasswordReset", &chosen);
    let signed_in = dateline_tests::people::sign_in(server, &ana.email, PASSWORDS[1]);
    let cookie = signed_in.header("set-cookie").split(';').next().expect("a pair").to_owned();
    add("a session that was replaced", session(&cookie));
    // Under a key: what is remembered of the request holds neither password.
    let change = json!({ "currentPassword": PASSWORDS[1], "password": PASSWORDS[2] }).to_string();
    let headers =
        [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Idempotency-Key", "change")];
    let changed = server.stranger().send("POST", "/api/users/me/password", &headers, Some(change.as_bytes()));
    assert_eq!(changed.status / 100, 2, "{changed:?}");
    add("a session", session(changed.header("set-cookie").split(';').next().expect("a pair")));
    add("a reset", &reset());
    let invited = owner.post("/api/invitations", &json!({ "email": "bob@example.org" })).expect(201);
    add("an invitation", &text(&invited["code"]));
    let new = json!({ "name": "for a program", "scopes": ["READ"] }).to_string();
    let keyed = || {
        let key = [("Idempotency-Key", "token")];
        text(&owner.send("POST", "/api/tokens", &key, Some(new.as_bytes())).expect(201)["token"])
    };
    let token = keyed();
    assert_eq!(keyed(), token, "it is remembered, sealed");
    add("a token that only reads", &token);
    let refused = owner.post("/api/users/me/password", &json!({ "password": PASSWORDS[3], "x": 1 }));
    outs.answer("changePassword", &refused);
    made
}

fn session(cookie: &str) -> &str {
    let code = cookie.split_once('=').map_or("", |(_, code)| code);
    assert!(code.starts_with("dls_"), "{cookie}");
    code
}

/// Waits for the mail about what was done, keeps it, and returns the token in its link; whom it was sent to has it.
pub(super) fn unsubscribe_link(server: &Server, mail: &MailServer, outs: &mut Outs) -> (String, String) {
    let messages = until(PATIENCE, "a mail", || Some(mail.messages()).filter(|all| !all.is_empty()));
    let joined = messages.join("\n").replace("=\r\n", "").replace("\r\n ", "");
    let token = joined.split("unsubscribe?token=").nth(1).expect("a link");
    let token: String = token
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter))
        .collect();
    assert!(token.len() >= 20, "{token}");
    outs.add("the mails", joined.replace(&token, "…"));
    let path = format!("/api/notifications/unsubscribe?token={token}");
    outs.answer("the link", &server.stranger().get(&path));
    let done = server.stranger().send("POST", &path, &[], None);
    assert_eq!(done.status, 200, "{done:?}");
    outs.answer("unsubscribe", &done);
    outs.add_reads(server, &[]);
    ("the token of a link in a mail".to_owned(), token)
}

/// What a job's secret header holds.
const HEADER: &str = "c4n4ry of a secret header 55";

/// Starts a server that sends back what it was sent in secret.
pub(super) fn echo() -> Collector {
    Collector::replying([Reply::Answer(
        200,
        "X-Echo: c4n4ry of a secret header 55",
        format!("you sent {HEADER}"),
    )])
}

/// Creates a job with a secret header, runs it against a server that sends it back, and returns the secret.
pub(super) fn secret_header(server: &Server, echo: &Collector, outs: &mut Outs) -> (String, String) {
    let client = server.client();
    let created = client.post(
        "/api/cron/schedule",
        &json!({
            "type": "HTTP_REQUEST", "name": "Ping", "frequency": "DAILY",
            "timeConfig": { "hour": 1, "minute": 2, "timezone": "UTC" },
            "payload": {
                "url": format!("http://{}/", echo.address()),
                "secretHeaders": [{ "name": "X-Key", "value": HEADER }],
            },
        }),
    );
    outs.answer("createSchedule", &created);
    let job = text(&created.expect(201)["id"]);
    let execution =
        text(&client.post("/api/cron/trigger", &json!({ "jobId": job })).expect(202)["executionId"]);
    let path = format!("/api/cron/executions/{execution}");
    until(PATIENCE, "the request to be made", || {
        (client.get(&path).expect(200)["status"] == "COMPLETED").then_some(())
    });
    assert_eq!(echo.taken()[0].header("x-key"), HEADER);
    outs.add_reads(server, &[path.clone(), format!("{path}/logs"), format!("/api/cron/schedules/{job}")]);
    ("a secret header of a job".to_owned(), HEADER.to_owned())
}

/// Returns the keys in a data folder.
pub(super) fn keys(data: &Path) -> Made {
    let files = ["owner.token", "secret.key", "cursor.key"];
    let read = |name: &&str| fs::read_to_string(data.join(name)).ok();
    let lines = files.iter().filter_map(|name| Some((*name, read(name)?)));
    let lines = lines.flat_map(|(name, text)| {
        text.lines().map(|line| (name.to_owned(), line.trim().to_owned())).collect::<Vec<_>>()
    });
    let keys: Made = lines.filter(|(_, line)| !line.is_empty()).collect();
    assert!(keys.len() >= 2, "{keys:?}");
    keys
}
