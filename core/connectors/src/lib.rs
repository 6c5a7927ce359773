//! Dateline's adapters to the outside world.

pub mod publisher;
pub mod source;
pub mod writer;
