//! `dateline write`: one text from a repository, at once, without a server.

use std::path::{Path, PathBuf};

use clap::Args;
use dateline_actors::request::{OneShot, WriteOnce, WriteOnceError};
use dateline_connectors::source::git::GitSource;
use dateline_connectors::writer::template::TemplateWriter;
use dateline_core::brief::Style;
use dateline_core::clock::Clock;
use dateline_core::content::Severity;
use dateline_core::platform::Platform;
use dateline_core::source::Source;
use dateline_core::writer::WriteError;
use poem_openapi::Object;
use poem_openapi::types::ToJSON;

use super::output::{CommandError, Progress, print, runtime, tell};
use super::text::{Moment, PlatformName, moment, readable};
use crate::http::drafts::{ContentBody, DroppedBody, EvidenceBody, FindingBody, SourceItemBody};
use crate::http::fields::Word;
use crate::os::OsClock;

const EXAMPLES: &str = "\
Examples:
  dateline write                            an article about this repository
  dateline write ~/src/app --for release    release notes
  dateline write --for linkedin --since 2026-11-01 --until 2026-11-15
  dateline write --json | jq -r '.content.body'

Without --since the text reaches back to the last release tag, else thirty days,
else fifty commits.";

/// Write one text about a repository and print it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Write {
    /// The repository, its work tree or a folder inside
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The platform to write for
    #[arg(long = "for", value_name = "PLATFORM", value_enum, default_value = "markdown")]
    platform: PlatformName,
    /// Tell what was committed from this day (UTC) or instant on
    #[arg(long, value_name = "DATE", value_parser = moment)]
    since: Option<Moment>,
    /// Tell nothing committed after this day (UTC) or instant
    #[arg(long, value_name = "DATE", value_parser = moment)]
    until: Option<Moment>,
    /// The zone dates are told in, an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
    /// Print the text, its evidence and what was left out as one JSON document
    #[arg(long)]
    json: bool,
}

/// The text with all that proves it.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct Document {
    platform: Word<Platform>,
    content: ContentBody,
    evidence: Vec<EvidenceBody>,
    sources: Vec<SourceItemBody>,
    dropped: Vec<DroppedBody>,
    findings: Vec<FindingBody>,
}

impl Write {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let platform = Platform::from(self.platform);
        let progress = Progress::new();
        progress.say("reading the history …");
        let written = runtime()?.block_on(self.written(platform))?;
        drop(progress);
        let Some(OneShot { brief, rendered, findings }) = written else {
            tell(&format!("nothing worth telling happened in `{}` in this window", self.path.display()));
            return if self.json { print("null") } else { Ok(()) };
        };
        let blocking: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
        let refused = blocking.iter().map(|it| format!("{:?}: {}", it.rule, it.message)).collect::<Vec<_>>();
        if self.json {
            let document = Document {
                platform: Word(platform),
                content: rendered.content.into(),
                evidence: rendered.evidence.into_iter().map(Into::into).collect(),
                sources: brief.items.into_iter().map(Into::into).collect(),
                dropped: brief.dropped.into_iter().map(Into::into).collect(),
                findings: findings.into_iter().map(Into::into).collect(),
            };
            print(&serde_json::to_string_pretty(&document.to_json()).unwrap_or_default())?;
        } else {
            print(&readable(platform, &rendered.content))?;
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(CommandError::Failed(format!("the lint holds this text back: {}", refused.join("; "))))
        }
    }

    async fn written(&self, platform: Platform) -> Result<Option<OneShot>, CommandError> {
        let ask = WriteOnce {
            source: Source::Git { path: absolute(&self.path)?, branch: None },
            platform,
            since: self.since.map(Moment::start),
            until: self.until.map(Moment::end),
            now: OsClock::new().now(),
            project: None,
            timezone: self.tz.clone(),
            style: Style::default(),
        };
        if let (Some(since), Some(until)) = (ask.since, ask.until)
            && until < since
        {
            let until = dateline_core::time::rfc3339(until);
            return Err(CommandError::argument("--until", &until, "a moment after --since"));
        }
        match dateline_actors::write_once(&GitSource::default(), &TemplateWriter, ask).await {
            Ok(written) => Ok(written),
            Err(WriteOnceError::Write(WriteError::NothingToTell)) => Ok(None),
            Err(WriteOnceError::Timezone(_)) => {
                Err(CommandError::argument("--tz", &self.tz, "an IANA zone name such as `Europe/Berlin`"))
            }
            Err(error) => Err(CommandError::Failed(error.to_string())),
        }
    }
}

/// Returns the absolute path of a folder that exists.
pub(super) fn absolute(path: &Path) -> Result<String, CommandError> {
    let expected = "an existing folder with a git repository";
    let refused = |error: std::io::Error| {
        CommandError::argument("PATH", &path.display().to_string(), &format!("{expected} ({error})"))
    };
    let absolute = path.canonicalize().map_err(refused)?;
    let text = absolute
        .to_str()
        .ok_or_else(|| CommandError::argument("PATH", &path.display().to_string(), "a path in UTF-8"))?;
    Ok(text.to_owned())
}
