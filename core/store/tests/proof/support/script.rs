//! Sequences of calls: a few random numbers each, made meaningful by what a model holds at that point.

use dateline_core::dependency::{Dependencies, DependencyMode, DependencyOn};
use dateline_core::draft::{DraftEvent, PublicationOutcome};
use dateline_core::execution;
use dateline_core::execution::{
    AttemptEnd, AttemptOutcome, Execution, ExecutionEvent, LeaseKey, MissReason, Outcome, StepResult,
    Trigger, Wait, WaitReason,
};
use dateline_core::home::Home;
use dateline_core::id::{DraftId, ExecutionId, HolderId, JobId, ProjectId, PublicationId, UserId};
use dateline_core::job::NextDue;
use dateline_core::misfire::{Absence, PassedRange};
use dateline_core::pause::{Pause, PauseChange, PausedBy};
use dateline_core::platform::Platform;
use dateline_core::policy::OverlapPolicy;
use dateline_core::publisher::Published;
use dateline_core::queue::{Concurrency, OnLimit};
use dateline_core::retention::{RecordKind, Retention};
use dateline_core::schedule::ExclusionKind;
use dateline_core::store::{
    ClaimRequest, DeadLettersOf, DraftDecision, DraftEdit, Entry, PurgeRequest, ReplayDead, Rescue,
};
use dateline_core::time::Timestamp;
use dateline_store::conformance::samples;

use super::calls::Call;
use super::model::Model;
use dateline_store::conformance::Rng;

const POLICIES: [OverlapPolicy; 7] = [
    OverlapPolicy::Skip,
    OverlapPolicy::BufferOne,
    OverlapPolicy::Skip,
    OverlapPolicy::BufferAll,
    OverlapPolicy::CancelOther,
    OverlapPolicy::TerminateOther,
    OverlapPolicy::AllowAll,
];

/// The random numbers a call is made of: what, which, how.
pub(crate) type Dice = [u8; 3];

/// Returns `len` random dice.
pub(crate) fn dice(rng: &mut Rng, len: usize) -> Vec<Dice> {
    let byte = |rng: &mut Rng| u8::try_from(rng.below(256)).expect("a byte");
    (0..len).map(|_| [byte(rng), byte(rng), byte(rng)]).collect()
}

/// Returns the call `dice` stand for when the model is as it is and it is second `now`.
pub(crate) fn call(model: &Model, dice: Dice, now: i64) -> Call {
    let [what, which, how] = dice;
    let (n, at) = (u128::from(which % 3) + 1, samples::at(now));
    match what % 48 {
        0 => Call::CreateProject(samples::project(n)),
        1 if how.is_multiple_of(4) => Call::RemoveProject(ProjectId::from_bits(n), at),
        1 | 2 => replace_project(model, n, how),
        3..=5 => create_job(n, how, now),
        6 => replace_job(model, n, how, now),
        7 if how.is_multiple_of(3) => Call::CancelJob(JobId::from_bits(n), at),
        7..=12 => fire(model, n, how, now),
        13..=16 => trigger(model, n, how, now),
        17..=21 => claim(which, how, now),
        22..=26 => step(model, which, how, now),
        27..=29 => finish(model, which, how, now),
        30 => Call::Renew(vec![lease(model, which, how)], samples::at(now + 15), at),
        31 if how.is_multiple_of(3) => Call::Rescue(Rescue::Of(lease(model, which, how)), at),
        31 if how.is_multiple_of(2) => Call::Rescue(Rescue::Expired, at),
        31 => Call::Rescue(Rescue::AllButHolder(HolderId::from_bits(u128::from(which % 2))), at),
        32 | 33 => steer(model, which, how, at),
        34 | 35 => decide(model, which, how, at),
        36 => edit(model, which, how, at),
        37 | 38 => begin(model, which, how, now),
        39 => Call::PauseEngine(pause(model, how | 1, now)),
        40 => Call::PauseProject(ProjectId::from_bits(n), pause(model, how, now)),
        41 | 42 => Call::PauseJob(JobId::from_bits(n), pause(model, how, now)),
        43..=45 => purge(which, how, now),
        46 => pin(model, which, how, at),
        _ => end(model, which, how, at),
    }
}

