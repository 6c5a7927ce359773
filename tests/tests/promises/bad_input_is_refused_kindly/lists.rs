//! Pages nobody can turn, cursors nobody gave out, and ids of the wrong kind.

use dateline_tests::history;
use dateline_tests::scene::{SELDOM, Scene, text};
use serde_json::json;

const LISTS: [&str; 4] = ["/api/projects", "/api/cron/schedules", "/api/cron/executions", "/api/drafts"];

#[test]
fn a_limit_is_a_number_from_one_to_a_bound() {
    let scene = Scene::new();
    for path in LISTS {
        for limit in ["-1", "0", "1000000000", "x", "1.5", "", "99999999999999999999999"] {
            let answer = scene.client().get(&format!("{path}?limit={limit}"));
            assert_eq!(answer.status, 422, "{path}?limit={limit}: {}", answer.text);
            let problem = answer.problem(422);
            assert_eq!(problem["errors"][0]["pointer"], "/limit", "{path}: {problem:#}");
        }
        for query in ["limit=1&limit=2", "colour=red"] {
            let answer = scene.client().get(&format!("{path}?{query}"));
            assert_eq!(answer.status, 422, "{path}?{query}: {}", answer.text);
        }
    }
}

#[test]
fn a_filter_takes_only_what_it_knows() {
    let scene = Scene::new();
    let rows = [
        "/api/cron/schedules?type=SEND_RABBITS",
        "/api/cron/schedules?isEnabled=maybe",
        "/api/cron/schedules?projectId=job_01J00000000000000000000000",
        "/api/cron/executions?status=FINE",
        "/api/cron/executions?trigger=BOREDOM",
        "/api/cron/executions?from=yesterday",
        "/api/cron/executions?stats=perhaps",
        "/api/drafts?status=LOST",
        "/api/drafts?platform=MYSPACE",
    ];
    for path in rows {
        let answer = scene.client().get(path);
        assert_eq!(answer.status, 422, "{path}: {}", answer.text);
        answer.problem(422);
    }
}

#[test]
fn a_cursor_works_where_it_was_given_and_nowhere_else() {
    let scene = Scene::new();
    let client = scene.client();
    let repository = history::sentences();
    let project = scene.project(repository.path(), &["DEVTO"]);
    let jobs: Vec<String> = (0..7).map(|_| scene.job(&project, SELDOM)).collect();
    let listed: Vec<String> =
        client.all("/api/cron/schedules", 3).iter().map(|job| text(&job["id"])).collect();
    let (mut expected, mut found) = (jobs.clone(), listed);
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "three pages hold each job once");
    let page = client.get("/api/cron/schedules?limit=3").expect(200);
    let cursor = text(&page["nextCursor"]);
    assert_eq!(
        client.get(&format!("/api/cron/schedules?limit=2&cursor={cursor}")).expect(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let flipped: String = cursor
        .chars()
        .enumerate()
        .map(|(at, c)| if at == cursor.len() / 2 { if c == 'a' { 'b' } else { 'a' } } else { c })
        .collect();
    let forged = [
        format!("/api/cron/schedules?limit=3&cursor={flipped}"),
        format!("/api/cron/schedules?limit=3&cursor={}", &cursor[..cursor.len() - 2]),
        format!("/api/cron/schedules?limit=3&cursor={cursor}00"),
        "/api/cron/schedules?limit=3&cursor=".to_owned(),
        "/api/cron/schedules?limit=3&cursor=%00%ff".to_owned(),
        "/api/cron/schedules?limit=3&cursor=' OR 1=1--".replace(' ', "%20"),
        format!("/api/cron/schedules?limit=3&isEnabled=true&cursor={cursor}"),
        format!("/api/cron/executions?limit=3&cursor={cursor}"),
        format!("/api/projects?limit=3&cursor={cursor}"),
    ];
    for path in forged {
        let answer = client.get(&path);
        assert_eq!(answer.status, 422, "{path}: {}", answer.text);
        assert_eq!(answer.problem(422)["errors"][0]["pointer"], "/cursor", "{path}");
    }
}

#[test]
fn ids_of_the_wrong_kind_name_nothing() {
    let scene = Scene::new();
    let client = scene.client();
    let repository = history::sentences();
    let (project, job) = scene.work(repository.path(), &["DEVTO"]);
    let places = ["/api/projects/", "/api/cron/schedules/", "/api/cron/executions/", "/api/drafts/"];
    let unknown = [
        "x",
        "prj_",
        "01J00000000000000000000000",
        "%2e%2e%2fsecret",
        "%00",
        "exe_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    ];
    for place in places {
        for id in unknown {
            let answer = client.get(&format!("{place}{id}"));
            assert!([404, 422].contains(&answer.status), "{place}{id}: {answer:?}");
            answer.problem(answer.status);
        }
    }
    for place in &places[1..] {
        assert_eq!(client.get(&format!("{place}{project}")).status, 404, "{place}");
    }
    for place in [places[0], places[2], places[3]] {
        assert_eq!(client.get(&format!("{place}{job}")).status, 404, "{place}");
    }
    let trigger = client.post("/api/cron/trigger", &json!({ "jobId": project }));
    assert!([404, 422].contains(&trigger.status), "{trigger:?}");
    let trigger =
        client.post("/api/cron/trigger", &json!({ "jobId": job, "payload": { "platforms": ["MYSPACE"] } }));
    assert_eq!(trigger.status, 422, "{trigger:?}");
    assert!(client.all("/api/cron/executions", 10).is_empty(), "nothing was triggered");
}
