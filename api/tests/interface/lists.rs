//! Lists: limits, cursors, filters.

use poem::http::StatusCode;

use crate::harness::Api;

#[tokio::test]
async fn a_list_goes_on_where_the_page_before_ended() {
    let api = Api::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(api.project().await);
    }
    made.reverse();
    let (mut seen, mut path) = (Vec::new(), "/api/projects?limit=2".to_owned());
    loop {
        let page = api.get(&path).await;
        let items = page.json["items"].as_array().expect("items");
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        let Some(cursor) = page.json["nextCursor"].as_str() else { break };
        path = format!("/api/projects?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_question() {
    let api = Api::new().await;
    let job = api.job().await;
    for _ in 0..3 {
        api.post("/api/cron/trigger", serde_json::json!({ "jobId": job })).await;
    }
    let page = api.get(&format!("/api/cron/executions?limit=1&jobId={job}")).await;
    let cursor = page.json["nextCursor"].as_str().expect("there is more");
    let same = api.get(&format!("/api/cron/executions?jobId={job}&cursor={cursor}&limit=200")).await;
    assert_eq!(same.json["items"].as_array().map(Vec::len), Some(2), "{same:?}");
    let forged = cursor.chars().rev().collect::<String>();
    for path in [
        format!("/api/cron/executions?cursor={cursor}"),
        format!("/api/cron/executions?jobId={job}&status=QUEUED&cursor={cursor}"),
        format!("/api/projects?cursor={cursor}"),
        format!("/api/cron/executions?jobId={job}&cursor={forged}"),
        format!("/api/cron/executions?jobId={job}&cursor="),
    ] {
        let answer = api.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.pointers()), (422, vec!["/cursor"]), "{path}");
    }
}

#[tokio::test]
async fn parameters_are_as_strict_as_bodies() {
    let api = Api::new().await;
    for (query, pointer) in [
        ("limit=-1", "/limit"),
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=1000000000", "/limit"),
        ("limit=1e2", "/limit"),
        ("limit=5&limit=5", "/limit"),
        ("page=2", "/page"),
        ("job_id=x", "/job_id"),
        ("jobId=x", "/jobId"),
        ("status=completed", "/status"),
        ("status=SLEEPING", "/status"),
        ("trigger=WEBHOOK", "/trigger"),
        ("from=yesterday", "/from"),
        ("stats=yes", "/stats"),
    ] {
        let answer = api.get(&format!("/api/cron/executions?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.pointers()), (422, vec![pointer]), "{query}");
    }
    let good =
        "/api/cron/executions?limit=200&status=FAILED&trigger=MANUAL&stats=true&from=2026-01-01T00:00:00Z";
    assert_eq!(api.get(good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn statistics_cover_what_the_filters_name() {
    let api = Api::new().await;
    let job = api.job().await;
    let plain = api.get("/api/cron/executions").await;
    assert!(plain.json.get("stats").is_none());
    api.post("/api/cron/trigger", serde_json::json!({ "jobId": job })).await;
    let counted = api.get(&format!("/api/cron/executions?stats=true&jobId={job}")).await;
    assert_eq!(counted.json["stats"]["total"], 1);
    let before = api.get("/api/cron/executions?stats=true&to=2020-01-01T00:00:00Z").await;
    assert_eq!(
        (&before.json["stats"]["total"], &before.json["stats"]["successRate"]),
        (&0.into(), &().into())
    );
}
