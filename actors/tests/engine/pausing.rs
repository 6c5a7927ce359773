//! Pauses of a job, a project and everything: what falls due meanwhile, and how they end.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{OccurrenceState, PauseRequest};
use dateline_core::caller::{Caller, Credential, Role};
use dateline_core::execution::{ExecutionStatus, Outcome, SkipReason};
use dateline_core::id::{JobId, UserId};
use dateline_core::people::AuditAction;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::{PageRequest, StoreError};
use dateline_core::time::Timestamp;

use crate::world::{Life, World, at, cron, outcome};

const PAUSED: Option<Outcome> = Some(Outcome::Skipped(SkipReason::Paused));
const QUIET: Option<Outcome> = Some(Outcome::Skipped(SkipReason::NoActivity));
const COMPLETED: Option<Outcome> = Some(Outcome::Completed);
const HOUR: Duration = Duration::from_secs(3600);

fn asked(reason: &str, until: Option<Timestamp>) -> PauseRequest {
    PauseRequest { reason: Some(reason.to_owned()), until }
}

async fn hourly(life: &Life<'_>, name: &str) -> JobId {
    let project = life.project(name, &[Platform::Mastodon]).await;
    life.job(project.id, cron("0 * * * *"), Policy::default()).await.job.id
}

#[test]
fn what_falls_due_while_a_job_is_paused_is_recorded_with_the_reason() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        life.all_ended(job, 1).await;
        let paused = life.dateline.pause_job(job, asked("the site is rebuilt", None)).await.expect("paused");
        assert_eq!(life.dateline.next_run_at(&paused), None);
        life.pass(HOUR * 3 + HOUR / 60).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, PAUSED, PAUSED, PAUSED]);
        let page = PageRequest { limit: 50, after: None };
        let to = Some(at("2026-11-23T14:00:00Z"));
        let listed = life.dateline.occurrences(job, None, to, page).await.expect("occurrences").items;
        let newest = &listed[0];
        assert_eq!(newest.state, OccurrenceState::Recorded(ExecutionStatus::Skipped));
        assert_eq!(newest.reason.as_deref(), Some("The job, its project or everything was paused."));
        let coming = listed.last().expect("one to come");
        assert_eq!((coming.state, coming.outcome), (OccurrenceState::Planned, PAUSED));
        life.pass(HOUR / 2).await;
        let resumed = life.dateline.resume_job(job, false).await.expect("resumed");
        assert_eq!(life.dateline.next_run_at(&resumed), Some(at("2026-11-23T13:00:00Z")), "it looks forward");
        assert_eq!(life.outcomes(job).await.len(), 4, "nothing is made up for");
        let next = life.all_ended(job, 5).await.pop().expect("a record");
        assert_eq!(outcome(&next), QUIET);
    });
}

#[test]
fn resuming_makes_up_for_the_latest_when_asked() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        life.all_ended(job, 1).await;
        life.dateline.pause_job(job, PauseRequest::default()).await.expect("paused");
        life.dateline.resume_job(job, true).await.expect("resumed");
        assert_eq!(life.executions(job).await.len(), 1, "nothing was kept back");
        life.dateline.pause_job(job, PauseRequest::default()).await.expect("paused");
        life.pass(HOUR * 2).await;
        life.world.source.commit("lantern", "fix: keep blank lines");
        life.dateline.resume_job(job, true).await.expect("resumed");
        life.all_ended(job, 4).await;
        assert_eq!(life.outcomes(job).await, [COMPLETED, PAUSED, PAUSED, COMPLETED], "once for both");
    });
}

#[test]
fn a_pause_ends_by_itself_also_over_a_restart() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = hourly(life, "lantern").await;
        life.all_ended(job, 1).await;
        let until = Some(at("2026-11-23T12:00:00Z"));
        let view = life.dateline.pause_job(job, asked("a holiday", until)).await.expect("paused");
        assert_eq!(life.dateline.next_run_at(&view), until, "its end belongs to the pause no more");
        life.pass(HOUR).await;
        job
    });
    world.clock.pass(HOUR * 3 + HOUR / 2);
    world.source.commit("lantern", "fix: keep blank lines");
    world.life(async |life| {
        // 10:00 and 11:00 fell into the pause, 12:00 and 13:00 were missed: the newest of them runs.
        let ended = life.all_ended(job, 5).await;
        let missed = Some(Outcome::Missed(dateline_core::execution::MissReason::Coalesced));
        let found: Vec<_> = ended.iter().map(outcome).collect();
        assert_eq!(found, [COMPLETED, PAUSED, PAUSED, missed, COMPLETED]);
    });
}

#[test]
fn what_was_due_before_a_pause_is_not_kept_back_by_it() {
    let world = World::new();
    let job = world.life(async |life| {
        let job = hourly(life, "lantern").await;
        life.all_ended(job, 1).await;
        job
    });
    world.source.commit("lantern", "fix: keep blank lines");
    world.clock.pass(HOUR + HOUR / 2);
    world.life(async |life| {
        life.dateline.pause_job(job, PauseRequest::default()).await.expect("paused");
        let ended = life.all_ended(job, 2).await;
        assert_eq!(ended.iter().map(outcome).collect::<Vec<_>>(), [COMPLETED, COMPLETED]);
    });
}

