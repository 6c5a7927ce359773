//! What every [`Store`] must do, as checks that run against any of them.
//!
//! ```no_run
//! # async fn suite(new_store: impl Fn() -> std::sync::Arc<dyn dateline_core::store::Store>) {
//! for check in dateline_store::conformance::checks() {
//!     (check.run)(new_store()).await;
//! }
//! # }
//! ```
//!
//! A check is given an empty store of its own and panics when the store breaks a promise.

mod attempts;
mod drafts;
mod firing;
mod history;
mod lists;
pub mod samples;

use std::pin::Pin;
use std::sync::Arc;

use dateline_core::store::{Store, StoreError};

/// A running check.
pub type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One promise.
#[derive(Clone, Copy)]
pub struct Check {
    /// The promise, as a fact.
    pub name: &'static str,
    /// Proves it on an empty store, or panics.
    pub run: fn(Arc<dyn Store>) -> Running,
}

/// Lists functions as checks named after them.
macro_rules! checks {
    ($($module:ident :: $name:ident),* $(,)?) => {
        /// Returns every promise.
        pub fn checks() -> Vec<Check> {
            vec![$(Check {
                name: stringify!($name),
                run: |store| Box::pin(async move { $module::$name(store.as_ref()).await }),
            }),*]
        }
    };
}

checks![
    lists::projects_come_newest_first_and_in_pages,
    lists::a_stale_version_is_a_conflict,
    lists::jobs_are_found_by_every_filter,
    lists::a_cancelled_job_keeps_its_history_and_nothing_else,
    lists::removing_a_project_cancels_its_jobs,
    lists::missing_things_are_said_to_be_missing,
    firing::an_occurrence_is_recorded_once,
    firing::due_jobs_come_earliest_first_until_fired,
    firing::a_stale_plan_changes_nothing,
    firing::recorded_through_never_moves_back,
    firing::overlap_is_skipped_or_buffered,
    firing::a_disabled_job_is_never_due,
    attempts::a_project_runs_one_execution_at_a_time,
    attempts::priority_comes_before_age_and_age_before_the_rest,
    attempts::a_paced_start_waits_for_its_time,
    attempts::what_waited_too_long_fails_instead,
    attempts::a_stale_lease_writes_nothing,
    attempts::a_done_step_is_never_recorded_again,
    attempts::a_failed_attempt_waits_and_comes_back,
    attempts::a_lapsed_lease_is_rescued_with_a_greater_epoch,
    attempts::renewing_tells_what_people_asked,
    attempts::pausing_and_cancelling_take_effect_where_they_can,
    attempts::letting_go_is_no_failure,
    drafts::a_draft_its_brief_and_its_cursor_come_together,
    drafts::an_edit_is_a_new_revision_to_be_reviewed_again,
    drafts::a_publication_is_intended_once_and_ends_once,
    drafts::drafts_are_found_by_every_filter,
    history::executions_are_found_by_every_filter,
    history::statistics_agree_with_history,
    history::occurrences_come_newest_first_within_bounds,
    history::events_have_no_gaps_and_listeners_hear_of_them,
    history::a_log_is_bounded_and_says_so,
];

/// Panics unless `result` is a conflict.
#[track_caller]
fn expect_conflict<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict { .. })), "expected a conflict, found {result:?}");
}

/// Panics unless the lease was refused.
#[track_caller]
fn expect_stale<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::StaleLease)), "expected a stale lease, found {result:?}");
}
