//! Projects and jobs.

use dateline_core::draft::BriefDigest;
use dateline_core::execution::{ExecutionEvent, ExecutionStatus};
use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use dateline_core::job::{JobStatus, NextDue};
use dateline_core::store::{JobFilter, Missing, PageRequest, SecretChanges, Store, StoreError};

use super::expect_conflict;
use super::samples::{all, at, claim, clock, job, manual, project};

pub(super) async fn projects_come_newest_first_and_in_pages(store: &dyn Store) {
    for n in 1..=5 {
        let created =
            store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        assert_eq!(created, project(n));
    }
    expect_conflict(store.create_project(project(3), SecretChanges::default()).await);
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let page = store.projects(PageRequest { limit: 2, after }).await.expect("a page");
        assert!(page.items.len() <= 2);
        names.extend(page.items.into_iter().map(|project| project.name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(names, ["project 5", "project 4", "project 3", "project 2", "project 1"]);
}

pub(super) async fn a_stale_version_is_a_conflict(store: &dyn Store) {
    let first =
        store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let renamed = dateline_core::project::Project { name: "renamed".to_owned(), ..first.clone() };
    let second =
        store.replace_project(renamed.clone(), SecretChanges::default()).await.expect("the version is right");
    assert_eq!((second.version, second.name.as_str()), (first.version + 1, "renamed"));
    expect_conflict(store.replace_project(renamed, SecretChanges::default()).await);
    assert_eq!(store.project(first.id).await.expect("it is there"), second);

    let view = store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    let edited = store.replace_job(view.job.clone(), None).await.expect("the version is right");
    assert_eq!(edited.job.version, view.job.version + 1);
    expect_conflict(store.replace_job(view.job, None).await);
    expect_conflict(store.create_job(job(1, 1), clock(0, 10)).await);
}

pub(super) async fn jobs_are_found_by_every_filter(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
    }
    for n in 1..=4 {
        let mut job = job(n, 1 + n % 2);
        job.is_enabled = n != 4;
        let next = if job.is_enabled { clock(0, 10) } else { off() };
        store.create_job(job, next).await.expect("a job is stored");
    }
    let cases: [(JobFilter, &[u128]); 6] = [
        (JobFilter::default(), &[4, 3, 2, 1]),
        (JobFilter { project: Some(ProjectId::from_bits(1)), ..JobFilter::default() }, &[4, 2]),
        (JobFilter { is_enabled: Some(false), ..JobFilter::default() }, &[4]),
        (JobFilter { search: Some("3 jOB".to_owned()), ..JobFilter::default() }, &[3]),
        (JobFilter { search: Some("nothing".to_owned()), ..JobFilter::default() }, &[]),
        (
            JobFilter {
                project: Some(ProjectId::from_bits(1)),
                is_enabled: Some(true),
                ..JobFilter::default()
            },
            &[2],
        ),
    ];
    for (filter, expected) in cases {
        let page = store.jobs(filter.clone(), all()).await.expect("a page");
        let found: Vec<u128> = page.items.iter().map(|view| view.job.id.bits()).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
    let live = store.live_jobs(PageRequest { limit: 2, after: None }).await.expect("a page");
    let rest = store.live_jobs(PageRequest { limit: 2, after: live.next.clone() }).await.expect("a page");
    let found: Vec<u128> = live.items.iter().chain(&rest.items).map(|view| view.job.id.bits()).collect();
    assert_eq!(found, [3, 2, 1]);
}

pub(super) async fn a_cancelled_job_keeps_its_history_and_nothing_else(store: &dyn Store) {
    store.create_project(project(1), SecretChanges::default()).await.expect("a project is stored");
    let stored = store.create_job(job(1, 1), clock(0, 10)).await.expect("a job is stored");
    store.create_execution(manual(1, 1, 1)).await.expect("an execution is stored");
    store.create_execution(manual(2, 1, 2)).await.expect("an execution is stored");
    let running = store.claim(claim(7, 1, 3)).await.expect("work is given");
    assert_eq!(running.len(), 1);
    assert_eq!(store.job(stored.job.id).await.expect("it is there").status, JobStatus::Running);
    store.cancel_job(stored.job.id, at(4)).await.expect("it is cancelled");
    store.cancel_job(stored.job.id, at(5)).await.expect("again changes nothing");
    let view = store.job(stored.job.id).await.expect("it is still there");
    assert_eq!(view.job.cancelled_at, Some(at(4)));
    assert!(!view.job.is_enabled);
    assert_eq!(view.clock.next, NextDue::Off);
    assert_eq!(view.job.version, stored.job.version + 1);
    let status = |n| async move {
        store.execution(ExecutionId::from_bits(n)).await.expect("history stays").state.status()
    };
    assert_eq!(status(1).await, ExecutionStatus::Cancelling);
    assert_eq!(status(2).await, ExecutionStatus::Cancelled);
    assert!(store.jobs(JobFilter::default(), all()).await.expect("a page").items.is_empty());
    assert!(store.live_jobs(all()).await.expect("a page").items.is_empty());
    assert!(store.due_jobs(at(100), 10).await.expect("a list").is_empty());
    let refused = store.create_execution(manual(3, 1, 6)).await;
    assert!(matches!(refused, Err(StoreError::JobCancelled)), "{refused:?}");
    let refused = store.replace_job(view.job, None).await;
    assert!(matches!(refused, Err(StoreError::JobCancelled)), "{refused:?}");
}

pub(super) async fn removing_a_project_cancels_its_jobs(store: &dyn Store) {
    for n in 1..=2 {
        store.create_project(project(n), SecretChanges::default()).await.expect("a project is stored");
        store.create_job(job(n, n), clock(0, 10)).await.expect("a job is stored");
        store.create_execution(manual(n, n, 1)).await.expect("an execution is stored");
    }
    let id = ProjectId::from_bits(1);
    store.remove_project(id, at(2)).await.expect("it is removed");
    let gone = store.project(id).await;
    assert!(matches!(gone, Err(StoreError::NotFound(Missing::Project))), "{gone:?}");
    assert_eq!(store.projects(all()).await.expect("a page").items.len(), 1);
    let view = store.job(JobId::from_bits(1)).await.expect("history stays");
    assert_eq!(view.job.cancelled_at, Some(at(2)));
    let execution = store.execution(ExecutionId::from_bits(1)).await.expect("history stays");
    assert_eq!(execution.state.status(), ExecutionStatus::Cancelled);
    assert!(store.job(JobId::from_bits(2)).await.expect("it is there").job.cancelled_at.is_none());
    let claimed = store.claim(claim(7, 10, 3)).await.expect("work is given");
    assert_eq!(claimed.iter().map(|work| work.execution.id.bits()).collect::<Vec<_>>(), [2]);
    expect_conflict(store.create_project(project(1), SecretChanges::default()).await);
}

pub(super) async fn missing_things_are_said_to_be_missing(store: &dyn Store) {
    let (execution, draft) = (ExecutionId::from_bits(9), DraftId::from_bits(9));
    let answers = [
        (Missing::Project, store.project(ProjectId::from_bits(9)).await.err()),
        (Missing::Project, store.create_job(job(1, 9), off()).await.err()),
        (Missing::Project, store.remove_project(ProjectId::from_bits(9), at(0)).await.err()),
        (Missing::Job, store.job(JobId::from_bits(9)).await.err()),
        (Missing::Job, store.create_execution(manual(1, 9, 0)).await.err()),
        (Missing::Job, store.cancel_job(JobId::from_bits(9), at(0)).await.err()),
        (Missing::Execution, store.execution(execution).await.err()),
        (Missing::Execution, store.steps(execution).await.err()),
        (Missing::Execution, store.logs(execution, all()).await.err()),
        (Missing::Execution, store.steer(execution, ExecutionEvent::CancelRequested, at(0)).await.err()),
        (Missing::Draft, store.draft(draft).await.err()),
        (Missing::Draft, store.publications(draft).await.err()),
        (Missing::Brief, store.brief(BriefDigest("0".repeat(64))).await.err()),
        (
            Missing::Publication,
            store
                .finish_publication(
                    PublicationId::from_bits(9),
                    dateline_core::draft::PublicationOutcome::Failed { at: at(0), reason: "x".to_owned() },
                )
                .await
                .err(),
        ),
    ];
    for (missing, error) in answers {
        assert!(
            matches!(&error, Some(StoreError::NotFound(found)) if *found == missing),
            "{missing}: {error:?}"
        );
    }
    assert_eq!(store.newest_event().await.expect("a number"), 0, "a refusal makes no event");
}

fn off() -> dateline_core::job::JobClock {
    dateline_core::job::JobClock { recorded_through: at(0), next: NextDue::Off, runs: 0 }
}
