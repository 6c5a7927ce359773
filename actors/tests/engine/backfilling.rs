//! Occurrences of the past that somebody has run.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{BackfillPlan, BackfillRequest};
use dateline_core::backfill::{BackfillMode, Served};
use dateline_core::execution::{ExecutionStatus, Outcome, TriggerKind};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::{MisfirePolicy, Policy};

use crate::world::{Life, Mood, World, at, cron, outcome};

const HOUR: Duration = Duration::from_secs(3600);

fn range(from: &str, to: &str) -> BackfillRequest {
    BackfillRequest { from: at(from), to: at(to), mode: BackfillMode::Missing, is_dry_run: false }
}

/// Creates an hourly job that makes up for nothing, and lets its first occurrence run.
async fn hourly(life: &Life<'_>) -> JobId {
    let project = life.project("lantern", &[Platform::Mastodon]).await;
    let policy = Policy { misfire: MisfirePolicy::Skip, ..Policy::default() };
    let job = life.job(project.id, cron("0 * * * *"), policy).await.job.id;
    life.all_ended(job, 1).await;
    job
}

fn dues(plan: &BackfillPlan) -> Vec<String> {
    plan.runs.iter().map(|run| run.occurrence.due_at.format("%d %H").to_string()).collect()
}

#[test]
fn what_never_ran_is_listed_then_run_once_each_and_nothing_else_moves() {
    let world = World::new();
    let job = world.life(async |life| hourly(life).await);
    world.clock.pass(HOUR * 3 + HOUR / 2);
    world.life(async |life| {
        life.pass(Duration::from_secs(5)).await;
        let before = life.view(job).await;
        let ask = range("2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z");
        let listed = life.dateline.backfill(job, BackfillRequest { is_dry_run: true, ..ask }).await;
        let listed = listed.expect("a list");
        assert_eq!(
            (dues(&listed), listed.backfill),
            (vec!["23 08".into(), "23 10".into(), "23 11".into()], None)
        );
        assert_eq!(listed.runs[1].since, at("2026-11-23T09:00:00Z"), "the window begins with the one before");
        assert!(listed.runs.iter().all(|run| run.served == Served::Never));
        assert_eq!(life.executions(job).await.len(), 4, "nothing was recorded");
        let recorded = life.dateline.backfill(job, ask).await.expect("recorded");
        life.all_ended(job, 7).await;
        let executions = life.executions(job).await;
        let backfilled: Vec<_> = executions.iter().filter_map(|one| one.backfilled()).collect();
        assert_eq!(backfilled.len(), 3);
        assert!(backfilled.iter().all(|of| Some(of.backfill) == recorded.backfill));
        assert!(executions.iter().all(|one| one.due.is_none() == one.backfilled().is_some()));
        let mut starts: Vec<_> = executions
            .iter()
            .filter_map(|one| Some((one.backfilled()?.scheduled_for, one.started_at?)))
            .collect();
        starts.sort();
        assert!(starts.is_sorted_by_key(|(_, started_at)| *started_at), "oldest first: {starts:?}");
        let after = life.view(job).await;
        assert_eq!(
            (after.clock, after.cursors),
            (before.clock, before.cursors),
            "neither clock nor cursor moves"
        );
        let again = life.dateline.backfill(job, ask).await.expect("nothing is left");
        assert_eq!((again.runs.len(), again.backfill), (0, None));
        let all = BackfillRequest { mode: BackfillMode::All, is_dry_run: true, ..ask };
        assert_eq!(life.dateline.backfill(job, all).await.expect("a list").runs.len(), 4);
    });
}

#[test]
fn what_failed_is_run_when_it_is_asked_for() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Refuse]);
    world.life(async |life| {
        let job = hourly(life).await;
        assert_eq!(life.outcomes(job).await, [Some(Outcome::Failed)]);
        let ask = range("2026-11-23T09:00:00Z", "2026-11-23T09:00:01Z");
        life.pass(HOUR / 60).await;
        assert!(life.dateline.backfill(job, ask).await.expect("a list").runs.is_empty());
        let ask = BackfillRequest { mode: BackfillMode::MissingAndFailed, ..ask };
        let recorded = life.dateline.backfill(job, ask).await.expect("recorded");
        assert_eq!(recorded.runs[0].served, Served::Failed);
        let id = recorded.runs[0].execution.expect("an execution");
        life.ended(id).await;
        assert!(life.dateline.backfill(job, ask).await.expect("a list").runs.is_empty(), "it ran");
    });
}

