//! Prints every text the template writer makes of a local repository, for reading.
//!
//! `cargo run -p dateline-connectors --example texts -- PATH [--since SECONDS] [--until SECONDS] [--name NAME]
//! [--web ADDRESS] [PLATFORM…]`

use std::sync::Arc;

use chrono::{FixedOffset, Offset, Utc};
use dateline_connectors::source::git::GitSource;
use dateline_connectors::writer::template::compose;
use dateline_core::activity::{LinkBase, LinkHost};
use dateline_core::brief::{BriefSetting, Style, build};
use dateline_core::lint::{LintInput, Origin, lint};
use dateline_core::platform::Platform;
use dateline_core::platform_spec::PlatformSpec;
use dateline_core::project::PlatformSettings;
use dateline_core::render::render;
use dateline_core::source::{
    ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest, Source, SourceAccess,
};
use dateline_core::time::{Timestamp, from_unix_ms};

struct Silent;

impl ScanProgress for Silent {
    fn commits_read(&self, _read: usize) {}
}

struct Asked {
    path: String,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    name: Option<String>,
    web: Option<String>,
    platforms: Vec<Platform>,
}

fn asked() -> Asked {
    let mut asked = Asked {
        path: ".".to_owned(),
        since: None,
        until: None,
        name: None,
        web: None,
        platforms: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    let seconds = |word: Option<String>| {
        word.and_then(|word| word.parse::<i64>().ok()).map(|s| from_unix_ms(s * 1_000))
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--since" => asked.since = seconds(words.next()),
            "--until" => asked.until = seconds(words.next()),
            "--name" => asked.name = words.next(),
            "--web" => asked.web = words.next(),
            name => match name.parse() {
                Ok(platform) => asked.platforms.push(platform),
                Err(_) => asked.path = word,
            },
        }
    }
    asked
}

#[tokio::main]
async fn main() {
    let asked = asked();
    let request = ScanRequest {
        from: asked.since.map_or(ScanFrom::First, ScanFrom::Date),
        until: asked.until,
        now: asked.until.unwrap_or_else(|| from_unix_ms(1_795_453_200_000)),
        files: FileDetail::Counted,
    };
    let source = Source::Git { path: asked.path, branch: None };
    let access = SourceAccess::bare(request.now);
    let mut activity = match GitSource::default().scan(&source, &access, request, Arc::new(Silent)).await {
        Ok(Some(activity)) => activity,
        Ok(None) => return println!("nothing in the window"),
        Err(error) => return println!("{error}"),
    };
    if let Some(base) = asked.web {
        activity.repository.links = Some(LinkBase { host: LinkHost::GitHub, base });
    }
    let name = asked.name.unwrap_or_else(|| activity.repository.name.clone());
    let style = Style { tags: vec!["rust".to_owned(), "open source".to_owned()], bots: Vec::new() };
    let utc = |_: Timestamp| -> FixedOffset { Utc.fix() };
    let brief = build(&activity, &BriefSetting { project: &name, offset_at: &utc, style: &style });
    for drop in &brief.dropped {
        println!("dropped {:?}: {}", drop.reason, drop.title);
    }
    for bump in &brief.bumps {
        println!("bump: {}", bump.title);
    }
    for item in &brief.items {
        println!("{:>4} {:?} {:?} {}", item.score, item.class, item.area, item.headline);
    }
    let platforms = if asked.platforms.is_empty() { Platform::ALL.to_vec() } else { asked.platforms };
    for platform in platforms {
        let Ok(composition) = compose(&brief, platform) else { return println!("nothing to tell") };
        let spec = PlatformSpec::of(platform, &PlatformSettings::default());
        let rendered = render(&composition, &brief, &spec);
        let length = &rendered.content.length;
        println!("\n======== {platform} ({} of {:?}; cut {:?})", length.used, length.max, rendered.cut);
        println!(
            "TITLE: {:?}\nTAGS: {:?}\nSUMMARY: {}\n",
            rendered.content.title, rendered.content.tags, rendered.content.summary
        );
        println!("{}", rendered.content.body);
        let input = LintInput {
            content: &rendered.content,
            evidence: &rendered.evidence,
            composition: Some(&composition),
            brief: &brief,
            spec: &spec,
            origin: Origin::Writer,
            earlier: &[],
        };
        for finding in lint(&input) {
            println!(
                "LINT {:?} {:?}: {} {:?}",
                finding.rule, finding.severity, finding.message, finding.excerpt
            );
        }
    }
}
