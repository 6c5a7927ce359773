//! Notifications: recorded once with the news, delivered as people want, one person's own.

use dateline_core::draft::{DraftEvent, PublicationOutcome};
use dateline_core::execution::{AttemptEnd, MissReason, Outcome};
use dateline_core::id::{DraftId, ExecutionId, NotificationId, PublicationId, UserId};
use dateline_core::misfire::Absence;
use dateline_core::notification::{
    DeliveryOutcome, DeliveryStatus, Digest, Notification, NotificationEvent, Preferences, QuietHours,
};
use dateline_core::platform::Platform;
use dateline_core::store::{
    Claimed, DraftDecision, NotificationFilter, PageRequest, SecretChanges, Store, StoreError,
};

use super::expect_conflict;
use super::samples::{
    all, at, claim, clock, done, fire, job, manual, occurrence, project, publication, write_step,
};

const OWNER: UserId = UserId::OWNER;

async fn wish(store: &dyn Store, change: impl FnOnce(&mut Preferences)) -> Preferences {
    let mut preferences = store.preferences(OWNER).await.expect("preferences");
    change(&mut preferences);
    store.put_preferences(OWNER, preferences).await.expect("stored")
}

async fn wish_mail(store: &dyn Store) {
    wish(store, |it| it.email_address = Some("ada@example.org".to_owned())).await;
}

/// Makes execution `n` of a project and job of its own run.
async fn running(store: &dyn Store, n: u128) -> Claimed {
    if store.create_project(project(n), SecretChanges::default()).await.is_ok() {
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    }
    store.create_execution(manual(n, n, 0)).await.expect("an execution is stored");
    store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0)
}

async fn listed(store: &dyn Store) -> Vec<Notification> {
    let mut page = store.notifications(NotificationFilter::of(OWNER), all()).await.expect("a page").items;
    page.reverse();
    page
}

fn events(notifications: &[Notification]) -> Vec<NotificationEvent> {
    notifications.iter().map(|notification| notification.event).collect()
}

pub(super) async fn an_end_is_told_once_with_its_drafts_in_one_mail(store: &dyn Store) {
    wish_mail(store).await;
    let work = running(store, 1).await;
    for (id, platform) in [(1, Platform::Devto), (2, Platform::Email)] {
        store.record_step(write_step(&work.execution, work.lease, id, platform, 2)).await.expect("recorded");
    }
    assert_eq!(store.next_delivery().await.expect("due"), Some(at(62)), "drafts wait for each other");
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
    let told = listed(store).await;
    let expected =
        [NotificationEvent::DraftReady, NotificationEvent::DraftReady, NotificationEvent::JobSuccess];
    let mut found = events(&told);
    found.sort_by_key(|event| *event != NotificationEvent::DraftReady);
    assert_eq!(found, expected);
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 3);
    assert_eq!(store.next_delivery().await.expect("due"), Some(at(3)), "the end takes the drafts along");
    let claimed = store.claim_deliveries(10, at(3)).await.expect("due ones");
    assert_eq!(claimed.len(), 1, "one mail");
    assert_eq!(claimed[0].notifications.len(), 3);
    assert_eq!(claimed[0].address.as_deref(), Some("ada@example.org"));
    let sent = DeliveryOutcome::Sent { reference: Some("250".to_owned()) };
    let delivery = &claimed[0].delivery;
    store.finish_delivery(delivery.id, 1, sent.clone(), at(4)).await.expect("recorded");
    let again = store.finish_delivery(delivery.id, 1, sent, at(5)).await;
    assert!(matches!(again, Err(StoreError::StaleLease)), "{again:?}");
    assert_eq!(store.next_delivery().await.expect("nothing"), None);
    let of_one = store.deliveries(OWNER, told[0].id).await.expect("a list");
    assert_eq!(of_one.iter().map(|one| one.state.status()).collect::<Vec<_>>(), [DeliveryStatus::Sent]);
}

pub(super) async fn each_way_to_end_tells_what_it_is(store: &dyn Store) {
    let ends = [
        (1, Outcome::Completed, Some(NotificationEvent::JobSuccess)),
        (2, Outcome::Partial, Some(NotificationEvent::JobPartial)),
        (3, Outcome::Failed, Some(NotificationEvent::JobFailure)),
        (4, Outcome::Skipped(dateline_core::execution::SkipReason::NoActivity), None),
    ];
    for (n, outcome, _) in ends {
        let work = running(store, n).await;
        let mut report = done(work.lease, 3);
        report.end = AttemptEnd::Done(outcome);
        store.finish(report).await.expect("the lease holds");
    }
    // What waited too long to be started fails, and says so.
    store.create_execution(manual(5, 1, 10)).await.expect("an execution");
    assert!(store.claim(claim(7, 1, 10 + 25 * 3600)).await.expect("nothing").is_empty());
    // What a person stops needs no telling.
    store.create_execution(manual(6, 2, 10)).await.expect("an execution");
    let cancel = dateline_core::execution::ExecutionEvent::CancelRequested;
    store.steer(ExecutionId::from_bits(6), cancel, at(11)).await.expect("cancelled");
    let told = listed(store).await;
    for (n, _, event) in ends {
        let of_one = told.iter().find(|one| one.execution == Some(ExecutionId::from_bits(n)));
        assert_eq!(of_one.map(|one| one.event), event, "execution {n}");
    }
    let late = told.iter().find(|one| one.execution == Some(ExecutionId::from_bits(5)));
    assert_eq!(late.map(|one| one.event), Some(NotificationEvent::JobFailure));
    assert_eq!(told.len(), 4);
}

