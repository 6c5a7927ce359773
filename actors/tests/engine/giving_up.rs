//! What becomes of executions that failed for good, and of jobs that fail again and again.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{NotificationQuery, Told};
use dateline_core::execution::{
    DeadLetter, DeadLetterState, Execution, ExecutionStatus, Outcome, SkipReason,
};
use dateline_core::id::JobId;
use dateline_core::notification::NotificationEvent;
use dateline_core::pause::PausedBy;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::{DeadLettersOf, ExecutionFilter, PageRequest};

use crate::world::{Life, Mood, World, cron, outcome, quick_retries, step_names, told};

const BOTH: [Platform; 2] = [Platform::Devto, Platform::Mastodon];
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const FAILED: Option<Outcome> = Some(Outcome::Failed);

async fn dead(life: &Life<'_>, job: JobId) -> Vec<Execution> {
    let filter = ExecutionFilter { job: Some(job), is_dead_letter: true, ..ExecutionFilter::default() };
    let page = PageRequest { limit: 100, after: None };
    life.dateline.executions(filter, page).await.expect("executions").items
}

async fn told_of_pauses(life: &Life<'_>) -> usize {
    let query =
        NotificationQuery { event: Some(NotificationEvent::JobPaused), ..NotificationQuery::default() };
    let page = PageRequest { limit: 100, after: None };
    life.dateline.notifications(query, page).await.expect("notifications").items.len()
}

/// A policy that tries once and pauses the job after so many failures in a row.
fn paused_after(failures: u32) -> Policy {
    let mut policy = Policy { auto_pause_after: failures, ..Policy::default() };
    policy.retry.attempts_max = 1;
    policy
}

#[test]
fn an_execution_whose_tries_are_spent_is_a_dead_letter_until_it_is_run_again() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Fail; 3]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, quick_retries()).await;
        life.reaches(id, ExecutionStatus::Retrying).await;
        assert!(dead(life, job).await.is_empty(), "tries are left");
        let ended = life.ended(id).await;
        assert_eq!((outcome(&ended), ended.dead_letter), (FAILED, Some(DeadLetter::Open)));
        assert_eq!(dead(life, job).await, [ended]);
        let again = life.dateline.replay(id, None, None).await.expect("a replay").id;
        let settled = life.execution(id).await.dead_letter.expect("it was one");
        assert!(matches!(settled, DeadLetter::Replayed { by, .. } if by == again), "{settled:?}");
        assert!(dead(life, job).await.is_empty());
        assert_eq!(outcome(&life.ended(again).await), COMPLETED);
        let once_more = life.dateline.replay(id, None, None).await.expect("a replay").id;
        assert_eq!(life.execution(id).await.dead_letter, Some(settled), "the first replay settled it");
        life.ended(once_more).await;
    });
}

#[test]
fn a_dead_letter_is_dismissed_once_and_nothing_else_is() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Refuse]);
    world.life(async |life| {
        let (job, id) = life.started(&BOTH, Policy::default()).await;
        life.ended(id).await;
        let dismissed = life.dateline.dismiss_execution(id).await.expect("dismissed");
        assert_eq!(dismissed.dead_letter.map(DeadLetter::state), Some(DeadLetterState::Dismissed));
        assert_eq!(life.dateline.dismiss_execution(id).await.expect("again changes nothing"), dismissed);
        assert!(dead(life, job).await.is_empty());
        let fine = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(fine).await), COMPLETED);
        let refused = life.dateline.dismiss_execution(fine).await.expect_err("it has not failed");
        assert!(matches!(refused, RequestError::Store(_)), "{refused}");
    });
}

#[test]
fn a_replay_goes_on_from_the_step_that_failed() {
    let world = World::new();
    world.writer.moods.always("MASTODON", Mood::Fail);
    world.life(async |life| {
        let (_, id) = life.started(&BOTH, quick_retries()).await;
        assert_eq!(outcome(&life.ended(id).await), Some(Outcome::Partial));
        life.world.writer.moods.always("MASTODON", Mood::Well);
        let scans = life.world.source.scans("lantern");
        let replay = life.dateline.replay_failed(id, None).await.expect("a replay").id;
        let ended = life.ended(replay).await;
        assert_eq!(outcome(&ended), COMPLETED);
        let detail = life.detail(replay).await;
        let taken: Vec<_> = detail.steps.iter().filter(|it| it.copied_from == Some(id)).collect();
        assert_eq!(taken.len(), 4, "{:?}", step_names(&detail));
        assert_eq!(life.world.source.scans("lantern"), scans, "nothing is scanned again");
        assert_eq!(
            (life.world.writer.calls(Platform::Devto), life.world.writer.calls(Platform::Mastodon)),
            (1, 4)
        );
        let refused = life.dateline.replay_failed(replay, None).await.expect_err("it completed");
        let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
        assert_eq!(faults[0].pointer, "/fromFailedStep");
    });
}

