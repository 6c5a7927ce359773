//! Canaries put in through every door, and looked for wherever something comes out.
//!
//! A door that is added to Dateline adds its row to [`DOORS`]; a kind of secret that the server makes itself, to
//! [`made`]; a way out adds its line to [`Outs`].

mod made;
mod outs;

use std::fs;
use std::path::Path;
use std::time::Duration;

use dateline_tests::collector::Collector;
use dateline_tests::command::program;
use dateline_tests::history;
use dateline_tests::mail::MailServer;
use dateline_tests::scene::{self, ENDED, SELDOM};
use dateline_tests::server::Server;
use dateline_tests::waiting::until;
use serde_json::{Value, json};

use self::outs::Outs;

const PATIENCE: Duration = Duration::from_secs(60);

/// Where a secret enters.
#[derive(Debug, Clone, Copy)]
enum Door {
    /// A variable of the environment; `{}` in the text is the canary.
    Environment(&'static str, &'static str),
    /// A header of a request.
    Header(&'static str, &'static str),
    /// A parameter of a query.
    Query(&'static str),
    /// The last part of a path.
    Path(&'static str),
    /// A field of a body that has no such field: the sender is told so, nobody else.
    Body(&'static str, &'static str),
    /// A body with a field for a secret, `{}` in its text: not even the sender is told.
    Kept(&'static str, &'static str),
}

use Door::{Body, Environment, Header, Kept, Path as InPath, Query};

const SMTP_PASSWORD: &str = "c4n4ry-smtp-password-03";

/// Every door, with the canary that goes through it.
const DOORS: &[(Door, &str)] = &[
    (Environment("GITHUB_TOKEN", "{}"), "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG01"),
    // Either way of mail excludes the other: the second server has this one.
    (Environment("RESEND_API_KEY", "{}"), "re_c4n4ryAAAA_bbbbCCCCddddEEEEffff02"),
    (Environment("DATELINE_SMTP_URL", "smtp://news:{}@127.0.0.1:9"), SMTP_PASSWORD),
    (Environment("DATELINE_SENTRY_DSN", "http://{}@COLLECTOR/1"), "c4a4e00000000000000000000000ca04"),
    (Environment("DATELINE_OTLP_HEADERS", "authorization={}"), "c4n4ry-collector-token-05"),
    (
        Environment("DATELINE_SECRET_KEY", "{}"),
        "c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e006",
    ),
    (
        Environment("DATELINE_SECRET_KEY_EARLIER", "{}"),
        "c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e000c4a4e007",
    ),
    (Header("Authorization", "Bearer {}"), "dl_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGGhhhhIIII08"),
    (Header("Authorization", "Bearer {}"), "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG09"),
    (Header("Authorization", "Basic {}"), "YzRuNHJ5OmM0bjRyeS1wYXNzd29yZC0xMA=="),
    (Header("Proxy-Authorization", "Bearer {}"), "c4n4ry-proxy-11"),
    (Header("Cookie", "session={}"), "c4n4ry-session-12"),
    (Header("X-Api-Key", "{}"), "c4n4ry-api-key-13"),
    (Header("X-Hub-Signature-256", "sha256={}"), "c4a4e00000000000000000000000000014"),
    (Header("Idempotency-Key", "{}"), "c4n4ry-idempotency-15"),
    (Header("X-Request-Id", "{}"), "c4n4ry-request-16"),
    (Header("User-Agent", "{}"), "c4n4ry-agent-17"),
    (Header("Referer", "https://example.org/?token={}"), "c4n4ry-referer-18"),
    (Query("token"), "c4n4ry-query-19"),
    (Query("access_token"), "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG20"),
    (Query("api_key"), "c4n4ry-query-21"),
    (InPath("/api/projects/"), "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG22"),
    (
        InPath("/api/drafts/"),
        "github_pat_c4n4ry0000000000000000_00000000000000000000000000000000000000000000000000000000023",
    ),
    (InPath("/api/cron/executions/"), "xoxb-c4n4ry000000-000000000000-AAAAbbbbCCCCddddEEEEff24"),
    (InPath("/nowhere/"), "AKIAC4N4RYAAAABBBB25"),
    (Body("/api/projects", "token"), "c4n4ry-body-26"),
    (Body("/api/projects", "password"), "c4n4ry-body-27"),
    (Body("/api/cron/schedule", "webhookSecret"), "whsec_c4n4ryAAAAbbbbCCCCdddd28"),
    (Body("/api/cron/trigger", "apiKey"), "c4n4ry-body-29"),
    (Body("/api/cron/preview", "secret"), "c4n4ry-body-30"),
    (Header("Cookie", "dateline_session={}"), "dls_c4n4ry31AAAAbbbbCCCC"),
    (
        Kept(
            "/api/projects",
            r#"{"name":"a","source":{"kind":"GITHUB","owner":"a","repo":"b","apiUrl":"https://127.0.0.1:9","token":"{}"}}"#,
        ),
        "ghp_c4n4ryAAAAbbbbCCCCddddEEEEffffGGGG32",
    ),
    (
        Kept("/api/projects", r#"{"name":"a","source":{"kind":"GIT","path":"/nowhere","token":"{}"}}"#),
        "c4n4ry-token-of-a-local-project-33",
    ),
    (Kept("/api/sessions", r#"{"email":"ana@example.org","password":"{}"}"#), "c4n4ry-password-34"),
    (Kept("/api/sessions", r#"{"email":"nobody@example.org","password":"{}"}"#), "c4n4ry-password-35"),
    (
        Kept("/api/invitations/accept", r#"{"code":"{}","name":"a","password":"a quite different one"}"#),
        "dli_c4n4ry36AAAAbbbbCCCC",
    ),
    (
        Kept("/api/invitations/accept", r#"{"code":"dli_void","name":"a","password":"{}"}"#),
        "c4n4ry-password-37",
    ),
    (
        Kept("/api/password-resets/accept", r#"{"code":"{}","password":"a quite different one"}"#),
        "dlr_c4n4ry38AAAAbbbbCCCC",
    ),
    (Kept("/api/password-resets/accept", r#"{"code":"dlr_void","password":"{}"}"#), "c4n4ry-password-39"),
    (Kept("/api/users/me/password", r#"{"currentPassword":"{}","password":"short"}"#), "c4n4ry-password-40"),
    (Kept("/api/notifications/unsubscribe?token={}", "null"), "c4n4ryAAAAbbbbCCCCddddEEEEffff41"),
    (
        Kept(
            "/api/cron/schedule",
            r#"{"type":"HTTP_REQUEST","name":"a","frequency":"DAILY","timeConfig":{"hour":1,"minute":2,"timezone":"UTC"},
                "payload":{"url":"http://127.0.0.1:9/","secretHeaders":[{"name":"X-Key","value":"{}"}]}}"#,
        ),
        "c4n4ry-secret-header-42",
    ),
];

/// Sends what goes through a door of the interface, and keeps the answer unless it may name what was sent.
fn enter(server: &Server, door: Door, canary: &str, outs: &mut Outs) {
    let owner = server.client();
    let answer = match door {
        Environment(..) => return,
        Header(name, text) => {
            server.stranger().send("GET", "/api/projects", &[(name, &text.replace("{}", canary))], None)
        }
        Query(name) => server.stranger().get(&format!("/api/projects?{name}={canary}")),
        InPath(path) => owner.get(&format!("{path}{canary}")),
        Body(path, field) => {
            let answer = owner.post(path, &json!({ field: canary }));
            assert!((400..500).contains(&answer.status), "{door:?}: {answer:?}");
            return;
        }
        Kept(path, body) => {
            let (path, body) = (path.replace("{}", canary), body.replace("{}", canary));
            owner.send("POST", &path, &[("Idempotency-Key", "again")], Some(body.as_bytes()))
        }
    };
    assert!((400..500).contains(&answer.status), "{door:?}: {answer:?}");
    outs.answer(&format!("{door:?}"), &answer);
}

/// Uses the server as people do, and keeps what it answers.
fn work(server: &Server, outs: &mut Outs) {
    let client = server.client();
    let repository = history::conventional();
    let project = client.post("/api/projects", &scene::project(repository.path(), &["DEVTO"])).expect(201);
    let project = scene::text(&project["id"]);
    let job =
        scene::text(&client.post("/api/cron/schedule", &scene::job(&project, SELDOM)).expect(201)["id"]);
    let execution = client.post("/api/cron/trigger", &json!({ "jobId": job })).expect(202);
    let execution = scene::text(&execution["executionId"]);
    until(PATIENCE, "the execution to end", || {
        let found: Value = client.get(&format!("/api/cron/executions/{execution}")).expect(200);
        ENDED.contains(&scene::text(&found["status"]).as_str()).then_some(())
    });
    client.post("/api/backups", &Value::Null).expect(201);
    outs.answer("rotateKey", &client.post("/api/keys/rotate", &Value::Null));
    outs.add_reads(
        server,
        &[
            format!("/api/projects/{project}"),
            format!("/api/projects/{project}/members"),
            format!("/api/cron/executions/{execution}"),
            format!("/api/cron/executions/{execution}/logs"),
        ],
    );
}

/// Returns the variables that carry the canaries into a server with this way of mail.
fn environment(mail: Option<&MailServer>, errors: &Collector, traces: &Collector) -> Vec<(String, String)> {
    let mut set = vec![
        ("DATELINE_OTLP_ENDPOINT".to_owned(), format!("http://{}", traces.address())),
        ("DATELINE_LOG".to_owned(), "debug".to_owned()),
        ("DATELINE_MAIL_FROM".to_owned(), "Dateline <dateline@example.net>".to_owned()),
    ];
    for (door, canary) in DOORS {
        if let Environment(name, text) = door {
            set.push((
                (*name).to_owned(),
                text.replace("{}", canary).replace("COLLECTOR", &errors.address()),
            ));
        }
    }
    set.retain(|(name, _)| name != "RESEND_API_KEY");
    // What the mail server says of itself comes after, and wins.
    set.extend(mail.into_iter().flat_map(MailServer::settings));
    set
}

fn borrowed(set: &[(String, String)]) -> Vec<(&str, &str)> {
    set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A server that mails through Resend: it starts, is looked at and stops, and has nobody to mail to.
fn other_way_of_mail(folder: &Path, outs: &mut Outs) -> Vec<(String, String)> {
    let data = folder.join("other");
    let (_, key) =
        DOORS.iter().find(|(door, _)| matches!(door, Environment("RESEND_API_KEY", _))).expect("it");
    let set = [("RESEND_API_KEY", *key), ("DATELINE_MAIL_FROM", "d@example.net"), ("DATELINE_LOG", "debug")];
    let mut server = Server::try_start_with(&data, &set).expect("it starts");
    outs.add_reads(&server, &[]);
    outs.add_processes(server.pid());
    let shown = program().args(["config", "show", "--json"]).envs(set).output();
    outs.add("config show", shown.expect("dateline starts").stdout);
    assert_eq!(server.stop().0, Some(0));
    outs.add("the log", server.said());
    outs.add_files(&data);
    made::keys(&data)
}

#[test]
fn every_canary_comes_out_nowhere() {
    assert!(DOORS.len() >= 42);
    let (errors, traces) = (Collector::start(), Collector::start());
    let mail = MailServer::start_for(Some(&format!("news:{SMTP_PASSWORD}")));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut set = environment(mail.as_ref(), &errors, &traces);
    let echo = made::echo();
    set.push(("DATELINE_HTTP_PRIVATE_HOSTS".to_owned(), echo.address()));
    let mut server = Server::try_start_with(&data, &borrowed(&set)).expect("it starts");
    let mut outs = Outs::default();
    let mut made = made::people(&server, &mut outs);
    made.push(made::secret_header(&server, &echo, &mut outs));
    for (door, canary) in DOORS {
        enter(&server, *door, canary, &mut outs);
    }
    work(&server, &mut outs);
    made.extend(mail.iter().map(|mail| made::unsubscribe_link(&server, mail, &mut outs)));
    outs.add_events(&server);
    // Something that is reported: the folder of backups is in the way of itself.
    fs::rename(data.join("backups"), data.join("made")).expect("renamed");
    fs::write(data.join("backups"), "in the way").expect("written");
    assert_eq!(server.client().post("/api/backups", &Value::Null).status, 503);
    outs.add_processes(server.pid());
    let shown = program().args(["config", "show", "--json"]).envs(borrowed(&set)).output();
    outs.add("config show", shown.expect("dateline starts").stdout);
    assert_eq!(server.stop().0, Some(0));
    assert!(server.said().contains("[redacted]"), "what was in paths came to the log, and was taken out");
    outs.add("the log", server.said());
    outs.add("reports of errors", errors.text());
    outs.add("traces", traces.text());
    outs.add_files(&data);
    assert!(outs.has("dateline-"), "a backup was looked through");
    assert!(!errors.text().is_empty() && !traces.text().is_empty(), "reports and traces were looked through");
    made.extend(made::keys(&data));
    made.extend(other_way_of_mail(folder.path(), &mut outs));
    let doors = DOORS.iter().map(|(door, canary)| (format!("{door:?}"), (*canary).to_owned()));
    let escaped: Vec<_> = doors
        .chain(made)
        .map(|(door, canary)| (outs.with(&canary), door))
        .filter(|(ways, _)| !ways.is_empty())
        .collect();
    assert!(escaped.is_empty(), "{escaped:#?}");
}
