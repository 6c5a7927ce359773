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
//!   └── EventBus         fans committed events out to live listeners
//! ```
//!
//! The store is the truth and a message is a hint: every change is committed first and told afterwards, and a sweep
//! each second finds what no message told. No actor keeps anything that the store does not have, so a restart of an
//! actor, of the process or of the machine is the same path as the first start.

mod attempt;
mod dispatcher;
mod engine;
mod event_bus;
mod event_stream;
mod handle;
mod hints;
mod job;
mod planning;
mod project_worker;
mod publishing;
pub mod request;
mod review;
mod scheduler;
mod shared;
mod supervisor;
mod text;
mod write_once;

pub use engine::{Engine, Parts, Settings, StartError};
pub use event_stream::EventStream;
pub use handle::Dateline;
pub use request::RequestError;
pub use write_once::write_once;
