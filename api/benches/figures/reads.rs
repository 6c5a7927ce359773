//! Lists of executions at a rate, and statistics over all of them.

use std::time::Duration;

use dateline_store::conformance::samples;
use serde_json::json;

use super::filling::PROJECTS;
use super::load::{Times, at_most, at_rate, now};
use super::person::member;
use super::server::Server;
use super::wire::{Connection, bearer, get, send};
use super::{Figure, ms};

const RATE: u32 = 2_000;
const CONNECTIONS: u32 = 32;
const TIME: Duration = Duration::from_secs(8);
const LIST_MAX: Duration = Duration::from_millis(25);
const STATISTICS_MAX: Duration = Duration::from_millis(5);
const STATISTICS_ROUNDS: u32 = 300;

/// The projects a member sees: three of all.
const SEEN: [u128; 3] = [1, PROJECTS / 2, PROJECTS];

/// Lets somebody in who sees three projects; returns their token.
async fn member_of_three(server: &Server, email: &str) -> String {
    let person = member(server, email).await;
    let mut connection = Connection::open(&server.address).await;
    for n in SEEN {
        let path = format!("/api/projects/{}/members/{}", samples::project(n).id, person.id);
        let view = json!({ "access": "VIEW" });
        let add = send("PUT", &server.address, &bearer(&server.token), &path, &view);
        assert_eq!(connection.ask(&add).await.status, 200);
    }
    person.token
}

pub(crate) async fn lists(server: &Server) -> Vec<Figure> {
    let token = member_of_three(server, "reader@example.org").await;
    let list = "/api/cron/executions?limit=50";
    let of_project = |n: u128| format!("{list}&projectId={}", samples::project(n).id);
    let cases = [
        ("the owner", &server.token, vec![list.to_owned()]),
        ("the owner, of a project", &server.token, (1..=PROJECTS).map(of_project).collect()),
        ("the owner, of a status 1 in 100 has", &server.token, vec![format!("{list}&status=FAILED")]),
        ("a member of 3 of 200 projects", &token, vec![list.to_owned()]),
        ("a member, of a status", &token, vec![format!("{list}&status=FAILED")]),
    ];
    let mut figures = Vec::new();
    for (who, token, paths) in cases {
        let requests: Vec<_> = paths.iter().map(|path| get(&server.address, token, path)).collect();
        let body = Connection::open(&server.address).await.ask(&requests[0]).await.json();
        let items = body["items"].as_array().map_or(0, Vec::len);
        let ran = at_rate(&server.address, requests.clone(), (RATE, CONNECTIONS), TIME).await;
        let most = at_most(&server.address, requests, 8, Duration::from_secs(3)).await;
        let p99 = ran.times.at(99);
        let rate = ran.rate;
        figures.push(Figure::new(
            format!("lists of {items}, {who}"),
            format!(
                "{rate:.0}/s, p50 {}, p99 {} (at most {:.0}/s)",
                ms(ran.times.at(50)),
                ms(p99),
                most.rate
            ),
            "2000/s, p99 < 25 ms",
            rate > f64::from(RATE) * 0.98 && p99 < LIST_MAX,
        ));
    }
    figures
}

pub(crate) async fn statistics(server: &Server) -> Vec<Figure> {
    let token = member_of_three(server, "counter@example.org").await;
    let stats = "/api/cron/executions?limit=1&stats=true";
    let from = dateline_core::time::rfc3339(samples::at(0) - Duration::from_secs(92 * 86_400 + 1_234));
    let project = samples::project(1).id;
    let cases = [
        ("over all", &server.token, stats.to_owned()),
        ("from an instant on", &server.token, format!("{stats}&from={from}")),
        ("of a project", &server.token, format!("{stats}&projectId={project}")),
        ("of a status", &server.token, format!("{stats}&status=COMPLETED")),
        ("of a member's three projects", &token, stats.to_owned()),
    ];
    let mut figures = Vec::new();
    let mut connection = Connection::open(&server.address).await;
    for (what, token, path) in cases {
        let request = get(&server.address, token, &path);
        let mut times = Vec::new();
        let mut counted = serde_json::Value::Null;
        for _ in 0..STATISTICS_ROUNDS {
            let sent = now();
            let answer = connection.ask(&request).await;
            times.push(now() - sent);
            counted = answer.json()["stats"].clone();
        }
        let times = Times::of(times);
        let p99 = times.at(99);
        figures.push(Figure::new(
            format!("statistics {what}: {} executions", counted["total"]),
            format!("p50 {}, p99 {}", ms(times.at(50)), ms(p99)),
            "≤ 5 ms",
            p99 <= STATISTICS_MAX,
        ));
    }
    figures
}
