//! Jobs without a project: each a lane of its own, and there for whose they are and for owners alone.

use dateline_actors::Dateline;
use dateline_actors::request::{JobChange, RequestError};
use dateline_core::caller::{Caller, Role};
use dateline_core::event::EventKind;
use dateline_core::execution::{ExecutionStatus, FailureClass};
use dateline_core::home::Home;
use dateline_core::id::{JobId, UserId};
use dateline_core::job::{GenerateContent, Job, JobClock, NextDue, Payload};
use dateline_core::pause::Pauses;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::{ExecutionFilter, JobFilter, PageRequest, StoreError};

use crate::people::joined;
use crate::world::{Life, World, cron, new_job};

/// Stores job number `n` of a person's own. It does what nobody can ask of such a job: what matters here is around it.
async fn own_job(life: &Life<'_>, n: u128, person: UserId) -> JobId {
    let now = life.dateline.now();
    let job = Job {
        id: JobId::from_bits(n),
        home: Home::Person(person),
        name: format!("Job {n}"),
        schedule: cron("0 0 1 1 *"),
        is_enabled: true,
        policy: Policy::default(),
        payload: Payload::GenerateContent(GenerateContent::default()),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        pauses: Pauses::default(),
        cancelled_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let clock = JobClock { runs: 0, recorded_through: now, next: NextDue::Off };
    life.store.create_job(job, clock).await.expect("a job").job.id
}

fn all() -> PageRequest {
    PageRequest { limit: 100, after: None }
}

async fn seen(dateline: &Dateline) -> (usize, usize, u64) {
    let filter = ExecutionFilter::default();
    (
        dateline.jobs(JobFilter::default(), all()).await.expect("jobs").items.len(),
        dateline.executions(filter.clone(), all()).await.expect("executions").items.len(),
        dateline.execution_stats(filter).await.expect("statistics").total,
    )
}

#[test]
fn a_job_without_a_project_runs_in_a_lane_of_its_own() {
    World::new().life(async |life| {
        let (one, two) = (own_job(life, 1, UserId::OWNER).await, own_job(life, 2, UserId::OWNER).await);
        for job in [one, two, one] {
            life.dateline.trigger(job, None).await.expect("an execution");
        }
        let ended = life.all_ended(one, 2).await;
        for execution in ended.into_iter().chain(life.all_ended(two, 1).await) {
            assert_eq!(execution.state.status(), ExecutionStatus::Failed);
            let error = execution.error.expect("it says why");
            assert_eq!((error.class, error.step), (FailureClass::Permanent, None), "{:?}", error.chain);
        }
    });
}

#[test]
fn what_is_a_persons_own_is_there_for_them_and_for_owners() {
    World::new().life(async |life| {
        let (ana, as_ana) = joined(life, "ana", Role::Member).await;
        let (_, as_bob) = joined(life, "bob", Role::Admin).await;
        let job = own_job(life, 1, ana).await;
        let (mut for_ana, mut for_bob) =
            (as_ana.subscribe(None).await.expect("events"), as_bob.subscribe(None).await.expect("events"));
        let execution = as_ana.trigger(job, None).await.expect("an execution").id;
        life.ended(execution).await;
        assert_eq!((seen(&as_ana).await, seen(&as_bob).await), ((1, 1, 1), (0, 0, 0)));
        assert_eq!(seen(&life.dateline).await, (1, 1, 1));
        let heard = for_ana.next().await.expect("an event");
        assert_eq!((heard.kind, heard.home), (EventKind::Execution, Some(Home::Person(ana))));
        for refused in [
            as_bob.job(job).await.map(drop),
            as_bob.execution(execution).await.map(drop),
            as_bob.trigger(job, None).await.map(drop),
            as_bob.cancel_job(job).await,
            as_bob.change_job(job, JobChange::default()).await.map(drop),
        ] {
            assert!(matches!(refused, Err(RequestError::Store(StoreError::NotFound(_)))), "{refused:?}");
        }
        let reached = Caller { projects: Some([].into()), ..as_ana.caller().clone() };
        assert_eq!(seen(&life.dateline.on_behalf_of(reached)).await, (0, 0, 0), "a token of some projects");
        // What concerns everybody is the first thing others hear.
        life.dateline.pause_engine(dateline_actors::request::PauseRequest::default()).await.expect("paused");
        assert_eq!(for_bob.next().await.expect("an event").kind, EventKind::Engine);
    });
}

#[test]
fn a_job_that_works_for_a_project_cannot_leave_it() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await.id;
        let job = life.job(project, cron("0 0 1 1 *"), Policy::default()).await.job.id;
        let change = JobChange { project: Some(None), ..JobChange::default() };
        let refused = life.dateline.change_job(job, change).await.expect_err("it needs one");
        let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
        assert_eq!(faults[0].pointer, "/projectId");
    });
}

#[test]
fn a_token_of_some_projects_makes_nothing_outside_them() {
    World::new().life(async |life| {
        let project = life.project("lantern", &[Platform::Devto]).await.id;
        let caller = Caller { projects: Some([project].into()), ..Caller::owner() };
        let dateline = life.dateline.on_behalf_of(caller);
        let mut new = new_job(project, cron("0 0 1 1 *"), Policy::default());
        dateline.create_job(new.clone()).await.expect("a job of its project");
        new.project = None;
        let refused = dateline.create_job(new).await;
        assert!(matches!(refused, Err(RequestError::Forbidden { .. })), "{refused:?}");
    });
}

#[test]
fn a_persons_jobs_end_with_them() {
    World::new().life(async |life| {
        let (ana, _) = joined(life, "ana", Role::Member).await;
        let job = own_job(life, 1, ana).await;
        life.dateline.remove_user(ana, None).await.expect("removed");
        assert!(life.view(job).await.job.cancelled_at.is_some());
    });
}
