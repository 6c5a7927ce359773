//! Dateline's embedded store: everything durable in one redb file.
//!
//! ```text
//!  verbs ──▶ channel ──▶ writer: one transaction, one commit, then all answers
//!  questions ──▶ snapshot on a blocking thread, copied out and dropped
//! ```
//!
//! * `tables` is the schema, `record` the formats of values.
//! * `verbs` change, `queries` ask; both speak of rows only, never of files.
//! * `writer` groups commits; `database` opens the file again after an I/O error.
//! * `open` refuses what is not ours, `migrate` brings older files forward, `backup` copies.

mod backup;
mod check;
pub mod conformance;
mod contents;
mod database;
mod fault;
mod files;
mod lock;
mod medium;
mod migrate;
mod open;
mod overlay;
mod queries;
mod recall;
mod record;
mod restore;
mod store;
mod tables;
mod tally;
mod transaction;
mod verbs;
mod writer;

pub use check::{CheckReport, check};
pub use contents::Contents;
pub use lock::LOCK_FILE;
pub use medium::{Medium, MemoryMedium};
pub use open::{DATA_FILE, OpenError};
pub use restore::{Restored, restore};
pub use store::{OpenOptions, RedbStore, WriterPlace};
