//! The sentences: what each kind of news says.

use crate::execution::{Items, MissReason};
use crate::job::JobType;
use crate::notification::{Facts, NotificationEvent};
use crate::platform::Platform;
use crate::time::Timestamp;

/// Returns what a notification says in one line.
pub(super) fn title(event: NotificationEvent, facts: &Facts) -> String {
    match facts {
        Facts::Run { project, job, items, .. } => {
            let job = of(project, job);
            match event {
                NotificationEvent::JobSuccess => format!("{job} completed"),
                NotificationEvent::JobPartial => {
                    format!("{job} completed in part ({} of {})", items.succeeded, items.processed)
                }
                _ => format!("{job} failed"),
            }
        }
        Facts::Missed { project, job, count, .. } => {
            format!("{} missed {}", of(project, job), noun(*count, "run"))
        }
        Facts::Paused { project, job, failures, .. } => {
            format!("{} was paused after {} in a row", of(project, job), noun((*failures).into(), "failure"))
        }
        Facts::Timing { project, job, .. } => {
            let job = of(project, job);
            match event {
                NotificationEvent::JobLate => format!("{job} began late"),
                NotificationEvent::JobRecovered => format!("{job} is in time again"),
                _ => format!("{job} takes longer than its schedule leaves"),
            }
        }
        Facts::Ask { project, job, .. } => format!("{project}: should “{job}” make up for a missed run?"),
        Facts::Draft { project, platform, .. } => {
            format!("{project}: a draft for {} is ready for review", place(*platform))
        }
        Facts::Publication { project, platform, .. } => {
            format!("{project}: the draft for {} could not be published", place(*platform))
        }
        Facts::Delivery { address, .. } => match event {
            NotificationEvent::DeliveryUnknown => format!("A mail to {} may not have arrived", whom(address)),
            _ => format!("A mail to {} was not delivered", whom(address)),
        },
    }
}

/// Returns what a job is called in full.
fn of(project: &str, job: &str) -> String {
    if project.is_empty() { format!("“{job}”") } else { format!("{project}: “{job}”") }
}

/// Returns what else there is to say, a sentence each.
pub(super) fn details(facts: &Facts) -> Vec<String> {
    match facts {
        Facts::Run { job_type, items, error, attempts, took_ms, .. } => match job_type {
            JobType::GenerateContent | JobType::SyncGithub => {
                run(*items, error.as_deref(), *attempts, *took_ms)
            }
            JobType::Cleanup | JobType::HttpRequest => ended(error.as_deref(), *attempts, *took_ms),
        },
        Facts::Missed { count, first_due_at, last_due_at, reason, .. } => {
            let why = match reason {
                MissReason::Down => "Dateline was not running.",
                MissReason::Asleep => "The machine slept, or its clock was set forward.",
                MissReason::TooLate => "It was later than the job's lateness window allows.",
                MissReason::Coalesced => "A newer run covers it.",
                MissReason::Declined => "Somebody decided so.",
            };
            let when = match count {
                1 => format!("Due {}.", minute(*last_due_at)),
                _ => format!("Due from {} to {}.", minute(*first_due_at), minute(*last_due_at)),
            };
            vec![when, why.to_owned()]
        }
        Facts::Paused { error, .. } => {
            let why = error.iter().map(|error| format!("The last one: {error}"));
            why.chain(["It runs no more by itself until somebody resumes it.".to_owned()]).collect()
        }
        Facts::Timing { due_at, begun_at, took_ms, .. } => {
            let times = format!("Due {}, begun {}.", minute(*due_at), minute(*begun_at));
            let took =
                took_ms.map(|ms| format!("It took {}; the next was due before it was over.", duration(ms)));
            std::iter::once(times).chain(took).collect()
        }
        Facts::Ask { due_at, until, .. } => vec![
            format!("It was due {}.", minute(*due_at)),
            format!("Without an answer it runs {}.", minute(*until)),
        ],
        Facts::Draft { title, .. } => vec![format!("“{title}”")],
        Facts::Publication { title, place, reason, .. } => {
            vec![format!("“{title}” was to go to {place}."), format!("Why not: {reason}")]
        }
        Facts::Delivery { about, reason, .. } => {
            vec![format!("It was about: {about}"), format!("What is known: {reason}")]
        }
    }
}