pub(super) async fn missed_occurrences_are_told_together(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let job = job(1, 1);
    store.create_job(job.clone(), clock(0, 10)).await.expect("a job is stored");
    let mut plan = fire(&job, 0, 9, 40, 50);
    let passed = |n: u128, due, reason| (ExecutionId::from_bits(n), occurrence(due), Absence::Missed(reason));
    plan.passed = vec![
        passed(1, 10, MissReason::Down),
        passed(2, 20, MissReason::TooLate),
        passed(3, 30, MissReason::Coalesced),
    ];
    store.fire_due(plan).await.expect("recorded");
    let told = listed(store).await;
    assert_eq!(events(&told), [NotificationEvent::JobMissed]);
    assert_eq!(told[0].title(), "project 1: “Job 1” missed 2 runs");
    assert_eq!(told[0].execution, Some(ExecutionId::from_bits(2)));
}

pub(super) async fn a_publication_that_fails_is_told_once(store: &dyn Store) {
    let work = running(store, 1).await;
    store
        .record_step(write_step(&work.execution, work.lease, 1, Platform::Devto, 2))
        .await
        .expect("recorded");
    let decision =
        DraftDecision { id: DraftId::from_bits(1), revision: 1, event: DraftEvent::Approved, now: at(3) };
    store.decide_draft(decision).await.expect("approved");
    for now in [4, 6] {
        store.begin_publication(publication(1, 1, "/site", now)).await.expect("an intent");
        let failed =
            PublicationOutcome::Failed { at: at(now + 1), reason: "it is away\r\nBcc: x".to_owned() };
        store.finish_publication(PublicationId::from_bits(1), failed).await.expect("recorded");
    }
    let told = listed(store).await;
    assert_eq!(events(&told), [NotificationEvent::DraftReady, NotificationEvent::PublicationFailed]);
    assert_eq!(told[1].draft, Some(DraftId::from_bits(1)));
    assert!(!format!("{:?}", told[1]).contains("\\r"), "{:?}", told[1]);
}

pub(super) async fn what_was_being_sent_in_a_crash_is_told_as_unknown(store: &dyn Store) {
    wish_mail(store).await;
    let work = running(store, 1).await;
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
    let claimed = store.claim_deliveries(10, at(3)).await.expect("due ones").remove(0);
    assert!(store.claim_deliveries(10, at(4)).await.expect("nothing more").is_empty());
    assert_eq!(store.abandon_deliveries(at(5)).await.expect("recorded"), 1);
    assert_eq!(store.abandon_deliveries(at(5)).await.expect("nothing"), 0);
    assert!(store.claim_deliveries(10, at(1_000_000)).await.expect("never again").is_empty());
    let sent = DeliveryOutcome::Sent { reference: None };
    let late = store.finish_delivery(claimed.delivery.id, 1, sent, at(6)).await;
    assert!(matches!(late, Err(StoreError::StaleLease)), "{late:?}");
    let told = listed(store).await;
    assert_eq!(events(&told), [NotificationEvent::JobSuccess, NotificationEvent::DeliveryUnknown]);
    let of_first = store.deliveries(OWNER, told[0].id).await.expect("a list");
    assert_eq!(of_first[0].state.status(), DeliveryStatus::Unknown);
    assert!(store.deliveries(OWNER, told[1].id).await.expect("a list").is_empty(), "no mail about a mail");
}

pub(super) async fn a_try_that_failed_comes_back_and_ends(store: &dyn Store) {
    wish_mail(store).await;
    let work = running(store, 1).await;
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
    let first = store.claim_deliveries(10, at(3)).await.expect("due ones").remove(0);
    let reason = || "the server is away".to_owned();
    let retry = DeliveryOutcome::RetryAt { at: at(30), reason: reason() };
    store.finish_delivery(first.delivery.id, 1, retry, at(4)).await.expect("recorded");
    // The address of the first try stays: the same message goes to the same place.
    wish(store, |it| it.email_address = Some("new@example.org".to_owned())).await;
    assert!(store.claim_deliveries(10, at(29)).await.expect("not yet").is_empty());
    let second = store.claim_deliveries(10, at(30)).await.expect("due").remove(0);
    assert_eq!((second.delivery.attempt, second.address.as_deref()), (2, Some("ada@example.org")));
    assert_eq!((second.delivery.id, &second.notifications), (first.delivery.id, &first.notifications));
    let failed = DeliveryOutcome::Failed { reason: reason() };
    store.finish_delivery(second.delivery.id, 2, failed, at(31)).await.expect("recorded");
    assert_eq!(events(&listed(store).await).last(), Some(&NotificationEvent::DeliveryFailed));
    // Who switches mail off gets none that waits either.
    let work = running(store, 2).await;
    store.finish(done(work.lease, 40)).await.expect("the lease holds");
    wish(store, |it| it.email_notifications = false).await;
    let claimed = store.claim_deliveries(10, at(41)).await.expect("due").remove(0);
    assert_eq!(claimed.address, None);
}

