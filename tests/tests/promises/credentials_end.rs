//! What let somebody in does not any more once it was ended, and the streams it holds open end too.

use std::time::Duration;

use dateline_tests::history;
use dateline_tests::listening::Listener;
use dateline_tests::people::{PASSWORD, Person, sign_in};
use dateline_tests::scene::Scene;
use dateline_tests::waiting::Stopwatch;
use serde_json::{Value, json};

/// How long a stream may go on.
const STREAM_MAX: Duration = Duration::from_secs(5);

/// Ends a person's credentials.
type End = fn(&Scene, &Person);

const ENDS: [(&str, End); 7] = [
    ("their token is revoked", |scene, person| {
        scene.client().delete(&format!("/api/tokens/{}", person.token_id)).expect(204);
    }),
    ("they are disabled", |scene, person| {
        let disabled = json!({ "status": "DISABLED" });
        scene.client().patch(&format!("/api/users/{}", person.id), &disabled).expect(200);
    }),
    ("their password is reset", |scene, person| {
        let made = scene.client().post("/api/password-resets", &json!({ "userId": person.id })).expect(201);
        let used = json!({ "code": made["code"], "password": "a quite different one" });
        scene.server.stranger().post("/api/password-resets/accept", &used).expect(204);
    }),
    ("they change their password", |scene, person| {
        let change = json!({ "currentPassword": PASSWORD, "password": "a quite different one" });
        let path = "/api/users/me/password";
        assert_eq!(person.by_cookie(&scene.server, "POST", path, &change).status / 100, 2);
    }),
    ("they sign out everywhere", |scene, person| {
        let path = "/api/users/me/sign-out-everywhere";
        person.by_cookie(&scene.server, "POST", path, &Value::Null).expect(204);
    }),
    ("they are removed", |scene, person| {
        scene.client().delete(&format!("/api/users/{}", person.id)).expect(204);
    }),
    // What they see is another: they come back and are told what is theirs now.
    ("their role changes", |scene, person| {
        scene.client().patch(&format!("/api/users/{}", person.id), &json!({ "role": "MEMBER" })).expect(200);
    }),
];

#[test]
fn the_next_request_is_refused_and_open_streams_end() {
    let scene = Scene::new();
    let server = &scene.server;
    for (number, (way, end)) in (0..).zip(ENDS) {
        let person = Person::join(server, &format!("ana{number}"), "ADMIN", PASSWORD);
        assert_eq!(person.client(server).get("/api/users/me").status, 200, "{way}");
        let mut streams: Vec<Listener> = (0..3)
            .map(|_| Listener::open(server.address(), &person.token, None).expect("a stream"))
            .collect();
        end(&scene, &person);
        let watch = Stopwatch::start();
        let expected = if way.contains("role") { 200 } else { 401 };
        assert_eq!(person.client(server).get("/api/users/me").status, expected, "{way}");
        let refused = Listener::open(server.address(), &person.token, None).err();
        assert_eq!(refused, (expected == 401).then_some(401), "{way}");
        for stream in &mut streams {
            while stream.told().is_some() {}
        }
        assert!(watch.elapsed() < STREAM_MAX, "{way}: the streams went on for {:?}", watch.elapsed());
        if ["their token is revoked", "their role changes"].contains(&way) {
            continue;
        }
        let by_cookie = person.by_cookie(server, "GET", "/api/users/me", &Value::Null);
        assert_eq!(by_cookie.status, 401, "{way}: the session too");
    }
    assert_eq!(scene.client().get("/api/projects").status, 200, "others are let in as before");
}

#[test]
fn the_streams_of_one_tell_nothing_of_another_whatever_they_resume_after() {
    let scene = Scene::new();
    let repository = history::sentences();
    let ana = Person::join(&scene.server, "ana", "MEMBER", PASSWORD);
    let (seen, hidden) =
        (scene.project(repository.path(), &["DEVTO"]), scene.project(repository.path(), &["DEVTO"]));
    let member = format!("/api/projects/{seen}/members/{}", ana.id);
    let view = json!({ "access": "VIEW" }).to_string();
    scene.client().send("PUT", &member, &[], Some(view.as_bytes())).expect(200);
    for last in [0, 1, 2] {
        let mut stream = Listener::open(scene.server.address(), &ana.token, Some(last)).expect("a stream");
        let name = format!("Renamed {last}");
        for project in [&hidden, &seen] {
            scene.client().patch(&format!("/api/projects/{project}"), &json!({ "name": name })).expect(200);
        }
        let version = scene.client().get(&format!("/api/projects/{seen}")).expect(200)["version"].clone();
        loop {
            let told = stream.told().expect("the stream goes on");
            let data = told.data.to_string();
            assert!(!data.contains(&hidden), "after {last}: {told:?}");
            if data.contains(&seen) && told.data["version"] == version {
                break;
            }
        }
    }
}

#[test]
fn who_is_unknown_disabled_or_has_no_password_is_refused_like_a_wrong_password_for_the_same_work() {
    let scene = Scene::new();
    let server = &scene.server;
    scene.client().patch("/api/settings", &json!({ "signInFailuresMax": 1000 })).expect(200);
    let ana = Person::join(server, "ana", "MEMBER", PASSWORD);
    let bob = Person::join(server, "bob", "MEMBER", PASSWORD);
    scene.client().patch(&format!("/api/users/{}", bob.id), &json!({ "status": "DISABLED" })).expect(200);
    // The first owner has an address and no password.
    let owner = json!({ "email": "owner@example.org" });
    scene.client().patch("/api/users/me", &owner).expect(200);
    let emails = [&*ana.email, &*bob.email, "owner@example.org", "nobody@example.org", "no address"];
    let mut ticks = [0; 5];
    let mut answers = Vec::new();
    for _ in 0..7 {
        for (email, ticks) in emails.iter().zip(&mut ticks) {
            let before = processor_ticks(server.pid());
            let answer = sign_in(server, email, "not the right one at all");
            *ticks += processor_ticks(server.pid()) - before;
            answers.push((answer.status, answer.text.clone(), answer.header("set-cookie").to_owned()));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 401), "{answers:?}");
    let (least, most) = (ticks.iter().min().expect("some"), ticks.iter().max().expect("some"));
    assert!(*least > 10 && *most < *least * 2, "{:?}", emails.iter().zip(&ticks).collect::<Vec<_>>());
}

/// Returns how many ticks of 10 ms the processors worked for a process: what a machine is busy with besides does not
/// count, as it would in the time an answer takes.
fn processor_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    // The name before the last parenthesis may hold anything.
    let fields = stat.rsplit_once(')').expect("a name").1.split_whitespace();
    fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
}
