//! The parts of a project as JSON spells them.

use dateline_core::brief::Style;
use dateline_core::platform::Platform;
use dateline_core::project::{PlatformSettings, ProjectPlatform};
use dateline_core::publisher::{SiteKind, Target};
use dateline_core::source::Source;
use poem_openapi::{Object, Union};

use crate::http::fields::{Line, Word, words};

words!(Platform as Platform ("A place with rules of its own for length, markup and tags."):
    Devto, Hashnode, Linkedin, Mastodon, Bluesky, ReleaseNotes, Email, Markdown);
words!(SiteKind as SiteKind ("A static site generator whose front matter is known."): Hugo, Jekyll, Astro, Zola);

/// Where a project's activity is read.
#[derive(Debug, Union)]
#[oai(discriminator_name = "kind", one_of = true)]
pub enum SourceBody {
    /// A git repository in a local folder.
    #[oai(mapping = "GIT")]
    Git(GitSource),
}

/// A git repository in a local folder.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct GitSource {
    /// Absolute path of the repository, its work tree or a folder inside.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub path: String,
    /// The branch to read; the checked-out one when absent.
    pub branch: Option<Line<255>>,
}

/// What a project wants from one platform.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PlatformEntry {
    /// Which.
    pub platform: Word<Platform>,
    /// Whether executions write for it; true when absent.
    pub is_enabled: Option<bool>,
    /// How.
    pub settings: Option<SettingsBody>,
}

/// A platform's settings within a project.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct SettingsBody {
    /// Where approved drafts are published (MARKDOWN and RELEASE_NOTES); without one they are kept for copying.
    pub target: Option<TargetBody>,
    /// The most characters the platform takes, where an instance sets its own (MASTODON).
    #[oai(validator(minimum(value = "100"), maximum(value = "100000")))]
    pub body_chars_max: Option<u32>,
}

/// Where approved drafts of a platform are published.
#[derive(Debug, Union)]
#[oai(discriminator_name = "kind", one_of = true)]
pub enum TargetBody {
    /// A file in the content folder of a static site.
    #[oai(mapping = "FOLDER")]
    Folder(FolderTarget),
    /// An entry of an Atom feed kept as one file.
    #[oai(mapping = "FEED")]
    Feed(FeedTarget),
}

/// A file in the content folder of a static site.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FolderTarget {
    /// Absolute path of the folder that receives the files; it must exist.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub path: String,
    /// Whose front matter to write.
    pub site: Word<SiteKind>,
}

/// An entry of an Atom feed kept as one file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FeedTarget {
    /// Absolute path of the feed file; its folder must exist.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub path: String,
    /// The feed's title.
    pub title: Line<120>,
    /// The web address of the site the feed belongs to, absolute http or https.
    #[oai(validator(min_length = 8, max_length = 2000))]
    pub site_url: String,
}

/// How a project wants to sound.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct StyleBody {
    /// Tags to put under a text, most fitting first.
    #[oai(validator(max_items = 20))]
    pub tags: Option<Vec<Line<60>>>,
    /// Names or addresses whose commits count as a robot's.
    #[oai(validator(max_items = 50))]
    pub bots: Option<Vec<Line<60>>>,
}

impl From<SourceBody> for Source {
    fn from(body: SourceBody) -> Self {
        let SourceBody::Git(git) = body;
        Self::Git { path: git.path, branch: git.branch.map(|line| line.0) }
    }
}

impl From<Source> for SourceBody {
    fn from(source: Source) -> Self {
        let Source::Git { path, branch } = source;
        Self::Git(GitSource { path, branch: branch.map(Line) })
    }
}

impl PlatformEntry {
    /// Returns an enabled platform without settings.
    pub fn plain(platform: Platform) -> Self {
        Self { platform: Word(platform), is_enabled: Some(true), settings: None }
    }
}

impl From<PlatformEntry> for ProjectPlatform {
    fn from(entry: PlatformEntry) -> Self {
        let settings = entry.settings.map_or_else(PlatformSettings::default, |settings| PlatformSettings {
            target: settings.target.map(Into::into),
            body_chars_max: settings.body_chars_max.map(|max| max as usize),
        });
        Self { platform: entry.platform.0, is_enabled: entry.is_enabled.unwrap_or(true), settings }
    }
}

impl From<ProjectPlatform> for PlatformEntry {
    fn from(entry: ProjectPlatform) -> Self {
        let PlatformSettings { target, body_chars_max } = entry.settings;
        let settings = SettingsBody {
            target: target.map(Into::into),
            body_chars_max: body_chars_max.and_then(|max| u32::try_from(max).ok()),
        };
        Self { platform: Word(entry.platform), is_enabled: Some(entry.is_enabled), settings: Some(settings) }
    }
}

impl From<TargetBody> for Target {
    fn from(body: TargetBody) -> Self {
        match body {
            TargetBody::Folder(folder) => Self::Folder { path: folder.path, site: folder.site.0 },
            TargetBody::Feed(feed) => {
                Self::Feed { path: feed.path, title: feed.title.0, site_url: feed.site_url }
            }
        }
    }
}

impl From<Target> for TargetBody {
    fn from(target: Target) -> Self {
        match target {
            Target::Folder { path, site } => Self::Folder(FolderTarget { path, site: Word(site) }),
            Target::Feed { path, title, site_url } => {
                Self::Feed(FeedTarget { path, title: Line(title), site_url })
            }
        }
    }
}

impl From<StyleBody> for Style {
    fn from(body: StyleBody) -> Self {
        let texts =
            |lines: Option<Vec<Line<60>>>| lines.unwrap_or_default().into_iter().map(|line| line.0).collect();
        Self { tags: texts(body.tags), bots: texts(body.bots) }
    }
}

impl From<Style> for StyleBody {
    fn from(style: Style) -> Self {
        let lines = |texts: Vec<String>| Some(texts.into_iter().map(Line).collect());
        Self { tags: lines(style.tags), bots: lines(style.bots) }
    }
}
