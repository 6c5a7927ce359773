//! Live events: told in order, resumed without gaps, reset with honesty.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Api, local};

const SOON: Duration = Duration::from_secs(20);

/// One event as it was told.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    id: u64,
    name: String,
    data: Value,
}

struct Listener {
    pieces: BoxStream<'static, Result<Vec<u8>, std::io::Error>>,
    text: String,
}

impl Listener {
    async fn open(api: &Api, header: Option<&str>) -> Self {
        let mut request = api.request(Method::GET, "/api/events");
        if let Some(id) = header {
            request = request.header("last-event-id", id);
        }
        Self::of(api, request.finish()).await
    }

    async fn of(api: &Api, request: poem::Request) -> Self {
        let response = api.interface.answer(request, local()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let pieces = response.into_body().into_bytes_stream();
        Self { pieces: pieces.map(|piece| piece.map(Into::into)).boxed(), text: String::new() }
    }

    /// Returns the next event, or `None` when the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                if let Some(told) = read(&block) {
                    return Some(told);
                }
            }
            let piece = tokio::time::timeout(SOON, self.pieces.next()).await.expect("something comes")?;
            self.text.push_str(&String::from_utf8(piece.expect("bytes")).expect("text"));
        }
    }
}

fn read(block: &str) -> Option<Told> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let id = field("id: ").expect("every block says where it stands").parse().expect("a number");
    let data = serde_json::from_str(field("data: ")?).expect("JSON");
    Some(Told { id, name: field("event: ").expect("a name").to_owned(), data })
}

#[tokio::test]
async fn what_happens_is_told_in_order() {
    let api = Api::new().await;
    let mut listener = Listener::open(&api, None).await;
    let project = api.project().await;
    let first = listener.next().await.expect("an event");
    assert_eq!((first.name.as_str(), &first.data["kind"]), ("project.changed", &json!("project.changed")));
    assert_eq!((&first.data["id"], &first.data["version"]), (&json!(project), &json!(1)));
    assert_eq!(first.data["projectId"], json!(project));
    assert!(first.data["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    api.patch(&format!("/api/projects/{project}"), json!({ "name": "New" })).await;
    api.delete(&format!("/api/projects/{project}")).await;
    for version in 2..=3 {
        let next = listener.next().await.expect("an event");
        assert_eq!((next.id, next.data["version"].clone()), (first.id + version - 1, json!(version)));
    }
}

#[tokio::test]
async fn a_listener_goes_on_after_the_last_event_it_saw() {
    let api = Api::new().await;
    for _ in 0..150 {
        api.project().await;
    }
    let mut all = Listener::open(&api, Some("0")).await;
    for id in 1..=150 {
        assert_eq!(all.next().await.expect("an event").id, id);
    }
    let mut later = Listener::open(&api, Some("140")).await;
    assert_eq!(later.next().await.expect("an event").id, 141);
    let by_query = api.request(Method::GET, "/api/events?after=149").finish();
    assert_eq!(Listener::of(&api, by_query).await.next().await.expect("an event").id, 150);
    let both = api.request(Method::GET, "/api/events?after=3").header("last-event-id", "148").finish();
    assert_eq!(Listener::of(&api, both).await.next().await.expect("an event").id, 149);
}

#[tokio::test]
async fn an_id_this_store_never_gave_is_reset() {
    let api = Api::new().await;
    api.project().await;
    for foreign in
        ["2", "-1", "1e3", "", "abc", "99999999999999999999999", "18446744073709551615", "0x1", " 1"]
    {
        let mut listener = Listener::open(&api, Some(foreign)).await;
        let told = listener.next().await.expect("an event");
        assert_eq!((told.name.as_str(), told.id, &told.data["newest"]), ("reset", 1, &json!(1)), "{foreign}");
    }
}

#[tokio::test]
async fn streams_of_one_credential_are_counted() {
    let api = Api::new().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        open.push(Listener::open(&api, None).await);
    }
    let refused = api.get("/api/events").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "RATE_LIMITED"));
    assert_eq!(refused.headers["retry-after"], "5");
    open.pop();
    Listener::open(&api, None).await;
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let api = Api::new().await;
    let mut listeners = Vec::new();
    for _ in 0..16 {
        let mut listener = Listener::open(&api, Some("0")).await;
        listener.text.clear();
        listeners.push(listener);
    }
    api.shared.begin_stop();
    for mut listener in listeners {
        assert_eq!(listener.next().await, None);
    }
}

#[tokio::test]
async fn strangers_hear_nothing() {
    let api = Api::new().await;
    let answer = api.send(crate::harness::bare(Method::GET, "/api/events").finish()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn previews_are_limited_for_each_caller() {
    let api = Api::new().await;
    let config = json!({ "hour": 2, "minute": 30, "timezone": "Europe/Paris" });
    let ask = json!({ "frequency": "DAILY", "timeConfig": config });
    let mut refused = None;
    for _ in 0..200 {
        let answer = api.post("/api/cron/preview", ask.clone()).await;
        if answer.status != StatusCode::OK {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("two hundred are too many");
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "RATE_LIMITED"));
    assert_eq!(refused.headers["retry-after"], "1");
}
