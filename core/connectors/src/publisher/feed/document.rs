//! The feed as a document: read back, changed, written.

use std::collections::BTreeMap;

use atom_syndication::extension::Extension;
use atom_syndication::{Category, Content, Entry, Feed, Generator, Link, Person, Text};
use chrono::{DateTime, FixedOffset};
use dateline_core::hygiene::clean_line;
use dateline_core::id::DraftId;
use dateline_core::publisher::PublishRequest;
use dateline_core::slug::slug;
use dateline_core::time::from_unix_ms;
use url::Url;

use super::html::safe_html;
use crate::publisher::{folder, text};

/// Entries kept; older ones leave the feed.
const ENTRIES_MAX: usize = 50;

/// Elements within elements; ours go five deep, and a parser that recurses must not be led deeper.
const DEPTH_MAX: usize = 32;

/// What names a feed file as ours.
const GENERATOR: &str = "Dateline";

const NAMESPACE_PREFIX: &str = "dateline";
const NAMESPACE: &str = "tag:dateline,2026:feed";

/// Why a feed cannot take an entry.
#[derive(Debug, thiserror::Error)]
pub(super) enum FeedError {
    #[error("this file was not written by Dateline, or is damaged; it is left as it is")]
    Foreign,
    #[error("the site's address must be absolute http or https, like `https://example.org/`; got `{got}`")]
    SiteUrl { got: String },
    #[error(transparent)]
    TooComplex(#[from] dateline_core::markdown::TooComplex),
    #[error("the feed cannot be written: {0}")]
    Write(String),
}

/// The site a feed belongs to.
pub(super) struct Site {
    pub(super) url: String,
    title: String,
    host: String,
}

impl Site {
    pub(super) fn parse(title: &str, site_url: &str) -> Result<Self, FeedError> {
        let refused = || FeedError::SiteUrl { got: site_url.escape_debug().to_string() };
        let url = Url::parse(site_url).map_err(|_| refused())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(refused)?.to_owned();
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return Err(refused());
        }
        Ok(Self { url: url.to_string(), title: clean_line(title), host })
    }
}

pub(super) struct Document {
    feed: Feed,
}

impl Document {
    /// Returns a feed without entries. Its id is made once and read back ever after.
    pub(super) fn new(site: &Site, file: &str, request: &PublishRequest) -> Self {
        let stem = slug(file.rsplit_once('.').map_or(file, |(stem, _)| stem), "feed");
        let day = dated(request).date_naive();
        let generator = Generator { value: GENERATOR.to_owned(), ..Generator::default() };
        let feed = Feed {
            id: format!("tag:{},{day}:dateline/{stem}", site.host),
            generator: Some(generator),
            namespaces: BTreeMap::from([(NAMESPACE_PREFIX.to_owned(), NAMESPACE.to_owned())]),
            ..Feed::default()
        };
        Self { feed }
    }

    /// Reads a feed this module wrote.
    pub(super) fn read(text: &str) -> Result<Self, FeedError> {
        if depth(text) > DEPTH_MAX || !text.trim_end().ends_with("</feed>") {
            return Err(FeedError::Foreign);
        }
        let feed = Feed::read_from(text.as_bytes()).map_err(|_| FeedError::Foreign)?;
        let is_ours = feed.generator.as_ref().is_some_and(|generator| generator.value == GENERATOR)
            && feed.id.starts_with("tag:")
            && feed.namespaces.get(NAMESPACE_PREFIX).is_some_and(|namespace| namespace == NAMESPACE)
            && feed.entries.iter().all(|entry| revision(entry).is_some());
        if is_ours { Ok(Self { feed }) } else { Err(FeedError::Foreign) }
    }

    /// Puts the request's text in, unless the same or a later revision is there, and returns the entry's id.
    pub(super) fn put(&mut self, site: &Site, request: &PublishRequest) -> Result<String, FeedError> {
        let name = entry_name(request.draft);
        let place = self.feed.entries.iter().position(|entry| entry.id.ends_with(&name));
        let Some(place) = place else {
            let id = entry_id(site, request.draft);
            self.feed.entries.push(entry(site, request, id.clone(), dated(request))?);
            self.keep_newest();
            return Ok(id);
        };
        let old = &self.feed.entries[place];
        let (id, first) = (old.id.clone(), old.published.unwrap_or(old.updated));
        if revision(old).is_some_and(|revision| revision < request.revision) {
            self.feed.entries[place] = entry(site, request, id.clone(), first)?;
            self.keep_newest();
        }
        Ok(id)
    }

