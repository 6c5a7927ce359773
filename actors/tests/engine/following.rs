//! Jobs that run when others have ended.

use std::time::Duration;

use dateline_actors::request::{JobChange, NewJob, RequestError};
use dateline_core::caller::{Access, Role};
use dateline_core::dependency::{Dependencies, DependencyMode, DependencyOn};
use dateline_core::execution::{ExecutionStatus, Outcome, Trigger};
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::schedule::{Frequency, Schedule, TimeConfig};

use crate::people::joined;
use crate::world::{Life, Mood, Trouble, World, new_job, outcome, patient};

fn unscheduled() -> Schedule {
    let time_config = TimeConfig { timezone: Some("UTC".to_owned()), ..TimeConfig::default() };
    Schedule { frequency: Frequency::None, time_config }
}

fn after(jobs: &[JobId], mode: DependencyMode, on: DependencyOn) -> Option<Dependencies> {
    Some(Dependencies { jobs: jobs.to_vec(), mode, on })
}

/// Creates a job of a fresh project that runs after `jobs` only.
async fn follower(life: &Life<'_>, name: &str, depends_on: Option<Dependencies>) -> JobId {
    let project = life.project(name, &[Platform::Devto]).await.id;
    let new = NewJob { depends_on, ..new_job(project, unscheduled(), Policy::default()) };
    life.dateline.create_job(new).await.expect("a job").job.id
}

#[test]
fn a_job_without_a_schedule_runs_after_another_and_names_it() {
    World::new().life(async |life| {
        let first = follower(life, "lantern", None).await;
        let second =
            follower(life, "beacon", after(&[first], DependencyMode::All, DependencyOn::Success)).await;
        assert_eq!(life.dateline.next_run_at(&life.view(second).await), None);
        let one = life.dateline.trigger(first, None).await.expect("an execution").id;
        let found = life.all_ended(second, 1).await;
        assert_eq!(found[0].trigger, Trigger::Dependency { of: vec![one] });
        assert_eq!(outcome(&found[0]), Some(Outcome::Completed));
        assert_eq!(life.detail(one).await.followers, [found[0].id]);
        assert!(found[0].started_at >= life.execution(one).await.attempts[0].ended_at);
        life.pass(Duration::from_secs(3_600)).await;
        assert_eq!(life.executions(second).await.len(), 1, "nothing else starts it");
    });
}

#[test]
fn all_are_waited_for_over_a_restart() {
    let world = World::new();
    let (first, second, last, one) = world.life(async |life| {
        let first = follower(life, "lantern", None).await;
        let second = follower(life, "beacon", None).await;
        let depends_on = after(&[first, second], DependencyMode::All, DependencyOn::Success);
        let last = follower(life, "candle", depends_on).await;
        let one = life.dateline.trigger(first, None).await.expect("an execution").id;
        life.ended(one).await;
        (first, second, last, one)
    });
    world.life(async |life| {
        let links = life.dateline.job_links(last).await.expect("links");
        assert_eq!((links.upstream[0].job, links.upstream[0].noted), (first, Some(one)));
        let two = life.dateline.trigger(second, None).await.expect("an execution").id;
        let found = life.all_ended(last, 1).await;
        assert_eq!(found[0].trigger, Trigger::Dependency { of: vec![one, two] });
    });
}

#[test]
fn an_end_whose_commit_seemed_to_fail_starts_one_execution() {
    let world = World::new();
    world.life(async |life| {
        let first = follower(life, "lantern", None).await;
        let second = follower(life, "beacon", after(&[first], DependencyMode::Any, DependencyOn::Any)).await;
        for trouble in [Trouble::Before, Trouble::After, Trouble::Late] {
            let before = life.executions(second).await.len();
            life.world.troubles.next("finish", [trouble]);
            let id = life.dateline.trigger(first, None).await.expect("an execution").id;
            life.ended(id).await;
            let found = life.all_ended(second, before + 1).await;
            life.pass(Duration::from_secs(60)).await;
            assert_eq!(found.len(), before + 1, "{trouble:?}");
        }
    });
}

