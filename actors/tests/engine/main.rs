//! The real actors over the real store, under a clock that a test moves, with sources, writers and places that do what
//! a test tells them.

mod asking;
mod at_the_instant;
mod backfilling;
mod backups;
mod catching_up;
mod cleaning;
mod cursors;
mod enduring;
mod events;
mod executing;
mod failing;
mod following;
mod giving_up;
mod homes;
mod limits;
mod misfires;
mod notifying;
mod occurrences;
mod pausing;
mod people;
mod publishing;
mod queueing;
mod reasons;
mod requesting;
mod restarting;
mod schedules;
mod simulation;
mod source_tokens;
mod steering;
mod syncing;
mod validating;
mod waiting;
mod world;
mod writing_once;
