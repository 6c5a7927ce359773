//! The verbs: each changes everything that belongs together within one transaction.
//!
//! A verb looks first and writes afterwards. Should one refuse after it has written, the writer takes the whole group
//! back and does the others again, so that a refusal never leaves a trace.

mod access;
mod attempt;
mod audit;
mod backfill;
mod claim;
mod credential;
mod dead_letter;
mod delivery;
mod dependency;
mod draft;
mod event;
mod execution;
mod fire;
mod gate;
mod health;
mod history;
mod job;
mod lane;
mod log;
mod notification;
mod pause;
mod people;
mod pin;
mod place;
mod project;
mod publication;
mod purge;
mod request;
mod secret;
mod source;

pub(crate) use dead_letter::dead_letter_keys;
pub(crate) use delivery::group_key;
pub(crate) use dependency::{downstream_keys, follower_keys};
pub(crate) use draft::{draft_keys, draft_row};
pub(crate) use event::{listener_keys, listeners_of};
pub(crate) use gate::{OFFERED, RUNS, limit_of, ready_ms};
pub(crate) use history::{class_keys, history_keys, tally_keys};
pub(crate) use job::job_keys;
pub(crate) use lane::{LANE_LIMIT, lane_key, lane_of, ready_row};
pub(crate) use notification::{notification_keys, notification_row};
pub(crate) use place::{OF_THE_PAST, open_key};
pub(crate) use publication::publication_key;
pub(crate) use purge::{LOGS_SCAN, STEPS_SCAN, late_codes};
pub(crate) use request::Target;

#[cfg(test)]
pub(crate) use fire::new_execution;
