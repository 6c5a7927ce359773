//! Adapters to the outside world: one file each.

pub mod writer;
