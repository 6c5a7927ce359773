//! What a file wants otherwise than it stands, field by field.

use chrono::DateTime;
use serde_json::{Map, Value, json};

/// A field that is to become something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field, such as `timeConfig.hour`.
    pub field: String,
    /// What it is; `None` when it is not there.
    pub from: Option<Value>,
    /// What it becomes; `None` when it goes.
    pub to: Option<Value>,
}

/// Returns what `wanted` has otherwise than `standing`. What it does not name stays as it is; an object that is sent as
/// a whole is compared as a whole, an absent part being its default.
pub fn differences(wanted: &Map<String, Value>, standing: &Map<String, Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, value) in wanted {
        let stands = standing.get(name).unwrap_or(&Value::Null);
        let (wanted, stands) = (normal(name, value), normal(name, stands));
        let stands = if name == "policy" { named_by(&wanted, stands) } else { stands };
        let present = |value| Some(value).filter(|it: &&Value| !it.is_null());
        collect(name, present(&wanted), present(&stands), &mut found);
    }
    found
}

/// Returns what of `wanted` must be sent, whole fields of the interface, so that nothing differs any more.
pub fn patch(wanted: &Map<String, Value>, differences: &[Difference]) -> Map<String, Value> {
    let differs = |name: &str| differences.iter().any(|it| it.field.split(['.', '[']).next() == Some(name));
    let mut patch = Map::new();
    for (name, value) in wanted {
        let is_schedule = name == "frequency" || name == "timeConfig";
        // The two only mean something together.
        let is_sent = if is_schedule { differs("frequency") || differs("timeConfig") } else { differs(name) };
        if is_sent {
            patch.insert(name.clone(), value.clone());
        }
    }
    patch
}

fn collect(field: &str, wanted: Option<&Value>, stands: Option<&Value>, found: &mut Vec<Difference>) {
    match (wanted, stands) {
        (None, None) => {}
        (Some(wanted), Some(stands)) if wanted == stands => {}
        // What is to go is not there.
        (Some(Value::Null), None) => {}
        (Some(Value::Object(wanted)), Some(Value::Object(stands))) => {
            for (name, value) in wanted {
                collect(&format!("{field}.{name}"), Some(value), stands.get(name), found);
            }
            for (name, value) in stands.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
                collect(&format!("{field}.{name}"), None, Some(value), found);
            }
        }
        (to, from) => {
            found.push(Difference { field: field.to_owned(), from: from.cloned(), to: to.cloned() });
        }
    }
}

/// Returns what of `stands` the other names too: a policy's absent parts keep their values.
fn named_by(wanted: &Value, stands: Value) -> Value {
    match (wanted, stands) {
        (Value::Object(wanted), Value::Object(stands)) => {
            let kept = stands.into_iter().filter_map(|(name, value)| {
                let named = named_by(wanted.get(&name)?, value);
                Some((name, named))
            });
            Value::Object(kept.collect())
        }
        (_, stands) => stands,
    }
}

/// Returns a field's value in the one spelling of its meaning.
fn normal(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("timeConfig", Value::Object(fields)) => Value::Object(time_config(fields)),
        ("platforms", Value::Array(items)) => {
            // Their order says nothing.
            let by_name = items.iter().map(|item| {
                let name = item["platform"].as_str().unwrap_or_default().to_owned();
                let (is_enabled, settings) =
                    (or(item, "isEnabled", json!(true)), or(item, "settings", json!({})));
                (name, json!({ "isEnabled": is_enabled, "settings": settings }))
            });
            Value::Object(by_name.collect())
        }
        ("dependsOn", Value::Object(_)) => {
            let (mode, on) = (or(value, "mode", json!("ALL")), or(value, "on", json!("SUCCESS")));
            json!({ "jobs": value["jobs"], "mode": mode, "on": on })
        }
        ("payload", Value::Object(fields)) if fields.contains_key("url") => {
            let mut fields = fields.clone();
            fields.entry("method").or_insert(json!("GET"));
            fields.entry("timeoutMs").or_insert(json!(30_000));
            fields.retain(|_, value| *value != json!([]));
            Value::Object(fields)
        }
        ("listensTo", Value::Array(topics)) => {
            // Their order says nothing.
            let mut topics: Vec<String> = topics.iter().map(Value::to_string).collect();
            topics.sort();
            json!(topics)
        }
        ("style", Value::Object(_)) => {
            json!({ "tags": or(value, "tags", json!([])), "bots": or(value, "bots", json!([])) })
        }
        _ => value.clone(),
    }
}

fn or(value: &Value, name: &str, default: Value) -> Value {
    value.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default)
}

