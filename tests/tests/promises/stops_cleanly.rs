//! Asked to stop, the program finishes what it can, says goodbye within 15 s, and goes on where it stopped.

use std::time::Duration;

use dateline_tests::history;
use dateline_tests::listening::Listener;
use dateline_tests::scene::{ENDED, PLATFORMS, Scene, text};
use dateline_tests::waiting::Stopwatch;

const LONGEST_STOP: Duration = Duration::from_secs(15);

#[test]
fn an_idle_server_stops_at_once() {
    let mut scene = Scene::new();
    let (code, took) = scene.server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn a_running_execution_is_finished_by_the_next_start() {
    let mut scene = Scene::new();
    let repository = history::long(5_000);
    let jobs: Vec<String> = (0..4).map(|_| scene.work(repository.path(), &PLATFORMS).1).collect();
    let executions: Vec<String> = jobs.iter().map(|job| scene.trigger(job)).collect();
    let (code, took) = scene.server.stop();
    assert_eq!(code, Some(0), "{}", scene.server.said());
    assert!(took < LONGEST_STOP, "{took:?}");
    scene.server.restart();
    for execution in &executions {
        let ended = scene.ended(execution);
        assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
        assert_eq!(scene.drafts_of(execution).len(), PLATFORMS.len());
        let failed =
            ended["attempts"].as_array().expect("attempts").iter().filter(|one| one["outcome"] == "FAILED");
        assert_eq!(failed.count(), 0, "an interruption spends no try: {ended:#}");
    }
}

#[test]
fn an_open_connection_does_not_hold_the_stop() {
    let mut scene = Scene::new();
    let idle: Vec<std::net::TcpStream> = (0..20)
        .map(|_| std::net::TcpStream::connect(scene.server.address()).expect("the server accepts"))
        .collect();
    let (code, took) = scene.server.stop();
    assert_eq!(code, Some(0));
    assert!(took < LONGEST_STOP, "{took:?}");
    drop(idle);
}

#[test]
fn two_hundred_open_streams_do_not_hold_the_stop() {
    let mut scene = Scene::new();
    let mut open = Vec::new();
    for number in 0..13 {
        let new = serde_json::json!({ "name": format!("listener {number}"), "scopes": ["READ"] });
        let token = text(&scene.client().post("/api/tokens", &new).expect(201)["token"]);
        // As many as one credential may hold open.
        open.extend((0..16).map(|_| Listener::open(scene.server.address(), &token, None).expect("a stream")));
    }
    let (code, took) = scene.server.stop();
    assert_eq!(code, Some(0), "{}", scene.server.said());
    assert!(took < LONGEST_STOP, "{took:?}");
    for mut listener in open {
        assert_eq!(listener.told(), None);
    }
}

#[test]
fn a_restart_is_quick_and_repeats_nothing() {
    let mut scene = Scene::new();
    let repository = history::conventional();
    let (_, job) = scene.work(repository.path(), &["DEVTO"]);
    let execution = scene.run(&job);
    for _ in 0..3 {
        assert_eq!(scene.server.stop().0, Some(0));
        let watch = Stopwatch::start();
        scene.server.restart();
        assert!(watch.elapsed() < Duration::from_secs(2), "{:?}", watch.elapsed());
    }
    let all = scene.client().all("/api/cron/executions", 100);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(ENDED.contains(&text(&all[0]["status"]).as_str()));
    assert_eq!(all[0]["id"], execution["id"]);
}
