use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::calls::{GetProject, ListProjects, RemoveProject, TriggerSchedule};
use crate::problem::ProblemCode;
use crate::types::TriggerBody;

/// A server that answers each connection with the next of `answers`; an empty one hangs up.
async fn server(answers: Vec<String>) -> (Client, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = seen.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut bytes = vec![0; 64 * 1024];
            let mut len = 0;
            loop {
                len += stream.read(&mut bytes[len..]).await.expect("a request");
                let text = String::from_utf8_lossy(&bytes[..len]).into_owned();
                if is_whole(&text) {
                    asked.lock().expect("not poisoned").push(text);
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).await.expect("it is read");
        }
    });
    let settings = Settings { token: Some("dl_token".into()), ..Settings::new(base) };
    (Client::new(settings).expect("settings"), seen)
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| body.len() >= length.parse::<usize>().expect("a number"))
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

fn gone() -> String {
    String::new()
}

fn header_of<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|it| it.1))
}

#[tokio::test]
async fn a_refusal_is_typed() {
    let body = r#"{"type":"about:blank","title":"t","status":422,"code":"INVALID_REQUEST","detail":"d",
        "errors":[{"pointer":"/name","value":"","expected":"a text"}]}"#;
    let (client, seen) = server(vec![answer(422, "x-request-id: req_1\r\nretry-after: 7\r\n", body)]).await;
    let error = client.send(&GetProject::new("a/b")).await.expect_err("refused");
    let problem = error.problem().expect("a problem");
    assert_eq!((problem.status, &problem.code), (422, &ProblemCode::InvalidRequest));
    assert_eq!(problem.errors[0].pointer, "/name");
    assert_eq!(problem.request_id.as_deref(), Some("req_1"));
    assert_eq!(problem.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error.to_string(), "/name: expected a text");
    let seen = seen.lock().expect("not poisoned");
    assert!(seen[0].starts_with("GET /api/projects/a%2Fb HTTP/1.1"), "{}", seen[0]);
    assert_eq!(header_of(&seen[0], "authorization"), Some("Bearer dl_token"));
}

#[tokio::test]
async fn a_new_code_and_new_fields_break_nothing() {
    let body = r#"{"type":"x","title":"t","status":418,"code":"TEAPOT","detail":"d","new":1}"#;
    let (client, _) = server(vec![answer(418, "", body)]).await;
    let error = client.send(&ListProjects::default()).await.expect_err("refused");
    assert_eq!(error.problem().expect("a problem").code, ProblemCode::Unlisted("TEAPOT".into()));
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_only_where_that_is_safe() {
    let list = answer(200, "", r#"{"items":[],"nextCursor":null}"#);
    let (client, seen) = server(vec![gone(), gone(), list]).await;
    assert_eq!(client.send(&ListProjects::default()).await.expect("the third try").value.items, []);
    assert_eq!(seen.lock().expect("not poisoned").len(), 3);

    let (client, seen) = server(vec![gone(), answer(204, "", "")]).await;
    client.send(&RemoveProject::new("x")).await.expect("the second try");
    assert_eq!(seen.lock().expect("not poisoned").len(), 2);
}

#[tokio::test]
async fn a_post_is_repeated_only_under_its_key() {
    let call = TriggerSchedule::new(TriggerBody { job_id: "job".into(), payload: None, overlap: None });
    let done = answer(202, "", r#"{"executionId":"exe_1","status":"QUEUED"}"#);
    let (client, seen) = server(vec![gone(), done]).await;
    let answer = client.send(&call).await;
    let seen = seen.lock().expect("not poisoned");
    let keys: Vec<_> = seen.iter().map(|request| header_of(request, "idempotency-key")).collect();
    if call.request().is_keyed {
        assert!(answer.is_ok() && keys.len() == 2 && keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
    } else {
        assert!(matches!(answer, Err(ClientError::Lost { .. })), "{:?}", answer.err());
        assert_eq!(keys, [None]);
    }
}

#[test]
fn keys_are_fresh() {
    let keys: std::collections::BTreeSet<String> = (0..1000).map(|_| fresh_key()).collect();
    assert_eq!(keys.len(), 1000);
    assert!(keys.iter().all(|key| key.len() == 32));
}

#[tokio::test]
async fn all_pages_are_one_list_as_it_was_sent() {
    let page = |name: &str, cursor: &str| {
        let item = format!(
            r#"{{"name":"{name}","offset":"+00:00","later":true,"id":"prj_1","source":{{"kind":"NEWER"}},"platforms":[],
               "timezone":"UTC","style":{{}},"executionsMax":1,"version":1,"createdAt":"2026-01-01T00:00:00.000Z",
               "updatedAt":"2026-01-01T00:00:00.000Z"}}"#
        );
        answer(200, "", &format!(r#"{{"items":[{item}],"nextCursor":{cursor}}}"#))
    };
    let (client, seen) = server(vec![page("a", "\"c&1\""), page("b", "null")]).await;
    let all = client.all(ListProjects { limit: Some(1), cursor: None }).await.expect("both pages");
    let names: Vec<_> = all.value.items.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(all.json.contains("\"later\":true"), "what is new is kept: {}", all.json);
    assert!(seen.lock().expect("not poisoned")[1].starts_with("GET /api/projects?limit=1&cursor=c%261 "));
}

#[tokio::test]
async fn what_is_not_ours_is_said_so() {
    let (client, _) = server(vec![answer(200, "", "<html>"), answer(502, "", "bad gateway")]).await;
    for _ in 0..2 {
        let error = client.send(&ListProjects::default()).await.expect_err("no answer of ours");
        assert!(matches!(error, ClientError::Foreign { .. }), "{error}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let client = Client::new(Settings::new(format!("http://{nobody}"))).expect("settings");
    let error = client.send(&ListProjects::default()).await.expect_err("nobody");
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
}

#[test]
fn only_addresses_are_addresses() {
    for base in ["", "127.0.0.1:8377", "ftp://x", "http://u:p@h", "http://h/?a=b", "file:///etc/passwd"] {
        assert!(matches!(Client::new(Settings::new(base)), Err(ClientError::Settings(_))), "{base}");
    }
    let bad = Settings { token: Some("a\nb".into()), ..Settings::new("http://h") };
    assert!(matches!(Client::new(bad), Err(ClientError::Settings(_))));
}

#[tokio::test]
async fn a_stream_goes_on_behind_its_last_event() {
    let head = "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n";
    let first = format!("{head}id: 7\nevent: job.changed\ndata: {{}}\n\n");
    let second = format!("{head}:\n\nid: 8\nevent: job.changed\ndata: {{}}\n\n");
    let (client, seen) = server(vec![first, gone(), second]).await;
    let mut follow = client.follow(None);
    assert_eq!(follow.next().await.expect("an event").id.as_deref(), Some("7"));
    assert_eq!(follow.next().await.expect("an event").id.as_deref(), Some("8"));
    {
        let seen = seen.lock().expect("not poisoned");
        let last: Vec<_> = seen.iter().map(|request| header_of(request, "last-event-id")).collect();
        assert_eq!(last, [None, Some("7"), Some("7")]);
    }
    let refused = r#"{"type":"x","title":"t","status":401,"code":"UNAUTHORIZED","detail":"d"}"#;
    let (client, _) = server(vec![answer(401, "", refused)]).await;
    assert!(client.follow(None).next().await.expect_err("refused").problem().is_some());
}
