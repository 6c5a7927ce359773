//! The verbs: each changes everything that belongs together within one transaction.
//!
//! A verb looks first and writes afterwards. Should one refuse after it has written, the writer takes the whole group
//! back and does the others again, so that a refusal never leaves a trace.

mod attempt;
mod claim;
mod draft;
mod execution;
mod fire;
mod job;
mod log;
mod place;
mod project;
mod publication;

pub(crate) use draft::{draft_keys, draft_row};
pub(crate) use place::{LaneKey, ReadyKey, history_keys, lane_key, open_key, ready_key};
pub(crate) use publication::publication_key;

#[cfg(test)]
pub(crate) use fire::new_execution;
