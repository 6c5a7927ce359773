//! One attempt of an execution: it runs the job type's steps, within its time, until it ends, fails or is told to let go.
//!
//! Whatever happens to it, its end is one commit. If not even that can be made, the lease lapses and the execution goes
//! on later after its last recorded step.

mod ending;
mod journal;
mod order;
mod recording;
mod run;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dateline_core::execution::{AttemptEnd, AttemptOutcome, Failure, FailureClass, Items, Outcome};
use dateline_core::store::{AttemptReport, Claimed, StoreError};
use dateline_core::time::{Timestamp, rfc3339};
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

pub(crate) use ending::{Ending, Halt};
pub(crate) use order::Order;
pub(crate) use run::{Done, Fault, Reached, Run};

use crate::job;
use crate::request::STOP_GRACE;
use crate::shared::Shared;

/// How long a cancelled attempt may take to let go.
const CANCEL_GRACE: Duration = Duration::from_secs(30);
/// How long to wait for a task that was told to end; one that computes does not hear it at once.
const ABORT_GRACE: Duration = Duration::from_secs(1);

/// Runs one attempt of a claimed execution and reports how it ended.
pub(crate) async fn perform(shared: Arc<Shared>, claimed: Claimed, orders: watch::Receiver<Order>) {
    let (execution, job) = (claimed.execution.id, claimed.job.id);
    let number = claimed.execution.attempts.last().map_or(1, |attempt| attempt.number);
    let whole = tracing::info_span!(parent: None, "execution", %execution, %job);
    shared.origins.join(execution, &whole);
    let attempt = tracing::info_span!(parent: &whole, "attempt", attempt = number);
    try_once(shared, claimed, orders).instrument(attempt).await;
}

async fn try_once(shared: Arc<Shared>, claimed: Claimed, orders: watch::Receiver<Order>) {
    let lease = claimed.lease;
    let run = match Run::open(shared, claimed, orders).await {
        Ok(run) => Arc::new(run),
        Err(error) => {
            tracing::error!(%error, execution = %lease.execution, "its steps cannot be read; its lease will lapse");
            return;
        }
    };
    run.info(&format!("attempt {} started", run.attempt()));
    let ending = drive(&run).await;
    match report(&run, ending).await {
        Ok(()) => {}
        Err(StoreError::StaleLease) => {
            tracing::warn!(execution = %lease.execution, "the lease is gone; another attempt goes on");
        }
        Err(error) => {
            tracing::error!(%error, execution = %lease.execution, "its end cannot be recorded; its lease will lapse");
        }
    }
}

/// Runs the job type's steps in a task of their own, so that a panic, a timeout or an order can end them.
async fn drive(run: &Arc<Run>) -> Ending {
    let limit = run.claimed.job.policy.timeouts.run;
    let mut work = AbortOnDropHandle::new(tokio::spawn(job::perform(run.clone()).in_current_span()));
    let ending = tokio::select! {
        biased;
        joined = &mut work => return joined.unwrap_or_else(|error| lost_task(run, error)),
        order = cut_off(run.orders.clone()) => {
            if order == Order::Lost { Ending::Lost } else { Ending::Yielded }
        }
        () = tokio::time::sleep(limit) => {
            let what = format!("the attempt took longer than {} s", limit.as_secs_f64());
            failed(run, Fault::said(FailureClass::TimeoutRun, &what))
        }
    };
    run.is_cut_off.store(true, Ordering::Relaxed);
    work.abort();
    // The work has ended, or a computation is left that can write nothing: either way its attempt is over.
    let _ = tokio::time::timeout(ABORT_GRACE, &mut work).await;
    ending
}

/// Resolves when an attempt that was told to let go has had its time.
async fn cut_off(mut orders: watch::Receiver<Order>) -> Order {
    loop {
        let order = *orders.borrow_and_update();
        let grace = match order {
            Order::Lost => return order,
            Order::Cancel => CANCEL_GRACE,
            Order::Stop => STOP_GRACE,
            Order::GoOn | Order::Pause => Duration::MAX,
        };
        tokio::select! {
            biased;
            changed = orders.changed() => if changed.is_err() { return Order::Lost },
            () = wait(grace) => return order,
        }
    }
}

async fn wait(grace: Duration) {
    if grace == Duration::MAX { std::future::pending().await } else { tokio::time::sleep(grace).await }
}

fn lost_task(run: &Run, error: JoinError) -> Ending {
    match error.try_into_panic() {
        Ok(panic) => failed(run, Fault::panicked(&*panic)),
        // Only the end of the process cancels it.
        Err(_) => Ending::Yielded,
    }
}

fn failed(run: &Run, Fault { class, chain, asked_until }: Fault) -> Ending {
    let failure = Failure { class, step: run.journal.step(), chain, retry_after: asked_until };
    let Reached { items, output } = run.reached();
    Ending::Failed { failure, items, output }
}

/// Commits how the attempt ended, and with a failed one whether and when another follows.
async fn report(run: &Run, ending: Ending) -> Result<(), StoreError> {
    run.journal.enter(None);
    let now = run.now();
    let (end, outcome, error, items, output) = match ending {
        Ending::Lost => return Err(StoreError::StaleLease),
        Ending::Yielded => {
            let is_cancelled = *run.orders.borrow() == Order::Cancel;
            run.info(if is_cancelled { "stopped on request" } else { "let go at a step boundary" });
            let outcome = if is_cancelled { AttemptOutcome::Cancelled } else { AttemptOutcome::Interrupted };
            let Reached { items, output } = run.reached();
            (AttemptEnd::Yielded, outcome, run.claimed.execution.error.clone(), items, output)
        }
        Ending::Waiting { wait, items, output } => {
            let error = run.claimed.execution.error.clone();
            (AttemptEnd::Wait(wait), AttemptOutcome::Waited, error, items, output)
        }
        Ending::Done { outcome, items, output, failure } => {
            let recorded = match outcome {
                Outcome::Failed | Outcome::Partial => AttemptOutcome::Failed,
                _ => AttemptOutcome::Succeeded,
            };
            run.info(&format!("finished: {outcome:?}"));
            (AttemptEnd::Done(outcome), recorded, failure, items, output)
        }
        Ending::Failed { failure, items, output } => {
            let end = after_failure(run, &failure, items, now);
            (end, AttemptOutcome::Failed, Some(failure), items, output)
        }
    };
    let logs = run.journal.take();
    let lease = run.claimed.lease;
    let report = AttemptReport { lease, end, outcome, error, items, output, logs, now };
    recording::finish(&run.shared, report).await
}

fn after_failure(run: &Run, failure: &Failure, items: Items, now: Timestamp) -> AttemptEnd {
    let what = failure.chain.join(": ");
    if let Some(at) = run.next_try(failure, now) {
        let delay = (at - now).to_std().unwrap_or_default().as_secs_f64();
        let asked = failure.retry_after.map(|asked| format!(" (asked to wait until {})", rfc3339(asked)));
        let asked = asked.unwrap_or_default();
        run.error(&format!("attempt failed, next one in {delay:.1} s{asked}: {what}"));
        return AttemptEnd::RetryAt(at);
    }
    run.error(&format!("given up: {what}"));
    AttemptEnd::Done(if items.succeeded > 0 { Outcome::Partial } else { Outcome::Failed })
}
