//! How much runs side by side, and what an occurrence does that finds its job at work.

use std::collections::BTreeMap;
use std::time::Duration;

use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason};
use dateline_core::platform::Platform;
use dateline_core::policy::{OverlapPolicy, Policy, Priority};
use dateline_core::store::{ExecutionFilter, PageRequest};
use tokio::task::JoinSet;

use crate::world::{Mood, World, cron, every_minute, new_job, outcome, patient};

const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const OVERLAP: Option<Outcome> = Some(Outcome::Skipped(SkipReason::Overlap));

#[test]
fn an_occurrence_that_finds_its_job_at_work_is_skipped() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(90))]);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let job = life.job(project.id, every_minute(), Policy::default()).await.job.id;
        life.all_ended(job, 3).await;
        let outcomes = life.outcomes(job).await;
        assert_eq!(outcomes[..2], [COMPLETED, OVERLAP]);
        assert_eq!(outcomes[2], Some(Outcome::Skipped(SkipReason::NoActivity)));
    });
}

#[test]
fn a_buffering_job_lets_one_occurrence_wait() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(150))]);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let policy = Policy { overlap: OverlapPolicy::BufferOne, ..patient() };
        let job = life.job(project.id, every_minute(), policy).await.job.id;
        let ended = life.all_ended(job, 3).await;
        assert_eq!([outcome(&ended[0]), outcome(&ended[2])], [COMPLETED, OVERLAP]);
        let waited = ended[1].started_at.expect("it ran") - ended[1].created_at;
        assert!(waited > chrono::Duration::seconds(80), "it waited for the first: {waited}");
    });
}

/// Also holds that no attempt is lost between two of one project: on a busy machine the second is claimed before its
/// worker hears that the first is over, and must wait for that instead of being taken for it.
#[test]
fn five_of_twenty_projects_run_at_once() {
    let world = World::new();
    world.life(async |life| {
        let mut executions = Vec::new();
        for number in 0..20 {
            let name = format!("project-{number}");
            life.world.source.moods.always(&format!("scan/{name}"), Mood::Slow(Duration::from_secs(2)));
            let project = life.project(&name, &[Platform::Mastodon]).await;
            for _ in 0..2 {
                let job = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await.job.id;
                executions.push(life.dateline.trigger(job, None).await.expect("an execution").id);
            }
        }
        for id in executions {
            assert_eq!(outcome(&life.ended(id).await), COMPLETED);
        }
        assert_eq!(life.world.source.most_scans(), (5, 1));
    });
}

#[test]
fn a_free_place_is_filled_at_once() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_millis(2_345))]);
    world.life(async |life| {
        let (job, first) = life.started(&[Platform::Mastodon], Policy::default()).await;
        let second = life.dateline.trigger(job, None).await.expect("an execution").id;
        let second = life.ended(second).await;
        let first = life.ended(first).await;
        let ended_at = first.attempts[0].ended_at.expect("it ended");
        let gap = second.started_at.expect("it ran") - ended_at;
        assert!(gap >= chrono::Duration::zero() && gap < chrono::Duration::milliseconds(100), "{gap}");
    });
}

#[test]
fn the_highest_priority_runs_first() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(5)); 3]);
    world.life(async |life| {
        let (job, running) = life.started(&[Platform::Mastodon], Policy::default()).await;
        life.reaches(running, ExecutionStatus::Running).await;
        let project = life.view(job).await.job.project;
        let urgent = Policy { priority: Priority::new(9).expect("a priority"), ..Policy::default() };
        let urgent = life.job(project, cron("0 0 1 1 *"), urgent).await.job.id;
        let plain = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.pass(Duration::from_secs(1)).await;
        let urgent = life.dateline.trigger(urgent, None).await.expect("an execution").id;
        let (plain, urgent) = (life.ended(plain).await, life.ended(urgent).await);
        assert!(urgent.started_at < plain.started_at);
    });
}

#[test]
fn two_thousand_jobs_due_in_one_second_are_recorded_once_each() {
    let jobs = 2_000;
    let world = World::new();
    // Only recording counts here, so the first execution keeps its project busy.
    world.source.moods.always("scan/lantern", Mood::Slow(Duration::from_secs(60)));
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let mut creating = JoinSet::new();
        for _ in 0..jobs {
            let dateline = life.dateline.clone();
            let new = new_job(project.id, cron("0 9 * * *"), Policy::default());
            creating.spawn(async move { dateline.create_job(new).await.expect("a job").job.id });
        }
        assert_eq!(creating.join_all().await.len(), jobs);
        let listed = async || {
            let page = PageRequest { limit: 5_000, after: None };
            life.dateline.executions(ExecutionFilter::default(), page).await.expect("executions").items
        };
        while listed().await.len() < jobs {
            life.pass(Duration::from_millis(500)).await;
            assert!(
                life.dateline.now() < crate::world::at("2026-11-23T09:00:05Z"),
                "five seconds are enough"
            );
        }
        life.pass(Duration::from_secs(3)).await;
        let mut records: BTreeMap<_, usize> = BTreeMap::new();
        for execution in listed().await {
            *records.entry(execution.job).or_default() += 1;
        }
        assert_eq!(records.len(), jobs);
        assert!(records.values().all(|count| *count == 1));
    });
}
