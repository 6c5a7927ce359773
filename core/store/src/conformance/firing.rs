//! Due occurrences become records.

use dateline_core::execution::{Due, ExecutionStatus, MissReason, Outcome, SkipReason};
use dateline_core::id::ExecutionId;
use dateline_core::job::{JobView, NextDue};
use dateline_core::misfire::{Absence, PassedRange};
use dateline_core::policy::OverlapPolicy;
use dateline_core::schedule::{ExcludedBy, ExclusionKind, Occurrence};
use dateline_core::store::{Entry, ExecutionFilter, FireDue, SecretChanges, Store};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, clock_after, done, fire, job, occurrence, project};

async fn a_job(store: &dyn Store) -> JobView {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored")
}

pub(super) async fn an_occurrence_is_recorded_once(store: &dyn Store) {
    let job = a_job(store).await.job;
    let plan = FireDue {
        passed: vec![
            (ExecutionId::from_bits(2), occurrence(20), Absence::Missed(MissReason::Coalesced)),
            (ExecutionId::from_bits(3), occurrence(30), Absence::Missed(MissReason::Coalesced)),
        ],
        ranges: vec![(
            ExecutionId::from_bits(1),
            PassedRange {
                first_due_at: at(1),
                last_due_at: at(10),
                count: 10,
                absence: Absence::Missed(MissReason::Coalesced),
            },
        )],
        ..fire(&job, 0, 4, 40, 50)
    };
    let fired = store.fire_due(plan.clone()).await.expect("the plan holds");
    assert_eq!(fired.queued, [ExecutionId::from_bits(4)]);
    expect_conflict(store.fire_due(plan.clone()).await);
    expect_conflict(store.fire_due(FireDue { recorded_through: at(40), ..plan.clone() }).await);

    let view = store.job(job.id).await.expect("it is there");
    assert_eq!(view.clock, clock_after(1, 40, 50));
    let page = store.occurrences(job.id, None, None, all()).await.expect("a page");
    let found: Vec<_> = page.items.iter().map(|record| (record.execution.bits(), record.status)).collect();
    assert_eq!(
        found,
        [
            (4, ExecutionStatus::Queued),
            (3, ExecutionStatus::Missed),
            (2, ExecutionStatus::Missed),
            (1, ExecutionStatus::Missed)
        ]
    );
    assert!(matches!(page.items[3].due, Due::Range { count: 10, .. }));
    assert_eq!(page.items[1].outcome, Some(Outcome::Missed(MissReason::Coalesced)));
    let stats = store.execution_stats(ExecutionFilter::default()).await.expect("counts");
    assert_eq!((stats.total, stats.missed), (13, 12));
}

pub(super) async fn due_jobs_come_earliest_first_until_fired(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    for (n, next) in [(1, 30), (2, 10), (3, 20), (4, 99)] {
        store.create_job(job(n, 1), clock(0, next)).await.expect("a job is stored");
    }
    let due = |now| async move {
        let due = store.due_jobs(at(now), 10).await.expect("a list");
        due.into_iter().map(|view| view.job.id.bits()).collect::<Vec<_>>()
    };
    assert_eq!(due(9).await, [0_u128; 0]);
    assert_eq!(due(30).await, [2, 3, 1]);
    assert_eq!(store.due_jobs(at(30), 2).await.expect("a list").len(), 2);
    store.fire_due(fire(&job(2, 1), 0, 1, 10, 40)).await.expect("the plan holds");
    assert_eq!(due(30).await, [3, 1]);
    assert_eq!(due(40).await, [3, 1, 2]);
}

pub(super) async fn a_stale_plan_changes_nothing(store: &dyn Store) {
    let view = a_job(store).await;
    let plan = fire(&view.job, 0, 1, 10, 20);
    let edited = store.replace_job(view.job, None).await.expect("the version is right");
    let before = store.newest_event().await.expect("a number");
    expect_conflict(store.fire_due(plan).await);
    expect_conflict(store.fire_due(fire(&edited.job, 5, 1, 10, 20)).await);
    assert_eq!(store.newest_event().await.expect("a number"), before);
    assert!(store.occurrences(edited.job.id, None, None, all()).await.expect("a page").items.is_empty());
    store.fire_due(fire(&edited.job, 0, 1, 10, 20)).await.expect("this plan holds");
}

