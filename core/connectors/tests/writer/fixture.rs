//! Invented histories, a line a commit.

use chrono::{FixedOffset, Offset, Utc};
use dateline_connectors::writer::template::compose;
use dateline_core::activity::{
    Activity, Commit, FileStats, LinkBase, LinkHost, Merge, Person, Release, Repository, Trailer, Window,
    WindowStart,
};
use dateline_core::brief::{Brief, BriefSetting, Style, build};
use dateline_core::composition::Composition;
use dateline_core::content::Rendered;
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::PlatformSettings;
use dateline_core::render::render;
use dateline_core::time::{Timestamp, from_unix_ms};

/// 1 August 2026, 12:00 UTC.
const START_MS: i64 = 1_785_585_600_000;
const HOUR_MS: i64 = 3_600_000;

/// A history under construction, oldest commit first.
#[derive(Default)]
pub(crate) struct History {
    commits: Vec<Commit>,
    releases: Vec<Release>,
}

impl History {
    /// Adds a commit by `author`.
    pub(crate) fn commit(mut self, author: &str, subject: &str, body: &str) -> Self {
        let commit = self.next(author, subject, body);
        self.commits.push(commit);
        self
    }

    /// Changes the last commit.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Commit)) -> Self {
        change(self.commits.last_mut().unwrap());
        self
    }

    /// Adds a merge of the last `number` commits under a pull request's title.
    pub(crate) fn merge(mut self, author: &str, number: u64, title: Option<&str>, of: usize) -> Self {
        let subject = match title {
            Some(_) => format!("Merge pull request #{number} from somebody/branch"),
            None => "Merge branch 'topic'".to_owned(),
        };
        let mut merge = self.next(author, &subject, title.unwrap_or_default());
        let from = self.commits.len() - of;
        for commit in &mut self.commits[from..] {
            commit.merged_in = Some(merge.sha.clone());
        }
        merge.pull_request = title.map(|_| number);
        merge.stats = FileStats::default();
        merge.merge = Some(Merge {
            branch: Some("topic".to_owned()),
            title: title.map(str::to_owned),
            commits: self.commits[from..].iter().rev().map(|commit| commit.sha.clone()).collect(),
        });
        self.commits.push(merge);
        self
    }

    /// Tags the last commit.
    pub(crate) fn release(mut self, tag: &str) -> Self {
        let last = self.commits.last().unwrap();
        self.releases.insert(
            0,
            Release {
                tag: tag.to_owned(),
                sha: last.sha.clone(),
                at: last.committed_at,
                message: String::new(),
            },
        );
        self
    }

    fn next(&self, author: &str, subject: &str, body: &str) -> Commit {
        let number = self.commits.len() + 1;
        let at = from_unix_ms(START_MS + i64::try_from(number).unwrap() * 6 * HOUR_MS);
        Commit {
            sha: format!("{:07x}{:033x}", 0x9a0_b1c0 + number * 0x1357, number),
            authored_at: at,
            committed_at: at,
            author: person(author),
            co_authors: Vec::new(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            trailers: Vec::new(),
            merge: None,
            merged_in: None,
            pull_request: trailing_number(subject),
            closes: Vec::new(),
            stats: FileStats { files: 2, insertions: 20, deletions: 4 },
            files: Vec::new(),
            first_time: Some(false),
        }
    }

    /// Returns the activity, with links into an invented repository.
    pub(crate) fn activity(mut self) -> Activity {
        self.commits.reverse();
        let last = from_unix_ms(START_MS);
        Activity {
            repository: Repository {
                name: "lantern".to_owned(),
                branch: Some("main".to_owned()),
                links: Some(LinkBase {
                    host: LinkHost::GitHub,
                    base: "https://github.com/example/lantern".to_owned(),
                }),
            },
            window: Window {
                after: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
                head: self.commits.first().map(|commit| commit.sha.clone()).unwrap_or_default(),
                from: self.commits.last().map_or(last, |commit| commit.committed_at),
                to: self.commits.first().map_or(last, |commit| commit.committed_at),
                start: WindowStart::Cursor,
            },
            commits: self.commits,
            releases: self.releases,
            hot_files: Vec::new(),
            issues: Vec::new(),
            notes: Vec::new(),
        }
    }
}

pub(crate) fn person(name: &str) -> Person {
    Person { name: name.to_owned(), key: format!("key of {name}"), is_bot: name.ends_with("[bot]") }
}

pub(crate) fn trailer(token: &str, value: &str) -> Trailer {
    Trailer { token: token.to_owned(), value: value.to_owned() }
}

fn trailing_number(subject: &str) -> Option<u64> {
    subject.strip_suffix(')')?.rsplit_once("(#")?.1.parse().ok()
}

pub(crate) fn brief(activity: &Activity) -> Brief {
    let utc = |_: Timestamp| -> FixedOffset { Utc.fix() };
    let style = Style { tags: vec!["rust".to_owned(), "open source".to_owned()], bots: Vec::new() };
    build(activity, &BriefSetting { project: "Lantern", offset_at: &utc, style: &style })
}

/// Returns the text for `platform`; `None` when there is nothing to tell.
pub(crate) fn text(brief: &Brief, platform: Platform) -> Option<(Composition, PlatformSpec, Rendered)> {
    let composition = compose(brief, platform).ok()?;
    let spec = PlatformSpec::of(platform, &PlatformSettings::default());
    let rendered = render(&composition, brief, &spec);
    Some((composition, spec, rendered))
}
