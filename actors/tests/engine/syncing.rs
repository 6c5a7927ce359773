//! `SYNC_GITHUB` fills the project's cache, and a text is then written without asking the network.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::NewJob;
use dateline_core::execution::{Execution, Outcome, SkipReason};
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::JobType;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{FakeSource, Life, World, cron, new_job, new_project, outcome, step_names};

const DONE: Option<Outcome> = Some(Outcome::Completed);
const IDLE: Option<Outcome> = Some(Outcome::Skipped(SkipReason::NoActivity));

async fn jobs(life: &Life<'_>) -> (ProjectId, JobId, JobId) {
    life.world.source.commit("lantern", "feat: read tabs as four columns");
    let mut new = new_project("lantern", &[Platform::Devto]);
    new.source = FakeSource::github("lantern");
    let project = life.dateline.create_project(new).await.expect("a project").id;
    let write = new_job(project, cron("0 0 1 1 *"), Policy::default());
    let sync = NewJob { job_type: JobType::SyncGithub, ..write.clone() };
    let sync = life.dateline.create_job(sync).await.expect("a job").job.id;
    (project, sync, life.dateline.create_job(write).await.expect("a job").job.id)
}

async fn run(life: &Life<'_>, job: JobId) -> Execution {
    let id = life.dateline.trigger(job, None).await.expect("an execution").id;
    life.ended(id).await
}

fn calls(life: &Life<'_>) -> usize {
    life.world.source.tokens().len()
}

#[test]
fn a_fresh_sync_spares_the_network() {
    World::new().life(async |life| {
        let (_, sync, write) = jobs(life).await;
        let synced = run(life, sync).await;
        assert_eq!(outcome(&synced), DONE, "{:?}", synced.error);
        assert_eq!(step_names(&life.detail(synced.id).await), ["fetch_project", "sync"]);
        assert_eq!(synced.output["commits"], 1);
        let before = calls(life);
        let written = run(life, write).await;
        assert_eq!(outcome(&written), DONE, "{:?}", written.error);
        assert_eq!(calls(life), before, "nothing is asked while the sync is fresh");
        let cursors = life.dateline.job(sync).await.expect("a job").cursors;
        assert!(cursors.is_empty(), "a sync moves no job's cursor");
        assert_eq!(life.dateline.job(write).await.expect("a job").cursors.len(), 1);

        // Nothing new: neither the sync nor the writing has anything to do, and the cursor stands at a whole segment.
        assert_eq!(outcome(&run(life, sync).await), IDLE);
        assert_eq!(outcome(&run(life, write).await), IDLE);
        life.world.source.commit("lantern", "fix: keep the last line");
        life.world.source.commit("lantern", "fix: keep the first line");
        assert_eq!(run(life, sync).await.output["commits"], 2);
        let before = calls(life);
        let written = run(life, write).await;
        assert_eq!((outcome(&written), calls(life)), (DONE, before));
        assert_eq!(written.output["windows"][0]["commits"], 2);
    });
}

#[test]
fn a_stale_sync_is_not_trusted() {
    World::new().life(async |life| {
        let (_, sync, write) = jobs(life).await;
        run(life, sync).await;
        life.world.source.commit("lantern", "fix: keep the last line");
        life.pass(Duration::from_secs(16 * 60)).await;
        let before = calls(life);
        let written = run(life, write).await;
        assert_eq!(written.output["windows"][0]["commits"], 2, "{:?}", written.error);
        assert!(calls(life) > before);
        // Its cursor lies between two syncs' heads or beyond them: the next run asks again and misses nothing.
        life.world.source.commit("lantern", "feat: write in colour");
        run(life, sync).await;
        let next = run(life, write).await;
        assert_eq!(next.output["windows"][0]["commits"], 1);
    });
}

#[test]
fn a_sync_needs_a_repository_on_github() {
    World::new().life(async |life| {
        let project = life.project("local", &[Platform::Devto]).await.id;
        let job = new_job(project, cron("0 0 1 1 *"), Policy::default());
        let refused = life.dateline.create_job(NewJob { job_type: JobType::SyncGithub, ..job }).await;
        let Err(RequestError::Invalid { faults }) = refused else { panic!("{refused:?}") };
        assert_eq!(faults[0].pointer, "/type");
    });
}
