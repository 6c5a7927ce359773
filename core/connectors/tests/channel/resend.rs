//! Mail through Resend: requests as its owners describe them, and what each answer means.

use std::path::Path;
use std::time::Duration;

use dateline_connectors::channel::ResendChannel;
use dateline_core::channel::{Channel, ChannelError, Message, Sent};
use dateline_core::secret::Secret;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn message() -> Message {
    Message {
        delivery: None,
        key: "execution/exe_1/usr_2/dlv_3".to_owned(),
        to: "ada@example.org".to_owned(),
        subject: "Lantern: “Weekly words” failed".to_owned(),
        text: "Why: it is away\n".to_owned(),
        html: "<p>Why: it is away</p>".to_owned(),
        unsubscribe: Some("https://d.example.org/api/notifications/unsubscribe?token=t".to_owned()),
    }
}

/// Sends one message to a server that answers with `answer`; returns what came of it and what it was asked.
async fn asked(answer: &str) -> (Result<Sent, ChannelError>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = answer.to_owned();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let request = request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.expect("answered");
        request
    });
    let from = "Dateline <dateline@example.net>".parse().expect("a mailbox");
    let channel = ResendChannel::new(from, Secret::new("re_canary"), &url).expect("a channel");
    let result = channel.send(&message()).await;
    (result, serving.await.expect("served"))
}

async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.expect("a request");
        read.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if count == 0 || body.len() >= length.unwrap_or(0_usize) {
            return text;
        }
    }
}

fn answer(status: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}connection: close\r\n\r\n{body}", body.len())
}

fn refused(name: &str) -> Value {
    json!({ "statusCode": 0, "name": name, "message": "in their words" })
}

#[tokio::test]
async fn a_request_is_what_their_contract_describes() {
    let (result, request) = asked(&answer("200 OK", "", &json!({ "id": "49a3999c" }))).await;
    assert_eq!(result, Ok(Sent { reference: Some("49a3999c".to_owned()) }));
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    let head = head.to_lowercase();
    assert!(head.starts_with("post /emails http/1.1"), "{head}");
    assert!(head.contains("idempotency-key: execution/exe_1/usr_2/dlv_3"), "{head}");
    assert!(head.contains("authorization: bearer re_canary"), "{head}");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/resend/openapi.json");
    let contract: Value = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).expect("a contract is JSON"),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{}: {error}", path.display()),
        Err(_) => {
            println!("SKIPPED 1 contract test: {} is absent", path.display());
            return;
        }
    };
    let schema = &contract["components"]["schemas"]["SendEmailRequest"];
    for required in schema["required"].as_array().expect("required") {
        assert!(body.get(required.as_str().expect("a name")).is_some(), "{required}");
    }
    for (name, value) in body.as_object().expect("an object") {
        let property = &schema["properties"][name];
        let is_fit = match property["type"].as_str() {
            Some("string") => value.is_string(),
            Some("object") => value.is_object(),
            // `to`: a text or up to fifty of them.
            None => value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)),
            Some(_) => false,
        };
        assert!(is_fit, "{name} is {value}, described as {property}");
    }
    let key = &contract["paths"]["/emails"]["post"]["parameters"][0];
    assert!(message().key.len() as u64 <= key["schema"]["maxLength"].as_u64().expect("a length"));
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    let is_transient =
        |result: &Result<Sent, ChannelError>| matches!(result, Err(ChannelError::Transient { .. }));
    for (status, name) in [
        ("401 Unauthorized", "restricted_api_key"),
        ("403 Forbidden", "invalid_api_key"),
        ("409 Conflict", "concurrent_idempotent_requests"),
        ("500 Internal Server Error", "application_error"),
        ("302 Found", ""),
    ] {
        let (result, _) = asked(&answer(status, "location: http://127.0.0.1:9/\r\n", &refused(name))).await;
        assert!(is_transient(&result), "{status}: {result:?}");
        assert!(!format!("{result:?}").contains("canary"));
    }
    let (result, _) = asked(&answer("409 Conflict", "", &refused("invalid_idempotent_request"))).await;
    assert!(matches!(result, Err(ChannelError::Unknown { .. })), "{result:?}");
    let (result, _) = asked(&answer("422 Unprocessable Entity", "", &refused("invalid_from_address"))).await;
    assert!(
        matches!(&result, Err(ChannelError::Permanent { reason }) if reason.contains("in their words")),
        "{result:?}"
    );
    for (headers, wait) in [("retry-after: 7\r\n", 7), ("ratelimit-reset: 9\r\n", 9)] {
        let (result, _) =
            asked(&answer("429 Too Many Requests", headers, &refused("rate_limit_exceeded"))).await;
        let retry_after = Some(Duration::from_secs(wait));
        assert!(matches!(result, Err(ChannelError::Transient { retry_after: it, .. }) if it == retry_after));
    }
    // The name of the message makes another try harmless, whatever became of this one.
    let (result, _) = asked("").await;
    assert!(is_transient(&result), "{result:?}");
}
