//! What happened, as far as people are told of it.

use serde::{Deserialize, Serialize};

use super::{Delivery, DeliveryState, Notification, NotificationEvent};
use crate::draft::{Draft, Publication, PublicationOutcome};
use crate::execution::{Execution, ExecutionState, Failure, Items, MissReason, Outcome};
use crate::home::Home;
use crate::hygiene::{clean_line, redact_secrets};
use crate::id::{DeliveryId, DraftId, ExecutionId, JobId, NotificationId, PublicationId, UserId, derived};
use crate::job::JobType;
use crate::platform::Platform;
use crate::publisher::Target;
use crate::time::Timestamp;

const NAME_CHARS_MAX: usize = 120;
const REASON_CHARS_MAX: usize = 600;

/// Something people may want to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What it is about.
    pub event: NotificationEvent,
    /// The one thing it is about: a person hears of an event of a subject once.
    pub subject: Subject,
    /// Whose news it is.
    pub home: Home,
    /// The job, when there is one.
    pub job: Option<JobId>,
    /// The execution, when there is one.
    pub execution: Option<ExecutionId>,
    /// The draft, when there is one.
    pub draft: Option<DraftId>,
    /// What there is to tell.
    pub facts: Facts,
}

/// The one thing that news is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Subject {
    /// An execution; of missed occurrences the newest record.
    Execution(ExecutionId),
    /// A draft.
    Draft(DraftId),
    /// A publication.
    Publication(PublicationId),
    /// A mail.
    Delivery(DeliveryId),
}

impl Subject {
    /// Returns the id's 128 bits: an event has subjects of one kind only, so they tell its subjects apart.
    pub fn bits(self) -> u128 {
        match self {
            Self::Execution(id) => id.bits(),
            Self::Draft(id) => id.bits(),
            Self::Publication(id) => id.bits(),
            Self::Delivery(id) => id.bits(),
        }
    }
}

/// What there is to tell: plain words without controls and secrets, whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Facts {
    /// An execution ended.
    Run {
        /// The project's name; empty for a job without one.
        project: String,
        /// The job's name.
        job: String,
        /// What the job does. Older records are of jobs that write.
        #[serde(default = "writing")]
        job_type: JobType,
        /// What became of its platforms.
        items: Items,
        /// Why it failed, or failed in part.
        error: Option<String>,
        /// How often it was tried.
        attempts: u32,
        /// From its first start to its end.
        took_ms: Option<u64>,
    },
    /// Occurrences passed unserved.
    Missed {
        /// The project's name; empty for a job without one.
        project: String,
        /// The job's name.
        job: String,
        /// How many.
        count: u64,
        /// When the first was due.
        first_due_at: Timestamp,
        /// When the last was due.
        last_due_at: Timestamp,
        /// Why they did not run.
        reason: MissReason,
    },
    /// A job was paused after its failures.
    Paused {
        /// The project's name.
        project: String,
        /// The job's name.
        job: String,
        /// How many executions failed one after another.
        failures: u32,
        /// Why the last one did.
        error: Option<String>,
    },
    /// A run of a schedule was late, was in time again, or took longer than its schedule leaves.
    Timing {
        /// The project's name; empty for a job without one.
        project: String,
        /// The job's name.
        job: String,
        /// When it was due.
        due_at: Timestamp,
        /// When it began.
        begun_at: Timestamp,
        /// From its first start to its end, once it is over.
        took_ms: Option<u64>,
    },
    /// A person is asked whether a missed occurrence runs.
    Ask {
        /// The project's name.
        project: String,
        /// The job's name.
        job: String,
        /// When it was due.
        due_at: Timestamp,
        /// When it runs without an answer.
        until: Timestamp,
    },
    /// A draft waits for review.
    Draft {
        /// The project's name.
        project: String,
        /// What it is written for.
        platform: Platform,
        /// Its title, or how it begins.
        title: String,
    },
    /// A draft could not be published.
    Publication {
        /// The project's name.
        project: String,
        /// What it is written for.
        platform: Platform,
        /// Its title, or how it begins.
        title: String,
        /// Where it should have gone.
        place: String,
        /// Why it did not.
        reason: String,
    },
    /// A mail did not arrive, or may not have.
    Delivery {
        /// Where it should have gone.
        address: String,
        /// What it was about.
        about: String,
        /// Why.
        reason: String,
    },
}

fn writing() -> JobType {
    JobType::GenerateContent
}

