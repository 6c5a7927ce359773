//! A page in the content folder of a static site.
//!
//! Which file is a draft's own is written in its front matter, so a draft keeps its file whatever its title becomes,
//! and a stranger's file is never touched.

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, Offset, Utc};
use dateline_core::front_matter::{Page, PageMarker, PageOrigin, file_name, page_file, page_marker};
use dateline_core::hygiene::clean_line;
use dateline_core::publisher::{PublishError, PublishRequest, Published, Publisher, SiteKind, Target};
use dateline_core::slug::slug;
use dateline_core::time::Timestamp;

use super::place::{Entry, Extent, Place, PlaceError, scratch_name};
use super::{off_thread, text, wrong_target};

/// Pages looked through for a draft's own file.
const PAGES_MAX: usize = 50_000;

/// Names tried for one slug: `slug`, `slug-2`, ….
const NAMES_MAX: u32 = 99;

/// Publishes pages into the folder a request names.
#[derive(Debug, Clone, Copy, Default)]
pub struct FolderPublisher;

#[async_trait]
impl Publisher for FolderPublisher {
    async fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        let request = request.clone();
        off_thread(move || publish(&request)).await
    }
}

fn publish(request: &PublishRequest) -> Result<Published, PublishError> {
    let Target::Folder { path, site } = &request.target else { return Err(wrong_target("a folder")) };
    let place = Place::open(path)?;
    let draft = Draft::of(request);
    let name = match own_file(&place, request)? {
        Some(own) => update(&place, &draft, own, *site)?,
        None => create(&place, &draft, *site)?,
    };
    Ok(Published { remote_id: place.path_of(&name), url: None })
}

/// What of a request ends up in a page.
struct Draft<'a> {
    request: &'a PublishRequest,
    title: String,
    description: String,
    body: String,
    dated: DateTime<FixedOffset>,
}

impl<'a> Draft<'a> {
    fn of(request: &'a PublishRequest) -> Self {
        Self {
            request,
            title: text::title(request),
            description: clean_line(&request.content.summary),
            body: text::markdown(request),
            dated: in_zone(request.dated_at, request.offset_seconds),
        }
    }

    fn origin(&self) -> PageOrigin {
        PageOrigin { draft: self.request.draft, revision: self.request.revision }
    }

    fn page<'p>(&'p self, slug: &'p str, date: DateTime<FixedOffset>) -> Page<'p> {
        Page {
            title: &self.title,
            description: &self.description,
            slug,
            tags: &self.request.content.tags,
            authors: &self.request.authors,
            date,
            updated: self.dated,
            origin: self.origin(),
            body: &self.body,
        }
    }
}

pub(super) fn in_zone(at: Timestamp, offset_seconds: i32) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(offset_seconds).unwrap_or(Utc.fix()))
}

/// A file of the draft's own.
struct Own {
    name: String,
    marker: PageMarker,
    mode: rustix::fs::Mode,
}

/// Returns the file whose front matter names the draft.
fn own_file(place: &Place, request: &PublishRequest) -> Result<Option<Own>, PlaceError> {
    let mut names = place.names(PAGES_MAX)?;
    names.retain(|name| name.ends_with(".md") && !name.starts_with('.'));
    names.sort();
    for name in names {
        let found = match place.look(&name, Extent::Start) {
            // What we may not read we have not written.
            Err(PlaceError::Refused { .. }) => continue,
            found => found?,
        };
        let Entry::File { text: Some(text), mode } = found else { continue };
        match page_marker(&text) {
            Some(marker) if marker.origin.draft == request.draft => {
                return Ok(Some(Own { name, marker, mode }));
            }
            Some(_) | None => {}
        }
    }
    Ok(None)
}

/// Writes a later revision over the draft's own file, under its name and first date. Anything else changes nothing:
/// the same publication again, an earlier one, and what somebody has since written into the file by hand.
fn update(place: &Place, draft: &Draft<'_>, own: Own, site: SiteKind) -> Result<String, PlaceError> {
    if own.marker.origin.revision < draft.request.revision {
        let slug = slug_of(&own.name, site);
        let file = page_file(site, &draft.page(slug, own.marker.date.unwrap_or(draft.dated)));
        place.replace(&own.name, &file, own.mode, &scratch_name(draft.request.draft))?;
    }
    Ok(own.name)
}

fn create(place: &Place, draft: &Draft<'_>, site: SiteKind) -> Result<String, PublishError> {
    let base = slug(&draft.title, "post");
    for number in 1..=NAMES_MAX {
        let slug = if number == 1 { base.clone() } else { format!("{base}-{number}") };
        let name = file_name(site, draft.dated, &slug);
        let Entry::Free = place.look(&name, Extent::Start)? else { continue };
        let file = page_file(site, &draft.page(&slug, draft.dated));
        if place.create(&name, &file, &scratch_name(draft.request.draft))? {
            return Ok(name);
        }
    }
    let taken = place.path_of(&file_name(site, draft.dated, &base));
    Err(PublishError::Rejected { reason: format!("`{taken}` and {NAMES_MAX} names like it are taken") })
}

/// Returns the slug in a file's name.
fn slug_of(name: &str, site: SiteKind) -> &str {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    match site {
        SiteKind::Jekyll => stem.get(11..).filter(|rest| !rest.is_empty()).unwrap_or(stem),
        SiteKind::Hugo | SiteKind::Astro | SiteKind::Zola => stem,
    }
}