#[test]
fn what_failed_starts_what_waits_for_a_failure() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Refuse]);
    world.life(async |life| {
        let first = follower(life, "lantern", None).await;
        let mend =
            follower(life, "beacon", after(&[first], DependencyMode::All, DependencyOn::Failure)).await;
        let tell =
            follower(life, "candle", after(&[first], DependencyMode::All, DependencyOn::Success)).await;
        let one = life.dateline.trigger(first, None).await.expect("an execution").id;
        assert_eq!(life.ended(one).await.state.status(), ExecutionStatus::Failed);
        life.all_ended(mend, 1).await;
        assert!(life.executions(tell).await.is_empty());
    });
}

#[test]
fn a_cancelled_run_starts_nothing() {
    let world = World::new();
    world.source.next_scans("lantern", [Mood::Long]);
    world.life(async |life| {
        let first = follower(life, "lantern", None).await;
        let second = follower(life, "beacon", after(&[first], DependencyMode::All, DependencyOn::Any)).await;
        let patience = JobChange { policy: Some(patient()), ..JobChange::default() };
        life.dateline.change_job(first, patience).await.expect("changed");
        let one = life.dateline.trigger(first, None).await.expect("an execution").id;
        life.world.source.scanned("lantern", 1).await;
        life.dateline.cancel_execution(one).await.expect("cancelling");
        life.ended(one).await;
        life.pass(Duration::from_secs(60)).await;
        assert!(life.executions(second).await.is_empty());
    });
}

#[track_caller]
fn faults<T: std::fmt::Debug>(result: Result<T, RequestError>) -> Vec<(String, String)> {
    match result {
        Err(RequestError::Invalid { faults }) => {
            faults.into_iter().map(|fault| (fault.pointer, fault.expected)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cycle_is_refused_with_its_way() {
    World::new().life(async |life| {
        let first = follower(life, "lantern", None).await;
        let second =
            follower(life, "beacon", after(&[first], DependencyMode::All, DependencyOn::Success)).await;
        let rename = JobChange { name: Some("Second".to_owned()), ..JobChange::default() };
        life.dateline.change_job(second, rename).await.expect("renamed");
        let depends_on = after(&[second], DependencyMode::All, DependencyOn::Success);
        let change = JobChange { depends_on: Some(depends_on), ..JobChange::default() };
        let told = faults(life.dateline.change_job(first, change).await);
        let way = "a job that does not depend on this one: `Weekly words` → `Second` → `Weekly words`";
        assert_eq!(told, [("/dependsOn/jobs/0".to_owned(), way.to_owned())]);
        assert_eq!(life.view(first).await.job.depends_on, None);
    });
}

#[test]
fn only_what_one_sees_and_may_change_is_depended_on() {
    World::new().life(async |life| {
        let theirs = follower(life, "lantern", None).await;
        let mine = life.project("beacon", &[Platform::Devto]).await.id;
        let (user, ana) = joined(life, "ana", Role::Member).await;
        let may = async |project, access| {
            life.dateline.put_member(project, user, access).await.expect("added");
        };
        may(mine, Access::Edit).await;
        let new = || NewJob {
            depends_on: after(&[theirs, theirs], DependencyMode::All, DependencyOn::Success),
            ..new_job(mine, unscheduled(), Policy::default())
        };
        let expected = |told: Vec<(String, String)>| told.into_iter().map(|(_, it)| it).collect::<Vec<_>>();
        let twice = "each job at most once";
        let told = expected(faults(ana.create_job(new()).await));
        assert_eq!(told, ["a job you can see", twice]);
        may(life.view(theirs).await.job.home.project().expect("a project"), Access::View).await;
        let told = expected(faults(ana.create_job(new()).await));
        assert_eq!(told, ["a job of the same project, or of another in which you may EDIT", twice]);
        may(life.view(theirs).await.job.home.project().expect("a project"), Access::Edit).await;
        assert_eq!(expected(faults(ana.create_job(new()).await)), [twice]);
        let none = NewJob { depends_on: after(&[], DependencyMode::All, DependencyOn::Success), ..new() };
        assert_eq!(faults(ana.create_job(none).await)[0].0, "/dependsOn/jobs");
    });
}