/// Returns the calls `all` stand for, one second and more after another, from the empty store on.
pub(crate) fn calls(all: &[Dice]) -> Vec<Call> {
    let mut model = Model::default();
    let mut calls = set_up(all.first().map_or(0, |dice| dice[1]));
    for call in &calls {
        model.apply(call);
    }
    let mut now = 10;
    for dice in all {
        now += i64::from(dice[2] % 7) + 1;
        let next = call(&model, *dice, now);
        model.apply(&next);
        calls.push(next);
    }
    calls
}

/// Returns the first calls of every sequence, so that the others find something.
fn set_up(how: u8) -> Vec<Call> {
    let mut calls = vec![Call::CreateProject(samples::project(1)), Call::CreateProject(samples::project(2))];
    for n in 1..=2 {
        calls.push(create_job(n, how, 0));
    }
    calls
}

fn replace_project(model: &Model, n: u128, how: u8) -> Call {
    let mut project = model.projects.get(&ProjectId::from_bits(n)).cloned().unwrap_or(samples::project(n));
    project.name = format!("renamed {how}");
    project.executions_max = u32::from(how % 3) + 1;
    project.version += u64::from(how.is_multiple_of(5));
    Call::ReplaceProject(project)
}

fn create_job(n: u128, how: u8, now: i64) -> Call {
    let mut job = samples::job_with_priority(n, n.min(2), how % 3 + 4);
    if n == 3 && how.is_multiple_of(2) {
        job.home = Home::Person(UserId::OWNER);
    }
    job.policy.overlap = POLICIES[usize::from(how) % POLICIES.len()];
    job.policy.timeouts.start = std::time::Duration::from_secs(30);
    job.policy.auto_pause_after = u32::from(how % 3);
    job.depends_on = depends_on(&(1..n).collect::<Vec<_>>(), how);
    // Keys with one limit each: what those with several do depends on who came when.
    let (key, limit) = [("one", 1), ("two", 2)][usize::from(how / 8 % 2)];
    let on_limit = [OnLimit::Queue, OnLimit::Drop, OnLimit::Replace][usize::from(how / 16 % 3)];
    let concurrency = Concurrency { key: key.to_owned().into(), limit, on_limit };
    job.policy.concurrency = (!how.is_multiple_of(4)).then_some(concurrency);
    Call::CreateJob(job, samples::clock(now, now + 5))
}

fn replace_job(model: &Model, n: u128, how: u8, now: i64) -> Call {
    let Some(entry) = model.jobs.get(&JobId::from_bits(n)) else { return create_job(n, how, now) };
    let mut job = entry.job.clone();
    job.is_enabled = !how.is_multiple_of(4);
    if how % 3 == 1 {
        // Now and then on itself, or in a circle.
        job.depends_on = depends_on(&[1, 2, 3], how);
    }
    job.version += u64::from(how.is_multiple_of(5));
    job.updated_at = samples::at(now);
    let mut clock = samples::clock(now - 20, now + 3);
    if !job.is_enabled {
        clock.next = NextDue::Off;
    }
    Call::ReplaceJob(job, (!how.is_multiple_of(3)).then_some(clock))
}

/// Returns what a job depends on: some of these jobs, or nothing.
fn depends_on(jobs: &[u128], how: u8) -> Option<Dependencies> {
    let jobs: Vec<JobId> = jobs
        .iter()
        .enumerate()
        .filter(|(index, _)| (how >> (index + 2)).is_multiple_of(2))
        .map(|(_, n)| JobId::from_bits(*n))
        .collect();
    let mode = if how.is_multiple_of(2) { DependencyMode::All } else { DependencyMode::Any };
    let on = [DependencyOn::Any, DependencyOn::Success, DependencyOn::Failure, DependencyOn::Success];
    (!jobs.is_empty()).then(|| Dependencies { jobs, mode, on: on[usize::from(how / 8 % 4)] })
}

