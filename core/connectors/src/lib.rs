//! Dateline's adapters to the outside world.

pub mod channel;
pub mod egress;
pub mod http_call;
pub mod publisher;
pub mod source;
pub mod writer;
