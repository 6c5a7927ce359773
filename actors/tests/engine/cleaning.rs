//! Cleaning up is a job like any other, for the whole instance.

use std::time::Duration;

use dateline_actors::request::{InstanceChange, NewJob, RequestError, Secrets, Told};
use dateline_actors::{CleanupPlan, Settings};
use dateline_core::caller::Role;
use dateline_core::execution::{ExecutionStatus, Outcome};
use dateline_core::id::JobId;
use dateline_core::job::JobType;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::retention::RetentionChange;
use dateline_core::store::ExecutionFilter;

use crate::people::joined;
use crate::world::{Life, World, cron, outcome, step_names};

const DAY: Duration = Duration::from_secs(86_400);

fn cleanup() -> NewJob {
    NewJob {
        project: None,
        job_type: JobType::Cleanup,
        name: "Nightly cleanup".to_owned(),
        schedule: cron("0 3 * * *"),
        is_enabled: false,
        policy: Policy::default(),
        payload: Told::new(),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        secrets: Secrets::new(),
    }
}

/// Runs a job so many times, and returns it.
async fn ran(life: &Life<'_>, times: usize) -> JobId {
    let project = life.project("lantern", &[Platform::Devto]).await;
    let job = life.job(project.id, cron("0 0 1 6 *"), Policy::default()).await.job.id;
    for done in 1..=times {
        life.dateline.trigger(job, None).await.expect("an execution");
        life.all_ended(job, done).await;
    }
    job
}

#[test]
fn what_is_over_is_removed_and_the_run_says_how_much() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = ran(life, 4).await;
        let retention = RetentionChange { runs_min: Some(1), ..RetentionChange::default() };
        let change = InstanceChange { retention, ..InstanceChange::default() };
        life.dateline.change_instance(change).await.expect("changed");
        job
    });
    world.clock.pass(DAY * 40);
    world.life(async |life| {
        let cleanup = life.dateline.create_job(cleanup()).await.expect("a job").job.id;
        let id = life.dateline.trigger(cleanup, None).await.expect("an execution").id;
        let ended = life.ended(id).await;
        assert_eq!(outcome(&ended), Some(Outcome::Completed), "{:?}", ended.error);
        assert_eq!(ended.output["removed"]["executions"], 3, "{}", ended.output);
        assert_eq!(ended.output["removed"]["logs"], 4, "{}", ended.output);
        let detail = life.detail(id).await;
        let steps = step_names(&detail);
        assert_eq!((steps.len(), steps[0], steps[10]), (11, "purge/logs", "compact"));
        assert_eq!(life.executions(job).await.len(), 1);
        let stats =
            life.dateline.execution_stats(ExecutionFilter { job: Some(job), ..Default::default() }).await;
        assert_eq!(stats.expect("counts").total, 4, "statistics stay");
        assert!(life.dateline.storage_seen().is_some_and(|size| size.used_bytes > 0));
    });
}

fn with_a_cleanup() -> World {
    let plan = CleanupPlan { at: "09:00:00".parse().expect("a time"), timezone: "UTC".to_owned() };
    World::with(Settings { cleanup: Some(plan), ..Settings::default() })
}

#[test]
fn the_first_start_sets_a_cleanup_up_and_people_decide_about_it() {
    let world = with_a_cleanup();
    world.life(async |life| {
        let view = life.view(JobId::CLEANUP).await;
        assert_eq!((view.job.is_enabled, view.job.job_type()), (true, JobType::Cleanup));
        assert!(life.dateline.storage().await.expect("a size").is_cleaned_up);
        let ended = life.all_ended(JobId::CLEANUP, 1).await;
        assert_eq!(outcome(&ended[0]), Some(Outcome::Completed), "{:?}", ended[0].error);
        life.dateline.toggle_job(JobId::CLEANUP, Some(false)).await.expect("disabled");
        assert!(!life.dateline.storage().await.expect("a size").is_cleaned_up);
    });
    world.life(async |life| {
        assert!(!life.view(JobId::CLEANUP).await.job.is_enabled, "a start changes nothing");
        life.dateline.cancel_job(JobId::CLEANUP).await.expect("cancelled");
    });
    world.clock.pass(DAY * 400);
    world.life(async |life| {
        let other = life.dateline.create_job(cleanup()).await.expect("a job").job.id;
        let id = life.dateline.trigger(other, None).await.expect("an execution").id;
        life.ended(id).await;
        assert!(life.view(JobId::CLEANUP).await.job.cancelled_at.is_some(), "it does not come back");
    });
}

#[test]
fn cleaning_up_is_for_admins_and_for_no_project() {
    World::new().life(async |life| {
        let (_, as_ana) = joined(life, "ana", Role::Member).await;
        let refused = as_ana.create_job(cleanup()).await;
        assert!(matches!(refused, Err(RequestError::Forbidden { .. })), "{refused:?}");
        let project = life.project("lantern", &[Platform::Devto]).await;
        let wrong = NewJob { project: Some(project.id), ..cleanup() };
        let Err(RequestError::Invalid { faults }) = life.dateline.create_job(wrong).await else {
            panic!("it works for no project")
        };
        assert_eq!(faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/projectId"]);
    });
}

#[test]
fn a_cleanup_that_was_cut_off_goes_on() {
    let world = World::new();
    world.life(async |life| {
        ran(life, 3).await;
    });
    world.clock.pass(DAY * 400);
    world.life(async |life| {
        let cleanup = life.dateline.create_job(cleanup()).await.expect("a job").job.id;
        world.troubles.next("purge", [crate::world::Trouble::Before, crate::world::Trouble::After]);
        let id = life.dateline.trigger(cleanup, None).await.expect("an execution").id;
        let ended = life.ended(id).await;
        assert_eq!(ended.state.status(), ExecutionStatus::Completed, "{:?}", ended.error);
        assert_eq!(ended.attempts.len(), 3, "two failed");
    });
}
