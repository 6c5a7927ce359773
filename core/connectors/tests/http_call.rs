//! Requests that jobs make, against servers of the tests' own.

#[path = "http_call/asking.rs"]
mod asking;
