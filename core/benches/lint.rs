//! What the lint costs: a long article about a thousand items, and a text that means harm.

fn main() {
    divan::main();
}

use dateline_core::activity::{FileStats, LinkBase, LinkHost, Person, Repository, Window, WindowStart};
use dateline_core::brief::{Brief, BriefStats, Class, Period, SourceId, SourceItem, SourceKind, Style};
use dateline_core::content::{Content, ContentPart, Evidence};
use dateline_core::lint::{LintInput, Origin, lint};
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::PlatformSettings;
use dateline_core::time::from_unix_ms;

const BASE: &str = "https://github.com/o/r";

fn item(id: u32) -> SourceItem {
    SourceItem {
        id: SourceId(id),
        kind: SourceKind::PullRequest,
        number: Some(u64::from(id)),
        sha: format!("{id:08x}b4f0c2d1e3a5b6c7d8e9f0a1b2c3d4e5"),
        url: Some(format!("{BASE}/pull/{id}")),
        title: format!("Add part {id} to the machine"),
        headline: format!("Add part {id} to the machine"),
        body: "The old part failed silently because its table was never locked while others wrote. "
            .repeat(6),
        reason: None,
        author: Person { name: "Ann Lee".to_owned(), key: "a".to_owned(), is_bot: false },
        co_authors: Vec::new(),
        first_time: false,
        at: from_unix_ms(0),
        class: Class::Feature,
        area: None,
        breaking: None,
        closes: vec![u64::from(id) + 5_000],
        stats: FileStats::default(),
        absorbed: Vec::new(),
        score: 50,
        redacted: false,
    }
}

fn brief(items: u32) -> Brief {
    let day = from_unix_ms(0).date_naive();
    Brief {
        project: "machine".to_owned(),
        repository: Repository {
            name: "machine".to_owned(),
            branch: None,
            links: Some(LinkBase { host: LinkHost::GitHub, base: BASE.to_owned() }),
        },
        window: Window {
            after: None,
            head: "b".repeat(40),
            from: from_unix_ms(0),
            to: from_unix_ms(0),
            start: WindowStart::ThirtyDays,
        },
        period: Period { first: day, last: day },
        items: (1..=items).map(item).collect(),
        dropped: Vec::new(),
        bumps: Vec::new(),
        releases: Vec::new(),
        stats: BriefStats::default(),
        hot_files: Vec::new(),
        notes: Vec::new(),
        style: Style::default(),
    }
}

/// Returns a text with one statement an item, at least 100 bytes each.
fn text(brief: &Brief) -> (Content, Vec<Evidence>) {
    let mut body = String::new();
    let mut evidence = Vec::new();
    for item in &brief.items {
        let n = item.id.0;
        let statement = format!(
            "**Add part {n} to the machine** ([#{n}]({BASE}/pull/{n})). “Its table was never locked.”"
        );
        evidence.push(Evidence {
            part: ContentPart::Body,
            start: body.len(),
            end: body.len() + statement.len(),
            statement: statement.clone(),
            sources: vec![item.id],
        });
        body.push_str(&statement);
        body.push_str("\n\n");
    }
    (content(body), evidence)
}

fn content(body: String) -> Content {
    let spec = spec();
    let length = spec.measure(&body);
    Content { title: Some("Parts".to_owned()), body, summary: String::new(), tags: Vec::new(), length }
}

fn spec() -> PlatformSpec {
    PlatformSpec::of(Platform::Markdown, &PlatformSettings::default())
}

fn run(brief: &Brief, content: &Content, evidence: &[Evidence]) -> usize {
    let spec = spec();
    let (composition, origin, earlier) = (None, Origin::Writer, &[][..]);
    lint(&LintInput { content, evidence, composition, brief, spec: &spec, origin, earlier }).len()
}

#[divan::bench(args = [10, 100, 1_000])]
fn items(bencher: divan::Bencher<'_, '_>, items: u32) {
    let brief = brief(items);
    let (content, evidence) = text(&brief);
    bencher.bench(|| run(&brief, &content, &evidence));
}

#[divan::bench(args = ["[", "`a ", "> ", "*a **b ", "http://", "#1 ", "@a ", "aB ", "`a_b` "])]
fn hostile_100_kb(bencher: divan::Bencher<'_, '_>, piece: &str) {
    let brief = brief(1_000);
    let content = content(piece.repeat(100_000 / piece.len()));
    let evidence = Evidence {
        part: ContentPart::Body,
        start: 0,
        end: content.body.len(),
        statement: content.body.clone(),
        sources: brief.items.iter().map(|item| item.id).collect(),
    };
    bencher.bench(|| run(&brief, &content, std::slice::from_ref(&evidence)));
}
