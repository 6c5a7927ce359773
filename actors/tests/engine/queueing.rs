//! Limits that change while work runs, and whose turn it is.

use std::time::Duration;

use dateline_actors::request::{InstanceChange, PauseRequest, ProjectChange};
use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason};
use dateline_core::id::ProjectId;
use dateline_core::platform::Platform;
use dateline_core::policy::{OverlapPolicy, Policy};
use dateline_core::queue::{Concurrency, Debounce, Held, Obstacle, OnLimit, RateLimit};
use dateline_core::store::{ExecutionFilter, PageRequest};

use crate::world::{Life, Mood, World, cron, outcome, patient};

const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const SLOW: Mood = Mood::Slow(Duration::from_secs(60));

async fn projects_max(life: &Life<'_>, max: Option<u32>) {
    let change = InstanceChange { projects_max: Some(max), ..InstanceChange::default() };
    life.dateline.change_instance(change).await.expect("they are changed");
}

async fn executions_max(life: &Life<'_>, id: ProjectId, max: u32) {
    let change = ProjectChange { executions_max: Some(max), ..ProjectChange::default() };
    life.dateline.change_project(id, change).await.expect("it is changed");
}

async fn running(life: &Life<'_>) -> usize {
    let filter = ExecutionFilter { status: Some(ExecutionStatus::Running), ..ExecutionFilter::default() };
    let page = PageRequest { limit: 100, after: None };
    life.dateline.executions(filter, page).await.expect("executions").items.len()
}

/// Triggers one execution in each of `count` projects whose scans take a minute.
async fn slow_ones(life: &Life<'_>, count: usize) {
    for number in 0..count {
        let name = format!("project-{number}");
        life.world.source.moods.always(&format!("scan/{name}"), SLOW);
        let project = life.project(&name, &[Platform::Mastodon]).await;
        let job = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        life.dateline.trigger(job, None).await.expect("an execution");
    }
}

#[test]
fn a_limit_counts_from_the_moment_it_is_set_and_over_restarts() {
    let world = World::new();
    world.life(async |life| {
        slow_ones(life, 12).await;
        life.pass(Duration::from_secs(1)).await;
        assert_eq!(running(life).await, 5, "as it was started with");
        projects_max(life, Some(8)).await;
        life.pass(Duration::from_millis(100)).await;
        assert_eq!(running(life).await, 8, "no restart, no wait for the next end");
        projects_max(life, Some(2)).await;
        life.pass(Duration::from_secs(30)).await;
        assert_eq!(running(life).await, 8, "what runs goes on");
        life.pass(Duration::from_secs(35)).await;
        assert_eq!(running(life).await, 2, "what has ended makes room for fewer");
    });
    world.life(async |life| {
        life.pass(Duration::from_secs(2)).await;
        assert_eq!(running(life).await, 2, "what was set outlives the process");
        assert_eq!(life.dateline.projects_max_at_start(), 5);
        projects_max(life, None).await;
        life.pass(Duration::from_millis(100)).await;
        assert!(running(life).await > 2);
    });
}

#[test]
fn a_project_runs_as_many_executions_as_it_lets() {
    let world = World::new();
    world.source.moods.always("scan/lantern", SLOW);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await.id;
        let mut executions = Vec::new();
        for _ in 0..4 {
            let job = life.job(project, cron("0 0 1 1 *"), Policy::default()).await.job.id;
            executions.push(life.dateline.trigger(job, None).await.expect("an execution").id);
        }
        life.pass(Duration::from_secs(1)).await;
        assert_eq!(running(life).await, 1);
        executions_max(life, project, 3).await;
        life.pass(Duration::from_millis(100)).await;
        assert_eq!(running(life).await, 3);
        for id in executions {
            assert_eq!(outcome(&life.ended(id).await), COMPLETED);
        }
        assert_eq!(world_most(life), (3, 3));
    });
}

fn world_most(life: &Life<'_>) -> (usize, usize) {
    life.world.source.most_scans()
}

