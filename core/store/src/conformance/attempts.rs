//! Work is given, reported, lost and taken back.

use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, ExecutionEvent, ExecutionState, ExecutionStatus, Failure, FailureClass,
    LeaseKey, StepResult, Wait, WaitReason,
};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, HolderId, JobId};
use dateline_core::job::JobStatus;
use dateline_core::store::{
    Claimed, Entry, FireDue, NewExecution, PlannedRun, Rescue, SecretChanges, Steering, Store, StoreError,
};

use super::expect_stale;
use super::samples::{
    START_TIMEOUT, all, at, claim, clock, commit, done, fire, job, job_with_priority, manual, occurrence,
    project, report, step,
};

async fn set_up(store: &dyn Store, projects: u128) {
    for n in 1..=projects {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
    }
}

/// Returns execution 1 of job 1, running under a lease of process 7 since second 1.
async fn a_running_one(store: &dyn Store) -> Claimed {
    set_up(store, 1).await;
    store.create_execution(manual(1, 1, 0)).await.expect("an execution is stored");
    store.claim(claim(7, 1, 1)).await.expect("work is given").remove(0)
}

async fn status(store: &dyn Store, id: u128) -> ExecutionStatus {
    store.execution(ExecutionId::from_bits(id)).await.expect("it is there").state.status()
}

fn ids(claimed: &[Claimed]) -> Vec<u128> {
    claimed.iter().map(|work| work.execution.id.bits()).collect()
}

pub(super) async fn a_project_runs_one_execution_at_a_time(store: &dyn Store) {
    set_up(store, 3).await;
    for n in 1..=9 {
        store.create_execution(manual(n, 1 + n % 3, 0)).await.expect("an execution is stored");
    }
    let first = store.claim(claim(7, 2, 1)).await.expect("work is given");
    assert_eq!(ids(&first), [1, 2]);
    let second = store.claim(claim(8, 10, 1)).await.expect("work is given");
    assert_eq!(ids(&second), [3]);
    assert!(store.claim(claim(8, 10, 1)).await.expect("an answer").is_empty());
    let work = &first[0];
    let project = work.project.as_ref().map(|project| Home::Project(project.id));
    assert_eq!((work.job.id, project), (JobId::from_bits(2), Some(work.execution.home)));
    assert_eq!((work.execution.attempts.len(), work.execution.started_at), (1, Some(at(1))));
    let ended = store.finish(done(work.lease, 2)).await.expect("the lease holds");
    assert_eq!(ended.state.status(), ExecutionStatus::Completed);
    assert_eq!(ids(&store.claim(claim(8, 10, 3)).await.expect("work is given")), [4]);
}

pub(super) async fn a_start_is_never_before_its_execution(store: &dyn Store) {
    set_up(store, 1).await;
    store.create_execution(manual(1, 1, 5)).await.expect("an execution is stored");
    // Asked for before, answered after.
    let work = store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    assert_eq!(work.execution.started_at, Some(at(5)));
    assert_eq!(work.execution.attempts[0].started_at, at(5));
}

pub(super) async fn priority_comes_before_age_and_age_before_the_rest(store: &dyn Store) {
    for n in 1..=4 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    }
    for (n, project, level) in [(1, 1, 0), (2, 2, 9), (3, 3, 5), (4, 4, 5), (5, 1, 9)] {
        store.create_job(job_with_priority(n, project, level), clock(0, 10)).await.expect("a job is stored");
    }
    for (id, job, since) in [(11, 1, 0), (12, 2, 5), (13, 3, 2), (14, 4, 1), (15, 5, 6)] {
        store.create_execution(manual(id, job, since)).await.expect("an execution is stored");
    }
    assert_eq!(ids(&store.claim(claim(7, 1, 9)).await.expect("work is given")), [12]);
    assert_eq!(ids(&store.claim(claim(7, 9, 9)).await.expect("work is given")), [15, 14, 13]);
}