impl News {
    /// Returns the news of an execution that has just ended, unless nobody needs to hear of it: it found nothing to
    /// do, or a person stopped it. `project` is empty for a job without one.
    pub fn of_end(execution: &Execution, project: &str, job: &str) -> Option<Self> {
        let ExecutionState::Finished { outcome, at: _ } = &execution.state else { return None };
        let event = match outcome {
            Outcome::Completed => NotificationEvent::JobSuccess,
            Outcome::Partial => NotificationEvent::JobPartial,
            Outcome::Failed => NotificationEvent::JobFailure,
            Outcome::Skipped(_) | Outcome::Missed(_) | Outcome::Cancelled => return None,
        };
        let took = execution.duration().map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let facts = Facts::Run {
            project: told(project, NAME_CHARS_MAX),
            job: told(job, NAME_CHARS_MAX),
            job_type: execution.job_type(),
            items: execution.items,
            error: execution.error.as_ref().map(reason),
            attempts: u32::try_from(execution.attempts.len()).unwrap_or(u32::MAX),
            took_ms: took,
        };
        Some(Self::of_execution(event, execution, facts))
    }

    /// Returns the news of occurrences that passed unserved: of all that are recorded together, as `missed`, oldest
    /// first. Those that a newer run covers are not missed by anybody.
    pub fn of_missed(missed: &[&Execution], project: &str, job: &str) -> Option<Self> {
        let missed: Vec<_> = missed.iter().filter_map(|execution| missed_of(execution)).collect();
        let (newest, reason, _) = *missed.last()?;
        let facts = Facts::Missed {
            project: told(project, NAME_CHARS_MAX),
            job: told(job, NAME_CHARS_MAX),
            count: missed.iter().map(|(_, _, due)| due.2).sum(),
            first_due_at: missed.iter().map(|(_, _, due)| due.0).min()?,
            last_due_at: missed.iter().map(|(_, _, due)| due.1).max()?,
            reason,
        };
        Some(Self::of_execution(NotificationEvent::JobMissed, newest, facts))
    }

    /// Returns the news of a job that was paused when `execution` failed, as the last of so many.
    pub fn of_auto_pause(execution: &Execution, failures: u32, project: &str, job: &str) -> Self {
        let facts = Facts::Paused {
            project: told(project, NAME_CHARS_MAX),
            job: told(job, NAME_CHARS_MAX),
            failures,
            error: execution.error.as_ref().map(reason),
        };
        Self::of_execution(NotificationEvent::JobPaused, execution, facts)
    }

    /// Returns the news, `event`, of when a run of a schedule began or ended; none of an execution that is no such run.
    pub fn of_timing(
        event: NotificationEvent,
        execution: &Execution,
        project: &str,
        job: &str,
    ) -> Option<Self> {
        let took = execution.duration().map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let facts = Facts::Timing {
            project: told(project, NAME_CHARS_MAX),
            job: told(job, NAME_CHARS_MAX),
            due_at: execution.due.as_ref()?.key(),
            begun_at: execution.started_at?,
            took_ms: took,
        };
        Some(Self::of_execution(event, execution, facts))
    }

    /// Returns the news of an execution that asks whether it is to run.
    pub fn of_question(execution: &Execution, project: &str, job: &str) -> Option<Self> {
        let ExecutionState::Waiting { wait, since: _ } = &execution.state else { return None };
        let facts = Facts::Ask {
            project: told(project, NAME_CHARS_MAX),
            job: told(job, NAME_CHARS_MAX),
            due_at: execution.due.as_ref()?.key(),
            until: wait.until,
        };
        Some(Self::of_execution(NotificationEvent::JobAsks, execution, facts))
    }

    /// Returns the news of a draft that was just written.
    pub fn of_draft(draft: &Draft, project: &str) -> Self {
        Self {
            event: NotificationEvent::DraftReady,
            subject: Subject::Draft(draft.id),
            home: draft.project.into(),
            job: Some(draft.job),
            execution: Some(draft.execution),
            draft: Some(draft.id),
            facts: Facts::Draft {
                project: told(project, NAME_CHARS_MAX),
                platform: draft.platform,
                title: title(draft),
            },
        }
    }

