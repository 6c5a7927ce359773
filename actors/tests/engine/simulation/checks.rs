//! What must hold: of what was acknowledged at any time, and of everything once the faults are off.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;
use dateline_core::draft::PublicationOutcome;
use dateline_core::execution::{
    Due, Execution, ExecutionState, ExecutionStatus, FailureClass, Outcome, SkipReason, StepResult, Stuck,
    Trigger,
};
use dateline_core::id::JobId;
use dateline_core::store::{ExecutionFilter, JobFilter, PageRequest, StoreError};
use dateline_core::time::Timestamp;
use dateline_store::conformance::disk;

use super::ledger::{Known, Span};
use super::oracle::{self, Expected};
use super::play::{Play, Stage};

/// Once the faults are off, what is open ends within this time: the longest wait for a rate limit and a little.
const ENDS_WITHIN: TimeDelta = TimeDelta::minutes(40);
const ALL: usize = 1_000_000;

fn page() -> PageRequest {
    PageRequest { limit: ALL, after: None }
}

/// What is expected of a due time.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// It must have a record; if not, it may.
    must_be: bool,
    /// Whether it is on a day off; two schedules that may both have been in force can differ.
    is_excluded: Option<bool>,
}

impl Wanted {
    fn is_sure(&self) -> bool {
        self.must_be && self.is_excluded.is_some()
    }
}

impl Play {
    /// All that was acknowledged is there. What cannot be read is not judged.
    pub(super) async fn check_acknowledged(&mut self, stage: &Stage) -> Result<(), String> {
        for (id, name) in &self.ledger.projects {
            match stage.store.project(*id).await {
                Ok(found) if found.name == *name => {}
                Err(StoreError::Unavailable { .. } | StoreError::Full) => return Ok(()),
                other => return Err(format!("the project {id} was acknowledged and is {other:?}")),
            }
        }
        for id in self.ledger.jobs.keys() {
            match stage.store.job(*id).await {
                Ok(view) => {
                    if let Some(wrong) = self.ledger.judge(&view.job) {
                        return Err(wrong);
                    }
                }
                Err(StoreError::Unavailable { .. } | StoreError::Full) => return Ok(()),
                Err(error) => return Err(format!("{id} was acknowledged: {error}")),
            }
        }
        let asked = self.ledger.manual.keys().chain(&self.ledger.ended);
        for id in asked {
            match stage.store.execution(*id).await {
                Ok(found) if self.ledger.ended.contains(id) && found.state.is_open() => {
                    return Err(format!("{id} had ended and is {:?}", found.state));
                }
                Ok(_) => {}
                Err(StoreError::Unavailable { .. } | StoreError::Full) => return Ok(()),
                Err(error) => return Err(format!("{id} was acknowledged: {error}")),
            }
        }
        Ok(())
    }

    /// Faults off: everything ends, and what comes due then is served in time.
    pub(super) async fn end_well(&mut self, stage: &Stage) -> Result<(), String> {
        self.calm();
        self.disk.set_fault(disk::Fault::None);
        self.faultless_since = self.now() + TimeDelta::seconds(1);
        stage.store.health().await.map_err(|error| format!("the store is not well: {error}"))?;
        self.resolve(stage).await?;
        stage.dateline.resume_engine().await.map_err(|error| format!("cannot resume: {error}"))?;
        let paused = ExecutionFilter { status: Some(ExecutionStatus::Paused), ..ExecutionFilter::default() };
        let found = stage.store.executions(paused, page()).await.map_err(|error| error.to_string())?;
        for execution in found.items {
            let resumed = stage.dateline.resume_execution(execution.id).await;
            resumed.map_err(|error| format!("{} cannot go on: {error}", execution.id))?;
        }
        self.settle(stage).await?;
        for _ in 0..2 {
            let Some(next) = self.next_at(stage).await else { break };
            self.run_until(stage, next).await;
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            let late = stage.store.due_jobs(next, 1).await.map_err(|error| error.to_string())?;
            if let Some(view) = late.first() {
                return Err(format!("{} was due at {next} and is not served", view.job.id));
            }
        }
        self.settle(stage).await
    }

    async fn settle(&mut self, stage: &Stage) -> Result<(), String> {
        let since = self.now();
        let mut looks = 0;
        while !self.is_settled(stage).await {
            if self.now() - since > ENDS_WITHIN + TimeDelta::seconds(looks / 50) {
                let open = self.open(stage).await;
                return Err(format!("these do not end: {open:#?}"));
            }
            looks += 1;
            self.run_until(stage, self.now() + Duration::from_millis(1_100)).await;
            let gauges = stage.store.gauges().await.map_err(|error| error.to_string())?;
            if gauges.waiting > 0 && gauges.running + gauges.queued == 0 {
                // Nothing else is to happen before its time.
                self.run_until(stage, self.now() + Duration::from_secs(30)).await;
            }
        }
        Ok(())
    }