#[test]
fn two_executions_of_one_job_side_by_side_write_a_window_once() {
    let world = World::new();
    world.source.moods.always("scan/lantern", Mood::Slow(Duration::from_secs(5)));
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await.id;
        executions_max(life, project, 4).await;
        let policy = Policy { overlap: OverlapPolicy::AllowAll, ..Policy::default() };
        let job = life.job(project, cron("0 0 1 1 *"), policy).await.job.id;
        let mut executions = Vec::new();
        for _ in 0..4 {
            executions.push(life.dateline.trigger(job, None).await.expect("an execution").id);
        }
        let mut drafts = 0;
        for id in executions {
            // Whoever found the window written had nothing to tell.
            let ended = outcome(&life.ended(id).await);
            assert!(
                [COMPLETED, Some(Outcome::Skipped(SkipReason::NoActivity))].contains(&ended),
                "{ended:?}"
            );
            drafts += life.drafts(id).await.len();
        }
        assert_eq!(world_most(life).1, 4, "they did run side by side");
        assert_eq!(drafts, 1);
    });
}

#[test]
fn of_many_side_by_side_the_one_that_makes_way_lets_the_newest_in() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Deaf, Mood::Deaf]);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await.id;
        executions_max(life, project, 2).await;
        let job = async || life.job(project, cron("0 0 1 1 *"), patient()).await.job.id;
        let (first, second) = (job().await, job().await);
        let stays = life.dateline.trigger(first, None).await.expect("an execution").id;
        life.world.source.scanned("lantern", 1).await;
        let goes = life.dateline.trigger(second, None).await.expect("an execution").id;
        life.world.source.scanned("lantern", 2).await;
        let overlap = Some(OverlapPolicy::TerminateOther);
        let newest = life.dateline.trigger_over(second, None, overlap).await.expect("an execution").id;
        assert_eq!(life.ended(goes).await.superseded_by, Some(newest));
        assert_eq!(outcome(&life.ended(newest).await), COMPLETED);
        assert_eq!(
            life.execution(stays).await.state.status(),
            ExecutionStatus::Running,
            "it is another job's"
        );
    });
}

