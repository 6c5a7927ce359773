//! Writers: who puts a brief into words.

pub mod template;