/// Returns a pause that begins, mostly for a few seconds, or the end of one.
fn pause(model: &Model, how: u8, now: i64) -> PauseChange {
    let at = samples::at(now);
    match how % 4 {
        0 => PauseChange::End { at, run_latest: Some(ExecutionId::from_bits(next_execution(model))) },
        1 => PauseChange::End { at, run_latest: None },
        some => {
            let until = (some == 3 || how > 200).then(|| samples::at(now + i64::from(how % 9)));
            let by = PausedBy::Person { user: UserId::OWNER };
            PauseChange::Begin(Pause { since: at, until, reason: None, by })
        }
    }
}

fn fire(model: &Model, n: u128, how: u8, now: i64) -> Call {
    let id = JobId::from_bits(n);
    let (job, through) = model.jobs.get(&id).map_or((samples::job(n, 1), samples::at(0)), |entry| {
        (entry.job.clone(), entry.clock.recorded_through)
    });
    let first = next_execution(model);
    let mut plan = samples::fire(&job, 0, first, now, now + 4);
    if !how.is_multiple_of(19) {
        plan.pauses = model.pauses(&job);
    }
    plan.recorded_through = through;
    let mut due = plan.recorded_through;
    let mut next_due = || {
        due += std::time::Duration::from_secs(1);
        due
    };
    if how % 8 == 1 {
        let (from, to) = (next_due(), next_due());
        let absence = Absence::Missed(MissReason::Down);
        let range = PassedRange { first_due_at: from, last_due_at: to, count: 2, absence };
        plan.ranges.push((ExecutionId::from_bits(first + 1), range));
    }
    for extra in 0..u128::from(how % 3) {
        let mut occurrence = samples::occurrence(0);
        occurrence.due_at = next_due();
        let absence = if how > 220 {
            Absence::Excluded(ExclusionKind::Date)
        } else if how > 180 {
            Absence::Paused
        } else {
            Absence::Missed(MissReason::Coalesced)
        };
        plan.passed.push((ExecutionId::from_bits(first + 2 + extra), occurrence, absence));
    }
    if let Some(run) = plan.runs.first_mut() {
        run.occurrence.due_at = next_due();
        run.ready_at = samples::at(now + i64::from(how % 5 == 2) * 6);
    }
    if how % 7 == 2 {
        plan.runs[0].entry = Entry::Ask { until: samples::at(now + 5) };
    } else if how % 9 == 4 {
        let mut more = plan.runs.clone();
        more[0].id = ExecutionId::from_bits(first + 8);
        more[0].occurrence.due_at = next_due();
        more[0].entry = Entry::InLine;
        plan.runs.extend(more);
    }
    plan.clock.recorded_through = samples::at(now).max(due);
    if how % 11 == 3 {
        plan.runs.clear();
    }
    if how % 13 == 5 {
        // A record at or before what is recorded must never come.
        if let Some(run) = plan.runs.first_mut() {
            run.occurrence.due_at = through;
        }
    }
    plan.version += u64::from(how % 17 == 6);
    Call::FireDue(plan)
}

fn trigger(model: &Model, n: u128, how: u8, now: i64) -> Call {
    let mut new = samples::manual(next_execution(model) - u128::from(how.is_multiple_of(16)), n, now);
    if how.is_multiple_of(3) {
        new.overlap = Some(POLICIES[usize::from(how / 3) % POLICIES.len()]);
    }
    if how.is_multiple_of(7) {
        new.copied_steps = vec![samples::step("scan", 1, now)];
    }
    let ended = model.executions.values().filter(|one| !one.state.is_open()).collect::<Vec<_>>();
    if let Some(of) = pick(&ended, how).filter(|_| how.is_multiple_of(5)) {
        new.trigger = Trigger::Replay { of: of.id };
    }
    Call::CreateExecution(new)
}

fn claim(which: u8, how: u8, now: i64) -> Call {
    let request = samples::claim(u128::from(which % 2), usize::from(how % 4), now);
    Call::Claim(ClaimRequest { projects_max: u32::from(how / 4 % 3) + 1, ..request })
}

