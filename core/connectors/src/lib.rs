//! Dateline's adapters to the outside world.

pub mod source;
pub mod writer;
