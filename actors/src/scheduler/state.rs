//! What the scheduler knows: compiled schedules, the pace of late starts, and how the clocks stood last time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use dateline_core::id::JobId;
use dateline_core::job::{JobClock, JobView, NextDue};
use dateline_core::misfire::{Judgement, Punctuality};
use dateline_core::mistake::{Mistake, is_made};
use dateline_core::schedule::{CompiledSchedule, tzdb_version};
use dateline_core::store::{FireDue, PageRequest, Position, StoreError};
use dateline_core::time::{Timestamp, rfc3339};
use ractor::ActorRef;
use tokio::task::JoinSet;

use super::message::SchedulerMessage;
use crate::hints::Hint;
use crate::planning::{self, DueBy, Plan};
use crate::shared::{Shared, later};

/// The longest sleep: a timer may stand still while the machine sleeps, so it is never trusted for longer.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// How long [`Mistake::TimerTrusted`] trusts it.
const SLEEP_MISTAKEN: Duration = Duration::from_secs(400 * 24 * 3600);
/// So many due jobs are planned and committed together.
const BATCH: usize = 256;
/// So many jobs get their next occurrence recomputed in one turn.
const RULES_PAGE: usize = 256;
/// Wall and monotonic clock may differ by this much between two turns before it counts as a jump.
const JUMP_MIN_MS: i64 = 2_000;
const CACHE_MAX: usize = 50_000;

type Compiled = Result<Arc<CompiledSchedule>, String>;

pub(crate) struct SchedulerState {
    shared: Arc<Shared>,
    /// Schedules as compiled, with the version of the job they belong to.
    compiled: HashMap<JobId, (u64, Compiled)>,
    /// The earliest instant at which the next late run may start.
    late_from: Timestamp,
    /// The clocks of the last turn.
    clocks: (Timestamp, Duration),
    turn: u64,
    is_store_failing: bool,
}

