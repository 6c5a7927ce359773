//! How much runs side by side, and what an occurrence does that finds its job at work.

use std::collections::BTreeMap;
use std::time::Duration;

use dateline_core::execution::{AttemptOutcome, ExecutionStatus, Outcome, SkipReason};
use dateline_core::id::JobId;
use dateline_core::overlap::BUFFER_MAX;
use dateline_core::platform::Platform;
use dateline_core::policy::{OverlapPolicy, Policy, Priority};
use dateline_core::store::{ExecutionFilter, PageRequest};
use tokio::task::JoinSet;

use crate::world::{Life, Mood, World, cron, every_minute, new_job, outcome, patient};

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

/// A job every minute whose first run takes long, under `policy`.
async fn long_first_run(life: &Life<'_>, overlap: OverlapPolicy) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    life.job(project.id, every_minute(), Policy { overlap, ..patient() }).await.job.id
}

#[test]
fn a_job_that_buffers_all_runs_each_occurrence_in_turn() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(200))]);
    world.life(async |life| {
        let job = long_first_run(life, OverlapPolicy::BufferAll).await;
        let ended = life.all_ended(job, 5).await;
        assert!(!ended.iter().any(|one| outcome(one) == OVERLAP), "none is skipped");
        let starts: Vec<_> = ended.iter().filter_map(|one| one.started_at).collect();
        assert!(starts.len() == ended.len() && starts.is_sorted(), "one after another, in order");
    });
}

#[test]
fn more_than_a_hundred_do_not_wait() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(105 * 60))]);
    world.life(async |life| {
        let job = long_first_run(life, OverlapPolicy::BufferAll).await;
        life.pass(Duration::from_secs(104 * 60)).await;
        let all = life.executions(job).await;
        let waiting = all.iter().filter(|one| one.state.status() == ExecutionStatus::Queued).count();
        let skipped = all.iter().filter(|one| outcome(one) == OVERLAP).count();
        assert_eq!((waiting, skipped), (BUFFER_MAX, all.len() - BUFFER_MAX - 1));
    });
}

#[test]
fn a_job_that_allows_all_skips_nothing_and_still_takes_turns() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Slow(Duration::from_secs(105 * 60))]);
    world.life(async |life| {
        let job = long_first_run(life, OverlapPolicy::AllowAll).await;
        life.pass(Duration::from_secs(104 * 60)).await;
        let all = life.executions(job).await;
        let running = all.iter().filter(|one| one.state.status() == ExecutionStatus::Running).count();
        assert_eq!(running, 1, "a project runs one execution at a time");
        assert!(!all.iter().any(|one| outcome(one) == OVERLAP) && all.len() > BUFFER_MAX + 1);
    });
}

#[test]
fn a_newer_occurrence_cancels_the_others_and_says_for_which() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let job = long_first_run(life, OverlapPolicy::CancelOther).await;
        let ended = life.all_ended(job, 2).await;
        let found: Vec<_> = ended.iter().take(2).map(outcome).collect();
        assert_eq!(found, [Some(Outcome::Cancelled), COMPLETED]);
        assert_eq!(ended[0].superseded_by, Some(ended[1].id));
        assert_eq!(ended[0].attempts[0].end, Some(AttemptOutcome::Cancelled));
        let page = PageRequest { limit: 10, after: None };
        let to = Some(life.dateline.now());
        let listed = life.dateline.occurrences(job, None, to, page).await.expect("occurrences").items;
        let first = listed.last().expect("the first");
        assert_eq!(first.reason.as_deref(), Some("A newer execution of the job took its place."));
    });
}

#[test]
fn what_hears_nothing_is_terminated_at_once_and_writes_nothing_more() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf]);
    world.life(async |life| {
        let job = long_first_run(life, OverlapPolicy::TerminateOther).await;
        life.world.source.scanned("lantern", 2).await;
        let all = life.executions(job).await;
        assert_eq!((outcome(&all[0]), all[0].superseded_by), (Some(Outcome::Cancelled), Some(all[1].id)));
        let second = life.ended(all[1].id).await;
        assert_eq!(outcome(&second), COMPLETED);
        let waited = second.started_at.expect("it ran") - second.created_at;
        assert!(waited < chrono::Duration::seconds(2), "no grace: {waited}");
        assert_eq!(life.drafts(all[0].id).await.len(), 0);
    });
}

#[test]
fn a_run_by_hand_may_say_what_happens_to_the_others() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let (job, first) = life.started(&[Platform::Mastodon], patient()).await;
        life.world.source.scanned("lantern", 1).await;
        let ask =
            async |overlap| life.dateline.trigger_over(job, None, Some(overlap)).await.expect("recorded");
        assert_eq!(outcome(&ask(OverlapPolicy::Skip).await), OVERLAP);
        let waiting = ask(OverlapPolicy::BufferOne).await;
        assert_eq!(waiting.state.status(), ExecutionStatus::Queued);
        assert_eq!(outcome(&ask(OverlapPolicy::BufferOne).await), OVERLAP);
        let newest = ask(OverlapPolicy::TerminateOther).await.id;
        for other in [first, waiting.id] {
            assert_eq!(life.ended(other).await.superseded_by, Some(newest));
        }
        assert_eq!(outcome(&life.ended(newest).await), COMPLETED);
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
        // Which of two that ask within a millisecond comes first is left to their ids.
        life.pass(Duration::from_millis(1)).await;
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
        let project = life.view(job).await.job.home.project().expect("one");
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
