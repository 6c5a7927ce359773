//! The words, pure rules and traits of Dateline.

pub mod schedule;
