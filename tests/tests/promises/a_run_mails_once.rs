//! A run is told in one mail: not in none, not in two, also when the program is killed; what is not known is said.

use std::collections::BTreeMap;
use std::time::Duration;

use dateline_tests::chance::Chance;
use dateline_tests::history;
use dateline_tests::mail::MailServer;
use dateline_tests::scene::{Scene, text};
use dateline_tests::waiting::{pause, until};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const ROUNDS: usize = 8;

/// Returns a scene whose owner gets mail through `mail`.
fn scene(mail: &MailServer) -> Scene {
    let settings = mail.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let scene = Scene::with(&settings);
    let wish = json!({ "emailAddress": "ana@example.org" });
    scene.client().patch("/api/notifications/preferences", &wish).expect(200);
    scene
}

fn header<'m>(message: &'m str, name: &str) -> &'m str {
    let line =
        message.lines().find(|line| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
    line.and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value)
}

/// Returns the mails there are for each execution, by what their names say.
fn mails_by_execution(mail: &MailServer) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for message in mail.messages() {
        let name = header(&message, "Message-ID").to_owned();
        let execution = name.split('.').nth(1).unwrap_or_else(|| panic!("an execution in {name}")).to_owned();
        *count.entry(execution).or_default() += 1;
    }
    count
}

/// Returns how the delivery stands that told the end of `execution`; `None` before it was told.
fn told(scene: &Scene, execution: &str) -> Option<Value> {
    let all = scene.client().all("/api/notifications?event=job_success", 100);
    let ends: Vec<&Value> = all.iter().filter(|one| one["executionId"] == execution).collect();
    assert!(ends.len() <= 1, "an end is told once: {ends:?}");
    let path = format!("/api/notifications/{}/deliveries", text(&ends.first()?["id"]));
    let deliveries = scene.client().get(&path).expect(200);
    let deliveries = deliveries["items"].as_array().expect("a list");
    assert_eq!(deliveries.len(), 1, "{deliveries:?}");
    Some(deliveries[0].clone())
}

#[test]
fn a_run_is_one_mail_that_anybody_can_read() {
    let Some(mail) = MailServer::start() else { return };
    let mut scene = scene(&mail);
    let repository = history::conventional();
    let (_, job) = scene.work(repository.path(), &["DEVTO", "MASTODON"]);
    let execution = text(&scene.run(&job)["id"]);
    until(PATIENCE, "the mail to be sent", || told(&scene, &execution).filter(|it| it["status"] == "SENT"));
    scene.server.restart();
    pause(Duration::from_secs(3));
    let messages = mail.messages();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    let message = &messages[0];
    assert!(header(message, "Message-ID").contains(&execution), "{message}");
    assert_eq!(header(message, "To"), "ana@example.org");
    assert_eq!(header(message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let unsubscribe = header(message, "List-Unsubscribe").trim_matches(['<', '>']);
    let path = unsubscribe.strip_prefix("https://dateline.example.net").expect("the public address");
    assert!(message.contains("multipart/alternative"), "{message}");
    let plain = message.find("text/plain").expect("plain text");
    assert!(plain < message.find("text/html").expect("HTML"), "{message}");
    let list = scene.client().get("/api/notifications").expect(200);
    assert_eq!(list["unreadCount"], 3, "two drafts and the end: {list:#}");
    let said = message.replace("=\r\n", "");
    assert!(said.contains("Ready for review") && said.contains("2 texts were written"), "{said}");
    // One click, without signing in, and there is no more.
    scene.server.stranger().post(path, &json!({})).expect(200);
    scene.run(&job);
    pause(Duration::from_secs(3));
    assert_eq!(mail.messages().len(), 1);
}

#[test]
fn killed_at_random_points_a_run_is_mailed_once_or_said_to_be_unknown() {
    let Some(mail) = MailServer::start() else { return };
    let mut chance = Chance::announced();
    let mut scene = scene(&mail);
    let repository = history::conventional();
    let jobs: Vec<String> = (0..3).map(|_| scene.work(repository.path(), &["DEVTO"]).1).collect();
    let mut executions = Vec::new();
    for round in 0..ROUNDS {
        for job in &jobs {
            executions.push(scene.trigger(job));
        }
        let life = chance.time_below(Duration::from_millis(900));
        pause(life);
        eprintln!("round {round}: killed after {life:?}");
        scene.server.restart();
    }
    for execution in &executions {
        let ended = scene.ended(execution);
        if ended["status"] != "COMPLETED" {
            // Its window held nothing new: there is nothing to tell.
            assert_eq!(ended["status"], "SKIPPED", "{ended:#}");
            continue;
        }
        let delivery = until(PATIENCE, &format!("{execution} to be told"), || {
            told(&scene, execution).filter(|it| it["status"] == "SENT" || it["status"] == "UNKNOWN")
        });
        let mails = mails_by_execution(&mail).get(execution).copied().unwrap_or(0);
        match delivery["status"].as_str() {
            Some("SENT") => assert_eq!(mails, 1, "{execution}: {delivery}"),
            _ => assert!(mails <= 1, "{execution}: {delivery}"),
        }
    }
    let (_, took) = scene.server.stop();
    assert!(took < Duration::from_secs(15), "{took:?}");
    dateline_tests::command::dateline(["check".as_ref(), "--data".as_ref(), scene.server.data().as_os_str()])
        .done();
}