    /// Returns the news of a publication that failed.
    pub fn of_publication(publication: &Publication, draft: &Draft, project: &str) -> Option<Self> {
        let Some(PublicationOutcome::Failed { reason, at: _ }) = &publication.outcome else { return None };
        let place = match &publication.target {
            Target::Folder { path, site: _ } | Target::Feed { path, title: _, site_url: _ } => path,
        };
        Some(Self {
            event: NotificationEvent::PublicationFailed,
            subject: Subject::Publication(publication.id),
            home: draft.project.into(),
            job: Some(draft.job),
            // It happens long after the execution and is told by itself.
            execution: None,
            draft: Some(draft.id),
            facts: Facts::Publication {
                project: told(project, NAME_CHARS_MAX),
                platform: draft.platform,
                title: title(draft),
                place: told(place, NAME_CHARS_MAX),
                reason: told(reason, REASON_CHARS_MAX),
            },
        })
    }

    /// Returns the news of a mail that was not taken, or may not have been. `first` is what it was about.
    pub fn of_delivery(delivery: &Delivery, first: &Notification) -> Option<Self> {
        let (event, reason) = match &delivery.state {
            DeliveryState::Failed { reason, at: _ } => (NotificationEvent::DeliveryFailed, reason),
            DeliveryState::Unknown { reason, at: _ } => (NotificationEvent::DeliveryUnknown, reason),
            DeliveryState::Pending { .. } | DeliveryState::Sending { .. } | DeliveryState::Sent { .. } => {
                return None;
            }
        };
        Some(Self {
            event,
            subject: Subject::Delivery(delivery.id),
            home: first.home,
            job: first.job,
            execution: first.execution,
            draft: None,
            facts: Facts::Delivery {
                address: told(delivery.address.as_deref().unwrap_or_default(), NAME_CHARS_MAX),
                about: first.title(),
                reason: told(reason, REASON_CHARS_MAX),
            },
        })
    }

    fn of_execution(event: NotificationEvent, execution: &Execution, facts: Facts) -> Self {
        Self {
            event,
            subject: Subject::Execution(execution.id),
            home: execution.home,
            job: Some(execution.job),
            execution: Some(execution.id),
            draft: None,
            facts,
        }
    }

    /// Returns what names the thing whose news belong into one mail: the execution, where there is one.
    pub fn group(&self) -> u128 {
        self.execution.map_or(self.subject.bits(), ExecutionId::bits)
    }

    /// Returns the notification of this for `user`. Its id follows from what makes it unique, so that a verb that is
    /// applied again makes the same.
    pub fn notification(&self, user: UserId, is_listed: bool, now: Timestamp) -> Notification {
        let parts = [user.bits().to_be_bytes(), self.subject.bits().to_be_bytes()].concat();
        let id = derived(now, self.event.name(), &parts);
        Notification {
            id: NotificationId::from_bits(id),
            user,
            event: self.event,
            subject: Some(self.subject),
            at: now,
            home: self.home,
            job: self.job,
            execution: self.execution,
            draft: self.draft,
            facts: self.facts.clone(),
            is_listed,
            read_at: None,
            version: 1,
        }
    }
}

impl DeliveryId {
    /// Returns the id of the delivery that `first` begins.
    pub fn begun_by(first: &Notification) -> Self {
        Self::from_bits(derived(first.at, "delivery", &first.id.bits().to_be_bytes()))
    }
}

type MissedDue = (Timestamp, Timestamp, u64);

fn missed_of<'e>(execution: &&'e Execution) -> Option<(&'e Execution, MissReason, MissedDue)> {
    let ExecutionState::Finished { outcome: Outcome::Missed(reason), at: _ } = &execution.state else {
        return None;
    };
    match reason {
        MissReason::Coalesced | MissReason::Declined => return None,
        MissReason::Down | MissReason::Asleep | MissReason::TooLate => {}
    }
    let due = match execution.due.as_ref()? {
        crate::execution::Due::Once(occurrence) => (occurrence.due_at, occurrence.due_at, 1),
        crate::execution::Due::Range { first_due_at, last_due_at, count, .. } => {
            (*first_due_at, *last_due_at, *count)
        }
    };
    Some((execution, *reason, due))
}

fn title(draft: &Draft) -> String {
    let title = draft.content.title.as_deref().unwrap_or(&draft.content.summary);
    told(title, NAME_CHARS_MAX)
}

fn reason(failure: &Failure) -> String {
    told(&failure.chain.join(": "), REASON_CHARS_MAX)
}

/// Returns what somebody else wrote as it may be told: one line without controls and secrets, at most `max` characters.
pub(super) fn told(text: &str, max: usize) -> String {
    let line = clean_line(&redact_secrets(text).text);
    match line.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}
