//! What the proofs share: the repository's places, the released program driven from outside, and git histories.
//!
//! Nothing here or in `tests/` sees the inside of Dateline: only HTTP, the command line and files on the disk.

pub mod chance;
pub mod client;
pub mod collector;
pub mod command;
pub mod history;
pub mod listening;
pub mod mail;
pub mod people;
pub mod raw;
pub mod repository;
pub mod scene;
pub mod server;
pub mod sources;
pub mod waiting;
