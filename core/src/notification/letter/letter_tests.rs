use super::*;
use crate::execution::{Items, MissReason};
use crate::id::{JobId, NotificationId, ProjectId};
use crate::notification::Facts;
use crate::platform::Platform;
use crate::time::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn told(n: u128, event: NotificationEvent, facts: Facts) -> Notification {
    Notification {
        id: NotificationId::from_bits(n),
        user: UserId::OWNER,
        event,
        subject: None,
        at: at("2026-11-23T09:00:00Z"),
        home: ProjectId::from_bits(1).into(),
        job: Some(JobId::from_bits(1)),
        execution: Some(ExecutionId::from_bits(7)),
        draft: (event == NotificationEvent::DraftReady).then(|| DraftId::from_bits(n)),
        facts,
        is_listed: true,
        read_at: None,
        version: 1,
    }
}

fn run(n: u128, event: NotificationEvent, succeeded: u32, failed: u32, error: Option<&str>) -> Notification {
    let facts = Facts::Run {
        project: "Lantern".to_owned(),
        job: "Weekly words".to_owned(),
        job_type: crate::job::JobType::GenerateContent,
        items: Items { processed: succeeded + failed, succeeded, failed },
        error: error.map(str::to_owned),
        attempts: 3,
        took_ms: Some(3_240),
    };
    told(n, event, facts)
}

fn draft(n: u128, platform: Platform, title: &str) -> Notification {
    let facts = Facts::Draft { project: "Lantern".to_owned(), platform, title: title.to_owned() };
    told(n, NotificationEvent::DraftReady, facts)
}

fn letter(notifications: &[Notification]) -> Letter {
    Letter::about(notifications, 0, &Links::below(Some("https://d.example.org/")), None)
}

#[test]
fn a_run_and_its_drafts_are_one_letter() {
    let notifications = [
        draft(1, Platform::Devto, "Tabs are four columns"),
        draft(2, Platform::ReleaseNotes, "1.2.0"),
        run(3, NotificationEvent::JobSuccess, 2, 0, None),
    ];
    let letter = letter(&notifications);
    assert_eq!(letter.subject, "Lantern: “Weekly words” completed, 2 drafts to review");
    let text = letter.plain();
    let expected = "Completed\n---------\nLantern: “Weekly words” completed\n  2 texts were written in 3.2 s.\n  \
                    https://d.example.org/executions/exe_00000000000000000000000007\n\nReady for review\n\
                    ----------------\nLantern: a draft for DEV is ready for review\n  “Tabs are four columns”\n  \
                    https://d.example.org/drafts/dft_00000000000000000000000001\n\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.ends_with("-- \nYou get this because Dateline is set to tell you of these events.\n"),
        "{text}"
    );
}

#[test]
fn each_kind_of_news_has_its_subject() {
    use NotificationEvent::{DeliveryUnknown, JobFailure, JobMissed, JobPartial, PublicationFailed};
    let missed = Facts::Missed {
        project: "Lantern".to_owned(),
        job: "Weekly words".to_owned(),
        count: 3,
        first_due_at: at("2026-11-23T06:00:00Z"),
        last_due_at: at("2026-11-23T08:00:00Z"),
        reason: MissReason::Down,
    };
    let publication = Facts::Publication {
        project: "Lantern".to_owned(),
        platform: Platform::Markdown,
        title: "Tabs".to_owned(),
        place: "/site/posts".to_owned(),
        reason: "it is read-only".to_owned(),
    };
    let delivery = Facts::Delivery {
        address: "ada@example.org".to_owned(),
        about: "Lantern: “Weekly words” failed".to_owned(),
        reason: "the connection was cut".to_owned(),
    };
    let cases = [
        (
            run(1, JobFailure, 0, 2, Some("no git")),
            "Lantern: “Weekly words” failed",
            "Nothing was written, in 3 attempts.",
        ),
        (
            run(1, JobPartial, 1, 1, Some("no git")),
            "Lantern: “Weekly words” completed in part (1 of 2)",
            "Why: no git",
        ),
        (told(1, JobMissed, missed), "Lantern: “Weekly words” missed 3 runs", "Dateline was not running."),
        (
            told(1, PublicationFailed, publication),
            "Lantern: the draft for Markdown could not be published",
            "Why not: it is read-only",
        ),
        (
            told(1, DeliveryUnknown, delivery),
            "A mail to ada@example.org may not have arrived",
            "What is known: the connection was cut",
        ),
        (draft(1, Platform::Mastodon, "Tabs"), "Lantern: a draft for Mastodon is ready for review", "“Tabs”"),
    ];
    for (notification, subject, detail) in cases {
        let letter = letter(std::slice::from_ref(&notification));
        assert_eq!(letter.subject, subject);
        assert!(letter.plain().contains(&format!("  {detail}\n")), "{}", letter.plain());
    }
    let drafts = [draft(1, Platform::Devto, "a"), draft(2, Platform::Email, "b")];
    assert_eq!(letter(&drafts).subject, "Lantern: 2 drafts to review");
}

