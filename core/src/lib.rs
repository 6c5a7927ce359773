//! The words, pure rules and traits of Dateline.
//!
//! Nothing here touches a file, a socket, a runtime, a clock or randomness: instants and random draws are
//! arguments, and the outside world is a trait.

pub mod activity;
pub mod clock;
pub mod entropy;
pub mod id;
pub mod message;
pub mod source;
pub mod time;
