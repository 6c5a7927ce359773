//! `dateline notification`: what you are told, and how.

mod preferences;

use clap::{Args, Subcommand};
use dateline_openapi::{Answer, List, calls, types};

use self::preferences::PreferencesVerb;
use super::output::{CommandError, print};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};

const EXAMPLES: &str = "\
Examples:
  dateline notification list --unread
  dateline notification read last
  dateline notification read-all
  dateline notification deliveries last
  dateline notification preferences
  dateline notification preferences set --address ana@example.org --digest 08:00 --tz Europe/Berlin
  dateline notification test

NOTIFICATION is an id, its beginning or end, or `last`.";

/// List what you are told, mark it read, and say how you want to be told
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Notification {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List notifications, newest first, with how many are unread
    List(ListArgs),
    /// Mark a notification read and show it
    Read {
        /// The notification
        notification: String,
    },
    /// Mark all notifications read
    ReadAll,
    /// Show which mails told a notification, and what became of each
    Deliveries {
        /// The notification
        notification: String,
    },
    /// Show or set what you want to be told, through which channel and when
    Preferences {
        #[command(subcommand)]
        verb: Option<PreferencesVerb>,
    },
    /// Send yourself a test mail, at once
    Test,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only what you have not read
    #[arg(long, conflicts_with = "read")]
    unread: bool,
    /// Only what you have read
    #[arg(long)]
    read: bool,
    /// Only this event, such as `job_failure`
    #[arg(long, value_parser = event)]
    event: Option<types::NotificationEvent>,
    /// Only this project
    #[arg(long)]
    project: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

/// Reads an event, in any case, `-` for `_`.
fn event(text: &str) -> Result<types::NotificationEvent, String> {
    let word = text.to_lowercase().replace('-', "_");
    match types::NotificationEvent::from(word) {
        types::NotificationEvent::Unlisted(_) => {
            Err(format!("expected one of {}", types::NotificationEvent::WORDS.join(", ")))
        }
        event => Ok(event),
    }
}

impl Notification {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(list) => list.show(session).await,
        Verb::Read { notification } => {
            let id = session.notification(&notification).await?;
            session.show(&calls::ReadNotification::new(id), whole).await
        }
        Verb::ReadAll => {
            let told = |_: &Session, done: &types::ReadAll| format!("{} marked read", done.count);
            session.show(&calls::ReadAllNotifications, told).await
        }
        Verb::Deliveries { notification } => {
            let id = session.notification(&notification).await?;
            let answer = session.client.send(&calls::ListDeliveries::new(id)).await?;
            let Answer { value: types::Deliveries { items }, json, etag } = answer;
            let answer = Answer { value: List { items, next_cursor: None }, json, etag };
            session.listed(&answer, "No mail told it: it is only listed.", deliveries)
        }
        Verb::Preferences { verb } => verb.unwrap_or_default().act(session).await,
        Verb::Test => {
            let answer = session.client.send(&calls::TestNotification).await?;
            let types::TestMail { outcome, address, detail } = &answer.value;
            session.tell(&answer, |_, _| format!("{outcome} to {address}: {detail}"))?;
            match outcome {
                types::TestOutcome::Sent => Ok(()),
                outcome => Err(CommandError::Failed(format!("the test mail stands at {outcome}"))),
            }
        }
    }
}

impl ListArgs {
    async fn show(self, session: &Session) -> Result<(), CommandError> {
        let mut call = calls::ListNotifications {
            is_read: (self.read || self.unread).then_some(self.read),
            event: self.event,
            limit: self.page.limit(),
            cursor: self.page.cursor(),
            ..calls::ListNotifications::default()
        };
        if let Some(project) = &self.project {
            call.project_id = Some(session.project(project).await?.id);
        }
        let none = "No such notifications.";
        if self.page.all() {
            let answer = session.client.all(call.clone()).await?;
            if !session.is_json {
                call.limit = Some(1);
                print(&unread(session.ask(&call).await?.unread_count))?;
            }
            return session.listed(&answer, none, rows);
        }
        let Answer { value, json, etag } = session.client.send(&call).await?;
        let types::NotificationList { items, next_cursor, unread_count } = value;
        if !session.is_json {
            print(&unread(unread_count))?;
        }
        session.listed(&Answer { value: List { items, next_cursor }, json, etag }, none, rows)
    }
}

fn unread(count: u64) -> String {
    format!("{count} unread\n")
}

fn rows(session: &Session, notifications: &[types::Notification]) -> String {
    let at = format!("at ({})", session.when.zone());
    let row = |it: &types::Notification| {
        let mark = if it.read_at.is_some() { "" } else { "new" };
        [it.id.clone(), mark.into(), it.event.to_string(), session.when.brief(it.at), it.subject.clone()]
    };
    table(["id", "", "event", &at, "subject"], notifications.iter().map(row))
}

fn whole(session: &Session, it: &types::Notification) -> String {
    let about = sheet([
        ("id", Some(it.id.clone())),
        ("event", Some(it.event.to_string())),
        ("at", Some(session.when.whole(it.at))),
        ("subject", Some(it.subject.clone())),
        ("project", it.project_id.clone()),
        ("job", it.job_id.clone()),
        ("run", it.execution_id.clone()),
        ("draft", it.draft_id.clone()),
        ("read", it.read_at.map(|at| session.when.whole(at))),
    ]);
    let details: Vec<_> = it.details.iter().map(|line| super::text::plain(line)).collect();
    if details.is_empty() { about } else { format!("{about}\n\n{}", details.join("\n")) }
}

fn deliveries(session: &Session, deliveries: &[types::Delivery]) -> String {
    let since = format!("since ({})", session.when.zone());
    let row = |it: &types::Delivery| {
        [
            it.id.clone(),
            it.channel.to_string(),
            it.status.to_string(),
            session.when.brief(it.status_at),
            it.attempts.to_string(),
            it.address.clone().unwrap_or_default(),
            it.reason.clone().or_else(|| it.reference.clone()).unwrap_or_default(),
        ]
    };
    table(["id", "channel", "status", &since, "tries", "to", ""], deliveries.iter().map(row))
}