pub(super) async fn a_paced_start_waits_for_its_time(store: &dyn Store) {
    set_up(store, 1).await;
    let run = PlannedRun {
        id: ExecutionId::from_bits(1),
        occurrence: occurrence(10),
        ready_at: at(30),
        entry: Entry::ByPolicy,
    };
    store
        .fire_due(FireDue { runs: vec![run], ..fire(&job(1, 1), 0, 1, 10, 90) })
        .await
        .expect("the plan holds");
    assert_eq!(status(store, 1).await, ExecutionStatus::Queued);
    assert!(store.claim(claim(7, 1, 29)).await.expect("an answer").is_empty());
    assert_eq!(ids(&store.claim(claim(7, 1, 30)).await.expect("work is given")), [1]);
}

pub(super) async fn what_waited_too_long_fails_instead(store: &dyn Store) {
    set_up(store, 2).await;
    store.create_execution(manual(1, 1, 0)).await.expect("an execution is stored");
    let late = i64::try_from(START_TIMEOUT.as_secs()).unwrap_or(i64::MAX) + 1;
    store.create_execution(manual(2, 2, late)).await.expect("an execution is stored");
    assert_eq!(ids(&store.claim(claim(7, 9, late)).await.expect("work is given")), [2]);
    let failed = store.execution(ExecutionId::from_bits(1)).await.expect("it is there");
    assert_eq!(failed.state.status(), ExecutionStatus::Failed);
    assert!(matches!(failed.error, Some(Failure { class: FailureClass::TimeoutStart, .. })));
    assert!(failed.attempts.is_empty() && failed.started_at.is_none());
    assert_eq!(store.job(JobId::from_bits(1)).await.expect("it is there").status, JobStatus::Failed);
}

pub(super) async fn a_stale_lease_writes_nothing(store: &dyn Store) {
    let work = a_running_one(store).await;
    let before = store.newest_event().await.expect("a number");
    let wrong = LeaseKey { epoch: work.lease.epoch + 1, ..work.lease };
    expect_stale(store.record_step(commit(wrong, "scan", 2)).await);
    expect_stale(store.finish(done(wrong, 2)).await);
    assert!(store.steps(work.execution.id).await.expect("a list").is_empty());
    assert_eq!(store.newest_event().await.expect("a number"), before);
    store.finish(done(work.lease, 3)).await.expect("the lease holds");
    expect_stale(store.record_step(commit(work.lease, "scan", 4)).await);
    expect_stale(store.finish(done(work.lease, 4)).await);
}

pub(super) async fn a_done_step_is_never_recorded_again(store: &dyn Store) {
    let work = a_running_one(store).await;
    let mut failed = commit(work.lease, "scan", 2);
    let failure = Failure {
        class: FailureClass::Transient,
        step: None,
        chain: vec!["no".to_owned()],
        retry_after: None,
    };
    failed.step.result = StepResult::Failed { failure };
    store.record_step(failed).await.expect("the lease holds");
    store.record_step(commit(work.lease, "scan", 3)).await.expect("what failed may be done");
    let again = store.record_step(commit(work.lease, "scan", 4)).await;
    assert!(matches!(&again, Err(StoreError::StepDone { name }) if name == "scan"), "{again:?}");
    store.record_step(commit(work.lease, "write/devto", 5)).await.expect("another step");
    let steps = store.steps(work.execution.id).await.expect("a list");
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["scan", "scan", "write/devto"]);
    assert_eq!(steps[1], step("scan", 1, 3));
    let execution = store.execution(work.execution.id).await.expect("it is there");
    assert_eq!(execution.version, work.execution.version + 3);

    let copied = NewExecution { copied_steps: vec![step("scan", 1, 3)], ..manual(2, 1, 6) };
    store.create_execution(copied).await.expect("an execution is stored");
    store.finish(done(work.lease, 7)).await.expect("the lease holds");
    let next = store.claim(claim(7, 1, 8)).await.expect("work is given").remove(0);
    let again = store.record_step(commit(next.lease, "scan", 9)).await;
    assert!(
        matches!(again, Err(StoreError::StepDone { .. })),
        "a step that was taken over is done: {again:?}"
    );
}