fn run(items: Items, error: Option<&str>, attempts: u32, took_ms: Option<u64>) -> Vec<String> {
    let mut told = Vec::new();
    let took = took_ms.map(|ms| format!(" in {}", duration(ms))).unwrap_or_default();
    told.push(match (items.succeeded, items.failed) {
        (0, 0) if error.is_none() => format!("Nothing was left to write; it ended{took}."),
        (0, _) if attempts > 1 => format!("Nothing was written, in {attempts} attempts."),
        (0, _) => "Nothing was written.".to_owned(),
        (written, 0) => format!("{} written{took}.", texts(written)),
        (written, failed) => {
            format!("{} written, {} given up.", texts(written), noun(failed.into(), "platform"))
        }
    });
    told.extend(error.map(|error| format!("Why: {error}")));
    told
}

/// What a job has to tell that writes nothing.
fn ended(error: Option<&str>, attempts: u32, took_ms: Option<u64>) -> Vec<String> {
    let took = took_ms.map(|ms| format!(" after {}", duration(ms))).unwrap_or_default();
    let mut told = vec![format!("It ended{took}, in {}.", noun(attempts.into(), "attempt"))];
    told.extend(error.map(|error| format!("Why: {error}")));
    told
}

fn texts(written: u32) -> String {
    format!("{} {}", noun(written.into(), "text"), if written == 1 { "was" } else { "were" })
}

/// Returns the project's name, as far as it is known.
pub(super) fn project(facts: &Facts) -> String {
    match facts {
        Facts::Run { project, .. }
        | Facts::Missed { project, .. }
        | Facts::Paused { project, .. }
        | Facts::Timing { project, .. }
        | Facts::Ask { project, .. }
        | Facts::Draft { project, .. }
        | Facts::Publication { project, .. } => project.clone(),
        Facts::Delivery { .. } => super::SENDER.to_owned(),
    }
}

/// Returns how many of an event there were: `2 failed`.
pub(super) fn count(event: NotificationEvent, count: u64) -> String {
    match event {
        NotificationEvent::JobSuccess => format!("{count} completed"),
        NotificationEvent::JobFailure => format!("{count} failed"),
        NotificationEvent::JobPartial => format!("{count} completed in part"),
        NotificationEvent::JobMissed => format!("{count} missed"),
        NotificationEvent::JobPaused => format!("{count} paused"),
        NotificationEvent::JobAsks => format!("{count} to decide"),
        NotificationEvent::JobLate => format!("{count} late"),
        NotificationEvent::JobRecovered => format!("{count} in time again"),
        NotificationEvent::JobOutlasts => format!("{count} too long"),
        NotificationEvent::DraftReady => format!("{} to review", noun(count, "draft")),
        NotificationEvent::PublicationFailed => format!("{count} not published"),
        NotificationEvent::DeliveryFailed | NotificationEvent::DeliveryUnknown => {
            format!("{} in doubt", noun(count, "mail"))
        }
    }
}

/// Returns a number of things: `1 draft`, `2 drafts`.
pub(super) fn noun(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn place(platform: Platform) -> &'static str {
    match platform {
        Platform::Devto => "DEV",
        Platform::Hashnode => "Hashnode",
        Platform::Linkedin => "LinkedIn",
        Platform::Mastodon => "Mastodon",
        Platform::Bluesky => "Bluesky",
        Platform::ReleaseNotes => "the release notes",
        Platform::Email => "a mail to followers",
        Platform::Markdown => "Markdown",
    }
}

fn whom(address: &str) -> &str {
    if address.is_empty() { "you" } else { address }
}

fn minute(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}
