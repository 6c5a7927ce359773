//! What happened is read, marked and steered by commands.

use dateline_tests::history;
use dateline_tests::mail::MailServer;
use dateline_tests::scene::{Scene, text};
use serde_json::json;

use super::Operator;

#[test]
fn notifications_are_listed_counted_and_marked_read() {
    let operator = Operator::new();
    assert!(operator.done(&["notification", "list"]).starts_with("0 unread"));
    let repository = history::conventional();
    operator.set_up(repository.path());
    operator.done(&["trigger", "friday", "--for", "markdown", "--wait"]);
    let listed = operator.done(&["notification", "list", "--unread"]);
    assert!(listed.starts_with("2 unread\n") && listed.contains("job_success"), "{listed}");
    let printed = operator.done(&["notification", "list", "--json"]);
    assert_eq!(
        printed.trim_end(),
        operator.scene.client().get("/api/notifications?limit=50").text.trim_end()
    );
    let ready = operator.json(&["notification", "list", "--event", "draft-ready", "--project", "app"]);
    assert_eq!((&ready["items"][0]["event"], &ready["unreadCount"]), (&json!("draft_ready"), &json!(2)));
    let id = text(&ready["items"][0]["id"]);
    assert!(operator.done(&["notification", "read", &id[20..]]).contains(&id));
    assert!(operator.done(&["notification", "list"]).starts_with("1 unread\n"));
    let told = operator.ran(&["notification", "deliveries", &id]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(0), ""), "no mail is set up: {told:?}");
    assert!(operator.done(&["notification", "read-all"]).contains("1 marked read"));
    assert!(operator.done(&["notification", "list", "--all"]).starts_with("0 unread\n"));
    assert_eq!(operator.json(&["notification", "list", "--unread"])["items"], json!([]));
    operator.refused(&["notification", "read", "ntf_01KAR6V8G0M3N9T5X7Y2B4C6D8"], 3);
    operator.refused(&["notification", "read", "nothing"], 3);
    operator.refused(&["notification", "list", "--event", "weather"], 2);
    operator.refused(&["notification", "list", "--project", "none"], 3);
}

#[test]
fn others_have_notifications_of_their_own() {
    let operator = Operator::new();
    let repository = history::conventional();
    operator.set_up(repository.path());
    operator.done(&["trigger", "friday", "--for", "markdown", "--wait"]);
    let ana = operator.joined("Ana", "member");
    assert!(operator.ran_as(&ana, &["notification", "list"]).done().starts_with("0 unread"));
    let id = text(&operator.json(&["notification", "list"])["items"][0]["id"]);
    assert_eq!(operator.ran_as(&ana, &["notification", "read", &id]).code, Some(3));
    let token = operator.done(&["token", "create", "reader", "--scope", "read"]);
    let ran = operator.ran_as(token.trim_end(), &["notification", "read-all"]);
    assert_eq!(ran.code, Some(4), "READ marks nothing: {ran:?}");
}

#[test]
fn preferences_are_shown_and_set_one_by_one() {
    let operator = Operator::new();
    let shown = operator.done(&["notification", "preferences"]);
    assert!(shown.contains("none: no mail is sent") && shown.contains("job_failure"), "{shown}");
    let set =
        |arguments: &[&str]| operator.json(&[&["notification", "preferences", "set"], arguments].concat());
    let quiet = ["--address", "ana@example.org", "--quiet-hours", "22:00-07:00", "--digest", "08:00"];
    let changed = set(&quiet);
    assert_eq!(changed["emailAddress"], "ana@example.org");
    let hours = json!({ "from": "22:00", "to": "07:00", "timezone": "Europe/Berlin" });
    assert_eq!(changed["quietHours"], hours, "in the zone the operator lives in");
    let daily = json!({ "frequency": "DAILY", "at": "08:00", "timezone": "Europe/Berlin" });
    assert_eq!(changed["digest"], daily);
    let changed = set(&["--events", "job_failure,draft-ready", "--mail", "off", "--no-digest"]);
    assert_eq!(changed["notificationEvents"], json!(["job_failure", "draft_ready"]));
    assert_eq!((&changed["emailNotifications"], &changed["quietHours"]), (&json!(false), &hours));
    assert_eq!(changed["digest"]["frequency"], "IMMEDIATE");
    let with = r#"{"overrides": [{"event": "job_failure", "channel": "EMAIL", "wish": "OFF"}]}"#;
    let changed = set(&["--no-quiet-hours", "--no-address", "--with", with]);
    assert_eq!((&changed["quietHours"], &changed["emailAddress"]), (&json!(null), &json!(null)));
    assert_eq!(operator.json(&["notification", "preferences", "show"]), changed);
    assert!(operator.done(&["notification", "preferences"]).contains("job_failure EMAIL OFF"));
    for arguments in [&[][..], &["--tz", "Europe/Paris"], &["--mail", "maybe"], &["--digest", "25:00"]] {
        operator.refused(&[&["notification", "preferences", "set"], arguments].concat(), 2);
    }
}

#[test]
fn a_test_mail_says_what_came_of_it() {
    let operator = Operator::new();
    let why = operator.refused(&["notification", "test"], 2);
    assert!(why.contains("emailAddress"), "{why}");
    let Some(mail) = MailServer::start() else { return };
    let settings = mail.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let operator = Operator { scene: Scene::with(&settings) };
    operator.done(&["notification", "preferences", "set", "--address", "ana@example.org"]);
    let told = operator.done(&["notification", "test"]);
    assert!(told.starts_with("SENT to ana@example.org"), "{told}");
    assert_eq!(mail.messages().len(), 1);
}
