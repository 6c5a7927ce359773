use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::condition::{ActivityFacts, LastRun, TriggerFacts, UpstreamFacts, WallTime};
use crate::execution::TriggerKind;
use crate::time::from_unix_ms;

/// Returns what there is to ask on Tuesday, 15 December 2026, 17:00 in Berlin.
fn facts() -> Facts {
    let at = from_unix_ms(1_797_350_400_000);
    let wall = WallTime::of(at, Some("Europe/Berlin"));
    Facts {
        activity: ActivityFacts { items: 4, commits: 9, releases: 1, ..ActivityFacts::default() },
        last: LastRun { output: json!({ "status": 200 }), ..LastRun::of(None, 2, at) },
        payload: json!({ "platforms": ["DEVTO"], "url": "https://example.com", "timeoutMs": 5_000 })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        trigger: TriggerFacts { kind: TriggerKind::Scheduled, event: None },
        upstream: vec![UpstreamFacts { status: "PARTIAL".to_owned(), output: json!({ "written": 3 }) }],
        due: wall.clone(),
        now: wall,
    }
}

#[track_caller]
fn check(text: &str, holds: bool) -> Verdict {
    let verdict =
        Condition::parse(text).and_then(|it| it.ask(&facts())).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(verdict.holds, holds, "{text}");
    verdict
}

#[test]
fn a_condition_asks_what_happened_when_and_why() {
    check("activity.items >= 5 || activity.releases > 0", true);
    check("activity.items >= 5", false);
    check("last.status == 'NONE' && last.hoursAgo > 24 * 365", true);
    check("last.failuresInRow < 2", false);
    check("last.output.status == 200", true);
    check("payload.timeoutMs + 1 == 5001", true);
    check("'DEVTO' in payload.platforms", true);
    check("payload.url.startsWith('https://')", true);
    check("payload.url.matches('^https://[a-z.]+$')", true);
    check("has(payload.body) && payload.body == 'x'", false);
    check("trigger.kind == 'SCHEDULED' && !has(trigger.event)", true);
    check("upstream.all(it, it.status in ['COMPLETED', 'PARTIAL'])", true);
    check("upstream.exists(it, it.output.written > 2)", true);
    check("due.weekday == 2 && due.hour == 17 && now.minute == 0", true);
    check("size(payload.platforms) == 1 ? true : false", true);
}

#[test]
fn an_answer_is_told_with_what_its_names_stood_for() {
    let verdict = check("activity.items >= 5 && last.status != 'FAILED' && !has(payload.body)", false);
    let values = json!({ "activity.items": 4, "last.status": "NONE" });
    assert_eq!(serde_json::to_value(verdict.values).expect("JSON"), values);
    let verdict = check("upstream.exists(activity, activity.output.written > 2)", true);
    assert_eq!(
        verdict.values.keys().collect::<Vec<_>>(),
        ["upstream"],
        "a loop's own name stands for nothing"
    );
}

#[test]
fn what_is_no_condition_is_refused_with_what_would_be_right() {
    let check = |text: &str, words: &str| {
        let refused = Condition::parse(text).expect_err(text).to_string();
        assert!(refused.contains(words), "{text}: {refused}");
    };
    check("", "1 to 500 bytes");
    check(&"1".repeat(501), "1 to 500 bytes");
    check("activity.items >=", "CEL expression");
    check("activity.pulls > 1", "activity.pullRequests");
    check("activity.pulls > 1", "not `activity.pulls`");
    check("project.name == 'x'", "activity, last, payload, trigger, upstream, due, now and not `project`");
    check("[1].all(a, [1].all(b, [1].all(c, true)))", "at most 2 loops");
    check(&format!("{}true{}", "(".repeat(100), ")".repeat(100)), "CEL expression");
}

#[test]
fn what_cannot_be_asked_says_why() {
    let check = |text: &str, words: &str| {
        let condition = Condition::parse(text).expect("it can be read");
        let refused = condition.ask(&facts()).expect_err(text).to_string();
        assert!(refused.contains(words), "{text}: {refused}");
    };
    check("activity.items", "true or false, and not int");
    check("payload.nothing == 1", "nothing");
    check("'a' > 1", "overload");
    check("1 / (activity.items - 4) == 1", "zero");
    check("f(1)", "f");
}

#[test]
fn what_is_long_is_told_in_part() {
    let mut facts = facts();
    facts.payload.insert("body".to_owned(), "é".repeat(5_000).into());
    facts.payload.insert("list".to_owned(), json!(vec![1; 5_000]));
    let condition = Condition::parse("payload.body != '' && size(payload.list) > 1").expect("a condition");
    let verdict = condition.ask(&facts).expect("an answer");
    assert!(verdict.holds);
    let long = |name: &str| verdict.values[name].as_str().map(|text| text.chars().count());
    assert_eq!((long("payload.body"), long("payload.list")), (Some(200), Some(200)));
}

/// Texts that go as deep as they may: each must come back, whatever it says.
#[test]
fn deep_texts_do_not_exhaust_the_stack() {
    let long = |unit: &str, tail: &str| {
        let count = (CONDITION_BYTES_MAX - tail.len()) / unit.len();
        format!("{}{tail}", unit.repeat(count))
    };
    let pairs = |open: &str, close: &str, middle: &str| {
        let count = (CONDITION_BYTES_MAX - middle.len()) / (open.len() + close.len());
        format!("{}{middle}{}", open.repeat(count), close.repeat(count))
    };
    let texts = [
        long("1+", "1"),
        long("1-", "1"),
        long("!", "true"),
        long("-", "1"),
        long("! ", "true"),
        long("true&&", "true"),
        long("true||", "true"),
        long("true?1:", "1"),
        long("now.", "at"),
        format!("now{}", "[0]".repeat(160)),
        format!("now{}", ".f()".repeat(120)),
        long("1==", "1"),
        long("1 in ", "[1]"),
        pairs("(", ")", "1"),
        pairs("[", "]", ""),
        pairs("{1:", "}", "1"),
        pairs("f(", ")", "1"),
        pairs("has(now.at) ? (", ") : 1", "1"),
        long("'", "'"),
        long("\"\"\"", "1"),
        long("`", "`"),
    ];
    let asked = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || {
        for text in texts {
            let condition = Condition::from(text.clone());
            let _ = (Condition::parse(&text), condition.ask(&facts()));
        }
    });
    asked.expect("a thread").join().expect("half of what a worker's stack holds is enough");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,120}") {
        let _ = Condition::parse(&text);
        let _ = Condition::from(text).ask(&facts());
    }

    #[test]
    fn texts_of_its_own_words_are_answered_or_refused(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "activity.items", "last.output", "payload", "upstream", "due.hour", "now", "(", ")", "[", "]", "{", "}", ".",
                ",", ":", "?", "==", "<", "&&", "||", "!", "-", "+", "*", "/", "%", "in", "has", "size", "map", "all", "x",
                "'a'", "1", "2.5", "null", "true", "b'\\xff'", "9223372036854775807", "matches", "type", "int", "string",
            ]),
            0..24,
        ),
    ) {
        let text = words.join(" ");
        let _ = Condition::parse(&text);
        let _ = Condition::from(text).ask(&facts());
    }
}