#[test]
fn a_digest_counts_and_shows_what_fits() {
    let mut notifications: Vec<_> =
        (0..40).map(|n| run(n, NotificationEvent::JobSuccess, 1, 0, None)).collect();
    notifications.push(run(99, NotificationEvent::JobFailure, 0, 1, None));
    let letter = Letter::about(&notifications, 7, &Links::default(), None);
    assert_eq!(letter.subject, "Dateline: 40 completed, 1 failed, 7 more");
    let text = letter.plain();
    assert!(text.starts_with("Needs a look\n"), "what needs a person comes first: {text}");
    assert!(text.contains("… and 17 more"), "10 of the completed and 7 of all: {text}");
    assert!(!text.contains("http"), "no links without a public address: {text}");
}

#[test]
fn foreign_words_are_never_markup_and_never_another_header() {
    let hostile = "</p><script>alert('x')</script><img src=x onerror=\"y\">&amp;";
    let notifications = [draft(1, Platform::Devto, hostile)];
    let html = letter(&notifications).html();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("onerror=\""), "{html}");
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{html}");
    let facts = Facts::Draft {
        project: "a\r\nBcc: eve@x\0".to_owned(),
        platform: Platform::Devto,
        title: String::new(),
    };
    let subject = letter(&[told(1, NotificationEvent::DraftReady, facts)]).subject;
    assert!(!subject.chars().any(char::is_control), "{subject:?}");
}

#[test]
fn plain_text_and_html_say_the_same() {
    let notifications = [
        run(1, NotificationEvent::JobPartial, 1, 1, Some("a & b")),
        draft(2, Platform::Devto, "Tabs < spaces"),
    ];
    let unsubscribe = Some("https://d.example.org/u?token=t&x=1".to_owned());
    let letter = Letter::about(&notifications, 0, &Links::below(Some("https://d.example.org")), unsubscribe);
    let (text, html) = (letter.plain(), letter.html());
    let unescaped =
        html.replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&quot;", "\"");
    let unescaped = unescaped.replace("&amp;", "&");
    let words = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--"));
    for line in words {
        let line = line.strip_prefix("No more of this mail: ").unwrap_or(line);
        assert!(unescaped.contains(line), "{line:?} is not in {html}");
    }
}

#[test]
fn the_name_of_a_message_says_whose_execution_it_tells() {
    let notification = run(1, NotificationEvent::JobSuccess, 1, 0, None);
    let delivery = |group| Delivery {
        id: crate::id::DeliveryId::from_bits(3),
        user: UserId::OWNER,
        channel: crate::channel::ChannelKind::Email,
        notifications: vec![notification.id],
        more: 0,
        group,
        address: None,
        attempt: 1,
        state: crate::notification::DeliveryState::Sending { since: notification.at },
        created_at: notification.at,
    };
    let key = |group| {
        let told = std::slice::from_ref(&notification);
        message(&delivery(group), told, "ada@example.org", &Links::default(), None).key
    };
    let (exe, usr) = (ExecutionId::from_bits(7), UserId::OWNER);
    let dlv = crate::id::DeliveryId::from_bits(3);
    assert_eq!(key(Group::Subject(7)), format!("execution/{exe}/{usr}/{dlv}"));
    assert_eq!(key(Group::Instant(notification.at)), format!("digest/{usr}/{dlv}"));
}