#[test]
fn a_replay_that_takes_steps_over_asks_for_no_more_than_they_were_made_for() {
    let world = World::new();
    world.writer.moods.always("DEVTO", Mood::Refuse);
    world.life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        let only = |platform| Some(told(&[platform]));
        let id = life.dateline.trigger(job, only(Platform::Devto)).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(id).await), FAILED);
        for (payload, pointer) in
            [(only(Platform::Mastodon), "/payload/platforms/0"), (Some(Told::new()), "/payload/platforms")]
        {
            let from = Some("scan".to_owned());
            let refused =
                life.dateline.replay(id, from, payload.clone()).await.expect_err("it asks for more");
            let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
            assert_eq!(faults[0].pointer, pointer);
            life.dateline.replay_failed(id, payload).await.expect_err("it asks for more");
        }
        let anew =
            life.dateline.replay(id, None, only(Platform::Mastodon)).await.expect("nothing is taken over");
        let ended = life.ended(anew.id).await;
        assert_eq!(outcome(&ended), COMPLETED);
        assert_eq!(life.drafts(ended.id).await[0].platform, Platform::Mastodon);
    });
}

#[test]
fn dead_letters_of_a_job_are_run_again_together() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Refuse; 3]);
    world.life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        for _ in 0..3 {
            let id = life.dateline.trigger(job, None).await.expect("an execution").id;
            life.ended(id).await;
        }
        assert_eq!(dead(life, job).await.len(), 3);
        let of = DeadLettersOf::Job(job);
        let settled = life.dateline.replay_dead_letters(of, false, 2).await.expect("run again");
        assert_eq!((settled.executions.len(), settled.has_more), (2, true));
        let quiet = Some(Outcome::Skipped(SkipReason::NoActivity));
        let mut found = Vec::new();
        for execution in &settled.executions {
            found.push(outcome(&life.ended(execution.id).await));
        }
        // What was queued in one millisecond may start in either order: the first finds all there is to tell.
        assert!(found == [COMPLETED, quiet] || found == [quiet, COMPLETED], "{found:?}");
        let of = DeadLettersOf::Home(project.id.into());
        let settled = life.dateline.dismiss_dead_letters(of, 100).await.expect("dismissed");
        assert_eq!((settled.executions.len(), settled.has_more), (1, false));
        assert!(dead(life, job).await.is_empty());
    });
}

#[test]
fn a_job_that_fails_again_and_again_is_paused_and_goes_on_when_it_is_resumed() {
    let world = World::new();
    world.source.moods.always("scan/lantern", Mood::Refuse);
    let job = world.life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let job = life.job(project.id, cron("0 * * * *"), paused_after(3)).await.job.id;
        life.pass(Duration::from_secs(6 * 3_600)).await;
        let skipped = Some(Outcome::Skipped(SkipReason::Paused));
        assert_eq!(life.outcomes(job).await, [FAILED, FAILED, FAILED, skipped, skipped, skipped]);
        let view = life.view(job).await;
        let pause = view.job.pauses.in_force(life.dateline.now()).expect("it is paused");
        assert_eq!(pause.by, PausedBy::Failures { count: 3 });
        assert_eq!(life.dateline.next_run_at(&view), None);
        assert_eq!(told_of_pauses(life).await, 1);
        job
    });
    world.source.moods.always("scan/lantern", Mood::Well);
    world.life(async |life| {
        life.dateline.resume_job(job, false).await.expect("resumed");
        life.pass(Duration::from_secs(3_600)).await;
        let outcomes = life.outcomes(job).await;
        assert_eq!(outcomes.last(), Some(&COMPLETED), "{outcomes:?}");
        assert_eq!((life.view(job).await.failures_in_row, told_of_pauses(life).await), (0, 1));
    });
}

#[test]
fn a_machine_that_is_off_pauses_no_job() {
    let world = World::new();
    let job = world.life(async |life| {
        let project = life.project("lantern", &BOTH).await;
        let mut policy = paused_after(2);
        policy.misfire = dateline_core::policy::MisfirePolicy::Skip;
        life.job(project.id, cron("0 * * * *"), policy).await.job.id
    });
    world.clock.pass(Duration::from_secs(12 * 3_600 + 1_800));
    world.life(async |life| {
        life.until("what was missed", async || (life.executions(job).await.len() >= 12).then_some(())).await;
        let view = life.view(job).await;
        assert_eq!((view.failures_in_row, view.job.pauses.is_empty()), (0, true));
        assert_eq!(told_of_pauses(life).await, 0);
    });
}
