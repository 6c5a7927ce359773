//! Jobs that change at the very instant at which they are due: the old schedule's occurrence is neither lost nor doubled.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dateline_actors::request::JobChange;
use dateline_actors::{Dateline, Engine, ManualClock, Parts, RequestError, Settings};
use dateline_core::clock::Clock;
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::secret::{KeyRing, SecretKey};
use dateline_core::store::{ExecutionFilter, PageRequest};
use dateline_core::time::Timestamp;
use dateline_store::{MemoryMedium, OpenOptions, RedbStore, WriterPlace};

use crate::world::{FakeSource, FakeWriter, SeededEntropy, at, cron, new_job, new_project};

const BEFORE: &str = "2026-11-23T08:59:59.999Z";
const DUE: &str = "2026-11-23T09:00:00Z";
/// A change looks at the clock less often than this.
const LOOKS_MAX: usize = 12;

/// A clock that moves on by a millisecond just before it is looked at for the n-th time.
struct Creeping {
    inner: ManualClock,
    looks_left: AtomicUsize,
}

impl Clock for Creeping {
    fn now(&self) -> Timestamp {
        let left = self.looks_left.load(Ordering::SeqCst);
        self.looks_left.store(left.saturating_sub(1), Ordering::SeqCst);
        if left == 1 {
            self.inner.pass(Duration::from_millis(1));
        }
        self.inner.now()
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }
}

/// Changes a job that is due at [`DUE`] while the clock reaches that instant at the n-th look, and compares what is
/// recorded with when the change says that it was made.
fn check(
    change: impl AsyncFn(&Dateline, JobId) -> Result<(), RequestError>,
    changed_at: impl Fn(&dateline_core::job::Job) -> Timestamp,
) {
    for look in 1..=LOOKS_MAX {
        let clock = Arc::new(Creeping { inner: ManualClock::starting(at(BEFORE)), looks_left: 0.into() });
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().expect("a runtime");
        runtime.block_on(async {
            clock.inner.run();
            let source = Arc::new(FakeSource::default());
            source.commit("lantern", "feat: read tabs");
            let engine = Engine::start(parts(clock.clone(), source), Settings::default()).await;
            let engine = engine.expect("the engine starts");
            let dateline = engine.dateline();
            let project = dateline.create_project(new_project("lantern", &[Platform::Mastodon])).await;
            let new = new_job(project.expect("a project").id, cron("0 9 * * *"), Policy::default());
            let job = dateline.create_job(new).await.expect("a job").job.id;
            clock.looks_left.store(look, Ordering::SeqCst);
            change(&dateline, job).await.expect("it is changed");
            clock.looks_left.store(0, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(3)).await;
            let changed_at = changed_at(&dateline.job(job).await.expect("a job").job);
            let filter = ExecutionFilter { job: Some(job), ..ExecutionFilter::default() };
            let page = PageRequest { limit: 10, after: None };
            let found = dateline.executions(filter, page).await.expect("executions").items;
            let recorded: Vec<_> = found.iter().filter_map(|one| Some(one.due.as_ref()?.key())).collect();
            let expected = if changed_at >= at(DUE) { vec![at(DUE)] } else { Vec::new() };
            assert_eq!(recorded, expected, "changed at {changed_at}, which was look {look}");
            engine.stop().await;
        });
    }
}

fn parts(clock: Arc<Creeping>, source: Arc<FakeSource>) -> Parts {
    let options = OpenOptions { now: at(BEFORE), writer: WriterPlace::Task };
    let store = RedbStore::open_on(Arc::new(MemoryMedium::default()), options).expect("a store");
    Parts {
        store: Arc::new(store),
        clock,
        entropy: Arc::new(SeededEntropy::of(7)),
        source,
        writer: Arc::new(FakeWriter::default()),
        publisher: Arc::new(crate::world::FakePublisher::default()),
        http: Arc::new(crate::world::FakeServer::default()),
        keys: Arc::new(KeyRing::new(SecretKey::new([7; 32]), Vec::new())),
        channels: BTreeMap::new(),
    }
}

#[test]
fn a_new_schedule_takes_over_where_the_old_one_was_recorded() {
    let change = JobChange { schedule: Some(cron("30 10 * * *")), ..JobChange::default() };
    check(
        async |dateline, job| dateline.change_job(job, change.clone()).await.map(drop),
        |job| job.updated_at,
    );
}

#[test]
fn what_is_due_when_a_job_is_cancelled_has_its_record() {
    check(
        async |dateline, job| dateline.cancel_job(job).await,
        |job| job.cancelled_at.expect("it is cancelled"),
    );
}
