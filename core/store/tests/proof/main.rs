//! The store's proofs: the suite, a model, crashes, and files that are not what they should be.

mod agreement;
mod compaction;
mod conformance;
mod crash;
mod files;
mod many_notifications;
mod support;
