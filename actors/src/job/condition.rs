//! The step `condition`: whether a run that nobody asked for by hand is worth having. Asked once; a later attempt meets the
//! answer that was recorded.

use dateline_core::condition::{ActivityFacts, Condition, Verdict};
use dateline_core::execution::{Due, FailureClass, Items, Outcome, SkipReason};
use serde_json::json;

use crate::attempt::{Done, Ending, Fault, Halt, Run};
use crate::conditions::{Subject, facts};

const STEP: &str = "condition";

/// Returns how an execution ends whose job's condition does not hold; `None` when it goes on.
pub(super) async fn refusal(run: &Run, activity: ActivityFacts) -> Result<Option<Ending>, Halt> {
    let (job, execution) = (&run.claimed.job, &run.claimed.execution);
    let Some(condition) = job.condition.as_ref().filter(|_| execution.trigger.is_of_itself()) else {
        return Ok(None);
    };
    let verdict: Verdict = run.step(STEP, ask(run, condition, activity)).await?;
    if verdict.holds {
        return Ok(None);
    }
    let output = json!({ "condition": { "expression": condition.as_str(), "values": verdict.values } });
    let outcome = Outcome::Skipped(SkipReason::Condition);
    Ok(Some(Ending::Done { outcome, items: Items::default(), output, failure: None }))
}

async fn ask(run: &Run, condition: &Condition, activity: ActivityFacts) -> Result<Done<Verdict>, Fault> {
    let (job, execution) = (&run.claimed.job, &run.claimed.execution);
    let subject = Subject {
        job: Some(job.id),
        timezone: job.schedule.time_config.timezone.as_deref(),
        told: execution.payload.told(),
        trigger: &execution.trigger,
        due_at: execution.due.as_ref().map(Due::key),
        activity,
    };
    let facts = facts(&*run.shared.parts.store, subject, run.now()).await?;
    let verdict = condition.ask(&facts).map_err(|error| {
        Fault::said(FailureClass::Permanent, &format!("the condition `{condition}` has no answer: {error}"))
    })?;
    let values = serde_json::to_string(&verdict.values).unwrap_or_default();
    run.info(&format!(
        "the condition `{condition}` {}, with {values}",
        if verdict.holds { "holds" } else { "does not hold" }
    ));
    Ok(Done::of(verdict))
}
