//! Pages of static sites: front matter each generator reads, and a body none takes for a template.
//!
//! Strings are always double-quoted with JSON's escapes, which YAML and TOML read alike; `title: bad: yaml` is how
//! sites stop building. Dates are RFC 3339 with their offset.

mod templates;

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, SecondsFormat};

use crate::id::DraftId;
use crate::publisher::SiteKind;

/// A page to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Its title.
    pub title: &'a str,
    /// One plain sentence for previews.
    pub description: &'a str,
    /// The last part of its address.
    pub slug: &'a str,
    /// Its tags.
    pub tags: &'a [String],
    /// Names of its authors.
    pub authors: &'a [String],
    /// When it first went out, in the project's zone.
    pub date: DateTime<FixedOffset>,
    /// When this revision went out.
    pub updated: DateTime<FixedOffset>,
    /// Which revision of which draft it is.
    pub origin: PageOrigin,
    /// The text, Markdown.
    pub body: &'a str,
}

/// Which draft a page was made from: how its own file is told from a stranger's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageOrigin {
    /// The draft.
    pub draft: DraftId,
    /// Its revision.
    pub revision: u32,
}

/// What a file's front matter says of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageMarker {
    /// Which draft and revision.
    pub origin: PageOrigin,
    /// When it first went out.
    pub date: Option<DateTime<FixedOffset>>,
}

/// Returns the file for `page` as `site` reads it. The same page gives the same bytes.
pub fn page_file(site: SiteKind, page: &Page<'_>) -> String {
    let mut file = match site {
        SiteKind::Hugo => hugo(page),
        SiteKind::Jekyll => jekyll(page),
        SiteKind::Astro => astro(page),
        SiteKind::Zola => zola(page),
    };
    file.push('\n');
    file.push_str(templates::guarded(site, page.body).trim_matches('\n'));
    file.push('\n');
    file
}

/// Returns the name of `page`'s file: `{slug}.md`, for Jekyll with the date before it.
pub fn file_name(site: SiteKind, date: DateTime<FixedOffset>, slug: &str) -> String {
    match site {
        SiteKind::Jekyll => format!("{}-{slug}.md", date.format("%Y-%m-%d")),
        SiteKind::Hugo | SiteKind::Astro | SiteKind::Zola => format!("{slug}.md"),
    }
}

/// Returns which draft the front matter at the start of `file` names; `None` for a page that is not ours.
pub fn page_marker(file: &str) -> Option<PageMarker> {
    let mut lines = file.lines();
    let fence = lines.next().filter(|fence| ["---", "+++"].contains(fence))?;
    let (mut draft, mut revision, mut date) = (None, None, None);
    for line in lines.take_while(|line| *line != fence) {
        let Some((key, value)) = line.split_once([':', '=']) else { continue };
        match key.trim() {
            "dateline" => draft = unquoted(value.trim()).and_then(|id| id.parse().ok()),
            "datelineRevision" => revision = value.trim().parse().ok(),
            "date" | "pubDate" => date = DateTime::parse_from_rfc3339(value.trim()).ok(),
            _ => {}
        }
    }
    Some(PageMarker { origin: PageOrigin { draft: draft?, revision: revision? }, date })
}

/// Returns `text` in double quotes as JSON, YAML and TOML all read it.
pub fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for char in json.chars() {
        // YAML ends lines at some of these, TOML refuses others; JSON minds none.
        if matches!(
            char,
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        ) {
            let _ = write!(quoted, "\\u{:04x}", u32::from(char));
        } else {
            quoted.push(char);
        }
    }
    quoted
}

/// Returns what [`quoted`] quoted; `None` when `quoted` is not a string so written.
pub fn unquoted(quoted: &str) -> Option<String> {
    serde_json::from_str(quoted).ok()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

fn instant(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Collects `key: value` lines between YAML's fences.
struct Yaml(String);

impl Yaml {
    fn new() -> Self {
        Self("---\n".to_owned())
    }

    fn field(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        let _ = writeln!(self.0, "{key}: {value}");
        self
    }

    fn list(self, key: &str, texts: &[String]) -> Self {
        if texts.is_empty() { self } else { self.field(key, list(texts)) }
    }

    fn finish(self, origin: PageOrigin) -> String {
        let marked = self
            .field("dateline", quoted(&origin.draft.to_string()))
            .field("datelineRevision", origin.revision);
        marked.0 + "---\n"
    }
}

fn hugo(page: &Page<'_>) -> String {
    Yaml::new()
        .field("title", quoted(page.title))
        .field("date", instant(page.date))
        .field("lastmod", instant(page.updated))
        .field("draft", false)
        .field("slug", quoted(page.slug))
        .field("description", quoted(page.description))
        .list("tags", page.tags)
        .list("authors", page.authors)
        .finish(page.origin)
}

fn jekyll(page: &Page<'_>) -> String {
    Yaml::new()
        .field("layout", quoted("post"))
        .field("title", quoted(page.title))
        .field("date", instant(page.date))
        .field("last_modified_at", instant(page.updated))
        .field("description", quoted(page.description))
        .list("tags", page.tags)
        .list("authors", page.authors)
        .field("published", true)
        .finish(page.origin)
}

fn astro(page: &Page<'_>) -> String {
    Yaml::new()
        .field("title", quoted(page.title))
        .field("description", quoted(page.description))
        .field("pubDate", instant(page.date))
        .field("updatedDate", instant(page.updated))
        .list("tags", page.tags)
        .list("authors", page.authors)
        .finish(page.origin)
}

/// Zola refuses fields it does not know outside `[extra]`.
fn zola(page: &Page<'_>) -> String {
    let mut toml = String::from("+++\n");
    let _ = writeln!(toml, "title = {}", quoted(page.title));
    let _ = writeln!(toml, "date = {}", instant(page.date));
    let _ = writeln!(toml, "updated = {}", instant(page.updated));
    let _ = writeln!(toml, "draft = false");
    let _ = writeln!(toml, "slug = {}", quoted(page.slug));
    let _ = writeln!(toml, "description = {}", quoted(page.description));
    if !page.tags.is_empty() {
        let _ = writeln!(toml, "\n[taxonomies]\ntags = {}", list(page.tags));
    }
    let _ = writeln!(toml, "\n[extra]");
    if !page.authors.is_empty() {
        let _ = writeln!(toml, "authors = {}", list(page.authors));
    }
    let _ = writeln!(toml, "dateline = {}", quoted(&page.origin.draft.to_string()));
    let _ = writeln!(toml, "datelineRevision = {}", page.origin.revision);
    toml + "+++\n"
}

#[cfg(test)]
mod tests;
