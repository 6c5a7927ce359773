//! What is removed while it is in use ends in the record, and nothing is left that belongs to nobody.

use std::time::Duration;

use dateline_tests::command::dateline;
use dateline_tests::history;
use dateline_tests::people::{PASSWORD, Person};
use dateline_tests::scene::{PLATFORMS, SELDOM, Scene, job, project, text};
use dateline_tests::waiting::until;
use serde_json::json;

/// Waits until `execution` has begun: it is to be removed while it runs, or was too quick for that.
fn begun(scene: &Scene, execution: &str) {
    until(Duration::from_secs(30), "the execution to begin", || {
        let found = scene.client().get(&format!("/api/cron/executions/{execution}")).expect(200);
        (found["status"] != "QUEUED").then_some(())
    });
}

/// Stops the server and looks at every record and index.
fn sound(mut scene: Scene) {
    assert_eq!(scene.server.stop().0, Some(0));
    dateline(["check".as_ref(), "--data".as_ref(), scene.server.data().as_os_str()]).done();
}

#[test]
fn a_project_removed_while_it_runs_leaves_its_history_and_nothing_open() {
    let scene = Scene::new();
    let repository = history::long(20_000);
    let project = scene.project(repository.path(), &PLATFORMS);
    let jobs: Vec<String> = (0..3).map(|_| scene.job(&project, SELDOM)).collect();
    let executions: Vec<String> = jobs.iter().map(|job| scene.trigger(job)).collect();
    begun(&scene, &executions[0]);
    let client = scene.client();
    client.delete(&format!("/api/projects/{project}")).expect(204);
    for execution in &executions {
        let ended = scene.ended(execution);
        let expected: &[&str] =
            if execution == &executions[0] { &["CANCELLED", "COMPLETED"] } else { &["CANCELLED"] };
        assert!(expected.contains(&text(&ended["status"]).as_str()), "{ended:#}");
        assert!(ended["finishedAt"].is_string(), "{ended:#}");
    }
    assert_eq!(client.get(&format!("/api/projects/{project}")).status, 404);
    assert_eq!(
        client.all(&format!("/api/cron/executions?projectId={project}"), 10).len(),
        3,
        "history stays"
    );
    for job in &jobs {
        assert_eq!(
            client.post("/api/cron/trigger", &json!({ "jobId": job })).problem(409)["code"],
            "JOB_CANCELLED"
        );
    }
    sound(scene);
}

#[test]
fn a_token_revoked_while_it_is_used_leaves_what_it_began() {
    let scene = Scene::new();
    let repository = history::long(3_000);
    let (_, job) = scene.work(repository.path(), &PLATFORMS);
    let ana = Person::join(&scene.server, "ana", "OWNER", PASSWORD);
    let begun = ana.client(&scene.server).post("/api/cron/trigger", &json!({ "jobId": job })).expect(202);
    scene.client().delete(&format!("/api/tokens/{}", ana.token_id)).expect(204);
    assert_eq!(ana.client(&scene.server).get("/api/projects").status, 401);
    assert_eq!(scene.ended(&text(&begun["executionId"]))["status"], "COMPLETED");
    let tokens = scene.client().get(&format!("/api/tokens?userId={}", ana.id)).expect(200);
    assert!(tokens["items"][0]["revokedAt"].is_string(), "{tokens:#}");
    sound(scene);
}

#[test]
fn who_goes_hands_over_their_projects_and_their_schedules_go_on() {
    let scene = Scene::new();
    let repository = history::long(3_000);
    let roots = json!({ "localRoots": [repository.path()] });
    scene.client().patch("/api/settings", &roots).expect(200);
    let ana = Person::join(&scene.server, "ana", "MEMBER", PASSWORD);
    let bob = Person::join(&scene.server, "bob", "MEMBER", PASSWORD);
    let as_ana = ana.client(&scene.server);
    let project =
        text(&as_ana.post("/api/projects", &project(repository.path(), &PLATFORMS)).expect(201)["id"]);
    let job = text(&as_ana.post("/api/cron/schedule", &job(&project, SELDOM)).expect(201)["id"]);
    let running =
        text(&as_ana.post("/api/cron/trigger", &json!({ "jobId": job })).expect(202)["executionId"]);
    let path = format!("/api/users/{}", ana.id);
    assert_eq!(scene.client().delete(&path).problem(409)["code"], "PEOPLE_CONFLICT");
    scene.client().delete(&format!("{path}?handOverTo={}", bob.id)).expect(204);
    assert_eq!(as_ana.get("/api/projects").status, 401);
    assert_eq!(scene.ended(&running)["status"], "COMPLETED", "what runs goes on");
    let as_bob = bob.client(&scene.server);
    assert_eq!(as_bob.get(&format!("/api/cron/schedules/{job}")).expect(200)["projectId"], project.as_str());
    assert_eq!(as_bob.all(&format!("/api/cron/executions?projectId={project}"), 10).len(), 1);
    as_bob.delete(&format!("/api/projects/{project}")).expect(204);
    assert_eq!(scene.client().get(&path).status, 404);
    sound(scene);
}
