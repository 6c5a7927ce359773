//! What people ask for, with and without a key: runs, pauses, cancels, replays, publications, other limits.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{InstanceChange, PauseRequest, ProjectChange};
use dateline_core::clock::Clock;
use dateline_core::execution::Execution;
use dateline_core::id::{ProjectId, UserId};
use dateline_core::platform::Platform;
use dateline_core::store::{
    DeadLettersOf, DraftFilter, ExecutionFilter, PageRequest, RequestKey, StoreError, Terms,
};

use super::deeds::{Asked, ask};
use super::jobs::OVERLAPS;
use super::ledger::Keyed;
use super::options::Fault;
use super::play::{Play, Stage};
use crate::world::{Mood, told};

impl Play {
    pub(super) async fn trigger(&mut self, stage: &Stage) -> Result<(), String> {
        let Some(job) = self.a_job() else { return Ok(()) };
        let overlap = self.rng.one_in(2).then(|| OVERLAPS[self.rng.index(OVERLAPS.len())]);
        match ask(stage.dateline.trigger_over(job, None, overlap)).await? {
            Asked::Done(execution) => self.triggered(&execution),
            Asked::Refused(_) => {}
            Asked::Unknown => *self.ledger.unsure_manual.entry(job).or_default() += 1,
        }
        if self.rng.one_in(2) {
            tokio::time::sleep(Duration::from_millis(self.rng.below(1_500))).await;
        }
        Ok(())
    }

    pub(super) fn triggered(&mut self, execution: &Execution) {
        self.ledger.manual.insert(execution.id, execution.job);
    }

    /// A request that is refused, mended and sent again, all under one key.
    pub(super) async fn trigger_under_key(&mut self, stage: &Stage) -> Result<(), String> {
        let Some(job) = self.a_job() else { return Ok(()) };
        let mut name = [0; 32];
        name[..8].copy_from_slice(&self.rng.number().to_le_bytes());
        let key = RequestKey { user: UserId::OWNER, name, digest: "a".to_owned(), at: self.clock.now() };
        let wrong = told(&[Platform::Bluesky]);
        let refused = RequestKey { digest: "wrong".to_owned(), ..key.clone() };
        let terms = Terms { key: Some(refused), versions: None };
        let dateline = &stage.dateline;
        let asked =
            async { dateline.under(terms, dateline.trigger(job, Some(wrong))).await.expect("it is done") };
        if let Asked::Done(done) = ask(asked).await? {
            return Err(format!("{} was made for a platform the project does not have", done.id));
        }
        self.send_keyed(stage, Keyed { key, job }).await?;
        Ok(())
    }

