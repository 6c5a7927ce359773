//! Conditions: whether a run that nobody asked for by hand is worth having.
//!
//! A condition is one expression of the Common Expression Language over [`Facts`]: what happened in the project, how the job
//! last ran, what it is told, why it runs, and what time it is.
//!
//! ```text
//!  activity.items >= 5 || activity.releases > 0        enough happened to tell of
//!  last.status != "FAILED" || last.hoursAgo >= 24      once a day while it fails
//!  due.weekday in [1, 2, 3, 4, 5] && due.hour < 18     in office hours
//! ```
//!
//! It is looked at once in an execution, in a recorded step, so that a crash or a retry meets the answer that was given. Reading
//! one is bounded: its length, how deep it nests, and how loops lie within loops.

mod expression;
mod facts;

pub use expression::{CONDITION_BYTES_MAX, Condition, ConditionError, Verdict};
pub use facts::{ActivityFacts, EventFacts, Facts, LastRun, TriggerFacts, UpstreamFacts, WallTime};
