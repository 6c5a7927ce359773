//! A job's occurrences as people see them: past ones with what became of them, then the coming ones.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{OccurrenceEntry, OccurrenceState};
use dateline_core::execution::ExecutionStatus;
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::PageRequest;
use dateline_core::time::Timestamp;

use crate::world::{Life, World, at, cron};

/// Reads all occurrences in pages of `limit`.
async fn all(
    life: &Life<'_>,
    job: JobId,
    from: Option<Timestamp>,
    to: Timestamp,
    limit: usize,
) -> Vec<OccurrenceEntry> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = life.dateline.occurrences(job, from, Some(to), PageRequest { limit, after }).await;
        let page = page.expect("occurrences");
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[test]
fn every_occurrence_is_listed_once_in_pages_of_any_size() {
    let world = World::new();
    let job = world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let job = life.job(project.id, cron("0 * * * *"), Policy::default()).await.job.id;
        life.all_ended(job, 1).await;
        job
    });
    world.clock.pass(Duration::from_secs(4 * 3600 + 1800));
    world.life(async |life| {
        life.all_ended(job, 5).await;
        let to = at("2026-11-23T17:00:00Z");
        let whole = all(life, job, None, to, 100).await;
        let hours: Vec<_> = whole.iter().map(|one| one.due.key().format("%H").to_string()).collect();
        assert_eq!(hours, ["13", "12", "11", "10", "09", "14", "15", "16"]);
        let planned = whole.iter().filter(|one| one.state == OccurrenceState::Planned).count();
        assert_eq!(planned, 3);
        let missed = &whole[1];
        assert_eq!(missed.state, OccurrenceState::Recorded(ExecutionStatus::Missed));
        assert_eq!(missed.reason.as_deref(), Some("A newer occurrence ran in its place and covers it."));
        for limit in 1..=9 {
            assert_eq!(all(life, job, None, to, limit).await, whole, "pages of {limit}");
        }
        let from = Some(at("2026-11-23T12:00:00Z"));
        let part = all(life, job, from, at("2026-11-23T15:00:00Z"), 2).await;
        let hours: Vec<_> = part.iter().map(|one| one.due.key().format("%H").to_string()).collect();
        assert_eq!(hours, ["13", "12", "14"]);
    });
}

#[test]
fn a_disabled_job_has_nothing_to_come() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let job = life.job(project.id, cron("0 * * * *"), Policy::default()).await.job.id;
        let to = at("2026-11-23T12:00:00Z");
        assert_eq!(all(life, job, None, to, 10).await.len(), 3);
        life.dateline.toggle_job(job, Some(false)).await.expect("disabled");
        assert!(all(life, job, None, to, 10).await.is_empty());
    });
}

#[test]
fn a_preview_shows_as_many_occurrences_as_asked_and_refuses_odd_counts() {
    World::new().life(async |life| {
        let preview = life.dateline.preview(&cron("0 9 * * *"), None, 3).await.expect("a preview");
        let days: Vec<_> =
            preview.occurrences.iter().map(|one| one.due_at.format("%d").to_string()).collect();
        assert_eq!(days, ["23", "24", "25"]);
        for count in [0, 1_001] {
            let refused = life.dateline.preview(&cron("0 9 * * *"), None, count).await.expect_err("odd");
            let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
            assert_eq!(faults[0].pointer, "/count");
        }
    });
}