    pub(super) async fn send_keyed(&mut self, stage: &Stage, keyed: Keyed) -> Result<(), String> {
        let mut first = None;
        for _ in 0..2 {
            let terms = Terms { key: Some(keyed.key.clone()), versions: None };
            let dateline = &stage.dateline;
            let asked =
                async { dateline.under(terms, dateline.trigger(keyed.job, None)).await.expect("it is done") };
            match ask(asked).await? {
                Asked::Done(execution) if first.is_some_and(|first| first != execution.id) => {
                    return Err(format!("one key made {first:?} and {}", execution.id));
                }
                Asked::Done(execution) => {
                    first = Some(execution.id);
                    self.triggered(&execution);
                }
                Asked::Refused(RequestError::Store(StoreError::KeyTaken)) => {
                    return Err("a key was taken that only a refused request had used".to_owned());
                }
                Asked::Refused(_) => break,
                Asked::Unknown => {
                    self.ledger.unsure_keys.push(keyed);
                    break;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn pause(&mut self, stage: &Stage) -> Result<(), String> {
        let until =
            self.rng.one_in(2).then(|| self.clock.now() + Duration::from_secs(1 + self.rng.below(400_000)));
        let asked = PauseRequest { reason: None, until };
        let projects: Vec<ProjectId> = self.ledger.projects.keys().copied().collect();
        let project = projects[self.rng.index(projects.len())];
        let dateline = &stage.dateline;
        match self.rng.below(8) {
            0 => drop(ask(dateline.pause_project(project, asked)).await?),
            1 => drop(ask(dateline.resume_project(project)).await?),
            2 => {
                let until = Some(self.clock.now() + Duration::from_secs(1 + self.rng.below(40_000)));
                drop(ask(dateline.pause_engine(PauseRequest { until, ..asked })).await?);
            }
            3 => drop(ask(dateline.resume_engine()).await?),
            how => {
                let Some(id) = self.a_job() else { return Ok(()) };
                let rule = self.ledger.jobs[&id].rule.clone();
                let answer = match how {
                    4 | 5 => ask(dateline.pause_job(id, asked)).await?,
                    _ => {
                        let run_latest = self.rng.one_in(2);
                        if run_latest {
                            // The answer does not say whether there was one to run.
                            *self.ledger.unsure_manual.entry(id).or_default() += 1;
                        }
                        ask(dateline.resume_job(id, run_latest)).await?
                    }
                };
                match answer {
                    Asked::Done(view) => self.ledger.changed(view.job, &rule, self.clock.now()),
                    Asked::Refused(_) => {}
                    Asked::Unknown => self.doubt(id, rule),
                }
            }
        }
        Ok(())
    }

    pub(super) async fn steer(&mut self, stage: &Stage) -> Result<(), String> {
        let page = PageRequest { limit: 12, after: None };
        let Ok(found) = stage.store.executions(ExecutionFilter::default(), page).await else { return Ok(()) };
        let Some(picked) = found.items.get(self.rng.index(found.items.len())) else { return Ok(()) };
        let (id, dateline) = (picked.id, &stage.dateline);
        let of = DeadLettersOf::Job(picked.job);
        let answer = match self.rng.below(9) {
            0 | 1 => ask(dateline.cancel_execution(id)).await?,
            2 => ask(dateline.pause_execution(id)).await?,
            3 => ask(dateline.resume_execution(id)).await?,
            4 => ask(dateline.dismiss_execution(id)).await?,
            5 => return ask(dateline.dismiss_dead_letters(of, 5)).await.map(drop),
            6 => return ask(dateline.replay_dead_letters(of, self.rng.one_in(2), 5)).await.map(drop),
            7 => return ask(dateline.replay_failed(id, None)).await.map(drop),
            _ => return ask(dateline.replay(id, None, None)).await.map(drop),
        };
        if let Asked::Done(execution) = answer
            && !execution.state.is_open()
        {
            self.ledger.ended.insert(id);
        }
        Ok(())
    }

    pub(super) async fn publish(&mut self, stage: &Stage) -> Result<(), String> {
        let page = PageRequest { limit: 8, after: None };
        let Ok(drafts) = stage.store.drafts(DraftFilter::default(), page).await else { return Ok(()) };
        let Some(draft) = drafts.items.get(self.rng.index(drafts.items.len())) else { return Ok(()) };
        if self.options.has(Fault::Publisher) && self.rng.one_in(2) {
            let slow = Duration::from_millis(1 + self.rng.below(9_000));
            let mood = [Mood::Fail, Mood::Refuse, Mood::Slow(slow)][self.rng.index(3)];
            self.publisher.moods.next("publish", [mood]);
        }
        ask(stage.dateline.approve_draft(draft.id, draft.revision)).await?;
        ask(stage.dateline.publish_draft(draft.id)).await?;
        Ok(())
    }

    /// Fewer or more may run at once, never more than the options say.
    pub(super) async fn limit(&mut self, stage: &Stage) -> Result<(), String> {
        if self.rng.one_in(2) {
            let max = 1 + self.rng.below(self.options.projects_max.into()) as u32;
            let projects_max = Some(if self.rng.one_in(4) { None } else { Some(max) });
            let change = InstanceChange { projects_max, ..InstanceChange::default() };
            return ask(stage.dateline.change_instance(change)).await.map(drop);
        }
        let max = 1 + self.rng.below(self.options.executions_max.into()) as u32;
        let projects: Vec<ProjectId> = self.ledger.projects.keys().copied().collect();
        let change = ProjectChange { executions_max: Some(max), ..ProjectChange::default() };
        let project = projects[self.rng.index(projects.len())];
        ask(stage.dateline.change_project(project, change)).await.map(drop)
    }
}
