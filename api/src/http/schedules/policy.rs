//! `policy` as JSON spells it: every part optional, so that a client names only what it cares about.

use dateline_core::policy::{MisfirePolicy, OverlapPolicy, Policy, Priority, Timeouts};
use dateline_core::retry::{RetryKind, RetryPolicy};
use poem_openapi::Object;

use crate::http::fields::{Millis, Word, words};

words!(MisfirePolicy as MisfirePolicy ("What happens to occurrences whose time passed unserved."): RunOnce, Skip, RunAll);
words!(OverlapPolicy as OverlapPolicy ("What happens to an occurrence while the job still has an open execution."):
    Skip, BufferOne, BufferAll, CancelOther, TerminateOther, AllowAll);
words!(RetryKind as RetryKind ("How delays grow from one failed attempt to the next."): Exponential, Linear, Fixed,
    Table, None);

/// How a job behaves when things do not go to plan. What is absent keeps its value, or takes its default.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PolicyBody {
    /// What happens to occurrences whose time passed unserved; RUN_ONCE by default. RUN_ALL runs the newest 24, oldest
    /// first and whatever `overlap` says.
    pub misfire: Option<Word<MisfirePolicy>>,
    /// How late a missed occurrence may still run; seven days by default.
    pub lateness_window_ms: Option<Millis>,
    /// What happens to an occurrence while the job still has an open execution; SKIP by default. A project runs one
    /// execution at a time whatever this says: those let in take turns.
    pub overlap: Option<Word<OverlapPolicy>>,
    /// Whether and when a failed attempt is tried again.
    pub retry: Option<RetryBody>,
    /// Bounds on waiting and working.
    pub timeouts: Option<TimeoutsBody>,
    /// 0 to 9; 9 is claimed first; 5 by default.
    #[oai(validator(minimum(value = "0"), maximum(value = "9")))]
    pub priority: Option<u8>,
    /// After so many failures in a row the job is paused and people are told, once; 0 is never. 10 by default. Occurrences
    /// that were missed or skipped are no failures.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000")))]
    pub auto_pause_after: Option<u32>,
}

/// Whether and when a failed attempt is tried again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct RetryBody {
    /// How delays grow: they double, grow by `baseMs`, are all `baseMs`, or are what `delaysMs` says; NONE is no second
    /// attempt. EXPONENTIAL by default.
    pub kind: Option<Word<RetryKind>>,
    /// Attempts in all, the first included; 3 by default.
    #[oai(validator(minimum(value = "1"), maximum(value = "20")))]
    pub attempts_max: Option<u32>,
    /// The first delay before jitter, 100 ms to an hour; 15 s by default.
    pub base_ms: Option<Millis>,
    /// The longest delay before jitter, at most a day; an hour by default.
    pub cap_ms: Option<Millis>,
    /// The delays of a TABLE one after another, 100 ms to a day each; the last one counts for all that follow. At most one
    /// fewer than `attemptsMax`.
    #[oai(validator(max_items = 19))]
    pub delays_ms: Option<Vec<Millis>>,
    /// No attempt starts later than this after the first; 0 is no bound, and the default.
    pub until_ms: Option<Millis>,
}

/// Bounds on waiting and working.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct TimeoutsBody {
    /// From being ready to being claimed; a day by default.
    pub start_ms: Option<Millis>,
    /// One attempt; 30 minutes by default.
    pub run_ms: Option<Millis>,
    /// One step; 5 minutes by default.
    pub step_ms: Option<Millis>,
    /// Between two signs of life of a step that gives some, such as a scan; a minute by default.
    pub heartbeat_ms: Option<Millis>,
}

impl PolicyBody {
    /// Returns `policy` with what this body names.
    pub fn over(self, policy: Policy) -> Policy {
        Policy {
            misfire: self.misfire.map_or(policy.misfire, |word| word.0),
            lateness_window: self.lateness_window_ms.map_or(policy.lateness_window, |ms| ms.0),
            overlap: self.overlap.map_or(policy.overlap, |word| word.0),
            retry: match self.retry {
                Some(retry) => retry.over(policy.retry),
                None => policy.retry,
            },
            timeouts: self.timeouts.map_or(policy.timeouts, |timeouts| timeouts.over(policy.timeouts)),
            priority: self.priority.and_then(Priority::new).unwrap_or(policy.priority),
            auto_pause_after: self.auto_pause_after.unwrap_or(policy.auto_pause_after),
        }
    }
}

impl RetryBody {
    fn over(self, retry: RetryPolicy) -> RetryPolicy {
        RetryPolicy {
            kind: self.kind.map_or(retry.kind, |word| word.0),
            attempts_max: self.attempts_max.unwrap_or(retry.attempts_max),
            base: self.base_ms.map_or(retry.base, |ms| ms.0),
            cap: self.cap_ms.map_or(retry.cap, |ms| ms.0),
            delays: self.delays_ms.map_or(retry.delays, |delays| delays.into_iter().map(|ms| ms.0).collect()),
            until: self.until_ms.map_or(retry.until, |ms| Some(ms.0).filter(|until| !until.is_zero())),
        }
    }
}

impl TimeoutsBody {
    fn over(self, timeouts: Timeouts) -> Timeouts {
        Timeouts {
            start: self.start_ms.map_or(timeouts.start, |ms| ms.0),
            run: self.run_ms.map_or(timeouts.run, |ms| ms.0),
            step: self.step_ms.map_or(timeouts.step, |ms| ms.0),
            heartbeat: self.heartbeat_ms.map_or(timeouts.heartbeat, |ms| ms.0),
        }
    }
}

impl From<Policy> for PolicyBody {
    fn from(policy: Policy) -> Self {
        let RetryPolicy { kind, attempts_max, base, cap, delays, until } = policy.retry;
        let Timeouts { start, run, step, heartbeat } = policy.timeouts;
        Self {
            misfire: Some(Word(policy.misfire)),
            lateness_window_ms: Some(Millis(policy.lateness_window)),
            overlap: Some(Word(policy.overlap)),
            retry: Some(RetryBody {
                kind: Some(Word(kind)),
                attempts_max: Some(attempts_max),
                base_ms: Some(Millis(base)),
                cap_ms: Some(Millis(cap)),
                delays_ms: Some(delays.into_iter().map(Millis).collect()),
                until_ms: Some(Millis(until.unwrap_or_default())),
            }),
            timeouts: Some(TimeoutsBody {
                start_ms: Some(Millis(start)),
                run_ms: Some(Millis(run)),
                step_ms: Some(Millis(step)),
                heartbeat_ms: Some(Millis(heartbeat)),
            }),
            priority: Some(policy.priority.level()),
            auto_pause_after: Some(policy.auto_pause_after),
        }
    }
}
