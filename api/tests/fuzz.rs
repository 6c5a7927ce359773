//! Texts from outside, as hostile as they come: whatever is given is taken or refused, soon, and nothing falls over.
//!
//! Inputs are built from words that each reader knows, from good inputs that were cut, doubled and mixed, and from any
//! characters at all. What breaks something is printed in its shortest form.

#[path = "fuzz/files.rs"]
mod files;
#[path = "fuzz/hostile.rs"]
mod hostile;
#[path = "fuzz/places.rs"]
mod places;
#[path = "fuzz/schedules.rs"]
mod schedules;
#[path = "fuzz/words.rs"]
mod words;