#[test]
fn a_project_with_a_long_line_does_not_hold_up_the_others() {
    let world = World::new();
    world.source.moods.always("scan/flood", Mood::Slow(Duration::from_secs(10)));
    world.life(async |life| {
        projects_max(life, Some(1)).await;
        let flood = life.project("flood", &[Platform::Mastodon]).await.id;
        let job = life.job(flood, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        for _ in 0..200 {
            life.dateline.trigger(job, None).await.expect("an execution");
        }
        life.pass(Duration::from_secs(60)).await;
        let small = life.project("small", &[Platform::Mastodon]).await.id;
        let job = life.job(small, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        let asked_at = life.dateline.now();
        let execution = life.dateline.trigger(job, None).await.expect("an execution").id;
        let waited = life.ended(execution).await.started_at.expect("it ran") - asked_at;
        assert!(waited < chrono::Duration::seconds(21), "one turn of the others at most: {waited}");
    });
}

/// A job whose executions hold the one key there is.
fn keyed(limit: u32, on_limit: OnLimit) -> Policy {
    let concurrency = Concurrency { key: "model".to_owned().into(), limit, on_limit };
    Policy { concurrency: Some(concurrency), ..patient() }
}

#[test]
fn a_key_holds_over_projects_and_sudden_ends() {
    let world = World::new();
    let mut executions = Vec::new();
    world.life(async |life| {
        for number in 0..6 {
            let name = format!("project-{number}");
            life.world.source.moods.always(&format!("scan/{name}"), SLOW);
            let project = life.project(&name, &[Platform::Mastodon]).await;
            let job = life.job(project.id, cron("0 0 1 1 *"), keyed(2, OnLimit::Queue)).await.job.id;
            executions.push(life.dateline.trigger(job, None).await.expect("an execution").id);
        }
        life.pass(Duration::from_secs(5)).await;
        assert_eq!(running(life).await, 2);
    });
    // The life ended without a stop: whoever held the key is dead.
    world.life(async |life| {
        life.pass(Duration::from_secs(5)).await;
        assert_eq!(running(life).await, 2);
        for id in &executions {
            assert_eq!(outcome(&life.ended(*id).await), COMPLETED);
        }
        assert_eq!(world_most(life).0, 2, "never three at once, over both lives");
    });
}

#[test]
fn what_waits_says_for_what() {
    let world = World::new();
    world.source.moods.always("scan/lantern", SLOW);
    world.source.moods.always("scan/other", SLOW);
    world.life(async |life| {
        let obstacle = async |id| {
            let execution = life.execution(id).await;
            life.dateline.obstacles(&[execution]).await.expect("an answer").remove(0)
        };
        let trigger = async |job| life.dateline.trigger(job, None).await.expect("an execution").id;
        let lantern = life.project("lantern", &[Platform::Mastodon]).await.id;
        let plain = life.job(lantern, cron("0 0 1 1 *"), patient()).await.job.id;
        let first = trigger(plain).await;
        life.reaches(first, ExecutionStatus::Running).await;
        assert_eq!(obstacle(first).await, None, "it runs");
        let second = trigger(plain).await;
        life.pass(Duration::from_millis(1)).await;
        let third = trigger(plain).await;
        let held = |ahead| Held { by: vec![first], running: 1, limit: 1, ahead };
        assert_eq!(obstacle(second).await, Some(Obstacle::ProjectBusy { held: held(0) }));
        assert_eq!(obstacle(third).await, Some(Obstacle::ProjectBusy { held: held(1) }));
        projects_max(life, Some(1)).await;
        let other = life.project("other", &[Platform::Mastodon]).await.id;
        let other = life.job(other, cron("0 0 1 1 *"), patient()).await.job.id;
        let fourth = trigger(other).await;
        assert_eq!(obstacle(fourth).await, Some(Obstacle::GlobalLimit { running: 1, limit: 1 }));
        life.dateline.pause_execution(third).await.expect("it is paused");
        assert!(matches!(obstacle(third).await, Some(Obstacle::Paused { .. })));
        life.dateline.pause_engine(PauseRequest::default()).await.expect("everything is paused");
        assert_eq!(obstacle(second).await, Some(Obstacle::PausedEngine { until: None }));
        life.dateline.resume_engine().await.expect("it goes on");
        projects_max(life, Some(5)).await;
        let keyed = async || life.job(lantern, cron("0 0 1 1 *"), keyed(1, OnLimit::Queue)).await.job.id;
        executions_max(life, lantern, 5).await;
        let holder = trigger(keyed().await).await;
        life.reaches(holder, ExecutionStatus::Running).await;
        let waits = trigger(keyed().await).await;
        let held = Held { by: vec![holder], running: 1, limit: 1, ahead: 0 };
        let expected = Obstacle::ConcurrencyKey { key: "model".to_owned(), held };
        assert_eq!(obstacle(waits).await, Some(expected));
    });
}

#[test]
fn a_rate_holds_over_sudden_ends() {
    let world = World::new();
    let mut job = None;
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await.id;
        let rate = RateLimit { max: 2, per: Duration::from_secs(600), key: None };
        let policy = Policy { rate_limit: Some(rate), ..patient() };
        let id = life.job(project, cron("0 0 1 1 *"), policy).await.job.id;
        job = Some(id);
        for _ in 0..5 {
            life.dateline.trigger(id, None).await.expect("an execution");
        }
        life.pass(Duration::from_secs(60)).await;
    });
    let job = job.expect("it was created");
    world.life(async |life| {
        let ended = life.all_ended(job, 5).await;
        let mut starts: Vec<_> = ended.iter().filter_map(|one| one.started_at).collect();
        starts.sort();
        assert_eq!(starts.len(), 5);
        for window in starts.windows(3) {
            assert!(
                window[2] - window[0] >= chrono::Duration::seconds(600),
                "three in one window: {window:?}"
            );
        }
        assert!(
            starts[4] - starts[0] < chrono::Duration::seconds(1_230),
            "and none waits longer than it must"
        );
    });
}

#[test]
fn triggers_that_wait_for_each_other_outlive_a_sudden_end() {
    let world = World::new();
    let mut first = None;
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await.id;
        let debounce = Debounce { quiet: Duration::from_secs(60), longest: None, key: None };
        let policy = Policy { debounce: Some(debounce), ..patient() };
        let job = life.job(project, cron("0 0 1 1 *"), policy).await.job.id;
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        first = Some((job, id));
        life.pass(Duration::from_secs(30)).await;
    });
    let (job, first) = first.expect("it was asked for");
    world.life(async |life| {
        let asked_at = life.dateline.now();
        assert_eq!(life.dateline.trigger(job, None).await.expect("an execution").id, first);
        let ended = life.ended(first).await;
        assert_eq!(outcome(&ended), COMPLETED);
        let waited = ended.started_at.expect("it ran") - asked_at;
        assert!(
            waited >= chrono::Duration::seconds(60) && waited < chrono::Duration::seconds(62),
            "{waited}"
        );
        assert_eq!(life.executions(job).await.len(), 1);
    });
}
