//! Events from outside: something that happened elsewhere, and that jobs answer.
//!
//! ```text
//!  a sender says what happened ──▶ each job of the same home that listens to it runs, in one commit
//! ```
//!
//! An event belongs to a project, or to the person who sends it, and reaches the jobs that are at home there: whoever may send
//! it may run each of them by hand. Listening is a further reason to run, beside the schedule. (What the store tells its
//! watchers is another thing: [`crate::event`].)

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::home::Home;
use crate::id::{ExecutionId, JobId, ReceivedEventId, derived};
use crate::schedule::{Fault, FaultCode};
use crate::time::Timestamp;

/// So many topics one job may listen to.
pub const TOPICS_MAX: usize = 16;
/// So many jobs of one home may listen to one topic: they all start in one commit.
pub const LISTENERS_MAX: usize = 500;
/// The most bytes of what a sender says of an event, as JSON: each execution that answers it keeps them.
pub const DATA_BYTES_MAX: usize = 16 * 1024;
/// The most characters of the name of a sender's own event.
pub const NAME_CHARS_MAX: usize = 100;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// Commits arrived on a branch.
    CodePushed,
    /// A release was published.
    ReleasePublished,
    /// A pull request was merged.
    PullRequestMerged,
    /// An issue was closed.
    IssueClosed,
    /// A version went into service somewhere.
    Deployed,
    /// What the sender's name for it says.
    Custom,
}

impl EventType {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::CodePushed,
        Self::ReleasePublished,
        Self::PullRequestMerged,
        Self::IssueClosed,
        Self::Deployed,
        Self::Custom,
    ];

    /// Returns its spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodePushed => "CODE_PUSHED",
            Self::ReleasePublished => "RELEASE_PUBLISHED",
            Self::PullRequestMerged => "PULL_REQUEST_MERGED",
            Self::IssueClosed => "ISSUE_CLOSED",
            Self::Deployed => "DEPLOYED",
            Self::Custom => "CUSTOM",
        }
    }
}

/// What a job listens to, and what an event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// What the sender calls it; for CUSTOM and for nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Topic {
    /// Returns what is wrong with it, where it stands at `pointer`.
    pub fn faults(&self, pointer: &str) -> Vec<Fault> {
        let fault = |value: &str, expected: String| {
            vec![Fault::at(format!("{pointer}/name"), FaultCode::InvalidField, value, expected)]
        };
        match (self.event_type, self.name.as_deref()) {
            (EventType::Custom, None) => fault("", format!("a name such as `build.finished`: {NAME_TAKES}")),
            (EventType::Custom, Some(name)) if !is_name(name) => fault(name, NAME_TAKES.to_owned()),
            (EventType::Custom, Some(_)) => Vec::new(),
            (_, None) => Vec::new(),
            (other, Some(name)) => fault(name, format!("no name: only CUSTOM has one, not {}", other.name())),
        }
    }

    /// Returns the number that stands for it in indexes.
    pub fn bits(&self) -> u128 {
        let mut hasher = blake3::Hasher::new_derive_key("dateline 2026 topic of an event");
        hasher.update(self.event_type.name().as_bytes()).update(&[0]);
        hasher.update(self.name.as_deref().unwrap_or_default().as_bytes());
        hasher.finalize().as_bytes().first_chunk::<16>().map_or(0, |bits| u128::from_be_bytes(*bits))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} {name}", self.event_type.name()),
            None => f.write_str(self.event_type.name()),
        }
    }
}

const NAME_TAKES: &str = "1 to 100 letters, digits, `.`, `-`, `_` or `/`";

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(is_plain)
}

/// An event, as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedEvent {
    /// Its identity.
    pub id: ReceivedEventId,
    /// What it is about.
    #[serde(flatten)]
    pub topic: Topic,
    /// What its sender says of it: an object of at most [`DATA_BYTES_MAX`] bytes.
    pub data: Value,
    /// Whose it is: the jobs at home there can answer it.
    pub home: Home,
    /// When it was received.
    pub at: Timestamp,
}

impl ReceivedEvent {
    /// Returns what is wrong with what its sender says.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.topic.faults("");
        let bytes = self.data.to_string().len();
        if bytes > DATA_BYTES_MAX {
            let (pointer, expected) = ("/data", format!("at most {DATA_BYTES_MAX} bytes of JSON"));
            faults.push(Fault::at(pointer, FaultCode::InvalidField, &bytes.to_string(), expected));
        }
        faults
    }
}

/// Returns what is wrong with the topics of a job.
pub fn topic_faults(topics: &[Topic]) -> Vec<Fault> {
    if topics.len() > TOPICS_MAX {
        let (value, expected) = (topics.len().to_string(), format!("at most {TOPICS_MAX} entries"));
        return vec![Fault::at("/listensTo", FaultCode::InvalidField, &value, expected)];
    }
    let mut faults = Vec::new();
    for (index, topic) in topics.iter().enumerate() {
        let pointer = format!("/listensTo/{index}");
        if topics[..index].contains(topic) {
            let expected = "each at most once";
            faults.push(Fault::at(pointer, FaultCode::InvalidField, &topic.to_string(), expected));
        } else {
            faults.extend(topic.faults(&pointer));
        }
    }
    faults
}

impl ExecutionId {
    /// Returns the id of the execution of `job` that answers `event`: there is one for each.
    pub fn answering(now: Timestamp, job: JobId, event: ReceivedEventId) -> Self {
        let parts: Vec<u8> = [job.bits(), event.bits()].into_iter().flat_map(u128::to_be_bytes).collect();
        Self::from_bits(derived(now, "event", &parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(event_type: EventType, name: Option<&str>) -> Topic {
        Topic { event_type, name: name.map(str::to_owned) }
    }

    #[test]
    fn only_a_sender_s_own_events_have_names() {
        use EventType as E;
        for (event_type, name, words) in [
            (E::Deployed, None, None),
            (E::Custom, Some("build.finished"), None),
            (E::Custom, None, Some("a name")),
            (E::Custom, Some(""), Some("1 to 100")),
            (E::Custom, Some("a b"), Some("1 to 100")),
            (E::Custom, Some("a\u{202e}b"), Some("1 to 100")),
            (E::Deployed, Some("x"), Some("no name")),
        ] {
            let faults = topic(event_type, name).faults("/listensTo/0");
            let found = faults.first().map(|fault| (fault.pointer.as_str(), fault.expected.as_str()));
            match words {
                None => assert_eq!(found, None, "{event_type:?} {name:?}"),
                Some(words) => {
                    let (pointer, expected) = found.expect("a fault");
                    assert_eq!(pointer, "/listensTo/0/name");
                    assert!(expected.contains(words), "{expected}");
                }
            }
        }
    }

    #[test]
    fn topics_are_told_apart() {
        let all: std::collections::BTreeSet<u128> = EventType::ALL
            .into_iter()
            .map(|event_type| topic(event_type, None).bits())
            .chain([topic(EventType::Custom, Some("a")).bits(), topic(EventType::Custom, Some("b")).bits()])
            .collect();
        assert_eq!(all.len(), EventType::ALL.len() + 2);
    }

    #[test]
    fn a_topic_is_listened_to_once() {
        let twice = [topic(EventType::Deployed, None), topic(EventType::Deployed, None)];
        assert_eq!(topic_faults(&twice)[0].pointer, "/listensTo/1");
        let many = vec![topic(EventType::Deployed, None); TOPICS_MAX + 1];
        assert_eq!(topic_faults(&many)[0].pointer, "/listensTo");
    }
}
