//! Projects and jobs as a file: written down, compared with what a server has, and made so.
//!
//! ```text
//! file ── yaml::read ──▶ Document ── file::read ──▶ WantedProject, WantedJob ─┐
//!                                                                          ├─ plan ──▶ steps
//! server ── types ──▶ standing::Standing (what a file can say of it)  ─────┘
//! ```
//!
//! Nothing here asks a server or opens a file. What a file says is managed, what it does not say stays as it is.

pub mod difference;
pub mod emit;
pub mod file;
pub mod plan;
pub mod standing;
mod upstream;
pub mod yaml;
