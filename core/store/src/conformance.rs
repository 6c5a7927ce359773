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
mod backfills;
mod dead_letters;
mod debounce;
mod dependencies;
pub mod disk;
mod drafts;
mod events;
mod firing;
mod gates;
mod health;
mod history;
mod homes;
mod lists;
mod notifications;
mod operation;
mod overlaps;
mod pauses;
mod people;
mod questions;
mod queue;
mod requests;
mod retention;
mod rng;
pub mod samples;
mod secrets;
mod size;
mod sources;
pub(crate) mod statistics;

pub use rng::Rng;
pub use size::Size;

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
    firing::several_that_are_made_up_for_run_in_line,
    firing::a_schedule_ends_with_its_last_run,
    firing::what_is_excluded_says_by_which_rule,
    attempts::a_project_runs_one_execution_at_a_time,
    attempts::a_start_is_never_before_its_execution,
    attempts::priority_comes_before_age_and_age_before_the_rest,
    queue::a_project_runs_as_many_as_it_lets,
    queue::a_limit_that_changes_counts_at_once,
    queue::no_more_projects_run_than_may,
    queue::waiting_counts_as_priority,
    queue::a_long_line_takes_turns_with_a_short_one,
    queue::the_order_is_the_definition_whatever_comes,
    gates::a_key_lets_so_many_run_over_projects_and_jobs,
    gates::a_slot_is_free_with_the_commit_that_ends_or_rescues_its_run,
    gates::who_waits_at_a_key_is_in_nobody_elses_way,
    gates::a_dropping_key_skips_what_finds_it_taken,
    gates::a_replacing_key_cancels_the_oldest_of_its_project,
    gates::keys_of_two_people_are_two_keys,
    gates::limits_that_differ_hold_for_those_who_have_them,
    gates::so_many_start_in_any_window_and_the_others_wait,
    gates::a_rate_outlives_a_clock_that_is_set_back,
    gates::a_rate_counts_starts_and_not_those_who_leave_the_line,
    debounce::triggers_that_come_one_upon_another_become_one,
    debounce::what_waits_for_triggers_is_left_alone_by_others,
    attempts::a_paced_start_waits_for_its_time,
    attempts::what_waited_too_long_fails_instead,
    attempts::a_stale_lease_writes_nothing,
    attempts::a_done_step_is_never_recorded_again,
    attempts::a_failed_attempt_waits_and_comes_back,
    attempts::a_waiting_execution_holds_nothing_and_spends_nothing,
    attempts::a_lapsed_lease_is_rescued_with_a_greater_epoch,
    attempts::the_third_rescue_in_one_step_ends_the_execution,
    attempts::renewing_tells_what_people_asked,
    attempts::pausing_and_cancelling_take_effect_where_they_can,
    attempts::letting_go_is_no_failure,
    dependencies::an_end_starts_what_depends_on_it,
    dependencies::all_it_depends_on_must_have_ended,
    dependencies::only_an_end_that_counts_starts_anything,
    dependencies::a_job_that_is_off_or_paused_follows_nothing,
    dependencies::what_would_depend_on_itself_is_refused,
    events::an_event_starts_what_listens_at_its_home,
    events::who_is_paused_or_off_answers_nothing,
    events::events_one_upon_another_are_answered_once,
    drafts::a_draft_its_brief_and_its_cursor_come_together,
    drafts::of_two_that_read_the_same_window_one_writes_it,
    drafts::an_edit_is_a_new_revision_to_be_reviewed_again,
    drafts::a_publication_is_intended_once_and_ends_once,
    drafts::drafts_are_found_by_every_filter,
    health::late_starts_are_told_of_once_and_so_is_the_first_in_time,
    health::after_a_missed_occurrence_the_next_in_time_is_told_of,
    health::a_run_that_outlasts_its_interval_is_told_of_once,
    history::executions_are_found_by_every_filter,
    history::statistics_agree_with_history,
    statistics::statistics_are_those_of_what_is_listed,
    history::occurrences_come_newest_first_within_bounds,
    history::events_have_no_gaps_and_listeners_hear_of_them,
    history::a_log_is_bounded_and_says_so,
    homes::a_job_without_a_project_is_a_persons_own,
    homes::each_job_without_a_project_runs_beside_the_others,
    homes::what_is_a_persons_own_is_found_by_them_alone,
    homes::a_job_may_leave_its_project,
    homes::a_persons_jobs_end_with_them,
    homes::a_payload_is_of_the_jobs_type,
    overlaps::others_are_cancelled_for_a_newer_one,
    overlaps::others_are_terminated_at_once_for_a_newer_one,
    overlaps::a_job_remembers_that_its_last_run_made_way,
    overlaps::a_bounded_buffer_fills_up,
    pauses::a_pause_is_seen_by_each_job_it_concerns,
    pauses::a_plan_that_knew_other_pauses_is_a_conflict,
    pauses::while_everything_is_paused_nothing_is_claimed_and_nothing_grows_old,
    pauses::resuming_may_run_the_latest_that_was_kept_back,
    pauses::a_job_that_fails_too_often_in_a_row_is_paused_and_told_of_once,
    pauses::only_failures_in_a_row_pause_a_job,
    dead_letters::what_fails_for_good_is_laid_aside_until_somebody_settles_it,
    dead_letters::dead_letters_are_run_again_together_the_oldest_first,
    dead_letters::what_cannot_be_run_again_hides_no_other_dead_letter,
    questions::a_question_holds_nothing_and_runs_without_an_answer,
    questions::a_newer_run_takes_the_place_of_a_question,
    questions::an_answer_is_carried_out_once,
    backfills::a_backfill_runs_in_order_behind_everything_else,
    backfills::a_backfill_is_cancelled_whole_and_never_too_old,
    requests::a_request_changes_things_once,
    requests::a_key_is_its_users_and_its_requests_own,
    requests::a_refused_request_is_not_remembered,
    requests::a_request_is_forgotten_after_a_day,
    requests::a_change_is_made_only_to_the_version_that_was_read,
    secrets::a_secret_is_replaced_listed_and_removed,
    people::an_address_belongs_to_one_person,
    people::the_last_active_owner_stays,
    people::an_invitation_makes_one_user,
    people::a_reset_works_once_and_voids_what_was_before,
    people::credentials_are_found_by_what_they_show,
    people::a_user_goes_with_all_that_is_theirs_but_their_projects,
    people::members_see_what_they_were_added_to,
    people::lists_hold_what_lies_within,
    people::a_change_and_its_entry_come_together,
    people::settings_are_replaced_as_they_were_read,
    operation::gauges_follow_what_is_stored,
    operation::compacting_changes_nothing_that_can_be_asked,
    secrets::only_what_still_stands_is_sealed_anew,
    notifications::an_end_is_told_once_with_its_drafts_in_one_mail,
    notifications::each_way_to_end_tells_what_it_is,
    notifications::missed_occurrences_are_told_together,
    notifications::a_publication_that_fails_is_told_once,
    notifications::what_was_being_sent_in_a_crash_is_told_as_unknown,
    notifications::a_try_that_failed_comes_back_and_ends,
    notifications::a_digest_is_one_mail_however_much_there_is,
    notifications::notifications_are_found_by_every_filter_and_by_nobody_else,
    notifications::preferences_of_an_old_version_are_a_conflict,
    secrets::a_project_and_its_secrets_change_together,
    secrets::a_job_and_its_secrets_change_together,
    secrets::the_secrets_of_jobs_go_with_their_project,
    sources::a_sync_and_its_step_are_recorded_together,
    sources::another_source_starts_the_cache_anew,
    sources::old_activity_and_old_answers_go,
    sources::nothing_stays_of_a_removed_project,
    retention::what_is_over_goes_and_the_newest_stay,
    retention::a_purged_occurrence_never_runs_again,
    retention::a_pinned_execution_stays_with_all_that_is_its_own,
    retention::what_was_held_goes_when_newer_ones_come,
    retention::what_ended_late_goes_by_its_end,
    retention::logs_and_steps_go_before_their_execution,
    retention::a_cancelled_job_goes_with_the_last_of_its_history,
    retention::a_removed_project_goes_unless_there_are_drafts,
    retention::what_followed_goes_with_its_job,
    retention::notifications_go_with_their_deliveries,
    retention::old_entries_of_the_audit_log_go,
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
