//! What the keeper of backups remembers between two looks at the clock.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use dateline_core::schedule::{CompiledSchedule, Frequency, Rules, Schedule, TimeConfig};
use dateline_core::time::{Timestamp, rfc3339};
use ractor::ActorRef;
use tokio::task::spawn_blocking;

use super::message::BackupKeeperMessage;
use super::{BackupFailure, BackupMade, BackupPlan, BackupStatus, files};
use crate::shared::{Shared, later};

/// A missed backup waits this long after the start: what people wait for comes first.
const SETTLE: Duration = Duration::from_secs(300);
/// A backup that failed is tried again after this time.
const AGAIN: Duration = Duration::from_secs(3600);
/// The longest sleep: a machine that slept, or whose clock was set, is noticed within this time.
const SLEEP_MAX: Duration = Duration::from_secs(60);

pub(crate) struct BackupKeeperState {
    shared: Arc<Shared>,
    /// `None` when nothing is to be kept.
    plan: Option<(BackupPlan, CompiledSchedule)>,
    is_busy: bool,
}

impl BackupKeeperState {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let plan = shared.settings.backups.clone().and_then(|plan| match nightly(&plan) {
            Some(schedule) => Some((plan, schedule)),
            None => {
                tracing::error!(timezone = plan.timezone, "no nightly backups: this is no time zone");
                None
            }
        });
        Self { shared, plan, is_busy: false }
    }

    /// Finds out whether a night was missed.
    pub(super) async fn look_back(&mut self, me: &ActorRef<BackupKeeperMessage>) {
        let Some((plan, schedule)) = &self.plan else { return };
        let folder = plan.folder.clone();
        let looked =
            spawn_blocking(move || files::remove_halves(&folder).and_then(|()| files::found(&folder)));
        let newest = match looked.await {
            Ok(Ok(found)) => found.into_iter().next(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the folder of backups cannot be read");
                None
            }
            Err(_) => None,
        };
        let now = self.shared.now();
        let soon = later(now, SETTLE);
        let next = newest.as_ref().and_then(|(made_at, _)| next_after(schedule, *made_at));
        let next = next.filter(|due| *due > now).unwrap_or(soon);
        self.status(|status| {
            status.made = newest.map(|(at, path)| BackupMade { path, at });
            status.next_at = Some(next);
        });
        self.arm(me);
    }

    /// Makes a backup when it is time, and sleeps again.
    pub(super) fn take_turn(&mut self, me: &ActorRef<BackupKeeperMessage>) {
        let now = self.shared.now();
        let next = self.status(|status| status.next_at);
        if !self.is_busy
            && next.is_some_and(|next| next <= now)
            && let Some((plan, _)) = &self.plan
        {
            self.is_busy = true;
            let (shared, folder, me) = (self.shared.clone(), plan.folder.clone(), me.clone());
            tokio::spawn(async move {
                let result = made(&shared, folder, now).await;
                // Nobody to tell: the engine stopped, and the next one finds the file.
                let _ = me.cast(BackupKeeperMessage::BackupEnded { at: now, result });
            });
        }
        self.arm(me);
    }

    /// Remembers what a backup came to, and lets old ones go.
    pub(super) async fn note(
        &mut self,
        at: Timestamp,
        result: Result<PathBuf, String>,
        me: &ActorRef<BackupKeeperMessage>,
    ) {
        self.is_busy = false;
        let Some((plan, schedule)) = &self.plan else { return };
        let now = self.shared.now();
        let due = next_after(schedule, now);
        match result {
            Ok(path) => {
                tracing::info!(path = %path.display(), "the nightly backup was made and read back");
                prune(plan).await;
                self.status(|status| {
                    status.made = Some(BackupMade { path, at });
                    status.failed = None;
                    status.successes += 1;
                    status.next_at = due;
                });
            }
            Err(reason) => {
                let again = due.map_or(later(now, AGAIN), |due| due.min(later(now, AGAIN)));
                tracing::error!(reason, again = rfc3339(again), "the nightly backup was not made");
                self.status(|status| {
                    status.failed = Some(BackupFailure { at, reason });
                    status.failures += 1;
                    status.next_at = Some(again);
                });
            }
        }
        self.arm(me);
    }

    fn arm(&self, me: &ActorRef<BackupKeeperMessage>) {
        if self.is_busy {
            return;
        }
        let now = self.shared.now();
        let next = self.status(|status| status.next_at);
        let rest = next.map_or(SLEEP_MAX, |next| (next - now).to_std().unwrap_or_default());
        me.send_after(rest.min(SLEEP_MAX), || BackupKeeperMessage::TimerElapsed);
    }

    fn status<T>(&self, look: impl FnOnce(&mut BackupStatus) -> T) -> T {
        look(&mut self.shared.backups.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn made(shared: &Shared, folder: PathBuf, now: Timestamp) -> Result<PathBuf, String> {
    let path = folder.join(files::name(now));
    let prepared = spawn_blocking(move || std::fs::create_dir_all(&folder)).await;
    prepared.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    shared.parts.store.backup(&path).await.map_err(|error| error.to_string())?;
    Ok(path)
}

async fn prune(plan: &BackupPlan) {
    let (folder, keep) = (plan.folder.clone(), plan.keep);
    match spawn_blocking(move || files::prune(&folder, keep)).await {
        Ok(Ok(0)) | Err(_) => {}
        Ok(Ok(removed)) => tracing::info!(removed, keep, "older nightly backups were removed"),
        Ok(Err(error)) => tracing::warn!(%error, "older nightly backups cannot be removed"),
    }
}

fn nightly(plan: &BackupPlan) -> Option<CompiledSchedule> {
    use chrono::Timelike;
    let time_config = TimeConfig {
        hour: Some(plan.at.hour().into()),
        minute: Some(plan.at.minute().into()),
        timezone: Some(plan.timezone.clone()),
        ..TimeConfig::default()
    };
    Schedule { frequency: Frequency::Daily, time_config }.compile(&Rules::default()).ok()
}

fn next_after(schedule: &CompiledSchedule, at: Timestamp) -> Option<Timestamp> {
    schedule.next_after(at).ok().flatten().map(|occurrence| occurrence.due_at)
}
