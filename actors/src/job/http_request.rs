//! Asks a server, in one recorded step: `request`, with what came back.
//!
//! What will be asked is on the disk before anything is sent: it is the execution's payload, and the key it is asked under
//! follows from execution and step. What a crash finds between sending and recording was perhaps done: the next attempt
//! asks again under the same key, by which a server that knows the request recognises it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::execution::{FailureClass, Items, Outcome, step_key};
use dateline_core::http_call::{HttpAnswer, HttpCall};
use dateline_core::hygiene::{clean_line, redact_secrets};
use dateline_core::job::{HttpRequest, Verdict};
use dateline_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::attempt::{Done, Ending, Fault, Reached, Run};

/// How much of an answer's body the execution itself shows; its step holds the rest.
const EXCERPT_CHARS: usize = 2_000;
/// How much of an answer's body is kept.
const BODY_BYTES_KEPT: usize = 256 * 1024;
/// What stands in place of a secret that a server sends back.
const MASK: &str = "[secret]";
/// The step, by whose name and the execution's id a server recognises a request.
const STEP: &str = "request";

/// What came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    /// The same in every attempt of the execution.
    idempotency_key: String,
    status: u16,
    /// The address that answered, after redirects.
    url: String,
    redirects: u8,
    headers: Map<String, Value>,
    /// The body, when it is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    body_bytes: usize,
    /// Whether only the beginning of the body is kept.
    is_body_cut: bool,
    took_ms: u64,
}

/// Runs what is left of the steps.
pub(super) async fn perform(run: &Arc<Run>, told: &HttpRequest) -> Ending {
    let mut output = Value::Null;
    let result = run.step(STEP, request(run, told, &mut output)).await;
    match result {
        Ok(answered) => Ending::Done {
            outcome: Outcome::Completed,
            items: Items::default(),
            output: answered.summary(),
            failure: None,
        },
        Err(halt) => halt.ending(Items::default(), output),
    }
}

async fn request(run: &Run, told: &HttpRequest, output: &mut Value) -> Result<Done<Answered>, Fault> {
    let key = step_key(run.claimed.execution.id, STEP);
    let secrets = open(run, told).await?;
    let values: Vec<Secret> = secrets.iter().map(|(_, secret)| secret.clone()).collect();
    let call = HttpCall {
        method: told.method,
        url: told.url.clone(),
        headers: headers(run, told, &key),
        own_headers: secrets,
        body: told.body.clone(),
        timeout: told.timeout,
    };
    let clock = &run.shared.parts.clock;
    let started = clock.monotonic();
    run.info(&format!("{} {}", told.method.name(), redact_secrets(&told.url).text));
    let sent = tokio::select! {
        biased;
        sent = run.shared.parts.http.send(call) => sent,
        () = run.cancelled() => return Err(Fault::said(FailureClass::Transient, "the request was given up")),
    };
    let answer = sent.map_err(|failure| Fault::new(failure.class(), &failure))?;
    let answered = Answered::of(&answer, key, clock.monotonic().saturating_sub(started), &values);
    *output = answered.summary();
    run.reach(Reached { items: Items::default(), output: output.clone() });
    run.info(&format!(
        "answered {} in {} ms, {} bytes",
        answered.status, answered.took_ms, answered.body_bytes
    ));
    match told.judge(&answer, run.now()) {
        Verdict::Right => Ok(Done::of(answered)),
        Verdict::Limited { until } => {
            let what = format!("the server answered {}: it takes no more requests for now", answered.status);
            Err(Fault { asked_until: until, ..Fault::said(FailureClass::RateLimited, &what) })
        }
        Verdict::Wrong { class, until } => {
            Err(Fault { asked_until: until, ..Fault::said(class, &answered.complaint()) })
        }
    }
}

/// Returns all that is sent beside the body, but for what is secret.
fn headers(run: &Run, told: &HttpRequest, key: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> =
        told.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
    let named: Vec<String> = headers.iter().map(|(name, _)| name.clone()).collect();
    let secret = told.secret_headers.iter().map(|header| &header.name);
    let has = |name: &str| named.iter().chain(secret.clone()).any(|known| known.eq_ignore_ascii_case(name));
    if !has("user-agent") {
        headers.push(("User-Agent".to_owned(), concat!("dateline/", env!("CARGO_PKG_VERSION")).to_owned()));
    }
    if let Some(body) = told.body.as_ref().filter(|_| !has("content-type")) {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
    }
    let execution = &run.claimed.execution;
    headers.extend([
        ("Idempotency-Key".to_owned(), key.to_owned()),
        ("Dateline-Execution".to_owned(), execution.id.to_string()),
        ("Dateline-Job".to_owned(), execution.job.to_string()),
        ("Dateline-Attempt".to_owned(), run.attempt().to_string()),
    ]);
    headers
}

/// Opens the values of secret headers.
async fn open(run: &Run, told: &HttpRequest) -> Result<Vec<(String, Secret)>, Fault> {
    let mut opened = Vec::new();
    for header in &told.secret_headers {
        let lost = || {
            let what = format!("the secret header `{}` cannot be read: give it again", header.name);
            Fault::said(FailureClass::Auth, &what)
        };
        let id = header.secret.ok_or_else(lost)?;
        let sealed = match run.shared.parts.store.secret(id).await {
            Err(dateline_core::store::StoreError::NotFound(_)) => return Err(lost()),
            found => found?,
        };
        let secret = run.shared.parts.keys.open(&sealed).map_err(|_| lost())?;
        opened.push((header.name.clone(), secret));
    }
    Ok(opened)
}

