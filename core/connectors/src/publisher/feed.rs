//! An entry of an Atom feed (RFC 4287) kept as one file.
//!
//! The file is the feed's only record: it is read back, the entry put in, and the whole written anew. Entries are told
//! apart by permanent `tag:` ids made from their drafts, so publishing again changes nothing.

mod document;
mod html;

use async_trait::async_trait;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher, Target};

use self::document::{Document, FeedError, Site};
use super::place::{Entry, Extent, Place, PlaceError, scratch_name};
use super::{off_thread, wrong_target};

/// Publishes entries into the feed file a request names.
#[derive(Debug, Clone, Copy, Default)]
pub struct FeedPublisher;

#[async_trait]
impl Publisher for FeedPublisher {
    async fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        let request = request.clone();
        off_thread(move || publish(&request)).await
    }
}

fn publish(request: &PublishRequest) -> Result<Published, PublishError> {
    let Target::Feed { path, title, site_url } = &request.target else { return Err(wrong_target("a feed")) };
    let rejected = |error: FeedError| PublishError::Rejected { reason: format!("`{path}`: {error}") };
    let site = Site::parse(title, site_url).map_err(rejected)?;
    let (folder, name) = split(path)?;
    let place = Place::open(folder)?;
    let (mut document, old) = match place.look(name, Extent::Whole)? {
        Entry::Free => (Document::new(&site, name, request), None),
        Entry::File { text: Some(text), mode } => {
            (Document::read(&text).map_err(rejected)?, Some((text, mode)))
        }
        Entry::File { text: None, .. } => return Err(rejected(FeedError::Foreign)),
        Entry::Other(what) => return Err(PlaceError::NotAFile { path: path.clone(), what }.into()),
    };
    let id = document.put(&site, request).map_err(rejected)?;
    let text = document.write(&site).map_err(rejected)?;
    let scratch = scratch_name(request.draft);
    let is_written = match old {
        Some((old, _)) if old == text => true,
        Some((_, mode)) => place.replace(name, &text, mode, &scratch).map(|()| true)?,
        None => place.create(name, &text, &scratch)?,
    };
    if !is_written {
        return Err(PublishError::Unavailable { reason: format!("`{path}` appeared while it was written") });
    }
    Ok(Published { remote_id: id, url: Some(site.url) })
}

/// Splits a feed's path into its folder and its name.
fn split(path: &str) -> Result<(&str, &str), PublishError> {
    let split = path.rsplit_once('/').filter(|(_, name)| {
        !name.is_empty() && !matches!(*name, "." | "..") && !name.starts_with(".dateline-")
    });
    let Some((folder, name)) = split else {
        return Err(PublishError::Rejected { reason: format!("`{}` names no file", path.escape_debug()) });
    };
    if name.contains('\0') {
        return Err(PlaceError::NotAbsolute { path: path.escape_debug().to_string() }.into());
    }
    Ok((if folder.is_empty() { "/" } else { folder }, name))
}