    fn keep_newest(&mut self) {
        self.feed.entries.sort_by(|left, right| {
            let date = |entry: &Entry| entry.published.unwrap_or(entry.updated);
            date(right).cmp(&date(left)).then_with(|| right.id.cmp(&left.id))
        });
        self.feed.entries.truncate(ENTRIES_MAX);
    }

    /// Returns the file's text: the same entries give the same bytes.
    pub(super) fn write(mut self, site: &Site) -> Result<String, FeedError> {
        self.feed.title = Text::plain(site.title.as_str());
        self.feed.links = vec![link(&site.url)];
        if let Some(updated) = self.feed.entries.iter().map(|entry| entry.updated).max() {
            self.feed.updated = updated;
        }
        let bytes = self.feed.write_to(Vec::new()).map_err(|error| FeedError::Write(error.to_string()))?;
        let mut text = String::from_utf8(bytes).map_err(|error| FeedError::Write(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }
}

fn dated(request: &PublishRequest) -> DateTime<FixedOffset> {
    folder::in_zone(request.dated_at, request.offset_seconds)
}

/// Returns a permanent id: the site's host, the day the draft was made, the draft.
fn entry_id(site: &Site, draft: DraftId) -> String {
    let made = i64::try_from(draft.bits() >> 80).map_or(0, |ms| ms);
    format!("tag:{},{}:{}", site.host, from_unix_ms(made).date_naive(), entry_name(draft))
}

/// Returns the part of an entry's id that stays when the site moves to another host.
fn entry_name(draft: DraftId) -> String {
    format!("dateline/{draft}")
}

fn entry(
    site: &Site,
    request: &PublishRequest,
    id: String,
    first: DateTime<FixedOffset>,
) -> Result<Entry, FeedError> {
    let content = Content {
        content_type: Some("html".to_owned()),
        value: Some(safe_html(&text::markdown(request))?),
        ..Content::default()
    };
    let summary = clean_line(&request.content.summary);
    let category = |tag: &String| Category { term: clean_line(tag), ..Category::default() };
    Ok(Entry {
        id,
        title: Text::plain(text::title(request)),
        updated: dated(request),
        published: Some(first),
        authors: authors(request),
        categories: request.content.tags.iter().map(category).collect(),
        links: vec![link(&site.url)],
        summary: (!summary.is_empty()).then(|| Text::plain(summary)),
        content: Some(content),
        extensions: revision_extension(request.revision),
        ..Entry::default()
    })
}

/// Returns the authors; RFC 4287 wants at least one.
fn authors(request: &PublishRequest) -> Vec<Person> {
    let person = |name: &String| Person { name: clean_line(name), ..Person::default() };
    let named: Vec<Person> =
        request.authors.iter().map(person).filter(|person| !person.name.is_empty()).collect();
    if named.is_empty() { vec![person(&request.project)] } else { named }
}

fn link(href: &str) -> Link {
    Link { href: href.to_owned(), rel: "alternate".to_owned(), ..Link::default() }
}

fn revision_extension(revision: u32) -> BTreeMap<String, BTreeMap<String, Vec<Extension>>> {
    let name = format!("{NAMESPACE_PREFIX}:revision");
    let extension = Extension { name, value: Some(revision.to_string()), ..Extension::default() };
    BTreeMap::from([(
        NAMESPACE_PREFIX.to_owned(),
        BTreeMap::from([("revision".to_owned(), vec![extension])]),
    )])
}

fn revision(entry: &Entry) -> Option<u32> {
    let named = entry.extensions.get(NAMESPACE_PREFIX)?.get("revision")?.first()?;
    named.value.as_deref()?.trim().parse().ok()
}

/// Returns how deep elements stand within each other. Texts of our feeds hold no bare `<`.
fn depth(xml: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (at, _) in xml.match_indices('<') {
        let rest = &xml[at + 1..];
        match rest.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) => {
                let end = rest.bytes().take(4_096).position(|byte| byte == b'>').unwrap_or(0);
                let is_empty = end > 0 && rest.as_bytes()[end - 1] == b'/';
                depth += usize::from(!is_empty);
                deepest = deepest.max(depth);
            }
        }
    }
    deepest
}
