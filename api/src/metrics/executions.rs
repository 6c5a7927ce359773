//! Executions, measured when they have ended.

use std::sync::Arc;
use std::time::Duration;

use dateline_actors::Dateline;
use dateline_actors::request::ExecutionDetail;
use dateline_core::event::{Event, EventKind};
use dateline_core::execution::{Due, Execution, ExecutionState, StepRecord, StepResult};
use dateline_core::id::ExecutionId;
use dateline_core::time::Timestamp;

use super::Metrics;

/// Measures executions as they end, until the engine stops.
pub(super) async fn follow(metrics: Arc<Metrics>, dateline: Dateline) {
    let mut events = match dateline.subscribe(None).await {
        Ok(events) => events,
        Err(error) => {
            tracing::warn!(%error, "executions are not measured: events cannot be read");
            return;
        }
    };
    while let Some(event) = events.next().await {
        if let Some((execution, steps)) = ended(&dateline, &event).await {
            observe(&metrics, &execution, &steps);
        }
    }
}

/// Returns the execution whose end `event` tells, with its steps. An earlier event finds a later version: only one
/// event names the version in which an execution ended.
async fn ended(dateline: &Dateline, event: &Event) -> Option<(Execution, Vec<StepRecord>)> {
    if event.kind != EventKind::Execution {
        return None;
    }
    let id: ExecutionId = event.id.parse().ok()?;
    let ExecutionDetail { execution, steps, .. } = dateline.execution(id).await.ok()?;
    let has_ended = matches!(execution.state, ExecutionState::Finished { .. });
    (has_ended && execution.version == event.version).then_some((execution, steps))
}

/// Measures an execution that has ended.
pub fn observe(metrics: &Metrics, execution: &Execution, steps: &[StepRecord]) {
    let status = format!("{:?}", execution.state.status()).to_uppercase();
    let trigger = format!("{:?}", execution.trigger.kind()).to_uppercase();
    let count = match &execution.due {
        Some(Due::Range { count, .. }) => *count,
        Some(Due::Once(_)) | None => 1,
    };
    metrics.executions.get_or_create(&[("status", status), ("trigger", trigger)]).inc_by(count);
    if let (Some(Due::Once(due)), Some(started)) = (&execution.due, execution.started_at) {
        metrics.lateness_seconds.observe(between(due.effective_at, started).as_secs_f64());
    }
    for attempt in &execution.attempts {
        let end = attempt.end.map_or("NONE".into(), |end| format!("{end:?}").to_uppercase());
        metrics.attempts.get_or_create(&[("end", end)]).inc();
        if let Some(ended_at) = attempt.ended_at {
            metrics.attempt_seconds.observe(between(attempt.started_at, ended_at).as_secs_f64());
        }
    }
    for step in steps.iter().filter(|step| step.copied_from.is_none()) {
        // `write/devto` is a kind of step and a platform: the kind is enough.
        let kind = step.name.split('/').next().unwrap_or_default().to_owned();
        let result = match step.result {
            StepResult::Done { .. } => "done",
            StepResult::Failed { .. } => "failed",
        };
        let labels = [("step", kind), ("result", result.to_owned())];
        let took = between(step.started_at, step.finished_at);
        metrics.step_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    (to - from).to_std().unwrap_or_default()
}
