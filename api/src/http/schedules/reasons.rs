//! What else starts a job, and what keeps it from running for nothing, as JSON spells it.

use dateline_core::condition::{ActivityFacts, Verdict};
use dateline_core::id::JobId;
use dateline_core::received_event::{EventType, Topic};
use poem_openapi::Object;
use serde_json::Value;

use super::payload::PayloadBody;
use crate::http::fields::{Id, Line, Word, words};

words!(EventType as EventType ("What happened; CUSTOM is what its sender calls it."): CodePushed, ReleasePublished,
    PullRequestMerged, IssueClosed, Deployed, Custom);

/// An event that starts a job.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct TopicBody {
    /// What happens.
    #[oai(rename = "type")]
    pub event_type: Word<EventType>,
    /// What the sender calls it: letters, digits, `.`, `-`, `_` or `/`; for CUSTOM and for nothing else.
    pub name: Option<Line<100>>,
}

/// A condition to try.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TrialBody {
    /// The condition, in the Common Expression Language.
    pub expression: Line<500>,
    /// The job whose last run, payload and zone it is asked of; without one there are none.
    pub job_id: Option<Id<JobId>>,
    /// What happened in the project; nothing when absent.
    pub activity: Option<ActivityBody>,
    /// What the run is told; what the job is told when absent.
    pub payload: Option<PayloadBody>,
}

/// What happened in a project, in numbers; 0 when absent.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ActivityBody {
    /// What is worth telling: pull requests and commits that stand alone.
    pub items: Option<u32>,
    /// Commits, told or not.
    pub commits: Option<u32>,
    /// Pull requests among the items.
    pub pull_requests: Option<u32>,
    /// Issues that the items close.
    pub issues: Option<u32>,
    /// Releases.
    pub releases: Option<u32>,
    /// Items that break something.
    pub breaking: Option<u32>,
    /// Items that bring something new.
    pub features: Option<u32>,
    /// Items that mend something.
    pub fixes: Option<u32>,
    /// Items about security.
    pub security: Option<u32>,
    /// Items whose author is certainly new.
    pub first_timers: Option<u32>,
    /// People behind the items, robots aside.
    pub authors: Option<u32>,
}

/// What a condition comes to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct VerdictBody {
    /// Whether it holds: the run would go on.
    pub holds: bool,
    /// What the names in it stand for.
    pub values: Value,
}

impl From<TopicBody> for Topic {
    fn from(body: TopicBody) -> Self {
        Self { event_type: body.event_type.0, name: body.name.map(|name| name.0) }
    }
}

impl From<Topic> for TopicBody {
    fn from(topic: Topic) -> Self {
        Self { event_type: Word(topic.event_type), name: topic.name.map(Line) }
    }
}

impl From<ActivityBody> for ActivityFacts {
    fn from(body: ActivityBody) -> Self {
        let count = |number: Option<u32>| u64::from(number.unwrap_or_default());
        Self {
            items: count(body.items),
            commits: count(body.commits),
            pull_requests: count(body.pull_requests),
            issues: count(body.issues),
            releases: count(body.releases),
            breaking: count(body.breaking),
            features: count(body.features),
            fixes: count(body.fixes),
            security: count(body.security),
            first_timers: count(body.first_timers),
            authors: count(body.authors),
        }
    }
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        Self {
            holds: verdict.holds,
            values: verdict.values.into_iter().collect::<serde_json::Map<_, _>>().into(),
        }
    }
}
