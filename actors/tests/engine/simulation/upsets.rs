//! What goes wrong: outsiders fail, clocks jump, disks break.

use std::time::Duration;

use dateline_core::clock::Clock;
use dateline_core::platform::Platform;
use dateline_store::conformance::disk;

use super::options::Fault;
use super::play::{Play, Stage};
use crate::world::Mood;

impl Play {
    /// Outsiders will fail for a while.
    pub(super) async fn upset(&mut self, stage: &Stage) {
        let names: Vec<String> = self.ledger.projects.values().cloned().collect();
        let name = names[self.rng.index(names.len())].clone();
        let call = format!("{}/{name}", if self.rng.one_in(2) { "scan" } else { "head" });
        let times = 1 + self.rng.index(4);
        let platform = if self.rng.one_in(2) { Platform::Devto } else { Platform::Mastodon };
        let slow = Duration::from_millis(1 + self.rng.below(25_000));
        if self.options.has(Fault::Source) {
            let mood = [Mood::Fail, Mood::Refuse, Mood::Panic][self.rng.index(3)];
            self.source.moods.next(&call, vec![mood; times]);
        }
        if self.options.has(Fault::Hang) {
            let mood = [Mood::Slow(slow), Mood::Long, Mood::Deaf][self.rng.index(3)];
            self.source.moods.next(&format!("scan/{name}"), vec![mood; 1 + times / 3]);
            if self.rng.one_in(3) {
                self.writer.next(platform, [Mood::Slow(slow)]);
            }
        }
        if self.options.has(Fault::RateLimit) {
            let far = Duration::from_secs([5, 100, 1_000_000_000][self.rng.index(3)]);
            let until = self.rng.one_in(2).then(|| self.clock.now() + far);
            self.source.moods.next(&call, vec![Mood::Limited(until); 1 + times / 2]);
        }
        if self.options.has(Fault::Writer) {
            let mood = [Mood::Fail, Mood::Panic][self.rng.index(2)];
            self.writer.next(platform, vec![mood; times]);
        }
        self.pass(stage).await;
    }

    pub(super) async fn move_clock(&mut self, stage: &Stage) -> Result<(), String> {
        match self.rng.below(3) {
            0 if self.options.has(Fault::ClockBack) => {
                self.ledger.see(self.clock.now());
                self.witness.set_back();
                let most = [60, 8_000][self.rng.index(2)];
                self.clock.set_back(Duration::from_secs(1 + self.rng.below(most)));
            }
            1 | 2 if self.options.has(Fault::Sleep) => {
                let seconds = [90, 600, 10_800, 43_200, 259_200, 1_728_000][self.rng.index(6)];
                self.clock.set_forward(Duration::from_secs(1 + self.rng.below(seconds)));
                tokio::time::sleep(Duration::from_secs(5)).await;
                self.expect_served(stage).await?;
            }
            _ => self.pass(stage).await,
        }
        Ok(())
    }

    /// What was due five seconds ago has its record, if nothing keeps the engine from it.
    pub(super) async fn expect_served(&self, stage: &Stage) -> Result<(), String> {
        let hindered = [
            Fault::PowerCut,
            Fault::IoError,
            Fault::ForgetfulDisk,
            Fault::FullDisk,
            Fault::LostAnswers,
            Fault::Panic,
        ];
        if hindered.into_iter().any(|fault| self.options.has(fault)) {
            return Ok(());
        }
        let before = self.clock.now() - chrono::TimeDelta::seconds(5);
        let due = stage.store.due_jobs(before, 1).await.map_err(|error| error.to_string())?;
        match due.first() {
            None => Ok(()),
            Some(view) => {
                Err(format!("{} is due since {:?} and has no record", view.job.id, view.clock.next))
            }
        }
    }

    pub(super) async fn break_disk(&mut self, stage: &Stage) {
        let n = 1 + self.rng.below(60);
        let faults = [Fault::IoError, Fault::ForgetfulDisk, Fault::FullDisk, Fault::PowerCut];
        let on: Vec<Fault> = faults.into_iter().filter(|fault| self.options.has(*fault)).collect();
        match on.get(self.rng.index(on.len())) {
            Some(Fault::IoError) => self.disk.set_fault(disk::Fault::ErrorOnce(n)),
            Some(Fault::ForgetfulDisk) => self.disk.set_fault(disk::Fault::ErrorOnceAndForget(n)),
            Some(Fault::PowerCut) => self.disk.set_fault(disk::Fault::PowerCut(n * 4)),
            Some(Fault::FullDisk) => {
                self.disk.set_fault(disk::Fault::FullAbove(self.disk.size() + self.rng.below(40_000)));
                for _ in 0..3 {
                    self.commit();
                    let full = Duration::from_secs(1 + self.rng.below(600));
                    let until = self.next_at(stage).await.unwrap_or_else(|| self.clock.now());
                    self.run_until(stage, until.min(self.clock.now() + Duration::from_secs(200_000))).await;
                    self.run_until(stage, self.clock.now() + full).await;
                }
                self.disk.set_fault(disk::Fault::None);
                tokio::time::sleep(Duration::from_secs(3)).await;
            }
            _ => {}
        }
        self.pass(stage).await;
    }
}
