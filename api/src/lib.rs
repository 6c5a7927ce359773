//! Dateline's HTTP interface and command line.
//!
//! Handlers and commands decode, call [`dateline_actors::Dateline`], and encode: a rule that two faces need lives below
//! both. The interface knows sockets and JSON; it knows no window.

pub mod as_code;
pub mod cli;
pub mod config;
pub mod door;
pub mod folder;
pub mod http;
pub mod keys;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod os;
pub mod running;
pub mod telemetry;
pub mod time_machine;
pub mod tls;