fn step(model: &Model, which: u8, how: u8, now: i64) -> Call {
    let lease = lease(model, which, how);
    let names = ["scan", "write/devto", "write/email"];
    let mut commit = samples::commit(lease, names[usize::from(how % 3)], now);
    let execution = model.executions.get(&lease.execution);
    // What has no project writes no drafts.
    let writes = |execution: &&Execution| execution.home.project().is_some() && !how.is_multiple_of(3);
    if let Some(execution) = execution.filter(writes) {
        let platform = if how % 3 == 1 { Platform::Devto } else { Platform::Email };
        let draft = model.drafts.keys().last().map_or(1, |id| id.bits() + 1);
        commit = samples::write_step(execution, lease, draft, platform, now);
        let stream = commit.cursors[0].stream.clone();
        let cursors = model.jobs.get(&execution.job).map(|entry| &entry.cursors);
        let cursor = cursors.and_then(|cursors| cursors.get(&(platform.name(), stream)));
        // Sometimes it was read before somebody moved it.
        commit.cursors[0].from = cursor.map(|cursor| cursor.sha.clone()).filter(|_| !how.is_multiple_of(16));
    }
    if how % 10 == 9 {
        let failure = dateline_core::execution::Failure {
            class: dateline_core::execution::FailureClass::Transient,
            step: None,
            chain: vec!["no".to_owned()],
            retry_after: None,
        };
        commit.step.result = StepResult::Failed { failure };
        commit.draft = None;
        commit.cursors.clear();
    }
    Call::RecordStep(Box::new(commit))
}

fn finish(model: &Model, which: u8, how: u8, now: i64) -> Call {
    let lease = lease(model, which, how);
    let wait = Wait { reason: WaitReason::RateLimit, until: samples::at(now + 4) };
    let (end, outcome) = match how % 7 {
        0 | 1 => (AttemptEnd::Done(Outcome::Completed), AttemptOutcome::Succeeded),
        2 => (AttemptEnd::Done(Outcome::Failed), AttemptOutcome::Failed),
        3 | 4 => (AttemptEnd::RetryAt(samples::at(now + 4)), AttemptOutcome::Failed),
        5 => (AttemptEnd::Wait(wait), AttemptOutcome::Waited),
        _ => (AttemptEnd::Yielded, AttemptOutcome::Interrupted),
    };
    Call::Finish(samples::report(lease, end, outcome, now))
}

fn steer(model: &Model, which: u8, how: u8, now: Timestamp) -> Call {
    let open = model.executions.values().filter(|execution| execution.state.is_open()).collect::<Vec<_>>();
    let id = pick(&open, which).map_or(ExecutionId::from_bits(u128::from(which)), |execution| execution.id);
    let event = match how % 6 {
        0 => ExecutionEvent::CancelRequested,
        1 => ExecutionEvent::PauseRequested,
        2 | 3 => ExecutionEvent::ResumeRequested,
        4 => ExecutionEvent::Answered(match how / 6 % 3 {
            0 => execution::Answer::RunNow,
            1 => execution::Answer::RunAt(now + std::time::Duration::from_secs(3)),
            _ => execution::Answer::Skip,
        }),
        _ => return settle(model, which, how, now),
    };
    Call::Steer(id, event, now)
}

/// Returns a call that settles dead letters: one of them, or some of a job or a project.
fn settle(model: &Model, which: u8, how: u8, now: Timestamp) -> Call {
    let n = u128::from(which % 2) + 1;
    let of = match which % 3 {
        0 => DeadLettersOf::Home(ProjectId::from_bits(n).into()),
        _ => DeadLettersOf::Job(JobId::from_bits(n)),
    };
    let some = u128::from(how % 3);
    match how / 6 % 3 {
        0 => {
            let letters = model.dead_letters();
            let id = letters.first().map_or(ExecutionId::from_bits(u128::from(which)), |one| one.id);
            Call::Steer(id, ExecutionEvent::DismissRequested, now)
        }
        1 => Call::DismissDead(of, usize::from(how % 3), now),
        _ => {
            let first = next_execution(model);
            let ids = (first..first + some).map(ExecutionId::from_bits).collect();
            Call::ReplayDead(ReplayDead { of, from_failed_step: which.is_multiple_of(2), ids, now })
        }
    }
}