impl Answered {
    fn of(answer: &HttpAnswer, idempotency_key: String, took: Duration, secrets: &[Secret]) -> Self {
        let kept = &answer.body[..answer.body.len().min(BODY_BYTES_KEPT)];
        let body = text(kept, answer.body.len() > kept.len());
        Self {
            idempotency_key,
            status: answer.status,
            url: masked(&answer.url, secrets),
            redirects: answer.redirects,
            headers: headers_of(answer, secrets),
            body: body.map(|text| masked(text, secrets)),
            body_bytes: answer.body.len(),
            is_body_cut: answer.body.len() > kept.len(),
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Returns what the execution shows of it.
    fn summary(&self) -> Value {
        let excerpt = self.body.as_ref().map(|body| body.chars().take(EXCERPT_CHARS).collect::<String>());
        json!({
            "idempotencyKey": self.idempotency_key,
            "status": self.status,
            "url": self.url,
            "redirects": self.redirects,
            "bodyBytes": self.body_bytes,
            "body": excerpt,
            "tookMs": self.took_ms,
        })
    }

    /// Returns what went wrong, in the server's own words where it has some.
    fn complaint(&self) -> String {
        let words = self.body.as_deref().unwrap_or_default();
        let words: String = words.chars().take(300).collect();
        let words = clean_line(&words);
        if words.is_empty() {
            format!("the server answered {}", self.status)
        } else {
            format!("the server answered {}: {words}", self.status)
        }
    }
}

/// Returns an answer's headers, those of one name in one text; what a server wants remembered in secret is not kept.
fn headers_of(answer: &HttpAnswer, secrets: &[Secret]) -> Map<String, Value> {
    let mut headers = BTreeMap::<&str, String>::new();
    for (name, value) in &answer.headers {
        let value = if name == "set-cookie" { MASK.to_owned() } else { masked(value, secrets) };
        headers
            .entry(name)
            .and_modify(|text| {
                text.push_str(", ");
                text.push_str(&value);
            })
            .or_insert(value);
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Returns bytes as text, when they are; of what was cut off, the last character may be in parts.
fn text(bytes: &[u8], is_cut: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if is_cut && bytes.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_odd = |it: char| it.is_ascii_control() && !matches!(it, '\t' | '\n' | '\r');
    (!text.contains(is_odd)).then_some(text)
}

/// Returns `text` without the secrets that were sent, since a server may send back what it got, and without what looks
/// like one.
fn masked(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret.expose(), MASK);
        // `Bearer …` and its like name a scheme first; what follows is the secret.
        if let Some((_, rest)) = secret.expose().split_once(' ').filter(|(_, rest)| rest.len() >= 8) {
            text = text.replace(rest, MASK);
        }
    }
    redact_secrets(&text).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_in_secret_is_not_kept() {
        let secrets = [Secret::new("Bearer abcdefgh12"), Secret::new("s3cr3t")];
        let answer = HttpAnswer {
            status: 200,
            url: "https://example.com/".to_owned(),
            redirects: 0,
            headers: vec![
                ("x-echo".to_owned(), "Bearer abcdefgh12".to_owned()),
                ("set-cookie".to_owned(), "session=1".to_owned()),
                ("vary".to_owned(), "Accept".to_owned()),
                ("vary".to_owned(), "Cookie".to_owned()),
            ],
            body: b"it=abcdefgh12 and s3cr3t and ghp_0123456789abcdef".to_vec(),
        };
        let answered = Answered::of(&answer, String::new(), Duration::ZERO, &secrets);
        assert_eq!(answered.body.as_deref(), Some("it=[secret] and [secret] and [redacted]"));
        assert_eq!(answered.headers["x-echo"], "[secret]");
        assert_eq!(
            (&answered.headers["set-cookie"], &answered.headers["vary"]),
            (&json!(MASK), &json!("Accept, Cookie"))
        );
    }

    #[test]
    fn a_body_is_text_where_it_can_be_and_bounded() {
        let of = |body: Vec<u8>| {
            let answer =
                HttpAnswer { status: 200, url: String::new(), redirects: 0, headers: Vec::new(), body };
            Answered::of(&answer, String::new(), Duration::ZERO, &[])
        };
        let large = of("é".repeat(BODY_BYTES_KEPT / 2 + 5).into_bytes());
        assert!(large.is_body_cut && large.body.is_some_and(|text| text.len() == BODY_BYTES_KEPT));
        let odd = of(format!("a{}", "é".repeat(BODY_BYTES_KEPT)).into_bytes());
        assert!(odd.is_body_cut && odd.body.is_some_and(|text| text.len() == BODY_BYTES_KEPT - 1));
        assert_eq!(of(b"a\x1b[2J".to_vec()).body, None, "it would speak to terminals");
        let binary = of(vec![0xff, 0xfe, 0]);
        assert_eq!((binary.body, binary.body_bytes), (None, 3));
    }
}
