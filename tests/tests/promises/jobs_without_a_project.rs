//! A job that needs no project is its maker's own: seen by them and by owners, run beside everything else, kept over
//! restarts, written down and played like any other.

use dateline_tests::collector::Collector;
use dateline_tests::people::{PASSWORD, Person};
use dateline_tests::scene::{Scene, text};
use serde_json::{Value, json};

fn ping(url: &str) -> Value {
    json!({
        "type": "HTTP_REQUEST",
        "name": "Ping",
        "frequency": "DAILY",
        "timeConfig": { "hour": 9, "minute": 0, "timezone": "UTC" },
        "payload": { "url": url },
    })
}

#[test]
fn it_is_there_for_its_maker_and_for_owners() {
    let server = Collector::start();
    let mut scene = Scene::with(&[("DATELINE_HTTP_PRIVATE_HOSTS", &server.address())]);
    let ana = Person::join(&scene.server, "ana", "MEMBER", PASSWORD);
    let bob = Person::join(&scene.server, "bob", "ADMIN", PASSWORD);
    let made =
        ana.client(&scene.server).post("/api/cron/schedule", &ping(&format!("http://{}/", server.address())));
    let made = made.expect(201);
    assert_eq!((&made["projectId"], text(&made["ownerId"])), (&Value::Null, ana.id.clone()), "{made:#}");
    let job = text(&made["id"]);
    let path = format!("/api/cron/schedules/{job}");
    let triggered = ana.client(&scene.server).post("/api/cron/trigger", &json!({ "jobId": job })).expect(202);
    let run = text(&triggered["executionId"]);
    assert_eq!(scene.ended(&run)["status"], "COMPLETED");
    for _ in 0..2 {
        let (ana, bob) = (ana.client(&scene.server), bob.client(&scene.server));
        for path in [&path, &format!("/api/cron/executions/{run}")] {
            ana.get(path).expect(200);
            scene.client().get(path).expect(200);
            assert_eq!(bob.get(path).problem(404)["code"], "NOT_FOUND");
        }
        let trigger = json!({ "jobId": job });
        assert_eq!(bob.post("/api/cron/trigger", &trigger).problem(404)["code"], "NOT_FOUND");
        assert_eq!(ana.all("/api/cron/schedules", 100).len(), 1);
        assert!(
            bob.all("/api/cron/schedules", 100).is_empty() && bob.all("/api/cron/executions", 100).is_empty()
        );
        scene.server.restart();
    }
    assert_eq!(server.taken().len(), 1, "a restart repeats nothing");
}
