//! The published contract of Dateline's HTTP interface, and the Rust client made from it.
//!
//! Every operation is a struct in [`calls`], every schema a type in [`types`]; both are generated from
//! [`DOCUMENT`]. [`Client`] sends them:
//!
//! ```no_run
//! use dateline_openapi::{Client, Settings, calls, types};
//!
//! # async fn example() -> Result<(), dateline_openapi::ClientError> {
//! let token = std::env::var("DATELINE_TOKEN").ok();
//! let dateline = Client::new(Settings { token, ..Settings::new("http://127.0.0.1:8377") })?;
//!
//! let jobs = dateline.all(calls::ListSchedules::default()).await?.value;
//! for job in &jobs.items {
//!     println!("{}: {}", job.name, job.description);
//! }
//!
//! let body = types::TriggerBody { job_id: jobs.items[0].id.clone(), payload: None, overlap: None };
//! let run = calls::TriggerSchedule::new(body);
//! match dateline.send(&run).await {
//!     Ok(answer) => println!("runs as {}", answer.value.execution_id),
//!     Err(error) => match error.problem() {
//!         Some(problem) => eprintln!("refused as {}: {}", problem.code, problem.detail),
//!         None => eprintln!("{error}"),
//!     },
//! }
//! # Ok(()) }
//! ```

pub mod call;
mod client;
mod follow;
mod generated;
mod problem;
mod words;

pub use client::{Answer, Client, Settings};
pub use follow::{Follow, LiveEvent};
pub use generated::{calls, types};
pub use problem::{ClientError, FieldFault, Problem, ProblemCode};
use serde::{Deserialize, Serialize};

/// The OpenAPI 3.0 document, exactly as the server serves it.
pub const DOCUMENT: &str = include_str!("../dateline.json");

/// An instant, UTC.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; `None` at the end.
    pub next_cursor: Option<String>,
}

/// The examples of the guide, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/api.md")]
pub struct Guide;
