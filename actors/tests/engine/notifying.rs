//! Notifications: told once, mailed once or said to be unknown.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{NotificationQuery, PreferencesChange, TestOutcome};
use dateline_core::id::ExecutionId;
use dateline_core::notification::{
    DeliveryStatus, Digest, Notification, NotificationEvent, QuietHours, unsubscribe_token,
};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::store::PageRequest;

use crate::world::{Life, Mood, Trouble, World, quick_retries};

/// More than the time drafts wait for each other.
const SETTLED: Duration = Duration::from_secs(120);

async fn wants_mail(life: &Life<'_>) {
    let change = PreferencesChange {
        email_address: Some(Some("ada@example.org".to_owned())),
        ..PreferencesChange::default()
    };
    life.dateline.change_notification_preferences(change).await.expect("changed");
}

async fn ran(life: &Life<'_>, platforms: &[Platform], policy: Policy) -> ExecutionId {
    let (_, id) = life.started(platforms, policy).await;
    life.ended(id).await;
    id
}

async fn listed(life: &Life<'_>) -> Vec<Notification> {
    let page = PageRequest { limit: 200, after: None };
    let mut found =
        life.dateline.notifications(NotificationQuery::default(), page).await.expect("notifications").items;
    found.reverse();
    found
}

async fn events(life: &Life<'_>) -> Vec<NotificationEvent> {
    listed(life).await.iter().map(|notification| notification.event).collect()
}

/// Returns how the deliveries stand that told of the end of `execution`.
async fn deliveries(life: &Life<'_>, execution: ExecutionId) -> Vec<DeliveryStatus> {
    let told = listed(life).await;
    let end = told.iter().find(|one| {
        one.execution == Some(execution)
            && !one.event.is_about_mail()
            && one.event != NotificationEvent::DraftReady
    });
    let id = end.expect("the end was told").id;
    let found = life.dateline.notification_deliveries(id).await.expect("deliveries");
    found.iter().map(|delivery| delivery.state.status()).collect()
}

#[test]
fn success_failure_and_partial_are_each_told_and_mailed_once() {
    let cases = [
        (vec![], NotificationEvent::JobSuccess, "completed, 2 drafts to review"),
        (vec![Mood::Refuse], NotificationEvent::JobPartial, "completed in part (1 of 2), 1 draft to review"),
        (vec![Mood::Refuse; 2], NotificationEvent::JobFailure, "failed"),
    ];
    for (moods, event, subject) in cases {
        let world = World::new();
        // A writer that fails, fails in every attempt.
        for (name, mood) in ["DEVTO", "EMAIL"].into_iter().zip(&moods) {
            world.writer.moods.always(name, *mood);
        }
        let id = world.life(async |life| {
            wants_mail(life).await;
            let id = ran(life, &[Platform::Devto, Platform::Email], Policy::default()).await;
            life.pass(SETTLED).await;
            let told = events(life).await;
            assert_eq!(told.iter().filter(|one| **one == event).count(), 1, "{told:?}");
            assert_eq!(told.len(), 3 - moods.len(), "{told:?}");
            assert_eq!(deliveries(life, id).await, [DeliveryStatus::Sent]);
            id
        });
        // A restart tells nothing again.
        world.life(async |life| {
            life.pass(SETTLED).await;
            assert_eq!(events(life).await.len(), 3 - moods.len());
        });
        let messages = world.mailbox.messages();
        assert_eq!(messages.len(), 1, "{:?}", world.mailbox.subjects());
        assert_eq!(messages[0].subject, format!("lantern: “Weekly words” {subject}"));
        assert!(messages[0].key.starts_with(&format!("execution/{id}/usr_")), "{}", messages[0].key);
    }
}

#[test]
fn a_message_that_was_not_taken_is_tried_again_unchanged() {
    let world = World::new();
    world.mailbox.moods.next("send", [Mood::Fail, Mood::Fail]);
    world.life(async |life| {
        wants_mail(life).await;
        let id = ran(life, &[Platform::Devto], Policy::default()).await;
        life.world.mailbox.moods.called("send", 3).await;
        life.pass(Duration::from_secs(5)).await;
        assert_eq!(deliveries(life, id).await, [DeliveryStatus::Sent]);
    });
    let messages = world.mailbox.messages();
    assert_eq!((&messages[0], &messages[1]), (&messages[1], &messages[2]));
}

