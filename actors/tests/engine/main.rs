//! The real actors over the real store, under a clock that a test moves, with sources, writers and places that do what
//! a test tells them.

mod cursors;
mod enduring;
mod events;
mod executing;
mod failing;
mod limits;
mod misfires;
mod occurrences;
mod publishing;
mod restarting;
mod steering;
mod validating;
mod world;
mod writing_once;