pub(super) async fn recorded_through_never_moves_back(store: &dyn Store) {
    let job = a_job(store).await.job;
    store.fire_due(fire(&job, 0, 1, 10, 20)).await.expect("the plan holds");
    let view = store.replace_job(job, Some(clock(3, 7))).await.expect("the version is right");
    assert_eq!(view.clock, clock_after(1, 10, 7), "an edit restarts the clock and forgets nothing");
    // Neither this plan nor one whose clock lies behind what it records may reopen the past.
    expect_conflict(store.fire_due(fire(&view.job, 10, 2, 7, 20)).await);
    expect_conflict(store.fire_due(fire(&view.job, 10, 2, 10, 20)).await);
    let plan = FireDue { clock: clock(0, 40), ..fire(&view.job, 10, 2, 30, 40) };
    store.fire_due(plan).await.expect("the plan holds");
    let after = store.job(view.job.id).await.expect("it is there");
    assert_eq!(after.clock.recorded_through, at(30));
}

pub(super) async fn overlap_is_skipped_or_buffered(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut buffering = job(2, 1);
    buffering.policy.overlap = OverlapPolicy::BufferOne;
    for job in [job(1, 1), buffering.clone()] {
        store.create_job(job, clock(0, 10)).await.expect("a job is stored");
    }
    let queued = |plan| async move { !store.fire_due(plan).await.expect("the plan holds").queued.is_empty() };
    assert!(queued(fire(&job(1, 1), 0, 1, 10, 20)).await);
    assert!(!queued(fire(&job(1, 1), 10, 2, 20, 30)).await);
    let skipped = store.execution(ExecutionId::from_bits(2)).await.expect("it is recorded");
    assert_eq!(
        skipped.state,
        dateline_core::execution::ExecutionState::Finished {
            outcome: Outcome::Skipped(SkipReason::Overlap),
            at: at(20)
        }
    );
    let work = store.claim(claim(7, 1, 20)).await.expect("work is given");
    assert!(!queued(fire(&job(1, 1), 20, 3, 30, 40)).await, "it still runs");
    store.finish(done(work[0].lease, 31)).await.expect("the lease holds");
    assert!(queued(fire(&job(1, 1), 30, 4, 40, 50)).await);

    assert!(queued(fire(&buffering, 0, 11, 10, 20)).await);
    assert!(!queued(fire(&buffering, 10, 12, 20, 30)).await, "one waits already");
}

pub(super) async fn a_disabled_job_is_never_due(store: &dyn Store) {
    let view = a_job(store).await;
    let mut disabled = view.job.clone();
    disabled.is_enabled = false;
    let disabled = store.replace_job(disabled, None).await.expect("the version is right");
    assert!(store.due_jobs(at(1_000), 10).await.expect("a list").is_empty());
    expect_conflict(store.fire_due(fire(&disabled.job, 0, 1, 10, 20)).await);
    let mut enabled = disabled.job;
    enabled.is_enabled = true;
    let mut next = clock(500, 600);
    let enabled = store.replace_job(enabled, Some(next.clone())).await.expect("the version is right");
    assert_eq!(enabled.clock, next);
    assert_eq!(store.due_jobs(at(1_000), 10).await.expect("a list").len(), 1);
    next.next = NextDue::Ended;
    store.replace_job(enabled.job, Some(next)).await.expect("the version is right");
    assert!(store.due_jobs(at(1_000), 10).await.expect("a list").is_empty());
}