pub(super) async fn a_digest_is_one_mail_however_much_there_is(store: &dyn Store) {
    let time = |text: &str| text.parse().expect("a time");
    wish(store, |it| {
        it.email_address = Some("ada@example.org".to_owned());
        it.digest = Digest::Daily { at: time("08:00"), timezone: "UTC".to_owned() };
    })
    .await;
    let mut work = running(store, 1).await;
    for n in 2..=151 {
        store.finish(done(work.lease, 3)).await.expect("the lease holds");
        store.create_execution(manual(n, 1, 0)).await.expect("an execution");
        work = store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0);
    }
    let due = store.next_delivery().await.expect("due").expect("one waits");
    assert_eq!(due.format("%H:%M").to_string(), "08:00");
    let claimed = store.claim_deliveries(10, due).await.expect("due");
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].notifications.len(), claimed[0].delivery.more), (100, 50));
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 150);
    // Quiet hours delay and lose nothing.
    wish(store, |it| {
        it.digest = Digest::Immediate;
        let (from, to) = (time("00:00"), time("23:59"));
        it.quiet_hours = Some(QuietHours { from, to, timezone: "UTC".to_owned() });
    })
    .await;
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
    let due = store.next_delivery().await.expect("due").expect("one waits");
    assert_eq!(due.format("%H:%M").to_string(), "23:59");
}

pub(super) async fn notifications_are_found_by_every_filter_and_by_nobody_else(store: &dyn Store) {
    for n in 1..=4 {
        let work = running(store, n).await;
        let mut report = done(work.lease, i64::try_from(n).expect("small"));
        report.end = AttemptEnd::Done(if n == 4 { Outcome::Failed } else { Outcome::Completed });
        store.finish(report).await.expect("the lease holds");
    }
    let told = listed(store).await;
    store.read_notification(OWNER, told[0].id, at(9)).await.expect("read");
    let again = store.read_notification(OWNER, told[0].id, at(10)).await.expect("read already");
    assert_eq!(again.read_at, Some(at(9)));
    let of = NotificationFilter::of(OWNER);
    let second = told[1].home.project();
    let cases = [
        (of.clone(), vec![3, 2, 1, 0]),
        (NotificationFilter { is_read: Some(false), ..of.clone() }, vec![3, 2, 1]),
        (NotificationFilter { is_read: Some(true), ..of.clone() }, vec![0]),
        (NotificationFilter { event: Some(NotificationEvent::JobFailure), ..of.clone() }, vec![3]),
        (NotificationFilter { project: second, ..of.clone() }, vec![1]),
        (NotificationFilter { project: second, is_read: Some(true), ..of.clone() }, vec![]),
        (NotificationFilter { user: UserId::from_bits(2), ..of.clone() }, vec![]),
    ];
    for (filter, expected) in cases {
        let page = store.notifications(filter.clone(), all()).await.expect("a page");
        let found: Vec<NotificationId> = page.items.iter().map(|one| one.id).collect();
        let expected: Vec<NotificationId> = expected.into_iter().map(|index: usize| told[index].id).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
    let first = store.notifications(of.clone(), PageRequest { limit: 3, after: None }).await.expect("a page");
    let rest = PageRequest { limit: 3, after: first.next };
    assert_eq!(store.notifications(of, rest).await.expect("a page").items.len(), 1);
    let stranger = UserId::from_bits(2);
    for refused in [
        store.notification(stranger, told[0].id).await.map(drop),
        store.read_notification(stranger, told[0].id, at(9)).await.map(drop),
        store.deliveries(stranger, told[0].id).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    }
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 3);
    assert_eq!(store.read_notifications(OWNER, 2, at(11)).await.expect("read"), 2);
    assert_eq!(store.read_notifications(OWNER, 2, at(11)).await.expect("read"), 1);
    assert_eq!(store.read_notifications(OWNER, 2, at(11)).await.expect("nothing left"), 0);
    assert_eq!(store.unread_notifications(OWNER).await.expect("a number"), 0);
    let events = store.events_after(0, usize::MAX).await.expect("events");
    let own: Vec<_> = events.iter().filter(|event| event.audience.is_some()).collect();
    assert!(own.iter().all(|event| event.is_for(OWNER) && !event.is_for(stranger)));
    assert_eq!(own.len(), 4 + 1 + 2);
}

pub(super) async fn preferences_of_an_old_version_are_a_conflict(store: &dyn Store) {
    let first = store.preferences(OWNER).await.expect("defaults");
    assert_eq!(first, Preferences::default());
    let second = store.put_preferences(OWNER, first.clone()).await.expect("stored");
    assert_eq!(second.version, 1);
    expect_conflict(store.put_preferences(OWNER, first).await);
    assert_eq!(store.preferences(UserId::from_bits(2)).await.expect("defaults"), Preferences::default());
}