impl SchedulerState {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let clock = &shared.parts.clock;
        let (now, mono) = (clock.now(), clock.monotonic());
        Self {
            shared,
            compiled: HashMap::new(),
            late_from: now,
            clocks: (now, mono),
            turn: 0,
            is_store_failing: false,
        }
    }

    pub(super) fn is_armed_for(&self, turn: u64) -> bool {
        self.turn == turn
    }

    /// Serves what is due and arms the timer for what comes next.
    pub(super) async fn take_turn(&mut self, me: &ActorRef<SchedulerMessage>) {
        self.shared.hints.take(Hint::JobsChanged);
        self.notice_jump();
        let pause = match self.serve_due().await {
            Ok(pause) => {
                self.is_store_failing = false;
                pause
            }
            Err(error) => {
                if !self.is_store_failing {
                    tracing::error!(%error, "due jobs cannot be read or recorded; trying each second");
                }
                self.is_store_failing = true;
                SLEEP_MAX
            }
        };
        self.turn += 1;
        let turn = self.turn;
        me.send_after(pause, move || SchedulerMessage::TimerElapsed { turn });
    }

    /// Records everything that is due now; returns how long to sleep.
    async fn serve_due(&mut self) -> Result<Duration, StoreError> {
        let now = self.shared.now();
        let views = self.shared.parts.store.due_jobs(later(now, sleep_max()), BATCH).await?;
        let is_full = views.len() == BATCH;
        let (due, coming): (Vec<_>, Vec<_>) = views.into_iter().partition(|view| effective_at(view) <= now);
        if due.is_empty() {
            return Ok(coming.first().map_or(sleep_max(), |view| until(effective_at(view), now)));
        }
        let mut plans = Vec::with_capacity(due.len());
        for view in due {
            if let Some(plan) = self.plan(&view, now).await {
                plans.push((view, plan));
            }
        }
        let has_more = plans.iter().any(|(_, plan)| plan.has_more);
        let verbs: Vec<_> = plans.into_iter().map(|(view, plan)| self.paced(&view, plan, now)).collect();
        let served = self.fire(verbs).await?;
        if served > 0 && (is_full || has_more) {
            return Ok(Duration::ZERO);
        }
        // After a conflict the next turn plans again from what is then stored.
        let now = self.shared.now();
        Ok(coming.first().map_or(sleep_max(), |view| until(effective_at(view), now)))
    }

    async fn plan(&mut self, view: &JobView, now: Timestamp) -> Option<Plan> {
        let through = view.clock.recorded_through;
        let compiled = match self.compiled(view) {
            Ok(compiled) => compiled,
            Err(why) => {
                tracing::error!(job = %view.job.id, why, "a stored schedule cannot be read; it rests");
                let clock = JobClock { recorded_through: through, next: NextDue::Unsatisfiable, runs: 0 };
                return Some(Plan { judgement: Judgement::default(), clock, has_more: false });
            }
        };
        let given = planning::circumstances(&self.shared, view, now);
        match planning::plan_at_leisure(&compiled, through, &given, DueBy::Effective).await {
            Ok(plan) => Some(plan),
            Err(error) => {
                tracing::error!(job = %view.job.id, %error, "planning was cut short; it is tried again");
                None
            }
        }
    }

    fn compiled(&mut self, view: &JobView) -> Compiled {
        let (id, version) = (view.job.id, view.job.version);
        if let Some((known, compiled)) = self.compiled.get(&id)
            && (*known == version || is_made(Mistake::StaleSchedule))
        {
            return compiled.clone();
        }
        let compiled = planning::compile_job(&view.job).map(Arc::new).map_err(|refused| refused.to_string());
        if self.compiled.len() >= CACHE_MAX {
            self.compiled.clear();
        }
        self.compiled.insert(id, (version, compiled.clone()));
        compiled
    }

    /// Gives a late run its place in the line: after downtime, starts follow one another instead of all at once.
    fn paced(&mut self, view: &JobView, plan: Plan, now: Timestamp) -> FireDue {
        let pace = self.shared.settings.misfire_pace;
        let start = |punctuality| match punctuality {
            Punctuality::OnTime | Punctuality::Asked { .. } => now,
            Punctuality::Late if is_made(Mistake::StartsNotPaced) => now,
            Punctuality::Late => {
                let ready_at = self.late_from.max(now);
                self.late_from = later(ready_at, pace);
                ready_at
            }
        };
        planning::fire(view, plan, start, now, &*self.shared.parts.entropy)
    }

    /// Commits plans side by side, so that the store can take them together; returns how many were carried out.
    async fn fire(&self, verbs: Vec<FireDue>) -> Result<usize, StoreError> {
        let mut commits = JoinSet::new();
        for verb in verbs {
            let store = self.shared.parts.store.clone();
            commits.spawn(async move { (verb.job, store.fire_due(verb).await) });
        }
        let (mut served, mut has_replaced, mut failure) = (0, false, None);
        while let Some(joined) = commits.join_next().await {
            match joined {
                Ok((_, Ok(fired))) => {
                    served += 1;
                    has_replaced |= fired.has_replaced;
                }
                Ok((job, Err(StoreError::Conflict { .. } | StoreError::NotFound(_)))) => {
                    tracing::debug!(%job, "a job changed while it was planned; it is planned again");
                }
                Ok((_, Err(error))) => failure = Some(error),
                Err(error) => tracing::error!(%error, "a plan was not carried out; it is made again"),
            }
        }
        if has_replaced {
            self.shared.hints.leases_changed();
        }
        if served > 0 {
            self.shared.hints.work_queued();
        }
        failure.map_or(Ok(served), Err)
    }

    /// Says when the wall clock did not move with the monotonic one. Nothing else is needed: what passed is due.
    fn notice_jump(&mut self) {
        let clock = &self.shared.parts.clock;
        let (wall, mono) = (clock.now(), clock.monotonic());
        let (last_wall, last_mono) = std::mem::replace(&mut self.clocks, (wall, mono));
        let mono_ms = i64::try_from(mono.saturating_sub(last_mono).as_millis()).unwrap_or(i64::MAX);
        let jump_ms = (wall - last_wall).num_milliseconds().saturating_sub(mono_ms);
        if jump_ms.abs() <= JUMP_MIN_MS {
            return;
        }
        let (from, to) = (rfc3339(last_wall), rfc3339(wall));
        tracing::warn!(jump_ms, from, to, "the machine slept or its clock was set");
        if jump_ms < 0 {
            self.late_from = wall;
        }
    }

    /// Brings a page of next occurrences in line with today's zone rules: they may have changed with this program.
    pub(super) async fn apply_rules(&mut self, after: Option<Position>, me: &ActorRef<SchedulerMessage>) {
        let page = PageRequest { limit: RULES_PAGE, after: after.clone() };
        let page = match self.shared.parts.store.live_jobs(page).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "jobs cannot be read to apply zone rules; trying again");
                me.send_after(SLEEP_MAX, move || SchedulerMessage::RulesPageDue { after });
                return;
            }
        };
        let moved: Vec<_> = page.items.iter().filter_map(|view| self.moved(view)).collect();
        if !moved.is_empty() {
            let (jobs, tzdb) = (moved.len(), tzdb_version());
            tracing::info!(jobs, tzdb, "next occurrences were recomputed by today's zone rules");
        }
        if let Err(error) = self.fire(moved).await {
            tracing::warn!(%error, "some next occurrences could not be stored; the next start tries again");
        }
        if let Some(next) = page.next {
            // The mailbox belongs to this actor, so it cannot be closed now.
            let _ = me.cast(SchedulerMessage::RulesPageDue { after: Some(next) });
        }
    }

    /// Returns the verb that corrects a job's next occurrence, when today's rules place it elsewhere.
    fn moved(&mut self, view: &JobView) -> Option<FireDue> {
        let now = self.shared.now();
        if effective_at(view) <= now {
            // What is due is planned afresh anyway.
            return None;
        }
        let through = view.clock.recorded_through;
        let next = match self.compiled(view) {
            Ok(compiled) => planning::next_due(&compiled, through),
            Err(_) => NextDue::Unsatisfiable,
        };
        let clock =
            JobClock { recorded_through: through, next, runs: view.clock.runs }.under(&view.job.schedule);
        (clock.next != view.clock.next).then(|| {
            let plan = Plan { judgement: Judgement::default(), clock, has_more: false };
            planning::fire(view, plan, |_| now, now, &*self.shared.parts.entropy)
        })
    }
}

fn effective_at(view: &JobView) -> Timestamp {
    match &view.clock.next {
        NextDue::At(next) => next.effective_at,
        NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => Timestamp::MAX_UTC,
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    (at - now).to_std().unwrap_or_default().min(sleep_max())
}

fn sleep_max() -> Duration {
    if is_made(Mistake::TimerTrusted) { SLEEP_MISTAKEN } else { SLEEP_MAX }
}
