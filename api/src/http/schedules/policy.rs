//! `policy` as JSON spells it: every part optional, so that a client names only what it cares about.

use dateline_core::policy::{MisfirePolicy, OverlapPolicy, Policy, Priority, Timeouts};
use dateline_core::queue::{Concurrency, Debounce, OnLimit, RateLimit};
use dateline_core::retry::{RetryKind, RetryPolicy};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::http::fields::{Line, Millis, Word, given, words};

words!(MisfirePolicy as MisfirePolicy ("What happens to occurrences whose time passed unserved."): RunOnce, Skip, RunAll, Ask);
words!(OverlapPolicy as OverlapPolicy ("What happens to an occurrence while the job still has an open execution."):
    Skip, BufferOne, BufferAll, CancelOther, TerminateOther, AllowAll);
words!(RetryKind as RetryKind ("How delays grow from one failed attempt to the next."): Exponential, Linear, Fixed,
    Table, None);
words!(OnLimit as OnLimit ("What becomes of an execution that finds its concurrency key taken."): Queue, Drop, Replace);

/// How a job behaves when things do not go to plan. What is absent keeps its value, or takes its default.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PolicyBody {
    /// What happens to occurrences whose time passed unserved; RUN_ONCE by default. RUN_ALL runs the newest 24, oldest
    /// first and whatever `overlap` says; ASK asks a person, and runs the newest without an answer.
    pub misfire: Option<Word<MisfirePolicy>>,
    /// How late a missed occurrence may still run; seven days by default.
    pub lateness_window_ms: Option<Millis>,
    /// How long a person is asked at most under ASK, a minute to 31 days; until the lateness window ends when absent.
    pub ask_ms: Option<Millis>,
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
    /// How many executions with one key run at once; null for as many as there are.
    pub concurrency: MaybeUndefined<ConcurrencyBody>,
    /// How many executions start in which time; null for as many as there are.
    pub rate_limit: MaybeUndefined<RateLimitBody>,
    /// So long after the newest of several triggers by hand their one execution is ready, 100 ms to a day; null to let none
    /// wait.
    pub debounce_ms: MaybeUndefined<Millis>,
    /// But no longer than this after the first of them; ten times `debounceMs` when absent.
    pub debounce_max_ms: MaybeUndefined<Millis>,
    /// Which of the job's triggers are alike: a text as that of `concurrency.key`; all of them when absent.
    pub debounce_key: MaybeUndefined<Line<200>>,
}

/// How many executions with one key run at once, over all jobs and projects of the projects' owner.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ConcurrencyBody {
    /// What is counted together: a text with `{projectId}`, `{jobId}`, `{type}` or `{payload.NAME}` in it.
    pub key: Line<200>,
    /// How many may run at once.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub limit: u32,
    /// What becomes of an execution that finds its key taken; QUEUE by default.
    pub on_limit: Option<Word<OnLimit>>,
}

/// How many executions with one key start in any window of time; those that are too many wait.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct RateLimitBody {
    /// How many may start.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub max: u32,
    /// In any window as long as this, 100 ms to 31 days.
    pub per_ms: Millis,
    /// What is counted together: a text as that of `concurrency.key`; the job's own executions when absent.
    pub key: Option<Line<200>>,
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
        let debounce =
            debounce_over(policy.debounce, self.debounce_ms, self.debounce_max_ms, self.debounce_key);
        Policy {
            misfire: self.misfire.map_or(policy.misfire, |word| word.0),
            lateness_window: self.lateness_window_ms.map_or(policy.lateness_window, |ms| ms.0),
            ask_for: self.ask_ms.map(|ms| ms.0).or(policy.ask_for),
            overlap: self.overlap.map_or(policy.overlap, |word| word.0),
            retry: match self.retry {
                Some(retry) => retry.over(policy.retry),
                None => policy.retry,
            },
            timeouts: self.timeouts.map_or(policy.timeouts, |timeouts| timeouts.over(policy.timeouts)),
            priority: self.priority.and_then(Priority::new).unwrap_or(policy.priority),
            auto_pause_after: self.auto_pause_after.unwrap_or(policy.auto_pause_after),
            concurrency: given(self.concurrency).map_or(policy.concurrency, |body| body.map(Into::into)),
            rate_limit: given(self.rate_limit).map_or(policy.rate_limit, |body| body.map(Into::into)),
            debounce,
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
        let debounce = policy.debounce;
        Self {
            misfire: Some(Word(policy.misfire)),
            lateness_window_ms: Some(Millis(policy.lateness_window)),
            ask_ms: policy.ask_for.map(Millis),
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
            concurrency: Some(policy.concurrency.map(Into::into)).into(),
            rate_limit: Some(policy.rate_limit.map(Into::into)).into(),
            debounce_ms: Some(debounce.as_ref().map(|debounce| Millis(debounce.quiet))).into(),
            debounce_max_ms: Some(debounce.as_ref().and_then(|debounce| debounce.longest).map(Millis)).into(),
            debounce_key: Some(debounce.and_then(|debounce| debounce.key).map(|key| Line(key.to_string())))
                .into(),
        }
    }
}

impl From<ConcurrencyBody> for Concurrency {
    fn from(body: ConcurrencyBody) -> Self {
        let on_limit = body.on_limit.map(|word| word.0).unwrap_or_default();
        Self { key: body.key.0.into(), limit: body.limit, on_limit }
    }
}

impl From<Concurrency> for ConcurrencyBody {
    fn from(concurrency: Concurrency) -> Self {
        let Concurrency { key, limit, on_limit } = concurrency;
        Self { key: Line(key.to_string()), limit, on_limit: Some(Word(on_limit)) }
    }
}

impl From<RateLimitBody> for RateLimit {
    fn from(body: RateLimitBody) -> Self {
        Self { max: body.max, per: body.per_ms.0, key: body.key.map(|key| key.0.into()) }
    }
}

impl From<RateLimit> for RateLimitBody {
    fn from(limit: RateLimit) -> Self {
        let RateLimit { max, per, key } = limit;
        Self { max, per_ms: Millis(per), key: key.map(|key| Line(key.to_string())) }
    }
}

/// Returns how triggers wait for each other after a change that says this of it.
fn debounce_over(
    stored: Option<Debounce>,
    quiet: MaybeUndefined<Millis>,
    longest: MaybeUndefined<Millis>,
    key: MaybeUndefined<Line<200>>,
) -> Option<Debounce> {
    let quiet = given(quiet).map_or(stored.as_ref().map(|stored| stored.quiet), |ms| ms.map(|ms| ms.0))?;
    let (stored_longest, stored_key) = stored.map(|stored| (stored.longest, stored.key)).unwrap_or_default();
    Some(Debounce {
        quiet,
        longest: given(longest).map_or(stored_longest, |ms| ms.map(|ms| ms.0)),
        key: given(key).map_or(stored_key, |key| key.map(|key| key.0.into())),
    })
}
