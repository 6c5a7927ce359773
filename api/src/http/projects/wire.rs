//! The parts of a project as JSON spells them.

use dateline_actors::request::TokenChange;
use dateline_core::brief::Style;
use dateline_core::platform::Platform;
use dateline_core::project::{PlatformSettings, ProjectPlatform};
use dateline_core::publisher::{SiteKind, Target};
use dateline_core::secret::Secret;
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
    /// A repository on GitHub, or on a GitHub Enterprise server.
    #[oai(mapping = "GITHUB")]
    Github(GithubSource),
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

/// A repository on GitHub, or on a GitHub Enterprise server.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct GithubSource {
    /// The user or organisation it belongs to.
    pub owner: Line<39>,
    /// Its name.
    pub repo: Line<100>,
    /// The branch to read; the repository's default one when absent.
    pub branch: Option<Line<255>>,
    /// Where a GitHub Enterprise server answers, such as `https://ghe.example.com/api/v3`; GitHub itself when absent.
    #[oai(validator(min_length = 8, max_length = 2000))]
    pub api_url: Option<String>,
    /// The token to read it with. It is never shown again. When a project is changed, an absent token keeps the stored
    /// one as long as owner, repository and server stay the same, and an empty one removes it.
    #[oai(write_only, validator(max_length = 255))]
    pub token: Option<String>,
}

/// Where a project's activity is read, as it is shown: without its token.
#[derive(Debug, Union)]
#[oai(discriminator_name = "kind", one_of = true)]
pub enum SourceView {
    /// A git repository in a local folder.
    #[oai(mapping = "GIT")]
    Git(GitView),
    /// A repository on GitHub, or on a GitHub Enterprise server.
    #[oai(mapping = "GITHUB")]
    Github(GithubView),
}

/// A git repository in a local folder, as it is shown.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct GitView {
    /// Absolute path of the repository, its work tree or a folder inside.
    pub path: String,
    /// The branch that is read; the checked-out one when absent.
    pub branch: Option<String>,
}

/// A repository on GitHub, or on a GitHub Enterprise server, as it is shown.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct GithubView {
    /// The user or organisation it belongs to.
    pub owner: String,
    /// Its name.
    pub repo: String,
    /// The branch that is read; the repository's default one when absent.
    pub branch: Option<String>,
    /// Where a GitHub Enterprise server answers; GitHub itself when absent.
    pub api_url: Option<String>,
    /// Whether the project has a token of its own.
    pub has_token: bool,
    /// The token's last four characters, when it is long enough not to be given away by them.
    pub token_hint: Option<String>,
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

impl SourceBody {
    /// Returns the source, and what becomes of its token.
    pub fn parted(self) -> (Source, TokenChange) {
        match self {
            Self::Git(git) => {
                let branch = git.branch.map(|line| line.0);
                (Source::Git { path: git.path, branch }, TokenChange::Keep)
            }
            Self::Github(github) => {
                let token = match github.token {
                    None => TokenChange::Keep,
                    Some(token) if token.is_empty() => TokenChange::Remove,
                    Some(token) => TokenChange::Set(Secret::new(token)),
                };
                let source = Source::Github {
                    owner: github.owner.0,
                    repo: github.repo.0,
                    branch: github.branch.map(|line| line.0),
                    api_url: github.api_url,
                    token: None,
                };
                (source, token)
            }
        }
    }
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        match source {
            Source::Git { path, branch } => Self::Git(GitView { path, branch }),
            Source::Github { owner, repo, branch, api_url, token } => Self::Github(GithubView {
                owner,
                repo,
                branch,
                api_url,
                has_token: token.is_some(),
                token_hint: token.and_then(|token| token.hint),
            }),
        }
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
