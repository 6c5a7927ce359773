//! Publishing into folders and feeds, through the trait alone.

#[path = "publisher/feed.rs"]
mod feed;
#[path = "publisher/fixture.rs"]
mod fixture;
#[path = "publisher/folder.rs"]
mod folder;
#[path = "publisher/front_matter.rs"]
mod front_matter;