fn decide(model: &Model, which: u8, how: u8, now: Timestamp) -> Call {
    let (id, revision) = draft(model, which, how);
    let event =
        if how.is_multiple_of(3) { DraftEvent::Rejected { reason: None } } else { DraftEvent::Approved };
    Call::DecideDraft(DraftDecision { id, revision, event, now })
}

fn edit(model: &Model, which: u8, how: u8, now: Timestamp) -> Call {
    let (id, revision) = draft(model, which, how);
    let content = samples::content(&format!("edit {how}"));
    Call::EditDraft(DraftEdit {
        id,
        revision,
        content,
        evidence: Vec::new(),
        findings: Vec::new(),
        note: None,
        now,
    })
}

/// Returns a cleanup of one kind, whose records are over after some seconds: its present is that much more than a day later.
fn purge(which: u8, how: u8, now: i64) -> Call {
    let kinds =
        [RecordKind::Executions, RecordKind::Logs, RecordKind::Steps, RecordKind::Jobs, RecordKind::Projects];
    let kind = if which > 150 { RecordKind::Executions } else { kinds[usize::from(which) % kinds.len()] };
    let days = |is_longer| 1 + u32::from(is_longer);
    let retention = Retention {
        succeeded_days: days(how.is_multiple_of(5)),
        failed_days: days(how.is_multiple_of(7)),
        skipped_days: 1,
        logs_days: 1,
        steps_days: days(how.is_multiple_of(11)),
        runs_min: 1 + u32::from(how % 3),
        ..Retention::default()
    };
    let over_after = 86_400 - i64::from(how % 40);
    Call::Purge(PurgeRequest { kind, retention, limit: 10_000, now: samples::at(now + over_after) })
}

fn pin(model: &Model, which: u8, how: u8, now: Timestamp) -> Call {
    let all: Vec<_> = model.executions.keys().copied().collect();
    let id = pick(&all, which).copied().unwrap_or(ExecutionId::from_bits(u128::from(which)));
    if how.is_multiple_of(2) { Call::Pin(id, now) } else { Call::Unpin(id, now) }
}

fn begin(model: &Model, which: u8, how: u8, now: i64) -> Call {
    let (draft, revision) = draft(model, which, how);
    let id = model.publications.keys().last().map_or(1, |id| id.bits() + 1);
    let mut publication =
        samples::publication(id, draft.bits(), if how.is_multiple_of(2) { "/a" } else { "/b" }, now);
    publication.revision = revision;
    Call::BeginPublication(publication)
}

fn end(model: &Model, which: u8, how: u8, at: Timestamp) -> Call {
    let all: Vec<_> = model.publications.keys().collect();
    let id = pick(&all, which).copied().copied().unwrap_or(PublicationId::from_bits(9));
    let outcome = if how.is_multiple_of(2) {
        let published = Published { remote_id: "a.md".to_owned(), url: None };
        PublicationOutcome::Published { at, published }
    } else {
        PublicationOutcome::Failed { at, reason: "no".to_owned() }
    };
    Call::FinishPublication(id, outcome)
}

fn draft(model: &Model, which: u8, how: u8) -> (DraftId, u32) {
    let all: Vec<_> = model.drafts.values().filter_map(|revisions| revisions.last()).collect();
    let (id, revision) =
        pick(&all, which).map_or((DraftId::from_bits(9), 1), |draft| (draft.id, draft.revision));
    (id, revision + u32::from(how % 9 == 8))
}

/// Returns a lease that is held, mostly.
fn lease(model: &Model, which: u8, how: u8) -> LeaseKey {
    let held: Vec<&Execution> =
        model.executions.values().filter(|execution| execution.state.lease().is_some()).collect();
    match pick(&held, which) {
        Some(execution) => {
            LeaseKey { execution: execution.id, epoch: execution.epoch - u64::from(how % 12 == 11) }
        }
        None => LeaseKey { execution: ExecutionId::from_bits(u128::from(which % 4)), epoch: 1 },
    }
}

fn next_execution(model: &Model) -> u128 {
    model.executions.keys().last().map_or(1, |id| id.bits() + 1)
}

fn pick<T>(all: &[T], which: u8) -> Option<&T> {
    all.get(usize::from(which).checked_rem(all.len())?)
}
