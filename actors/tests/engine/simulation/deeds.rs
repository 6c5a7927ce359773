//! What happens in a life: people ask for things, outsiders fail, clocks jump, disks break, and time passes.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::NewProject;
use dateline_core::clock::Clock;
use dateline_core::id::JobId;
use dateline_core::platform::Platform;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::options::Fault;
use super::play::{Play, Stage};
use super::rule::Rule;
use crate::world::new_project;

/// What a call came to.
pub(super) enum Asked<T> {
    Done(T),
    Refused(RequestError),
    /// It may have been done.
    Unknown,
}

pub(super) async fn ask<T>(call: impl Future<Output = Result<T, RequestError>>) -> Result<Asked<T>, String> {
    let Ok(answer) = tokio::time::timeout(Duration::from_secs(300), call).await else {
        return Ok(Asked::Unknown);
    };
    match answer {
        Ok(done) => Ok(Asked::Done(done)),
        Err(RequestError::Store(StoreError::Damaged { reason })) => Err(format!("damaged: {reason}")),
        Err(
            RequestError::Store(StoreError::Unavailable { .. } | StoreError::Full) | RequestError::Stopping,
        ) => Ok(Asked::Unknown),
        Err(refused) => Ok(Asked::Refused(refused)),
    }
}

impl Play {
    /// Creates the first projects and jobs, before anything goes wrong.
    pub(super) async fn set_up(&mut self, stage: &Stage) -> Result<(), String> {
        for number in 0..self.options.projects {
            let name = format!("p{number}");
            self.source.commit(&name, "feat: begin");
            let platforms = [Platform::Devto, Platform::Mastodon];
            let some = &platforms[..1 + self.rng.index(2)];
            let executions_max = 1 + self.rng.below(self.options.executions_max.into()) as u32;
            let new = NewProject { executions_max, ..new_project(&name, some) };
            match ask(stage.dateline.create_project(new)).await? {
                Asked::Done(project) => self.ledger.projects.insert(project.id, name),
                Asked::Refused(refused) => return Err(format!("no project: {refused}")),
                Asked::Unknown => return Err("no project although nothing fails".to_owned()),
            };
        }
        for _ in 0..self.options.jobs {
            self.create_job(stage).await?;
        }
        Ok(())
    }

    /// Does one thing.
    pub(super) async fn deed(&mut self, stage: &Stage) -> Result<(), String> {
        self.resolve(stage).await?;
        match self.rng.below(100) {
            0..=33 => self.pass(stage).await,
            34..=39 => self.commit(),
            40 | 41 if self.options.has(Fault::Limits) => self.limit(stage).await?,
            42..=49 => self.trigger(stage).await?,
            50..=58 if self.options.has(Fault::Edits) => self.edit(stage).await?,
            59..=63 if self.options.has(Fault::Pauses) => self.pause(stage).await?,
            64..=70 if self.options.has(Fault::Steering) => self.steer(stage).await?,
            71..=79 => self.upset(stage).await,
            80..=87 => self.move_clock(stage).await?,
            88..=93 => self.break_disk(stage).await,
            94..=96 => self.publish(stage).await?,
            97 if self.options.has(Fault::Panic) => {
                self.entropy.panic_next(1);
                self.pass(stage).await;
                self.entropy.panic_next(0);
            }
            98 | 99 if self.options.has(Fault::Keys) => self.trigger_under_key(stage).await?,
            _ => self.pass(stage).await,
        }
        self.ledger.see(self.clock.now());
        Ok(())
    }

    /// Lets time pass up to the next thing that is due, or for a while.
    pub(super) async fn pass(&mut self, stage: &Stage) {
        let now = self.clock.now();
        let target = if self.rng.one_in(4) {
            Some(now + Duration::from_secs(1 + self.rng.below(200_000)))
        } else {
            self.next_at(stage).await
        };
        let target = target.unwrap_or(now + Duration::from_secs(3_600));
        self.run_until(stage, target).await;
        if self.rng.one_in(2) {
            // What has begun goes on for a while.
            let on = Duration::from_millis(self.rng.below(3_000));
            tokio::time::sleep(on).await;
        }
    }

    pub(super) fn commit(&mut self) {
        let names: Vec<String> = self.ledger.projects.values().cloned().collect();
        if let Some(name) = names.get(self.rng.index(names.len())) {
            self.source.commit(name, "fix: keep the order of lines");
        }
    }

    /// Finds out what became of calls that had no answer.
    pub(super) async fn resolve(&mut self, stage: &Stage) -> Result<(), String> {
        if stage.store.health().await.is_err() || self.disk.is_off() {
            return Ok(());
        }
        let doubtful: Vec<(JobId, Rule)> =
            self.ledger.jobs.iter().filter_map(|(id, known)| Some((*id, known.unsure.clone()?))).collect();
        for (id, rule) in doubtful {
            if let Ok(view) = stage.store.job(id).await {
                self.ledger.changed(view.job, &rule, self.clock.now());
            }
        }
        if !self.ledger.unsure_jobs.is_empty() {
            self.adopt_jobs(stage).await?;
        }
        for keyed in std::mem::take(&mut self.ledger.unsure_keys) {
            // A key is remembered for a day; later nobody can say any more.
            let age = self.ledger.high.max(self.clock.now()) - keyed.key.at;
            if age < chrono::TimeDelta::hours(20) {
                self.send_keyed(stage, keyed).await?;
            } else {
                *self.ledger.unsure_manual.entry(keyed.job).or_default() += 1;
            }
        }
        if self.rng.one_in(3) { self.check_acknowledged(stage).await } else { Ok(()) }
    }

    /// Returns the instant by which everything due must have its record.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