pub(super) async fn a_failed_attempt_waits_and_comes_back(store: &dyn Store) {
    let work = a_running_one(store).await;
    let retry = report(work.lease, AttemptEnd::RetryAt(at(60)), AttemptOutcome::Failed, 5);
    let after = store.finish(retry).await.expect("the lease holds");
    assert_eq!(after.state.status(), ExecutionStatus::Retrying);
    assert_eq!(after.failures(), 1);
    assert!(store.claim(claim(7, 1, 59)).await.expect("an answer").is_empty());
    let again = store.claim(claim(7, 1, 60)).await.expect("work is given").remove(0);
    assert_eq!(again.execution.attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(again.execution.started_at, Some(at(1)), "the first start counts");
    assert!(again.lease.epoch > work.lease.epoch);
    let ended = store.finish(done(again.lease, 71)).await.expect("the lease holds");
    assert_eq!(ended.duration(), Some(std::time::Duration::from_secs(70)));
    let view = store.job(JobId::from_bits(1)).await.expect("it is there");
    assert_eq!((view.status, view.last_run_at), (JobStatus::Completed, Some(at(1))));
}

pub(super) async fn a_waiting_execution_holds_nothing_and_spends_nothing(store: &dyn Store) {
    let work = a_running_one(store).await;
    store.create_execution(manual(2, 1, 2)).await.expect("an execution is stored");
    let wait = Wait { reason: WaitReason::RateLimit, until: at(60) };
    let waiting = report(work.lease, AttemptEnd::Wait(wait), AttemptOutcome::Waited, 5);
    let after = store.finish(waiting).await.expect("the lease holds");
    assert_eq!(after.state, ExecutionState::Waiting { wait, since: at(5) });
    assert_eq!((after.failures(), after.waits().len()), (0, 1));
    let other = store.claim(claim(7, 2, 6)).await.expect("an answer");
    assert_eq!(other.len(), 1, "its project's lane is free meanwhile");
    store.finish(done(other[0].lease, 7)).await.expect("the lease holds");
    assert!(
        store.rescue(Rescue::AllButHolder(HolderId::from_bits(9)), at(30)).await.expect("a list").is_empty()
    );
    assert!(store.claim(claim(7, 1, 59)).await.expect("an answer").is_empty());
    let again = store.claim(claim(7, 1, 60)).await.expect("work is given").remove(0);
    assert_eq!(again.execution.id, work.execution.id);
    assert_eq!((again.execution.failures(), again.execution.waits().len()), (0, 1));
    expect_stale(store.finish(done(work.lease, 61)).await);
    let waiting =
        report(again.lease, AttemptEnd::Wait(Wait { until: at(90), ..wait }), AttemptOutcome::Waited, 62);
    assert_eq!(store.finish(waiting).await.expect("the lease holds").waits().len(), 2);
    let id = work.execution.id;
    store.steer(id, ExecutionEvent::PauseRequested, at(63)).await.expect("it can be paused");
    assert!(store.claim(claim(7, 1, 99)).await.expect("an answer").is_empty());
    store.steer(id, ExecutionEvent::ResumeRequested, at(100)).await.expect("it can be resumed");
    let last = store.claim(claim(7, 1, 101)).await.expect("work is given").remove(0);
    let waiting =
        report(last.lease, AttemptEnd::Wait(Wait { until: at(200), ..wait }), AttemptOutcome::Waited, 102);
    store.finish(waiting).await.expect("the lease holds");
    let ended = store.steer(id, ExecutionEvent::CancelRequested, at(103)).await.expect("it can be cancelled");
    assert_eq!(ended.state.status(), ExecutionStatus::Cancelled);
    assert!(store.claim(claim(7, 1, 300)).await.expect("an answer").is_empty());
}

pub(super) async fn a_lapsed_lease_is_rescued_with_a_greater_epoch(store: &dyn Store) {
    let work = a_running_one(store).await;
    assert!(store.rescue(Rescue::Expired, at(15)).await.expect("a list").is_empty());
    let mine = Rescue::AllButHolder(HolderId::from_bits(7));
    assert!(store.rescue(mine, at(15)).await.expect("a list").is_empty());
    assert_eq!(store.rescue(Rescue::Expired, at(16)).await.expect("a list"), [work.execution.id]);
    let queued = store.execution(work.execution.id).await.expect("it is there");
    assert_eq!((queued.state.status(), queued.rescues), (ExecutionStatus::Queued, 1));
    assert_eq!(queued.attempts[0].end, Some(AttemptOutcome::Interrupted));
    assert_eq!(queued.failures(), 0, "a rescue spends no try");
    let again = store.claim(claim(8, 1, 17)).await.expect("work is given").remove(0);
    assert!(again.lease.epoch > work.lease.epoch);
    expect_stale(store.record_step(commit(work.lease, "scan", 18)).await);
    let others = Rescue::AllButHolder(HolderId::from_bits(9));
    assert_eq!(store.rescue(others, at(18)).await.expect("a list"), [work.execution.id]);
}

pub(super) async fn the_third_rescue_in_one_step_ends_the_execution(store: &dyn Store) {
    let mut work = a_running_one(store).await;
    let id = work.execution.id;
    let lapse = |key| store.rescue(Rescue::Of(key), at(2));
    let again = async || store.claim(claim(7, 1, 2)).await.expect("work is given").remove(0);
    for _ in 0..2 {
        assert_eq!(lapse(work.lease).await.expect("a list"), [id]);
        assert!(lapse(work.lease).await.expect("a list").is_empty(), "it is held no more");
        work = again().await;
    }
    store.record_step(commit(work.lease, "scan", 2)).await.expect("the lease holds");
    for rescues in 3..=4 {
        lapse(work.lease).await.expect("a list");
        let queued = store.execution(id).await.expect("it is there");
        assert_eq!(
            (queued.state.status(), queued.rescues),
            (ExecutionStatus::Queued, rescues),
            "a step later"
        );
        work = again().await;
    }
    assert_eq!(lapse(work.lease).await.expect("a list"), [id]);
    let ended = store.execution(id).await.expect("it is there");
    assert_eq!((ended.state.status(), ended.rescues), (ExecutionStatus::Failed, 5));
    let error = ended.error.expect("why");
    assert_eq!(error.class, FailureClass::Quarantined);
    assert_eq!(error.chain, ["its worker died 3 times in the step after `scan`"]);
    assert_eq!(ended.attempts[4].end, Some(AttemptOutcome::Interrupted));
    assert!(store.claim(claim(7, 1, 3)).await.expect("an answer").is_empty());
    expect_stale(store.finish(done(work.lease, 3)).await);
    assert_eq!(store.job(JobId::from_bits(1)).await.expect("it is there").status, JobStatus::Failed);
}

pub(super) async fn renewing_tells_what_people_asked(store: &dyn Store) {
    let work = a_running_one(store).await;
    let lost = LeaseKey { execution: ExecutionId::from_bits(99), epoch: 1 };
    let before = store.newest_event().await.expect("a number");
    let renew = |until, now| store.renew(vec![work.lease, lost], at(until), at(now));
    assert_eq!(
        renew(20, 5).await.expect("answers"),
        [(work.lease, Steering::Continue), (lost, Steering::Lost)]
    );
    assert_eq!(store.newest_event().await.expect("a number"), before, "a renewal is no change");
    assert!(store.rescue(Rescue::Expired, at(19)).await.expect("a list").is_empty());
    let id = work.execution.id;
    store.steer(id, ExecutionEvent::PauseRequested, at(6)).await.expect("it can be paused");
    assert_eq!(renew(25, 10).await.expect("answers")[0].1, Steering::Pause);
    store.steer(id, ExecutionEvent::CancelRequested, at(11)).await.expect("it can be cancelled");
    assert_eq!(renew(30, 15).await.expect("answers")[0].1, Steering::Cancel);
    assert_eq!(store.rescue(Rescue::Expired, at(30)).await.expect("a list"), [id]);
    assert_eq!(status(store, 1).await, ExecutionStatus::Cancelled);
    assert_eq!(renew(60, 31).await.expect("answers")[0].1, Steering::Lost);
}

pub(super) async fn pausing_and_cancelling_take_effect_where_they_can(store: &dyn Store) {
    set_up(store, 1).await;
    let id = ExecutionId::from_bits(1);
    store.create_execution(manual(1, 1, 0)).await.expect("an execution is stored");
    let paused = store.steer(id, ExecutionEvent::PauseRequested, at(1)).await.expect("it can be paused");
    assert_eq!(paused.state.status(), ExecutionStatus::Paused);
    let again = store.steer(id, ExecutionEvent::PauseRequested, at(2)).await.expect("again changes nothing");
    assert_eq!(again, paused);
    assert!(store.claim(claim(7, 1, 3)).await.expect("an answer").is_empty());
    store.steer(id, ExecutionEvent::ResumeRequested, at(4)).await.expect("it can be resumed");
    let work = store.claim(claim(7, 1, 5)).await.expect("work is given").remove(0);
    store.steer(id, ExecutionEvent::PauseRequested, at(6)).await.expect("it can be paused");
    let yielded = report(work.lease, AttemptEnd::Yielded, AttemptOutcome::Interrupted, 7);
    assert_eq!(store.finish(yielded).await.expect("the lease holds").state.status(), ExecutionStatus::Paused);
    store.steer(id, ExecutionEvent::CancelRequested, at(8)).await.expect("it can be cancelled");
    store.steer(id, ExecutionEvent::CancelRequested, at(9)).await.expect("again changes nothing");
    assert_eq!(status(store, 1).await, ExecutionStatus::Cancelled);
    let refused = store.steer(id, ExecutionEvent::ResumeRequested, at(9)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    let refused = store.steer(id, ExecutionEvent::LeaseLapsed, at(9)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "nobody can ask for that: {refused:?}");
    let log = store.logs(id, all()).await.expect("a page");
    assert_eq!(log.items.len(), 1);
}

pub(super) async fn letting_go_is_no_failure(store: &dyn Store) {
    let work = a_running_one(store).await;
    let yielded = report(work.lease, AttemptEnd::Yielded, AttemptOutcome::Interrupted, 2);
    let queued = store.finish(yielded).await.expect("the lease holds");
    assert_eq!((queued.state.status(), queued.failures()), (ExecutionStatus::Queued, 0));
    let work = store.claim(claim(7, 1, 3)).await.expect("work is given").remove(0);
    store
        .steer(work.execution.id, ExecutionEvent::CancelRequested, at(4))
        .await
        .expect("it can be cancelled");
    let yielded = report(work.lease, AttemptEnd::Yielded, AttemptOutcome::Interrupted, 5);
    let ended = store.finish(yielded).await.expect("the lease holds");
    assert_eq!(ended.state.status(), ExecutionStatus::Cancelled);
    let ends: Vec<_> = ended.attempts.iter().map(|attempt| attempt.end).collect();
    assert_eq!(ends, [Some(AttemptOutcome::Interrupted), Some(AttemptOutcome::Cancelled)]);
    assert_eq!(store.job(JobId::from_bits(1)).await.expect("it is there").status, JobStatus::Idle);
}
