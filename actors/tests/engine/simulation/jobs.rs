//! Jobs are created, changed and cancelled, also at the very instant at which they are due.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::{JobChange, NewJob, Secrets, Told};
use dateline_core::clock::Clock;
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::{JobType, NextDue};
use dateline_core::policy::{MisfirePolicy, OverlapPolicy, Policy, Priority, Timeouts};
use dateline_core::retry::{RetryKind, RetryPolicy};
use dateline_core::store::PageRequest;

use super::deeds::{Asked, ask};
use super::options::Fault;
use super::play::{Play, Stage};
use super::rule::Rule;
use crate::world::Trouble;

pub(super) const OVERLAPS: [OverlapPolicy; 6] = [
    OverlapPolicy::Skip,
    OverlapPolicy::BufferOne,
    OverlapPolicy::BufferAll,
    OverlapPolicy::CancelOther,
    OverlapPolicy::TerminateOther,
    OverlapPolicy::AllowAll,
];
const KINDS: [RetryKind; 5] =
    [RetryKind::Exponential, RetryKind::Linear, RetryKind::Fixed, RetryKind::Table, RetryKind::None];

impl Play {
    pub(super) fn a_job(&mut self) -> Option<JobId> {
        let alive = self.ledger.jobs.values().filter(|known| known.job.cancelled_at.is_none());
        let ids: Vec<JobId> =
            alive.filter(|known| known.unsure.is_none()).map(|known| known.job.id).collect();
        ids.get(self.rng.index(ids.len())).copied()
    }

    pub(super) fn a_policy(&mut self) -> Policy {
        let rng = &mut self.rng;
        let (base, cap) = (Duration::from_secs(1 + rng.below(4)), Duration::from_secs(10));
        let kind = KINDS[rng.index(KINDS.len())];
        let delays = if kind == RetryKind::Table { vec![base] } else { Vec::new() };
        Policy {
            misfire: [MisfirePolicy::RunOnce, MisfirePolicy::RunAll, MisfirePolicy::Skip][rng.index(3)],
            lateness_window: Duration::from_secs([3_600, 86_400, 7 * 86_400][rng.index(3)]),
            overlap: OVERLAPS[rng.index(OVERLAPS.len())],
            retry: RetryPolicy {
                kind,
                attempts_max: 1 + rng.below(4) as u32,
                base,
                cap,
                delays,
                until: None,
            },
            timeouts: Timeouts {
                start: Duration::from_secs(24 * 3_600),
                run: Duration::from_secs(60),
                step: Duration::from_secs(20),
                heartbeat: Duration::from_secs([12, 60][rng.index(2)]),
            },
            priority: Priority::new(rng.below(10) as u8).unwrap_or_default(),
            auto_pause_after: [0, 1, 2, 10][rng.index(4)],
            ..Policy::default()
        }
    }

    pub(super) async fn create_job(&mut self, stage: &Stage) -> Result<(), String> {
        let projects: Vec<ProjectId> = self.ledger.projects.keys().copied().collect();
        let Some(project) = projects.get(self.rng.index(projects.len())).copied() else { return Ok(()) };
        let rule = Rule::draw(&mut self.rng, self.clock.now());
        let new = NewJob {
            project: Some(project),
            job_type: JobType::GenerateContent,
            name: "words".to_owned(),
            schedule: rule.schedule(),
            is_enabled: !self.rng.one_in(12),
            policy: self.a_policy(),
            payload: Told::new(),
            secrets: Secrets::new(),
            depends_on: None,
            listens_to: Vec::new(),
            condition: None,
        };
        match ask(stage.dateline.create_job(new)).await? {
            Asked::Done(view) => self.ledger.created(view.job, rule),
            // A spread may be longer than the shortest interval, an end may come before the first time.
            Asked::Refused(RequestError::Invalid { .. }) => {}
            Asked::Refused(refused) => return Err(format!("a job was refused: {refused}")),
            Asked::Unknown => self.ledger.unsure_jobs.push(rule),
        }
        Ok(())
    }

    pub(super) async fn edit(&mut self, stage: &Stage) -> Result<(), String> {
        if self.rng.one_in(5) && self.ledger.jobs.len() < 45 {
            return self.create_job(stage).await;
        }
        let Some(id) = self.a_job() else { return Ok(()) };
        if self.rng.one_in(3) {
            // At the very instant at which it is due.
            if let Ok(view) = stage.store.job(id).await
                && let NextDue::At(next) = view.clock.next
                && next.effective_at - self.clock.now() < chrono::TimeDelta::days(9)
            {
                if self.options.has(Fault::LostAnswers) {
                    // Of two that plan the same, one is slow.
                    let slow = Duration::from_millis(1 + self.rng.below(5_000));
                    self.troubles.next("fire_due", [Trouble::Delayed(slow)]);
                }
                self.run_until(stage, next.effective_at).await;
            }
        }
        let known = &self.ledger.jobs[&id];
        let (mut rule, is_enabled) = (known.rule.clone(), known.job.is_enabled);
        let mut change = JobChange::default();
        match self.rng.below(8) {
            0..=3 => {
                rule = Rule::draw(&mut self.rng, self.clock.now());
                change.schedule = Some(rule.schedule());
            }
            4 | 5 => change.is_enabled = Some(!is_enabled),
            6 => change.policy = Some(self.a_policy()),
            _ if self.rng.one_in(3) => return self.cancel_job(stage, id).await,
            _ => change.name = Some("other words".to_owned()),
        }
        match ask(stage.dateline.change_job(id, change)).await? {
            Asked::Done(view) => self.ledger.changed(view.job, &rule, self.clock.now()),
            Asked::Refused(_) => {}
            Asked::Unknown => self.doubt(id, rule),
        }
        Ok(())
    }

    pub(super) async fn cancel_job(&mut self, stage: &Stage, id: JobId) -> Result<(), String> {
        let rule = self.ledger.jobs[&id].rule.clone();
        match ask(stage.dateline.cancel_job(id)).await? {
            // It answers nothing, so its caller looks.
            Asked::Done(()) | Asked::Unknown => self.doubt(id, rule),
            Asked::Refused(_) => {}
        }
        Ok(())
    }

    pub(super) fn doubt(&mut self, id: JobId, rule: Rule) {
        if let Some(known) = self.ledger.jobs.get_mut(&id) {
            known.unsure = Some(rule);
        }
    }

    pub(super) async fn adopt_jobs(&mut self, stage: &Stage) -> Result<(), String> {
        let page = PageRequest { limit: 1_000, after: None };
        let Ok(found) = stage.store.jobs(Default::default(), page).await else { return Ok(()) };
        let rules = std::mem::take(&mut self.ledger.unsure_jobs);
        for view in found.items {
            if self.ledger.jobs.contains_key(&view.job.id) {
                continue;
            }
            let rule = rules.iter().find(|rule| rule.schedule() == view.job.schedule);
            let Some(rule) = rule.cloned() else { return Err(format!("nobody asked for {}", view.job.id)) };
            self.ledger.created(view.job, rule);
        }
        Ok(())
    }
}
