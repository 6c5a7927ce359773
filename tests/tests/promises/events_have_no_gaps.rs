//! Events are told in order without gaps, over breaks and kills, or the listener is told that some are missing.

use std::time::Duration;

use dateline_tests::chance::Chance;
use dateline_tests::history;
use dateline_tests::listening::Listener;
use dateline_tests::scene::{PLATFORMS, Scene, text};
use dateline_tests::waiting::{Stopwatch, pause};

const ROUNDS: usize = 6;
/// As many as one credential may hold open.
const STREAMS: usize = 16;

fn listen(scene: &Scene, last: Option<u64>) -> Listener {
    let server = &scene.server;
    Listener::open(server.address(), server.token(), last).expect("a stream")
}

#[test]
fn a_listener_misses_nothing_over_kills() {
    let mut chance = Chance::announced();
    let mut scene = Scene::new();
    let repository = history::long(500);
    let jobs: Vec<String> = (0..3).map(|_| scene.work(repository.path(), &PLATFORMS).1).collect();
    let (mut seen, mut names) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut listener = listen(&scene, Some(seen.last().copied().unwrap_or(0)));
        let listening = std::thread::spawn(move || {
            let mut told = Vec::new();
            while let Some(event) = listener.told() {
                told.push(event);
            }
            told
        });
        scene.trigger(&jobs[round % jobs.len()]);
        pause(chance.time_below(Duration::from_millis(400)));
        scene.server.kill9();
        let told = listening.join().expect("the listener ends with the server");
        names.extend(told.iter().map(|event| event.name.clone()));
        seen.extend(told.iter().map(|event| event.id));
        scene.server.restart();
    }
    let executions = scene.client().all("/api/cron/executions", 100);
    for execution in &executions {
        scene.ended(&text(&execution["id"]));
    }
    let newest = text(&scene.client().get("/api/projects").expect(200)["items"][0]["id"]);
    let mut listener = listen(&scene, seen.last().copied());
    // A change of our own marks the end of what there is to hear.
    scene
        .client()
        .patch(&format!("/api/projects/{newest}"), &serde_json::json!({ "name": "Last" }))
        .expect(200);
    loop {
        let event = listener.told().expect("the stream goes on");
        let is_last = event.name == "project.changed" && event.data["version"] == 2;
        seen.push(event.id);
        names.push(event.name);
        if is_last {
            break;
        }
    }
    assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>(), "no gap and no double");
    for name in ["project.changed", "job.changed", "execution.changed", "draft.changed"] {
        assert!(names.iter().any(|one| one == name), "{name}");
    }
}

#[test]
fn what_the_store_never_told_is_reset() {
    let scene = Scene::new();
    let repository = history::sentences();
    scene.project(repository.path(), &["DEVTO"]);
    for foreign in [2, 1_000_000, u64::MAX] {
        let told = listen(&scene, Some(foreign)).told().expect("an event");
        assert_eq!((told.name.as_str(), told.id), ("reset", 1), "{foreign}");
    }
}

#[test]
fn one_credential_holds_sixteen_streams_and_a_stop_ends_them() {
    let mut scene = Scene::new();
    let mut open: Vec<Listener> = (0..STREAMS).map(|_| listen(&scene, None)).collect();
    let refused = Listener::open(scene.server.address(), scene.server.token(), None);
    assert_eq!(refused.err(), Some(429));
    let watch = Stopwatch::start();
    let (code, took) = scene.server.stop();
    assert_eq!((code, took < Duration::from_secs(5)), (Some(0), true), "{took:?}");
    for listener in &mut open {
        assert_eq!(listener.told(), None);
    }
    assert!(watch.elapsed() < Duration::from_secs(15));
}