fn time_config(fields: &Map<String, Value>) -> Map<String, Value> {
    let is_default = |name: &str, value: &Value| match name {
        "dstGap" => value == "AFTER_GAP",
        "dstOverlap" => value == "FIRST",
        "dayMatch" => value == "OR",
        "jitterMs" => value == 0,
        _ => value.is_null(),
    };
    let told = fields.iter().filter(|(name, value)| !is_default(name, value));
    let spelled = told.map(|(name, value)| {
        let instant = matches!(name.as_str(), "startAt" | "endAt").then(|| value.as_str()).flatten();
        let instant = instant.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let value =
            instant.map_or_else(|| value.clone(), |at| json!(dateline_core::time::rfc3339(at.to_utc())));
        (name.clone(), value)
    });
    spelled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    /// Checks which fields differ, and which are sent.
    #[track_caller]
    fn check(wanted: Value, standing: Value, differ: &[&str], sent: &[&str]) {
        let (wanted, standing) = (fields(wanted), fields(standing));
        let found = differences(&wanted, &standing);
        assert_eq!(found.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), differ, "{found:?}");
        let patch = patch(&wanted, &found);
        assert_eq!(patch.keys().map(String::as_str).collect::<Vec<_>>(), sent);
    }

    #[test]
    fn what_means_the_same_does_not_differ() {
        check(json!({}), json!({ "name": "a" }), &[], &[]);
        let zone = json!({ "hour": 9, "timezone": "UTC" });
        let whole = json!({ "hour": 9, "timezone": "UTC", "dstGap": "AFTER_GAP", "dstOverlap": "FIRST", "dayMatch": "OR", "jitterMs": 0, "startAt": null });
        check(json!({ "timeConfig": zone }), json!({ "timeConfig": whole }), &[], &[]);
        check(
            json!({ "timeConfig": { "startAt": "2027-01-01T01:00:00+01:00" } }),
            json!({ "timeConfig": { "startAt": "2027-01-01T00:00:00.000Z" } }),
            &[],
            &[],
        );
        check(
            json!({ "platforms": [{ "platform": "EMAIL" }, { "platform": "MARKDOWN", "isEnabled": true }] }),
            json!({ "platforms": [{ "platform": "MARKDOWN", "isEnabled": true, "settings": {} }, { "platform": "EMAIL", "isEnabled": true }] }),
            &[],
            &[],
        );
        check(
            json!({ "payload": { "url": "https://example.com", "headers": [] } }),
            json!({ "payload": { "method": "GET", "url": "https://example.com", "timeoutMs": 30_000 } }),
            &[],
            &[],
        );
        check(json!({ "style": {} }), json!({ "style": { "tags": [], "bots": [] } }), &[], &[]);
        let policy = json!({ "priority": 5, "misfire": "SKIP", "retry": { "kind": "NONE", "capMs": 3 } });
        check(json!({ "policy": { "retry": { "capMs": 3 } } }), json!({ "policy": policy }), &[], &[]);
    }

    #[test]
    fn what_differs_is_named_and_sent_whole() {
        check(
            json!({ "name": "b", "timezone": "UTC" }),
            json!({ "name": "a", "timezone": "UTC" }),
            &["name"],
            &["name"],
        );
        check(
            json!({ "frequency": "DAILY", "timeConfig": { "hour": 9 }, "isEnabled": true }),
            json!({ "frequency": "DAILY", "timeConfig": { "hour": 8, "endAt": "2027-01-01T00:00:00Z" }, "isEnabled": true }),
            &["timeConfig.hour", "timeConfig.endAt"],
            &["frequency", "timeConfig"],
        );
        check(
            json!({ "platforms": [{ "platform": "EMAIL", "isEnabled": false }] }),
            json!({ "platforms": [{ "platform": "EMAIL" }, { "platform": "DEVTO" }] }),
            &["platforms.EMAIL.isEnabled", "platforms.DEVTO"],
            &["platforms"],
        );
        check(
            json!({ "policy": { "priority": 9, "retry": { "capMs": 4 } } }),
            json!({ "policy": { "priority": 5, "retry": { "capMs": 3, "kind": "NONE" } } }),
            &["policy.priority", "policy.retry.capMs"],
            &["policy"],
        );
        check(
            json!({ "payload": {} }),
            json!({ "payload": { "platforms": ["EMAIL"] } }),
            &["payload.platforms"],
            &["payload"],
        );
        check(
            json!({ "source": { "kind": "GIT", "path": "/b" } }),
            json!({ "source": { "kind": "GITHUB", "owner": "o", "repo": "r" } }),
            &["source.kind", "source.path", "source.owner", "source.repo"],
            &["source"],
        );
    }
}
