//! The words, pure rules and traits of Dateline.
//!
//! Nothing here touches a file, a socket, a runtime, a clock or randomness: instants and random draws are
//! arguments, and the outside world is a trait.

pub mod activity;
pub mod activity_cache;
pub mod backfill;
pub mod brief;
pub mod caller;
pub mod channel;
pub mod clock;
pub mod composition;
pub mod condition;
pub mod content;
pub mod crontab;
pub mod dependency;
pub mod draft;
pub mod egress;
pub mod entropy;
pub mod event;
pub mod execution;
pub mod front_matter;
pub mod growth;
pub mod health;
pub mod home;
pub mod http_call;
pub mod hygiene;
pub mod id;
pub mod instance;
pub mod job;
pub mod lint;
pub mod markdown;
pub mod message;
pub mod misfire;
pub mod mistake;
pub mod notification;
pub mod overlap;
pub mod pause;
pub mod people;
pub mod platform;
pub mod platform_spec;
pub mod policy;
pub mod project;
pub mod publisher;
pub mod queue;
pub mod received_event;
pub mod render;
pub mod retention;
pub mod retry;
pub mod rich_text;
pub mod schedule;
pub mod secret;
pub mod slug;
pub mod source;
pub mod store;
pub mod time;
pub mod writer;
