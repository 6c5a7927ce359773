//! Keys of limits: what a short template over an execution's job and payload comes to.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::home::Home;
use crate::id::JobId;

/// The most characters of a template, and of what it comes to.
pub const KEY_CHARS_MAX: usize = 200;

/// What a template may name besides the payload.
const VARIABLES: &str = "{projectId}, {jobId}, {type} or {payload.NAME}";

/// A key with `{variables}`, such as `model` or `repo-{payload.repository}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyTemplate(String);

/// Why a text is no template of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyTemplateError {
    /// It is empty, too long, or holds control characters.
    #[error("1 to {KEY_CHARS_MAX} characters without control characters")]
    Text,
    /// A brace has no partner.
    #[error("each `{{` closed by a `}}`, and no other braces")]
    Brace,
    /// It names what there is not.
    #[error("{VARIABLES} and not `{{{name}}}`")]
    Unknown {
        /// What it names.
        name: String,
    },
}

/// What a template's variables stand for.
#[derive(Debug, Clone, Copy)]
pub struct KeyVariables<'a> {
    /// Where its job is at home.
    pub home: Home,
    /// Its job.
    pub job: JobId,
    /// What it does, as the interface spells it.
    pub job_type: &'a str,
    /// What it is told, as JSON.
    pub payload: &'a Value,
}

impl KeyTemplate {
    /// Returns the template a text stands for.
    ///
    /// # Errors
    /// [`KeyTemplateError`] says what would be right.
    pub fn parse(text: &str) -> Result<Self, KeyTemplateError> {
        let chars = text.chars().count();
        if chars == 0 || chars > KEY_CHARS_MAX || text.chars().any(char::is_control) {
            return Err(KeyTemplateError::Text);
        }
        let template = Self(text.to_owned());
        for piece in template.pieces() {
            if let Piece::Variable(name) = piece? {
                known(name).ok_or_else(|| KeyTemplateError::Unknown { name: name.to_owned() })?;
            }
        }
        Ok(template)
    }

    /// Returns the text it was made from.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what it comes to. What the payload does not hold is empty; what would be longer than [`KEY_CHARS_MAX`]
    /// becomes its digest, and control characters become spaces.
    pub fn resolve(&self, variables: &KeyVariables<'_>) -> String {
        let mut key = String::new();
        for piece in self.pieces().map_while(Result::ok) {
            match piece {
                Piece::Text(text) => key.push_str(text),
                Piece::Variable(name) => push_value(&mut key, known(name), variables),
            }
        }
        if key.chars().count() > KEY_CHARS_MAX {
            return format!("blake3:{}", blake3::hash(key.as_bytes()).to_hex());
        }
        key.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    fn pieces(&self) -> impl Iterator<Item = Result<Piece<'_>, KeyTemplateError>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            if let Some(inside) = rest.strip_prefix('{') {
                let Some((name, after)) = inside.split_once('}') else {
                    rest = "";
                    return Some(Err(KeyTemplateError::Brace));
                };
                rest = after;
                return Some(Ok(Piece::Variable(name)));
            }
            let (text, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
            rest = after;
            Some(if text.contains('}') { Err(KeyTemplateError::Brace) } else { Ok(Piece::Text(text)) })
        })
    }
}

/// A text as it is, whether or not it is right: [`KeyTemplate::parse`] says.
impl From<String> for KeyTemplate {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

enum Variable<'a> {
    Project,
    Job,
    Type,
    Payload(&'a str),
}

fn known(name: &str) -> Option<Variable<'_>> {
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    match name {
        "projectId" => Some(Variable::Project),
        "jobId" => Some(Variable::Job),
        "type" => Some(Variable::Type),
        _ => {
            name.strip_prefix("payload.").filter(|path| path.split('.').all(is_plain)).map(Variable::Payload)
        }
    }
}

fn push_value(key: &mut String, variable: Option<Variable<'_>>, variables: &KeyVariables<'_>) {
    match variable {
        Some(Variable::Project) => {
            key.extend(variables.home.project().map(|project| project.to_string()));
        }
        Some(Variable::Job) => key.push_str(&variables.job.to_string()),
        Some(Variable::Type) => key.push_str(variables.job_type),
        Some(Variable::Payload(path)) => {
            let step = |value: Option<&'_ Value>, part: &str| match value? {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?).cloned(),
                value => value.get(part).cloned(),
            };
            let mut value = Some(variables.payload.clone());
            for part in path.split('.') {
                value = step(value.as_ref(), part);
            }
            match value {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => key.push_str(&text),
                Some(value) => key.push_str(&value.to_string()),
            }
        }
        // A stored template was checked when it was saved; one that no longer is known is empty.
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ProjectId;

    fn resolved(text: &str) -> String {
        let payload = serde_json::json!({
            "repository": "example/lantern", "size": 3, "deep": { "list": ["a", "b"] }, "nothing": null,
            "long": "x".repeat(300), "sly": "a\nb", "platforms": ["DEVTO"],
        });
        let (project, job) = (ProjectId::from_bits(1), JobId::from_bits(2));
        let home = Home::Project(project);
        let variables = KeyVariables { home, job, job_type: "GENERATE_CONTENT", payload: &payload };
        KeyTemplate::parse(text).expect("a template").resolve(&variables)
    }

    #[test]
    fn a_key_is_its_text_with_what_its_variables_stand_for() {
        let cases = [
            ("model", "model"),
            ("repo-{payload.repository}", "repo-example/lantern"),
            ("{payload.size}{payload.nothing}{payload.absent}!", "3!"),
            ("{payload.deep.list.1}", "b"),
            ("{payload.deep.list.7}{payload.size.more}", ""),
            ("{payload.platforms}", "[\"DEVTO\"]"),
            ("{type}", "GENERATE_CONTENT"),
            ("{payload.sly}", "a b"),
        ];
        for (text, expected) in cases {
            assert_eq!(resolved(text), expected, "{text}");
        }
        assert_eq!(
            resolved("{projectId}/{jobId}"),
            format!("{}/{}", ProjectId::from_bits(1), JobId::from_bits(2))
        );
    }

    #[test]
    fn what_is_long_becomes_its_digest() {
        let (one, other) = (resolved("{payload.long}"), resolved("{payload.long}!"));
        assert!(one.starts_with("blake3:") && one.chars().count() <= KEY_CHARS_MAX && one != other);
    }

    #[test]
    fn what_is_no_template_is_refused_with_what_would_be_right() {
        let long = "x".repeat(KEY_CHARS_MAX + 1);
        let unknown = |name: &str| Err(KeyTemplateError::Unknown { name: name.to_owned() });
        let cases = [
            ("", Err(KeyTemplateError::Text)),
            (long.as_str(), Err(KeyTemplateError::Text)),
            ("a\tb", Err(KeyTemplateError::Text)),
            ("{jobId", Err(KeyTemplateError::Brace)),
            ("jobId}", Err(KeyTemplateError::Brace)),
            ("a{}", unknown("")),
            ("{project}", unknown("project")),
            ("{payload}", unknown("payload")),
            ("{payload.}", unknown("payload.")),
            ("{payload.a..b}", unknown("payload.a..b")),
            ("{payload.a b}", unknown("payload.a b")),
            ("{{jobId}}", unknown("{jobId")),
        ];
        for (text, expected) in cases {
            assert_eq!(KeyTemplate::parse(text).map(|_| ()), expected, "{text}");
        }
        assert_eq!(
            unknown("project").expect_err("a refusal").to_string(),
            "{projectId}, {jobId}, {type} or {payload.NAME} and not `{project}`"
        );
    }
}