#[test]
fn a_paused_project_keeps_back_all_its_jobs_and_no_others() {
    World::new().life(async |life| {
        let (one, other) = (hourly(life, "lantern").await, hourly(life, "harbour").await);
        let project = life.view(one).await.job.home.project().expect("one");
        let until = Some(at("2026-11-23T10:30:00Z"));
        life.dateline.pause_project(project, asked("frozen", until)).await.expect("paused");
        let second = life.job(project, cron("30 * * * *"), Policy::default()).await.job.id;
        life.pass(HOUR * 2).await;
        assert_eq!(life.outcomes(one).await, [PAUSED, PAUSED]);
        assert_eq!(life.outcomes(second).await, [PAUSED, COMPLETED], "the pause was over at half past ten");
        assert_eq!(life.outcomes(other).await, [COMPLETED, QUIET]);
        life.dateline.resume_project(project).await.expect("it is over already");
        let id = life.dateline.trigger(one, None).await.expect("an execution").id;
        life.ended(id).await;
    });
}

#[test]
fn a_job_of_a_paused_project_still_runs_by_hand() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        let project = life.view(job).await.job.home.project().expect("one");
        life.dateline.pause_project(project, PauseRequest::default()).await.expect("paused");
        life.dateline.pause_job(job, PauseRequest::default()).await.expect("paused");
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
        life.dateline.resume_job(job, false).await.expect("resumed");
        let view = life.view(job).await;
        assert_eq!(life.dateline.next_run_at(&view), None, "its project is still paused");
    });
}

#[test]
fn while_everything_is_paused_nothing_starts_and_afterwards_all_goes_on() {
    let world = World::new();
    let (job, id) = world.life(async |life| {
        let job = hourly(life, "lantern").await;
        let until = at("2026-11-24T20:00:00Z");
        life.dateline.pause_engine(asked("the server moves", Some(until))).await.expect("paused");
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.pass(HOUR * 2).await;
        assert_eq!(life.execution(id).await.state.status(), ExecutionStatus::Queued);
        (job, id)
    });
    world.life(async |life| {
        life.pass(HOUR).await;
        assert_eq!(
            life.execution(id).await.state.status(),
            ExecutionStatus::Queued,
            "a restart resumes nothing"
        );
        let due = life.outcomes(job).await;
        assert_eq!(due[..3], [PAUSED, PAUSED, PAUSED]);
        life.pass(HOUR * 36).await;
        let ended = life.execution(id).await;
        assert_eq!(outcome(&ended), COMPLETED, "it waited longer than a day, for nobody's fault");
        assert!(ended.started_at.expect("it ran") >= at("2026-11-24T20:00:00Z"));
        let due = life.outcomes(job).await;
        assert_eq!(due.iter().filter(|one| **one == PAUSED).count(), 35, "9:00 to 19:00 of the next day");
        assert!(due.contains(&QUIET), "its schedule fires again");
    });
}

#[test]
fn somebody_who_resumes_everything_needs_not_wait_for_its_end() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        life.dateline.pause_engine(PauseRequest::default()).await.expect("paused");
        let id = life.dateline.trigger(job, None).await.expect("an execution").id;
        life.pass(Duration::from_secs(30)).await;
        life.dateline.resume_engine().await.expect("resumed");
        assert_eq!(outcome(&life.ended(id).await), COMPLETED);
        assert!(life.dateline.engine_pauses().await.expect("pauses").in_force(life.dateline.now()).is_none());
    });
}

#[test]
fn who_paused_and_resumed_is_in_the_audit_log() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        let project = life.view(job).await.job.home.project().expect("one");
        let until = Some(at("2026-11-24T00:00:00Z"));
        life.dateline.pause_job(job, asked("holidays", until)).await.expect("paused");
        life.dateline.resume_job(job, false).await.expect("resumed");
        life.dateline.resume_job(job, false).await.expect("again changes nothing");
        life.dateline.pause_project(project, PauseRequest::default()).await.expect("paused");
        life.dateline.resume_project(project).await.expect("resumed");
        life.dateline.pause_engine(PauseRequest::default()).await.expect("paused");
        life.dateline.resume_engine().await.expect("resumed");
        let log = life.dateline.audit_log(PageRequest { limit: 7, after: None }).await.expect("a page").items;
        let found: Vec<_> = log.iter().rev().map(|entry| entry.action).collect();
        let expected = [
            AuditAction::JobCreated,
            AuditAction::JobPaused,
            AuditAction::JobResumed,
            AuditAction::ProjectPaused,
            AuditAction::ProjectResumed,
            AuditAction::EnginePaused,
            AuditAction::EngineResumed,
        ];
        assert_eq!(found, expected);
        assert_eq!(log[5].detail.as_deref(), Some("until 2026-11-24T00:00:00.000Z: holidays"));
    });
}

#[test]
fn a_pause_that_makes_no_sense_is_refused() {
    World::new().life(async |life| {
        let job = hourly(life, "lantern").await;
        let past = PauseRequest { reason: Some("x".repeat(501)), until: Some(life.dateline.now()) };
        let refused = life.dateline.pause_job(job, past).await.expect_err("refused");
        let RequestError::Invalid { faults } = refused else { panic!("{refused}") };
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/reason", "/until"]);
        life.dateline.cancel_job(job).await.expect("cancelled");
        let refused = life.dateline.pause_job(job, PauseRequest::default()).await.expect_err("refused");
        assert!(matches!(refused, RequestError::Store(StoreError::JobCancelled)), "{refused}");
        let credential = Credential::Process;
        let member = Caller { user: UserId::from_bits(9), role: Role::Member, credential, ..Caller::owner() };
        let member = life.dateline.on_behalf_of(member);
        let refused = member.pause_engine(PauseRequest::default()).await.expect_err("refused");
        assert!(matches!(refused, RequestError::Forbidden { .. }), "{refused}");
        assert!(member.engine_pauses().await.is_ok(), "everybody may see it");
    });
}
