use std::sync::Mutex;

use dateline_core::secret::Secret;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Returns what `act` logs. Tests of one process share the sink: they take turns.
fn logged(format: LogFormat, act: impl FnOnce()) -> String {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    WRITTEN.lock().expect("not poisoned").clear();
    let write = |line: &[u8]| WRITTEN.lock().expect("not poisoned").extend_from_slice(line);
    let log = Log { format, is_coloured: false, clock: OsClock::new(), write };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(log), act);
    String::from_utf8(WRITTEN.lock().expect("not poisoned").clone()).expect("text")
}

#[test]
fn an_event_is_one_line_whatever_is_in_it() {
    let attack = "x\n2026-11-23 ERROR root logged in\r\u{1b}[31m\u{202e}\u{0}";
    let long = "long ".repeat(200_000);
    for format in [LogFormat::Json, LogFormat::Text] {
        let said = logged(format, || tracing::info!(attack, long, "a {attack} and {long}"));
        assert_eq!(said.matches('\n').count(), 1, "{format:?}");
        assert!(said.len() < 4 * redact::CHARS_MAX + 500, "{format:?}: {} bytes", said.len());
        let hidden = said.trim_end().chars().find(|letter| letter.is_control() || *letter == '\u{202e}');
        assert_eq!(hidden, None, "{format:?}");
    }
}

#[test]
fn json_lines_keep_their_shape() {
    let said = logged(LogFormat::Json, || tracing::warn!(status = 503_u16, path = %"/api", "not ready"));
    let line: Value = serde_json::from_str(&said).expect("JSON");
    let keys: Vec<_> = line.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["timestamp", "level", "message", "status", "path", "target"]);
    assert_eq!((line["level"].as_str(), line["status"].as_u64()), (Some("WARN"), Some(503)));
    assert_eq!(line["message"], "not ready");
}

#[test]
fn no_secret_reaches_a_line() {
    let set = "a value without any shape";
    redact::hide([Secret::new(set)]);
    let secrets = [
        ("ghp_0123456789abcdefABCDEF0123456789abcd", "0123456789abcdef"),
        (
            "github_pat_11ABCDEFG0123456789_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW",
            "ghijklmnop",
        ),
        ("smtps://news:hunter2hunter2@mail.example.org", "hunter2"),
        ("dl_Z3k9QpT7wXv2LmN8bRc4YdFg6HjK1sAe5UoPiTrEwQzX", "pT7wXv2LmN8b"),
        (set, "without any shape"),
    ];
    for (secret, core) in secrets {
        for text in [secret.to_owned(), format!("Bearer {secret}"), format!("failed at ({secret}): no")] {
            let said = logged(LogFormat::Json, || {
                let span = tracing::info_span!("request", request = %text);
                let _in = span.enter();
                tracing::error!(text, error = %std::io::Error::other(text.clone()), "it was {text:?}");
            });
            assert!(!said.is_empty() && !said.contains(core), "{text}: {said}");
        }
    }
}

#[test]
fn a_request_writes_five_lines_at_most_and_says_what_is_missing() {
    let said = logged(LogFormat::Json, || {
        let span = tracing::error_span!("request", request = "req_1", path = "/not/carried");
        let _in = span.enter();
        for number in 0..9 {
            tracing::warn!(number, "again");
        }
        tracing::info!(status = 200, "answered");
    });
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 5, "{said}");
    assert!(lines.iter().all(|line| line["request"] == "req_1" && line["path"].is_null()), "{said}");
    assert_eq!((lines[4]["message"].as_str(), lines[4]["leftOut"].as_u64()), (Some("answered"), Some(5)));
}