#[test]
fn a_message_that_is_refused_is_told_in_the_list_and_not_by_mail() {
    let world = World::new();
    world.mailbox.moods.next("send", [Mood::Refuse]);
    world.life(async |life| {
        wants_mail(life).await;
        let id = ran(life, &[Platform::Devto], Policy::default()).await;
        life.pass(SETTLED).await;
        assert_eq!(deliveries(life, id).await, [DeliveryStatus::Failed]);
        assert_eq!(events(life).await.last(), Some(&NotificationEvent::DeliveryFailed));
    });
    assert_eq!(world.mailbox.messages().len(), 1);
}

#[test]
fn a_channel_that_hangs_or_panics_leaves_an_unknown_outcome() {
    for mood in [Mood::Deaf, Mood::Panic] {
        let world = World::new();
        world.mailbox.moods.next("send", [mood]);
        world.life(async |life| {
            wants_mail(life).await;
            let id = ran(life, &[Platform::Devto], Policy::default()).await;
            life.pass(Duration::from_secs(3_600)).await;
            assert_eq!(deliveries(life, id).await, [DeliveryStatus::Unknown], "{mood:?}");
            assert_eq!(events(life).await.last(), Some(&NotificationEvent::DeliveryUnknown));
        });
        assert_eq!(world.mailbox.messages().len(), 1, "never sent again by itself");
    }
}

#[test]
fn a_crash_between_sending_and_recording_is_told_as_unknown() {
    let world = World::new();
    world.mailbox.moods.next("send", [Mood::Slow(Duration::from_secs(20))]);
    let id = world.life(async |life| {
        wants_mail(life).await;
        let id = ran(life, &[Platform::Devto], Policy::default()).await;
        life.world.mailbox.moods.called("send", 1).await;
        id
    });
    world.life(async |life| {
        life.pass(SETTLED).await;
        assert_eq!(deliveries(life, id).await, [DeliveryStatus::Unknown]);
    });
    assert_eq!(world.mailbox.messages().len(), 1);
}

#[test]
fn a_kill_at_any_point_leaves_one_mail_or_an_unknown_one() {
    for point in 0..60 {
        let world = World::new();
        world.mailbox.moods.always("send", Mood::Slow(Duration::from_millis(700)));
        let id = world.life(async |life| {
            wants_mail(life).await;
            let (_, id) = life.started(&[Platform::Devto], quick_retries()).await;
            life.pass(Duration::from_millis(point * 50)).await;
            id
        });
        world.life(async |life| {
            life.ended(id).await;
            life.pass(SETTLED).await;
            let told = events(life).await;
            let ends = told.iter().filter(|one| **one == NotificationEvent::JobSuccess).count();
            assert_eq!(ends, 1, "killed after {} ms: {told:?}", point * 50);
            let stands = deliveries(life, id).await;
            assert_eq!(stands.len(), 1, "{stands:?}");
            let sent = life.world.mailbox.messages().len();
            match stands[0] {
                DeliveryStatus::Sent => assert_eq!(sent, 1, "killed after {} ms", point * 50),
                DeliveryStatus::Unknown => assert!(sent <= 1, "killed after {} ms: {sent}", point * 50),
                other => panic!("killed after {} ms: {other:?}", point * 50),
            }
        });
    }
}

#[test]
fn an_outcome_the_disk_did_not_take_is_recorded_when_it_can() {
    for trouble in [Trouble::Before, Trouble::After] {
        let world = World::new();
        world.troubles.next("finish_delivery", [trouble, trouble]);
        world.life(async |life| {
            wants_mail(life).await;
            let id = ran(life, &[Platform::Devto], Policy::default()).await;
            life.pass(SETTLED).await;
            assert_eq!(deliveries(life, id).await, [DeliveryStatus::Sent], "{trouble:?}");
        });
        assert_eq!(world.mailbox.messages().len(), 1);
    }
}

#[test]
fn a_claim_whose_answer_was_lost_is_never_sent_twice() {
    let world = World::new();
    world.troubles.next("claim_deliveries", [Trouble::After]);
    let id = world.life(async |life| {
        wants_mail(life).await;
        let id = ran(life, &[Platform::Devto], Policy::default()).await;
        life.pass(SETTLED).await;
        id
    });
    world.life(async |life| {
        life.pass(SETTLED).await;
        assert_eq!(deliveries(life, id).await, [DeliveryStatus::Unknown]);
    });
    assert!(world.mailbox.messages().is_empty());
}

