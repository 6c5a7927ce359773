//! Dateline's HTTP interface and command line.
//!
//! Handlers and commands decode, call [`dateline_actors::Dateline`], and encode: a rule that two faces need lives below
//! both. The interface knows sockets and JSON; it knows no window.

pub mod cli;
pub mod folder;
pub mod http;
pub mod os;
pub mod running;
pub mod token;