pub(super) async fn several_that_are_made_up_for_run_in_line(store: &dyn Store) {
    let job = a_job(store).await.job;
    let mut plan = fire(&job, 0, 1, 10, 50);
    for (n, due) in [(2, 20), (3, 30)] {
        plan.runs.extend(fire(&job, 0, n, due, 50).runs);
    }
    for run in &mut plan.runs {
        run.entry = Entry::InLine;
        run.ready_at = at(30);
    }
    let fired = store.fire_due(plan.clone()).await.expect("the plan holds");
    assert_eq!(fired.queued, [1, 2, 3].map(ExecutionId::from_bits), "the overlap policy has no say");
    assert_eq!(store.job(job.id).await.expect("it is there").clock, clock_after(3, 30, 50));
    expect_conflict(store.fire_due(plan).await);
    let work = store.claim(claim(7, 1, 40)).await.expect("work is given");
    assert_eq!(work[0].execution.id, ExecutionId::from_bits(1));
    let fired = store.fire_due(fire(&job, 30, 4, 50, 60)).await.expect("the plan holds");
    assert!(fired.queued.is_empty(), "the next comes as the policy says");
}

pub(super) async fn a_schedule_ends_with_its_last_run(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let mut twice = job(1, 1);
    twice.schedule.time_config.runs_max = Some(2);
    store.create_job(twice.clone(), clock(0, 10)).await.expect("a job is stored");
    store.fire_due(fire(&twice, 0, 1, 10, 20)).await.expect("the plan holds");
    let fired = store.fire_due(fire(&twice, 10, 2, 20, 30)).await.expect("the plan holds");
    assert!(fired.queued.is_empty(), "it still waits: what is skipped is no run");
    let view = store.job(twice.id).await.expect("it is there");
    assert_eq!(view.clock, clock_after(1, 20, 30));
    let work = store.claim(claim(7, 1, 25)).await.expect("work is given");
    store.finish(done(work[0].lease, 26)).await.expect("the lease holds");
    store.fire_due(fire(&twice, 20, 3, 30, 40)).await.expect("the plan holds");
    let view = store.job(twice.id).await.expect("it is there");
    assert_eq!((view.clock.runs, &view.clock.next), (2, &NextDue::Ended));
    assert!(store.due_jobs(at(1_000), 10).await.expect("a list").is_empty());
    // Off and on again it is still over; another schedule counts anew.
    let view = store.replace_job(view.job, Some(clock(50, 60))).await.expect("the version is right");
    assert_eq!((view.clock.runs, &view.clock.next), (2, &NextDue::Ended));
    let mut more = view.job;
    more.schedule.time_config.runs_max = Some(3);
    let view = store.replace_job(more, Some(clock(50, 60))).await.expect("the version is right");
    assert_eq!(view.clock, clock(50, 60));
}

pub(super) async fn what_is_excluded_says_by_which_rule(store: &dyn Store) {
    let job = a_job(store).await.job;
    let by = ExcludedBy { kind: ExclusionKind::Weekday, rule: "Saturday".to_owned() };
    let excluded = Occurrence { excluded: Some(by), ..occurrence(20) };
    let why = Absence::Excluded(ExclusionKind::Hours);
    let range = PassedRange { first_due_at: at(1), last_due_at: at(10), count: 10, absence: why };
    let plan = FireDue {
        ranges: vec![(ExecutionId::from_bits(1), range)],
        passed: vec![(
            ExecutionId::from_bits(2),
            excluded.clone(),
            Absence::Excluded(ExclusionKind::Weekday),
        )],
        runs: Vec::new(),
        ..fire(&job, 0, 9, 20, 30)
    };
    store.fire_due(plan).await.expect("the plan holds");
    let page = store.occurrences(job.id, None, None, all()).await.expect("a page");
    let skipped = Some(Outcome::Skipped(SkipReason::Excluded));
    assert_eq!((&page.items[0].due, page.items[0].outcome), (&Due::Once(excluded), skipped));
    let Due::Range { excluded, count, .. } = page.items[1].due else { panic!("a range") };
    assert_eq!((excluded, count, page.items[1].outcome), (Some(ExclusionKind::Hours), 10, skipped));
}
