//! Notifications in words: a subject, plain text, and HTML that says the same.

mod html;
mod words;

use super::{Delivery, Group, Notification, NotificationEvent};
use crate::channel::Message;
use crate::id::{DraftId, ExecutionId, UserId};

use super::news::told;
use words::{count, details, noun};

const SUBJECT_CHARS_MAX: usize = 150;
/// A section shows this many entries; of more it says how many.
const ENTRIES_MAX: usize = 30;
const SENDER: &str = "Dateline";
const WHY: &str = "You get this because Dateline is set to tell you of these events.";

/// Addresses of the page, when it has a public one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    base: Option<String>,
}

impl Links {
    /// Returns the links below `base`, an absolute `http` or `https` address; none at all without one.
    pub fn below(base: Option<&str>) -> Self {
        Self { base: base.map(|base| base.trim_end_matches('/').to_owned()) }
    }

    /// Returns where a draft is read.
    pub fn draft(&self, id: DraftId) -> Option<String> {
        self.to(&format!("/drafts/{id}"))
    }

    /// Returns where an execution is read.
    pub fn execution(&self, id: ExecutionId) -> Option<String> {
        self.to(&format!("/executions/{id}"))
    }

    /// Returns what a program posts to, and a person opens, to switch mail off.
    pub fn unsubscribe(&self, token: &str) -> Option<String> {
        self.to(&format!("/api/notifications/unsubscribe?token={token}"))
    }

    fn to(&self, path: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}{path}"))
    }
}

/// A message before it is plain text or HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    sections: Vec<Section>,
    why: String,
    unsubscribe: Option<String>,
}

/// Entries under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    heading: Option<String>,
    mark: Mark,
    entries: Vec<Entry>,
    /// Entries that are not shown.
    more: u64,
}

/// How a section looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    Bad,
    Plain,
}

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    title: String,
    details: Vec<String>,
    link: Option<(&'static str, String)>,
}

/// The kinds of news, in the order in which a person needs them.
const KINDS: [(&str, Mark, &[NotificationEvent]); 5] = [
    (
        "Needs a look",
        Mark::Bad,
        &[
            NotificationEvent::JobFailure,
            NotificationEvent::JobPartial,
            NotificationEvent::JobPaused,
            NotificationEvent::JobLate,
            NotificationEvent::JobOutlasts,
            NotificationEvent::PublicationFailed,
            NotificationEvent::DeliveryFailed,
            NotificationEvent::DeliveryUnknown,
        ],
    ),
    ("To decide", Mark::Plain, &[NotificationEvent::JobAsks]),
    ("Missed", Mark::Bad, &[NotificationEvent::JobMissed]),
    ("Completed", Mark::Good, &[NotificationEvent::JobSuccess, NotificationEvent::JobRecovered]),
    ("Ready for review", Mark::Plain, &[NotificationEvent::DraftReady]),
];

impl Letter {
    /// Returns the letter that tells `notifications` and counts `more` that are not shown.
    pub fn about(
        notifications: &[Notification],
        more: u64,
        links: &Links,
        unsubscribe: Option<String>,
    ) -> Self {
        let sections: Vec<Section> = KINDS
            .iter()
            .filter_map(|(heading, mark, events)| section(heading, *mark, events, notifications, links))
            .collect();
        let mut letter =
            Self { subject: subject(notifications, more), sections, why: WHY.to_owned(), unsubscribe };
        match letter.sections.as_mut_slice() {
            // What stands alone needs no heading.
            [only] if only.entries.len() == 1 && more == 0 => only.heading = None,
            [.., last] => last.more += more,
            [] => {}
        }
        letter
    }

    /// Returns it as plain text.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            if let Some(heading) = &section.heading {
                text.push_str(&format!("{heading}\n{}\n", "-".repeat(heading.chars().count())));
            }
            for entry in &section.entries {
                text.push_str(&format!("{}\n", entry.title));
                for detail in &entry.details {
                    text.push_str(&format!("  {detail}\n"));
                }
                if let Some((_, address)) = &entry.link {
                    text.push_str(&format!("  {address}\n"));
                }
                text.push('\n');
            }
            if section.more > 0 {
                text.push_str(&format!("… and {} more\n\n", section.more));
            }
        }
        // The two hyphens and a space are how mail readers know a footer.
        text.push_str(&format!("-- \n{}\n", self.why));
        if let Some(address) = &self.unsubscribe {
            text.push_str(&format!("No more of this mail: {address}\n"));
        }
        text
    }

    /// Returns it as an HTML document.
    pub fn html(&self) -> String {
        html::document(self)
    }
}

