//! What is counted and measured, and how Prometheus reads it.
//!
//! Three small seams feed it: the interface tells of each answered request, the store of each commit, and the stream
//! of events of each execution that ended, which is then read from the store. What merely *is* (the queue, the file,
//! the process) is looked up when somebody asks. No label takes a value that users choose.

mod executions;
mod process;

use std::sync::Arc;
use std::time::Duration;

use dateline_actors::Dateline;
use dateline_core::store::{CommitMeter, StoreGauges};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

pub use self::executions::observe;
use crate::folder::DataFolder;

/// The media type of what [`Metrics::text`] returns.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];
type Durations<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// Every metric of a server.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels<2>, Counter>,
    request_seconds: Durations<1>,
    commits: Family<Labels<1>, Counter>,
    commit_seconds: Histogram,
    commit_requests: Histogram,
    executions: Family<Labels<2>, Counter>,
    lateness_seconds: Histogram,
    attempts: Family<Labels<1>, Counter>,
    attempt_seconds: Histogram,
    step_seconds: Durations<2>,
    gauges: Gauges,
}

/// What is looked up when somebody asks.
#[derive(Default)]
struct Gauges {
    executions: Family<Labels<1>, Gauge>,
    stored: Family<Labels<1>, Gauge>,
    file_bytes: Gauge,
    used_bytes: Gauge,
    event_streams: Gauge,
    backup_seconds: Gauge,
    backups: Family<Labels<1>, Gauge>,
    process: Family<Labels<1>, Gauge>,
}

fn quick() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

fn slow() -> Histogram {
    Histogram::new([0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0])
}

fn lateness() -> Histogram {
    Histogram::new([0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0])
}

fn counts() -> Histogram {
    Histogram::new([1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0])
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Returns metrics that start from zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("dateline"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(quick),
            commits: Family::default(),
            commit_seconds: quick(),
            commit_requests: counts(),
            executions: Family::default(),
            lateness_seconds: lateness(),
            attempts: Family::default(),
            attempt_seconds: slow(),
            step_seconds: Family::new_with_constructor(slow),
            gauges: Gauges::default(),
        };
        metrics.register_measures();
        metrics.register_gauges();
        metrics
    }

    fn register_measures(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Answered requests", self.requests.clone());
        let seconds = || Unit::Seconds;
        let help = "Time to answer a request";
        registry.register_with_unit("http_request_duration", help, seconds(), self.request_seconds.clone());
        registry.register("store_commits", "Transactions of the store", self.commits.clone());
        let help = "Time of a transaction, the disk's confirmation included";
        registry.register_with_unit("store_commit_duration", help, seconds(), self.commit_seconds.clone());
        let help = "Requests that shared a transaction";
        registry.register("store_commit_requests", help, self.commit_requests.clone());
        registry.register("executions", "Executions that ended", self.executions.clone());
        let help = "From the due time of a scheduled execution to its start";
        registry.register_with_unit("execution_lateness", help, seconds(), self.lateness_seconds.clone());
        registry.register("attempts", "Attempts of executions that ended", self.attempts.clone());
        let help = "Time of an attempt";
        registry.register_with_unit("attempt_duration", help, seconds(), self.attempt_seconds.clone());
        let help = "Time of a step";
        registry.register_with_unit("step_duration", help, seconds(), self.step_seconds.clone());
    }

    fn register_gauges(&mut self) {
        let (registry, gauges) = (&mut self.registry, &self.gauges);
        let help = "Executions that are open, by what they do";
        registry.register("open_executions", help, gauges.executions.clone());
        registry.register("stored", "Records in the store", gauges.stored.clone());
        let help = "Size of the store's file";
        registry.register_with_unit("store_file", help, Unit::Bytes, gauges.file_bytes.clone());
        let help = "What of the store's file is in use, as last looked at by a cleanup or a person; 0 before";
        registry.register_with_unit("store_used", help, Unit::Bytes, gauges.used_bytes.clone());
        let help = "Streams of events somebody listens to";
        registry.register("event_listeners", help, gauges.event_streams.clone());
        let help = "When the newest nightly backup was made, in seconds since 1970; 0 when there is none";
        registry.register("backup_made", help, gauges.backup_seconds.clone());
        let help = "Nightly backups of this process, by what came of them";
        registry.register("backups", help, gauges.backups.clone());
        let help = "What the operating system says of the process";
        registry.register("process", help, gauges.process.clone());
        let build: Family<Labels<1>, Gauge> = Family::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION").into())]).set(1);
        registry.register("build", "The program", build);
    }

    /// Notes an answered request. `operation` is an id of the contract, or empty when there is no such operation.
    pub fn answered(&self, operation: &str, status: u16, took: Duration) {
        let operation = if operation.is_empty() { "none" } else { operation }.to_owned();
        let labels = [("operation", operation.clone()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&[("operation", operation)]).observe(took.as_secs_f64());
    }

    /// Returns every metric as Prometheus reads them.
    pub async fn text(&self, dateline: &Dateline, folder: &DataFolder) -> String {
        match dateline.gauges().await {
            Ok(gauges) => self.look_at_store(&gauges),
            // What is counted is told all the same: now is when somebody needs it.
            Err(error) => tracing::warn!(%error, "the store cannot be read for metrics"),
        }
        self.look_at_rest(dateline, folder);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn look_at_store(&self, gauges: &StoreGauges) {
        let open = [("queued", gauges.queued), ("waiting", gauges.waiting), ("running", gauges.running)];
        for (state, count) in open {
            self.gauges.executions.get_or_create(&[("state", state.into())]).set(signed(count));
        }
        let stored = [
            ("projects", gauges.projects),
            ("scheduled_jobs", gauges.scheduled_jobs),
            ("executions", gauges.executions),
            ("drafts", gauges.drafts),
            ("secrets", gauges.secrets),
        ];
        for (kind, count) in stored {
            self.gauges.stored.get_or_create(&[("kind", kind.into())]).set(signed(count));
        }
    }

    fn look_at_rest(&self, dateline: &Dateline, folder: &DataFolder) {
        let file = std::fs::metadata(folder.path().join(dateline_store::DATA_FILE));
        self.gauges.file_bytes.set(file.map_or(0, |file| signed(file.len())));
        self.gauges.used_bytes.set(dateline.storage_seen().map_or(0, |size| signed(size.used_bytes)));
        // One of them is our own.
        self.gauges
            .event_streams
            .set(i64::try_from(dateline.listeners().saturating_sub(1)).unwrap_or(i64::MAX));
        let backups = dateline.backup_status();
        self.gauges.backup_seconds.set(backups.made.map_or(0, |made| made.at.timestamp()));
        for (result, count) in [("made", backups.successes), ("failed", backups.failures)] {
            self.gauges.backups.get_or_create(&[("result", result.into())]).set(signed(count));
        }
        for (what, value) in process::figures() {
            self.gauges.process.get_or_create(&[("what", what.into())]).set(signed(value));
        }
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl CommitMeter for Metrics {
    fn committed(&self, requests: usize, took: Duration, is_done: bool) {
        let result = if is_done { "done" } else { "failed" };
        self.commits.get_or_create(&[("result", result.into())]).inc();
        self.commit_seconds.observe(took.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "a batch has at most a thousand requests")]
        self.commit_requests.observe(requests as f64);
    }
}

/// Follows the engine's events and measures executions as they end, until the engine stops.
pub fn follow(metrics: &Arc<Metrics>, dateline: &Dateline) -> tokio::task::JoinHandle<()> {
    tokio::spawn(executions::follow(metrics.clone(), dateline.clone()))
}