    async fn open(&self, stage: &Stage) -> Vec<(String, ExecutionState)> {
        let Ok(all) = stage.store.executions(ExecutionFilter::default(), page()).await else {
            return Vec::new();
        };
        let open = all.items.into_iter().filter(|one| one.state.is_open());
        open.map(|one| (one.id.to_string(), one.state)).collect()
    }

    /// Everything, once all has ended.
    pub(super) async fn check_all(&mut self, stage: &Stage) -> Result<(), String> {
        self.check_acknowledged(stage).await?;
        let told = |error: StoreError| error.to_string();
        let all = stage.store.executions(ExecutionFilter::default(), page()).await.map_err(told)?.items;
        let mut of_job: BTreeMap<JobId, Vec<&Execution>> = BTreeMap::new();
        for execution in &all {
            self.check_execution(stage, execution).await?;
            of_job.entry(execution.job).or_default().push(execution);
        }
        let jobs = stage.store.jobs(JobFilter::default(), page()).await.map_err(told)?.items;
        for view in &jobs {
            if !self.ledger.jobs.contains_key(&view.job.id) {
                return Err(format!("nobody asked for {}", view.job.id));
            }
        }
        for (id, known) in &self.ledger.jobs {
            let found = of_job.remove(id).unwrap_or_default();
            self.check_manual(*id, &found)?;
            self.played.occurrences += self.check_occurrences(known, &found)?;
        }
        self.played.executions += all.len() as u64;
        let (at_once, of_one) = self.source.most_scans();
        let (projects_max, executions_max) = (self.options.projects_max, self.options.executions_max);
        if of_one > executions_max as usize || at_once > (projects_max * executions_max) as usize {
            return Err(format!("{at_once} scans ran at once, {of_one} of one project"));
        }
        self.check_publications(stage).await?;
        self.check_events(stage).await
    }

    async fn check_execution(&self, stage: &Stage, execution: &Execution) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{what}: {execution:#?}"));
        if execution.state.is_open() {
            return wrong("it has not ended");
        }
        if !execution.attempts.iter().map(|attempt| u64::from(attempt.number)).eq(1..=execution.epoch) {
            return wrong("its attempts have holes");
        }
        if execution.attempts.iter().any(|attempt| attempt.end.is_none() || attempt.ended_at.is_none()) {
            return wrong("an attempt has no end");
        }
        let Stuck { rescues, .. } = execution.stuck;
        let is_quarantined =
            execution.error.as_ref().is_some_and(|error| error.class == FailureClass::Quarantined);
        if rescues > Stuck::RESCUES_MAX || (is_quarantined && rescues < Stuck::RESCUES_MAX) {
            return wrong("what kills its worker is given up the third time");
        }
        if let Some(Due::Once(due)) = &execution.due
            && due.effective_at > self.faultless_since
            && execution.created_at - due.effective_at > TimeDelta::milliseconds(1_200)
        {
            return wrong("it was late although nothing kept it");
        }
        if execution.attempts.is_empty() {
            return Ok(());
        }
        let steps = stage.store.steps(execution.id).await.map_err(|error| error.to_string())?;
        let mut done = BTreeSet::new();
        for step in steps {
            if matches!(step.result, StepResult::Done { .. }) && !done.insert(step.name.clone()) {
                return wrong("a step is done twice");
            }
        }
        Ok(())
    }

    /// Each that was asked for is there once.
    fn check_manual(&self, job: JobId, found: &[&Execution]) -> Result<(), String> {
        let there = found.iter().filter(|execution| execution.trigger == Trigger::Manual);
        let there: BTreeSet<_> = there.map(|execution| execution.id).collect();
        let asked: BTreeSet<_> =
            self.ledger.manual.iter().filter(|(_, of)| **of == job).map(|(id, _)| *id).collect();
        let unsure = self.ledger.unsure_manual.get(&job).copied().unwrap_or(0);
        if let Some(lost) = asked.difference(&there).next() {
            return Err(format!("{lost} was acknowledged and is gone"));
        }
        let more = there.difference(&asked).count() as u64;
        if more > unsure {
            return Err(format!(
                "{job} has {more} executions more than were acknowledged, {unsure} are in doubt"
            ));
        }
        Ok(())
    }

