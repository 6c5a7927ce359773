//! The engine of Dateline: who does what when.
//!
//! ```text
//! faces ──▶ Dateline ──▶ Store ◀── the actors below
//!              │ hints: something changed
//!              ▼
//!  Supervisor
//!   ├── Scheduler        turns due occurrences into executions
//!   ├── Dispatcher       claims queued executions, keeps their leases, starts workers
//!   │     └── ProjectWorker × n   one per active project, one execution at a time
//!   ├── EventBus         fans committed events out to live listeners
//!   └── BackupKeeper     copies the store every night, and keeps the newest copies
//!   ├── Notifier         hands messages to people
//!   └── EventBus         fans committed events out to live listeners
//! ```
//!
//! The store is the truth and a message is a hint: every change is committed first and told afterwards, and a sweep
//! each second finds what no message told. No actor keeps anything that the store does not have, so a restart of an
//! actor, of the process or of the machine is the same path as the first start.

mod aside;
mod attempt;
mod backup_keeper;
mod conditions;
mod dispatcher;
mod engine;
mod event_bus;
mod event_stream;
mod handle;
mod hints;
mod housekeeping;
mod job;
mod local_paths;
mod manual_clock;
mod notifier;
mod origins;
mod owner;
mod people;
mod planning;
mod project_worker;
mod publishing;
pub mod request;
mod review;
mod scheduler;
mod sealing;
mod shared;
mod source_access;
mod supervisor;
mod text;
mod write_once;

pub use backup_keeper::{BackupFailure, BackupMade, BackupPlan, BackupStatus, is_nightly_backup};
pub use engine::{Engine, Parts, Settings, StartError};
pub use event_stream::EventStream;
pub use handle::{Dateline, SETTLED_MAX, Shown};
pub use housekeeping::CleanupPlan;
pub use manual_clock::ManualClock;
pub use owner::recover_owner;
pub use people::PasswordCost;
pub use request::RequestError;
pub use sealing::{Resealed, reseal_all, unknown_keys};
pub use write_once::write_once;
