//! A small brief and texts about it, for the tables of cases.

use super::*;
use crate::activity::{FileStats, LinkBase, LinkHost, Person, Repository, Window, WindowStart};
use crate::brief::{BriefStats, Class, Period, SourceId, SourceItem, SourceKind, Style};
use crate::content::{ContentPart, Rule};
use crate::platform::Platform;
use crate::project::PlatformSettings;
use crate::time::from_unix_ms;

pub(super) const BASE: &str = "https://github.com/o/r";
/// 2026-08-05.
const AT_MS: i64 = 1_785_888_000_000;

pub(super) fn item(id: u32, title: &str, body: &str) -> SourceItem {
    let sha = format!("{id:02x}9626b4f0c2d1e3a5b6c7d8e9f0a1b2c3d4e5f6");
    SourceItem {
        id: SourceId(id),
        kind: SourceKind::PullRequest,
        number: Some(1500 + u64::from(id)),
        url: Some(format!("{BASE}/pull/{}", 1500 + id)),
        sha,
        title: title.to_owned(),
        headline: title.to_owned(),
        body: body.to_owned(),
        reason: None,
        author: Person { name: "Ann Lee".to_owned(), key: "a".to_owned(), is_bot: false },
        co_authors: Vec::new(),
        first_time: false,
        at: from_unix_ms(AT_MS),
        class: Class::Feature,
        area: None,
        breaking: None,
        closes: vec![9],
        stats: FileStats { files: 3, insertions: 120, deletions: 4 },
        absorbed: Vec::new(),
        score: 50,
        redacted: false,
    }
}

pub(super) fn brief() -> Brief {
    let day = from_unix_ms(AT_MS).date_naive();
    let items = vec![
        item(
            1,
            "Add commit_groups filter for ordered group rendering",
            "The `group_by` filter backs its result with a BTreeMap, so 1,000 groups took 10m13s. See #77.",
        ),
        item(
            2,
            "Match directory patterns on Windows",
            "Patterns like `docs/` never got the trailing stars. Since v1.2.3.",
        ),
    ];
    Brief {
        project: "git-cliff".to_owned(),
        repository: Repository {
            name: "git-cliff".to_owned(),
            branch: Some("main".to_owned()),
            links: Some(LinkBase { host: LinkHost::GitHub, base: BASE.to_owned() }),
        },
        window: Window {
            after: Some("aaaaaaaaaaaa4f0c2d1e3a5b6c7d8e9f0a1b2c3d".to_owned()),
            head: "bbbbbbbbbbbb4f0c2d1e3a5b6c7d8e9f0a1b2c3d".to_owned(),
            from: from_unix_ms(AT_MS),
            to: from_unix_ms(AT_MS),
            start: WindowStart::Cursor,
        },
        period: Period { first: day.pred_opt().expect("a day before"), last: day },
        stats: BriefStats {
            commits: 14,
            items: items.len(),
            people: 9,
            days: 26,
            dropped: 12,
            ..BriefStats::default()
        },
        items,
        dropped: Vec::new(),
        bumps: Vec::new(),
        releases: Vec::new(),
        hot_files: Vec::new(),
        notes: Vec::new(),
        style: Style::default(),
    }
}

pub(super) fn spec(platform: Platform) -> PlatformSpec {
    PlatformSpec::of(platform, &PlatformSettings::default())
}

/// A text in the making. Each statement is appended as a paragraph.
pub(super) struct Case {
    pub(super) brief: Brief,
    pub(super) spec: PlatformSpec,
    pub(super) content: Content,
    pub(super) evidence: Vec<Evidence>,
    pub(super) earlier: Vec<Earlier>,
}

impl Case {
    pub(super) fn new(platform: Platform) -> Self {
        let spec = spec(platform);
        let title = spec
            .title_chars_max
            .map(|_| "Add commit_groups filter, and 1 more change in git-cliff".to_owned());
        let mut case = Self {
            content: Content {
                title: None,
                body: String::new(),
                summary: "Words.".to_owned(),
                tags: Vec::new(),
                length: spec.measure(""),
            },
            brief: brief(),
            spec,
            evidence: Vec::new(),
            earlier: Vec::new(),
        };
        if let Some(title) = title {
            case = case.title(&title, &[1]);
        }
        case
    }

    pub(super) fn title(mut self, title: &str, sources: &[u32]) -> Self {
        self.evidence.retain(|evidence| evidence.part != ContentPart::Title);
        self.evidence.push(evidence(ContentPart::Title, 0, title, sources));
        self.content.title = Some(title.to_owned());
        self
    }

    pub(super) fn says(mut self, statement: &str, sources: &[u32]) -> Self {
        let start = self.content.body.len();
        self.evidence.push(evidence(ContentPart::Body, start, statement, sources));
        self.content.body.push_str(statement);
        self.content.body.push_str("\n\n");
        self
    }

    pub(super) fn raw(mut self, text: &str) -> Self {
        self.content.body.push_str(text);
        self.content.body.push_str("\n\n");
        self
    }

    pub(super) fn tags(mut self, tags: &[&str]) -> Self {
        self.content.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self
    }

    pub(super) fn brief(mut self, change: impl FnOnce(&mut Brief)) -> Self {
        change(&mut self.brief);
        self
    }

    pub(super) fn lint(&self, origin: Origin<'_>) -> Vec<Finding> {
        lint(&LintInput {
            content: &self.content,
            evidence: &self.evidence,
            composition: None,
            brief: &self.brief,
            spec: &self.spec,
            origin,
            earlier: &self.earlier,
        })
    }

    /// Asserts what the rule says of the text: `E` and `W` for each finding, in order.
    pub(super) fn check(&self, rule: Rule, expected: &str) {
        self.check_as(Origin::Writer, rule, expected);
    }

    pub(super) fn check_as(&self, origin: Origin<'_>, rule: Rule, expected: &str) {
        let findings = self.lint(origin);
        let weights: String = findings
            .iter()
            .filter(|finding| finding.rule == rule)
            .map(|finding| match finding.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
            })
            .collect();
        assert_eq!(weights, expected, "{rule:?} of {:?}: {findings:#?}", self.content);
    }
}

pub(super) fn evidence(part: ContentPart, start: usize, statement: &str, sources: &[u32]) -> Evidence {
    Evidence {
        part,
        start,
        end: start + statement.len(),
        statement: statement.to_owned(),
        sources: sources.iter().copied().map(SourceId).collect(),
    }
}