    /// Each due time has one record; returns how many there are.
    fn check_occurrences(&self, known: &Known, found: &[&Execution]) -> Result<u64, String> {
        let (id, spans) = (known.job.id, &known.spans);
        let wanted = self.wanted(spans);
        let mut recorded = BTreeSet::new();
        for execution in found {
            match &execution.due {
                None => {}
                Some(Due::Once(occurrence)) => {
                    let due = occurrence.due_at;
                    if !recorded.insert(due) {
                        return Err(format!("{id} has two records of {due}"));
                    }
                    let Some(wanted) = wanted.get(&due) else {
                        return Err(format!("{id} was not due at {due}; {spans:#?}"));
                    };
                    let outcome = Outcome::Skipped(SkipReason::Excluded);
                    let is_excluded = matches!(&execution.state, ExecutionState::Finished { outcome: how, .. } if *how == outcome);
                    if wanted.is_excluded.is_some_and(|expected| expected != is_excluded) {
                        return Err(format!("{due} is a day off, or is none: {execution:#?}"));
                    }
                }
                Some(Due::Range { first_due_at, last_due_at, count, excluded }) => {
                    let within = wanted.range(*first_due_at..=*last_due_at).filter(|(_, wanted)| {
                        wanted.is_excluded.is_none_or(|is_excluded| is_excluded == excluded.is_some())
                    });
                    let within: Vec<_> = within.collect();
                    let sure = within.iter().filter(|(_, wanted)| wanted.is_sure()).count();
                    if !(sure as u64..=within.len() as u64).contains(count) {
                        let most = within.len();
                        return Err(format!("{id} has a range of {count} where {sure} to {most} were due"));
                    }
                    for (due, wanted) in within {
                        if !recorded.insert(*due) && wanted.is_sure() {
                            return Err(format!("{id} has two records of {due}, one of them a range"));
                        }
                    }
                }
            }
        }
        match wanted.iter().find(|(due, wanted)| wanted.must_be && !recorded.contains(*due)) {
            Some((lost, _)) => Err(format!("{id} was due at {lost} and has no record; {spans:#?}")),
            None => Ok(recorded.len() as u64),
        }
    }

    /// Returns when a job was due by the oracle, over all its schedules.
    fn wanted(&self, spans: &[Span]) -> BTreeMap<Timestamp, Wanted> {
        let now = self.now();
        let mut wanted: BTreeMap<Timestamp, Wanted> = BTreeMap::new();
        for span in spans {
            let jitter = TimeDelta::milliseconds(span.rule.jitter_ms.unwrap_or(0));
            let open = (now - TimeDelta::seconds(3) - jitter, now.max(self.ledger.high));
            let (sure_to, may_to) = span.to.unwrap_or(open);
            for Expected { due_at, is_excluded } in oracle::dues(&span.rule, span.from, may_to) {
                let must_be = due_at > span.sure_from && due_at <= sure_to;
                let new = Wanted { must_be, is_excluded: Some(is_excluded) };
                let merged = wanted.entry(due_at).or_insert(new);
                merged.must_be |= must_be;
                if merged.is_excluded != new.is_excluded {
                    merged.is_excluded = None;
                }
            }
        }
        wanted
    }

    /// A revision goes out under one name, and no publication is left open.
    async fn check_publications(&self, stage: &Stage) -> Result<(), String> {
        let told = |error: StoreError| error.to_string();
        let mut names = BTreeMap::new();
        let mut out = BTreeSet::new();
        for request in self.publisher.requests() {
            let name = names.entry((request.draft, request.revision)).or_insert(request.publication);
            if *name != request.publication {
                return Err(format!("{} went out under two names", request.draft));
            }
            out.insert(request.publication);
        }
        if let Some(open) = stage.store.open_publications().await.map_err(told)?.first() {
            return Err(format!("{} was left open", open.id));
        }
        for (draft, _) in names.keys() {
            for publication in stage.store.publications(*draft).await.map_err(told)? {
                let is_out = matches!(publication.outcome, Some(PublicationOutcome::Published { .. }));
                if is_out && !out.contains(&publication.id) {
                    return Err(format!("{} is said to be out and is not", publication.id));
                }
            }
        }
        Ok(())
    }

    /// Events are numbered without holes.
    async fn check_events(&self, stage: &Stage) -> Result<(), String> {
        let told = |error: StoreError| error.to_string();
        let events = stage.store.events_after(0, ALL).await.map_err(told)?;
        let newest = stage.store.newest_event().await.map_err(told)?;
        let first = events.first().map_or(1, |event| event.seq);
        if events.iter().map(|event| event.seq).eq(first..=newest) {
            Ok(())
        } else {
            Err(format!("events have gaps between {first} and {newest}"))
        }
    }
}
