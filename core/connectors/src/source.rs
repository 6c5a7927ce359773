//! Where activity is read from: one adapter a file.

pub mod git;