#[test]
fn a_soft_stop_finishes_what_is_being_sent() {
    let world = World::new();
    world.mailbox.moods.next("send", [Mood::Slow(Duration::from_secs(5))]);
    let id = world.life(async |life| {
        wants_mail(life).await;
        let id = ran(life, &[Platform::Devto], Policy::default()).await;
        life.world.mailbox.moods.called("send", 1).await;
        life.stop().await;
        id
    });
    world.life(async |life| assert_eq!(deliveries(life, id).await, [DeliveryStatus::Sent]));
}

#[test]
fn quiet_hours_delay_and_a_digest_gathers() {
    let time = |text: &str| text.parse().expect("a time");
    // The world begins at 08:59:50 UTC.
    let quiet = QuietHours { from: time("08:00"), to: time("10:00"), timezone: "UTC".to_owned() };
    let digest = Digest::Daily { at: time("10:00"), timezone: "UTC".to_owned() };
    let changes = [
        PreferencesChange { quiet_hours: Some(Some(quiet)), ..PreferencesChange::default() },
        PreferencesChange { digest: Some(digest), ..PreferencesChange::default() },
    ];
    for change in changes {
        let world = World::new();
        world.life(async |life| {
            wants_mail(life).await;
            life.dateline.change_notification_preferences(change.clone()).await.expect("changed");
            let (job, id) = life.started(&[Platform::Devto], Policy::default()).await;
            life.ended(id).await;
            life.world.source.commit("lantern", "fix: read empty files");
            let second = life.dateline.trigger(job, None).await.expect("an execution").id;
            life.ended(second).await;
            life.pass(Duration::from_secs(3_500)).await;
            assert!(life.world.mailbox.messages().is_empty(), "{change:?}");
            assert_eq!(
                life.dateline.unread_notifications().await.expect("a number"),
                4,
                "the list knows at once"
            );
            life.pass(Duration::from_secs(200)).await;
            assert_eq!(life.world.mailbox.subjects(), ["Dateline: 2 completed, 2 drafts to review"]);
        });
    }
}

#[test]
fn the_link_in_a_mail_switches_mail_off_and_nothing_else() {
    World::new().life(async |life| {
        wants_mail(life).await;
        let user = life.dateline.caller().user;
        let keys = |bits| KeyRing::new(SecretKey::new([bits; 32]), Vec::new());
        let foreign = unsubscribe_token(&keys(8), user);
        let refused = life.dateline.unsubscribe(&foreign).await.expect_err("another instance's");
        assert!(matches!(refused, RequestError::NoSuchToken), "{refused}");
        for _ in 0..2 {
            life.dateline.unsubscribe(&unsubscribe_token(&keys(7), user)).await.expect("done");
        }
        let preferences = life.dateline.notification_preferences().await.expect("preferences");
        assert!(!preferences.email_notifications && preferences.email_address.is_some());
        ran(life, &[Platform::Devto], Policy::default()).await;
        life.pass(SETTLED).await;
        assert_eq!(events(life).await.len(), 2, "the list goes on");
        assert!(life.world.mailbox.messages().is_empty());
    });
}

#[test]
fn a_test_says_what_came_of_it_and_is_paced() {
    let world = World::new();
    world.mailbox.moods.next("send", [Mood::Refuse, Mood::Panic]);
    world.life(async |life| {
        let refused = life.dateline.test_notification().await.expect_err("no address");
        assert!(matches!(refused, RequestError::Invalid { .. }), "{refused}");
        wants_mail(life).await;
        for expected in [TestOutcome::Failed, TestOutcome::Unknown, TestOutcome::Sent] {
            let result = life.dateline.test_notification().await.expect("an answer");
            assert_eq!((result.outcome, result.address.as_str()), (expected, "ada@example.org"));
            let refused = life.dateline.test_notification().await.expect_err("too soon");
            assert!(matches!(refused, RequestError::TooSoon { .. }), "{refused}");
            life.pass(Duration::from_secs(16)).await;
        }
    });
    let keys: std::collections::BTreeSet<_> =
        world.mailbox.messages().into_iter().map(|message| message.key).collect();
    assert_eq!(keys.len(), 3, "each test is a message of its own");
}