/// Returns the message that `delivery` hands over: the same in every try.
pub fn message(
    delivery: &Delivery,
    notifications: &[Notification],
    to: &str,
    links: &Links,
    unsubscribe: Option<String>,
) -> Message {
    let letter = Letter::about(notifications, delivery.more, links, unsubscribe.clone());
    let execution = notifications.iter().find_map(|notification| notification.execution);
    let about = match (delivery.group, execution) {
        (Group::Subject(_), Some(execution)) => format!("execution/{execution}"),
        (Group::Subject(_), None) => "event".to_owned(),
        (Group::Instant(_), _) => "digest".to_owned(),
    };
    Message {
        delivery: Some(delivery.id),
        key: format!("{about}/{}/{}", delivery.user, delivery.id),
        to: to.to_owned(),
        text: letter.plain(),
        html: letter.html(),
        subject: letter.subject,
        unsubscribe,
    }
}

/// Returns the message somebody sends themselves to see that mail works. `key` differs in every test.
pub fn test_message(user: UserId, key: &str, to: &str) -> Message {
    let entry = Entry {
        title: "Mail from Dateline reaches you.".to_owned(),
        details: vec!["This is the test you asked for; nothing has happened.".to_owned()],
        link: None,
    };
    let letter = Letter {
        subject: "Dateline: a test".to_owned(),
        sections: vec![Section { heading: None, mark: Mark::Good, entries: vec![entry], more: 0 }],
        why: "You get this because somebody signed in as you asked for a test.".to_owned(),
        unsubscribe: None,
    };
    Message {
        delivery: None,
        key: format!("test/{user}/{key}"),
        to: to.to_owned(),
        text: letter.plain(),
        html: letter.html(),
        subject: letter.subject,
        unsubscribe: None,
    }
}

impl Notification {
    /// Returns what it says in one line.
    pub fn title(&self) -> String {
        words::title(self.event, &self.facts)
    }

    /// Returns what else there is to say, a sentence each.
    pub fn details(&self) -> Vec<String> {
        details(&self.facts)
    }
}

fn section(
    heading: &str,
    mark: Mark,
    events: &[NotificationEvent],
    notifications: &[Notification],
    links: &Links,
) -> Option<Section> {
    let mut told = notifications.iter().filter(|notification| events.contains(&notification.event));
    let entries: Vec<Entry> =
        told.by_ref().take(ENTRIES_MAX).map(|notification| entry(notification, links)).collect();
    let more = told.count() as u64;
    (!entries.is_empty()).then(|| Section { heading: Some(heading.to_owned()), mark, entries, more })
}

fn entry(notification: &Notification, links: &Links) -> Entry {
    let draft = notification.draft.and_then(|id| links.draft(id)).map(|address| ("Read the draft", address));
    let execution = || {
        let address = notification.execution.and_then(|id| links.execution(id))?;
        Some(("See the execution", address))
    };
    Entry { title: notification.title(), details: notification.details(), link: draft.or_else(execution) }
}

fn subject(notifications: &[Notification], more: u64) -> String {
    let drafts = notifications.iter().filter(|it| it.event == NotificationEvent::DraftReady).count();
    let others: Vec<&Notification> =
        notifications.iter().filter(|it| it.event != NotificationEvent::DraftReady).collect();
    let line = match (others.as_slice(), drafts, more) {
        ([only], 0, 0) => only.title(),
        ([only], _, 0) => format!("{}, {} to review", only.title(), noun(drafts as u64, "draft")),
        ([], 1, 0) => notifications.first().map(Notification::title).unwrap_or_default(),
        ([], _, 0) if is_of_one_home(notifications) => {
            let project = notifications.first().map(|first| words::project(&first.facts)).unwrap_or_default();
            format!("{project}: {} to review", noun(drafts as u64, "draft"))
        }
        _ => format!("{SENDER}: {}", summary(notifications, more)),
    };
    told(&line, SUBJECT_CHARS_MAX)
}

fn is_of_one_home(notifications: &[Notification]) -> bool {
    notifications.windows(2).all(|pair| pair[0].home == pair[1].home)
}

/// Returns how many of each kind: `2 failed, 14 completed, 9 drafts to review`.
fn summary(notifications: &[Notification], more: u64) -> String {
    let of = |event| notifications.iter().filter(|it| it.event == event).count() as u64;
    let mut parts: Vec<String> = NotificationEvent::ALL
        .into_iter()
        .filter_map(|event| Some(count(event, of(event))).filter(|_| of(event) > 0))
        .collect();
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    parts.join(", ")
}

#[cfg(test)]
#[path = "letter/letter_tests.rs"]
mod tests;
