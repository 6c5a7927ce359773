//! `dateline draft`: texts under review, and their way out.

mod edit;

use clap::{Args, Subcommand};
use dateline_openapi::{calls, types};

use self::edit::EditArgs;
use super::output::{CommandError, print};
use super::server::{PageArgs, ServerArgs, Session};
use super::table::{sheet, table};
use super::text::{PlatformName, plain, plain_lines, word_of};

/// How many sources of a statement are named.
const SOURCES_SHOWN: usize = 5;

const EXAMPLES: &str = "\
Examples:
  dateline draft list --status draft
  dateline draft show last
  dateline draft show last --body > article.md
  dateline draft edit last
  dateline draft edit last --body article.md --note 'the numbers are from the release page'
  dateline draft approve last && dateline draft publish last

DRAFT is an id, its beginning or end, or `last`.";

/// List, read, edit, approve, reject and publish drafts
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Draft {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List drafts, newest first
    List(ListArgs),
    /// Show one draft with its text, what the lint says and what it rests on
    Show {
        /// The draft
        draft: String,
        /// Only the text
        #[arg(long, conflicts_with = "evidence")]
        body: bool,
        /// Also what each statement rests on, and what was left out
        #[arg(long)]
        evidence: bool,
    },
    /// Change a draft's text: in your editor, or from a file
    Edit {
        /// The draft
        draft: String,
        #[command(flatten)]
        edit: EditArgs,
    },
    /// Approve a draft for publication
    Approve {
        /// The draft
        draft: String,
        /// The revision you have read [default: the newest]
        #[arg(long, value_name = "N")]
        revision: Option<u64>,
    },
    /// Reject a draft
    Reject {
        /// The draft
        draft: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        /// The revision you have read [default: the newest]
        #[arg(long, value_name = "N")]
        revision: Option<u64>,
    },
    /// Publish an approved draft
    Publish {
        /// The draft
        draft: String,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Drafts about this project
    #[arg(long)]
    project: Option<String>,
    /// Drafts of this run
    #[arg(long)]
    run: Option<String>,
    /// Drafts for this platform
    #[arg(long = "for", value_name = "PLATFORM", value_enum)]
    platform: Option<PlatformName>,
    /// Drafts that stand here, such as `approved`
    #[arg(long, value_parser = word_of(types::DraftStatus::WORDS))]
    status: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

impl Draft {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let Self { verb, server } = self;
        server.run(async |session| act(verb, &session).await)
    }
}

async fn act(verb: Verb, session: &Session) -> Result<(), CommandError> {
    match verb {
        Verb::List(list) => list.show(session).await,
        Verb::Show { draft, body, evidence } => {
            let id = session.draft(&draft).await?;
            let call = calls::GetDraft::new(id);
            if body {
                let content = session.ask(&call).await?.content;
                return print(plain_lines(&content.body).trim_end());
            }
            session.show(&call, |session, draft| whole(session, draft, evidence)).await
        }
        Verb::Edit { draft, edit } => {
            let id = session.draft(&draft).await?;
            let stored = session.ask(&calls::GetDraft::new(id.clone())).await?;
            let Some(body) = edit.patch(&stored)? else {
                return Err(CommandError::Failed("nothing was changed".into()));
            };
            session.show(&calls::EditDraft::new(id, body), decided).await
        }
        Verb::Approve { draft, revision } => {
            let (id, revision) = read(session, &draft, revision).await?;
            session.show(&calls::ApproveDraft::new(id, types::ApproveBody { revision }), decided).await
        }
        Verb::Reject { draft, reason, revision } => {
            let (id, revision) = read(session, &draft, revision).await?;
            session.show(&calls::RejectDraft::new(id, types::RejectBody { revision, reason }), decided).await
        }
        Verb::Publish { draft } => {
            let id = session.draft(&draft).await?;
            let answer = session.client.send(&calls::PublishDraft::new(id)).await?;
            session.tell(&answer, published)?;
            match &answer.value.status {
                types::PublicationStatus::Published => Ok(()),
                status => {
                    let why = plain(answer.value.reason.as_deref().unwrap_or("its outcome is not known yet"));
                    Err(CommandError::Failed(format!("the publication stands at {status}: {why}")))
                }
            }
        }
    }
}

/// Returns the id of a draft and the revision a decision is about.
async fn read(session: &Session, draft: &str, revision: Option<u64>) -> Result<(String, u64), CommandError> {
    let id = session.draft(draft).await?;
    match revision {
        Some(revision) => Ok((id, revision)),
        None => {
            let stored = session.ask(&calls::GetDraft::new(id)).await?;
            Ok((stored.id, stored.revision))
        }
    }
}

impl ListArgs {
    async fn show(self, session: &Session) -> Result<(), CommandError> {
        let mut call = calls::ListDrafts {
            platform: self.platform.map(|it| it.word()),
            status: self.status.map(types::DraftStatus::from),
            limit: self.page.limit(),
            cursor: self.page.cursor(),
            ..calls::ListDrafts::default()
        };
        if let Some(project) = &self.project {
            call.project_id = Some(session.project(project).await?.id);
        }
        if let Some(run) = &self.run {
            call.execution_id = Some(session.run(run).await?);
        }
        session.list(call, &self.page, "No such drafts.", rows).await
    }
}

fn rows(session: &Session, drafts: &[types::Draft]) -> String {
    let head = format!("written ({})", session.when.zone());
    let row = |draft: &types::Draft| {
        let at = session.when.brief(draft.created_at);
        [draft.id.clone(), draft.platform.to_string(), draft.status.to_string(), at, title_of(draft)]
    };
    table(["id", "platform", "status", &head, "title"], drafts.iter().map(row))
}

/// Returns what a draft is recognised by: its title, else its first words.
pub(super) fn title_of(draft: &types::Draft) -> String {
    let text = draft.content.title.as_deref().unwrap_or(&draft.content.body);
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() { short + "…" } else { short }
}

fn decided(_: &Session, draft: &types::Draft) -> String {
    let findings = findings(&draft.findings);
    let more = if findings.is_empty() { String::new() } else { format!("\n{findings}") };
    format!("{} {}, revision {}{more}", draft.id, draft.status, draft.revision)
}

fn published(session: &Session, publication: &types::PublicationBody) -> String {
    sheet([
        ("publication", Some(publication.id.clone())),
        ("status", Some(publication.status.to_string())),
        ("revision", Some(publication.revision.to_string())),
        ("where", publication.remote_id.clone()),
        ("address", publication.url.clone()),
        ("reason", publication.reason.clone()),
        ("finished", publication.finished_at.map(|at| session.when.whole(at))),
    ])
}

fn findings(findings: &[types::FindingBody]) -> String {
    let line = |it: &types::FindingBody| {
        let excerpt = it.excerpt.as_deref().map(|it| format!(" (`{}`)", plain(it))).unwrap_or_default();
        format!("{} {}: {}{excerpt}", it.severity, it.rule, plain(&it.message))
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn whole(session: &Session, draft: &types::DraftDetail, has_evidence: bool) -> String {
    let content = &draft.content;
    let mut shown = sheet([
        ("id", Some(draft.id.clone())),
        ("platform", Some(draft.platform.to_string())),
        ("status", Some(draft.status.to_string())),
        ("since", draft.status_at.map(|at| session.when.whole(at))),
        ("reason", draft.reason.clone()),
        ("revision", Some(draft.revision.to_string())),
        ("writer", Some(draft.writer.clone())),
        ("note", draft.note.clone()),
        ("run", Some(draft.execution_id.clone())),
        ("written", Some(session.when.whole(draft.created_at))),
        ("tags", Some(content.tags.join(", ")).filter(|tags| !tags.is_empty())),
        ("rests on", Some(format!("{} statements, {} sources", draft.evidence.len(), draft.sources.len()))),
        ("left out", Some(draft.dropped.len()).filter(|it| *it > 0).map(|it| it.to_string())),
    ]);
    let found = findings(&draft.findings);
    if !found.is_empty() {
        shown += &format!("\n\n{found}");
    }
    for publication in &draft.publications {
        shown += &format!("\n\n{}", published(session, publication));
    }
    if has_evidence {
        shown += &evidence(draft);
    }
    let title = content.title.as_deref().map(|title| format!("# {}\n\n", plain(title))).unwrap_or_default();
    shown + "\n\n" + &title + plain_lines(&content.body).trim_end()
}

/// Returns what each statement rests on, and what was left out.
fn evidence(draft: &types::DraftDetail) -> String {
    let source = |id: &u64| {
        let found = draft.sources.iter().find(|source| source.id == *id);
        found.map_or_else(|| id.to_string(), |it| it.sha.chars().take(10).collect())
    };
    let line = |it: &types::EvidenceBody| {
        let named: Vec<_> = it.sources.iter().take(SOURCES_SHOWN).map(source).collect();
        let sources = match it.sources.len() {
            0 => "the counts".to_owned(),
            1..=SOURCES_SHOWN => named.join(", "),
            all => format!("{} and {} more", named.join(", "), all - SOURCES_SHOWN),
        };
        format!("- {}\n  rests on {sources}", plain(&it.statement))
    };
    let dropped = |it: &types::DroppedBody| {
        [it.sha.chars().take(10).collect(), it.reason.to_string(), it.title.clone()]
    };
    let lines: Vec<_> = draft.evidence.iter().map(line).collect();
    let mut shown = format!("\n\n{}", lines.join("\n"));
    if !draft.dropped.is_empty() {
        shown += &format!("\n\n{}", table(["left out", "why", "title"], draft.dropped.iter().map(dropped)));
    }
    shown
}