#[test]
fn a_backfill_survives_a_restart_and_is_cancelled_whole() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Well].into_iter().chain([Mood::Slow(HOUR); 5]));
    let (job, recorded) = world.life(async |life| {
        let job = hourly(life).await;
        let recorded =
            life.dateline.backfill(job, range("2026-11-23T04:00:00Z", "2026-11-23T08:00:00Z")).await;
        let recorded = recorded.expect("recorded");
        assert_eq!(recorded.runs.len(), 4, "also of a time before the job existed");
        life.world.source.scanned("lantern", 2).await;
        (job, recorded)
    });
    world.life(async |life| {
        let open = life.executions(job).await.into_iter().filter(|one| one.state.is_open()).count();
        assert!(open > 0, "it goes on");
        life.dateline.cancel_backfill(job, recorded.backfill).await.expect("cancelled");
        let look = async || life.executions(job).await.iter().all(|one| !one.state.is_open()).then_some(());
        life.until("everything has ended", look).await;
        let cancelled =
            life.executions(job).await.iter().filter(|one| outcome(one) == Some(Outcome::Cancelled)).count();
        assert!(cancelled >= 2, "{cancelled}");
        assert_eq!(life.dateline.cancel_backfill(job, None).await.expect("again"), 0);
    });
}

#[test]
fn a_range_that_makes_no_sense_is_refused() {
    World::new().life(async |life| {
        let job = hourly(life).await;
        let refused = async |ask| {
            let refused = life.dateline.backfill(job, ask).await.expect_err("refused");
            let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
            faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        assert_eq!(refused(range("2026-11-23T08:00:00Z", "2026-11-24T00:00:00Z")).await, ["/to"]);
        assert_eq!(refused(range("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z")).await, ["/from"]);
        assert_eq!(refused(range("2026-10-01T00:00:00Z", "2026-11-23T08:00:00Z")).await, ["/to"], "too many");
        let most = range("2026-11-02T12:00:00Z", "2026-11-23T08:00:00Z");
        let listed = life.dateline.backfill(job, BackfillRequest { is_dry_run: true, ..most }).await;
        assert_eq!(listed.expect("a list").runs.len(), 20 * 24 + 20);
    });
}

#[test]
fn what_is_excluded_is_left_out_and_by_hand_comes_first() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Well, Mood::Slow(HOUR / 60), Mood::Slow(HOUR / 60)]);
    world.life(async |life| {
        let project = life.project("lantern", &[Platform::Mastodon]).await;
        let mut schedule = cron("0 * * * *");
        let hours = Some(vec!["05:00-07:00".to_owned()]);
        schedule.time_config.exclusions =
            Some(dateline_core::schedule::Exclusions { hours, ..Default::default() });
        let job = life.job(project.id, schedule, Policy::default()).await.job.id;
        life.all_ended(job, 1).await;
        let recorded =
            life.dateline.backfill(job, range("2026-11-23T04:00:00Z", "2026-11-23T09:00:00Z")).await;
        let recorded = recorded.expect("recorded");
        assert_eq!(dues(&recorded), ["23 04", "23 07", "23 08"]);
        assert_eq!(recorded.runs[1].since, at("2026-11-23T04:00:00Z"));
        life.world.source.scanned("lantern", 2).await;
        let by_hand = life.dateline.trigger(job, None).await.expect("an execution").id;
        let by_hand = life.ended(by_hand).await;
        let last = life.ended(recorded.runs[2].execution.expect("an execution")).await;
        assert!(by_hand.started_at < last.started_at, "a backfill stands behind");
        assert_eq!(last.trigger.kind(), TriggerKind::Backfill);
        assert_eq!(last.state.status(), ExecutionStatus::Skipped, "nothing happened in that window");
    });
}

#[test]
fn a_run_of_the_past_tells_what_happened_in_its_window() {
    World::new().life(async |life| {
        let job = hourly(life).await;
        // Everything was committed just after twelve on the 20th.
        let cursors = life.view(job).await.cursors;
        assert!(!cursors.is_empty(), "the first run has told it");
        let recorded =
            life.dateline.backfill(job, range("2026-11-20T12:00:00Z", "2026-11-20T15:00:00Z")).await;
        let mut outcomes = Vec::new();
        for run in recorded.expect("recorded").runs {
            let ended = life.ended(run.execution.expect("an execution")).await;
            outcomes.push((outcome(&ended), life.drafts(ended.id).await.len()));
        }
        let quiet = (Some(Outcome::Skipped(dateline_core::execution::SkipReason::NoActivity)), 0);
        assert_eq!(outcomes, [quiet, (Some(Outcome::Completed), 1), quiet]);
        assert_eq!(life.view(job).await.cursors, cursors);
    });
}
