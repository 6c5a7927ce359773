//! What a draft rests on and what became of it, as JSON spells it.

use dateline_core::brief::{Class, DropReason, Dropped, SourceItem, SourceKind};
use dateline_core::draft::{Publication, PublicationOutcome};
use dateline_core::id::PublicationId;
use poem_openapi::{Enum, Object};

use super::Draft;
use super::text::EvidenceBody;
use crate::http::fields::{Id, Instant, Word, words};
use crate::http::projects::TargetBody;

words!(SourceKind as SourceKind ("What a source is."): Commit, PullRequest);
words!(Class as Class ("What sort of change a source is."):
    Security, Feature, Fix, Performance, Documentation, Removal, Upkeep, Other);
words!(DropReason as DropReason ("Why something is left out."):
    Merge, Bot, ReleaseCommit, WorkInProgress, Marked, Reverted, Housekeeping, Empty);

/// A draft with all it rests on and all that became of it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DraftDetail {
    /// Its newest revision.
    #[oai(flatten)]
    pub draft: Draft,
    /// What each statement rests on, in reading order.
    pub evidence: Vec<EvidenceBody>,
    /// What happened, most important first.
    pub sources: Vec<SourceItemBody>,
    /// The `id`s of sources that were cut so that the text fits.
    pub cut: Vec<u32>,
    /// What was left out, and why.
    pub dropped: Vec<DroppedBody>,
    /// Where it went out, newest first.
    pub publications: Vec<PublicationBody>,
}

/// One thing that happened, joined from the commits, pull request and issues that belong together.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SourceItemBody {
    /// Its number within the draft.
    pub id: u32,
    /// What it is.
    pub kind: Word<SourceKind>,
    /// Pull request number, when it has one.
    pub number: Option<u64>,
    /// Full object id of the commit that stands for it.
    pub sha: String,
    /// Its web page; null without a known remote.
    pub url: Option<String>,
    /// The subject as its author wrote it, secrets replaced.
    pub title: String,
    /// Its author.
    pub author: String,
    /// When it entered the history.
    pub at: Instant,
    /// What sort of change it is.
    pub class: Word<Class>,
    /// Issues it closes.
    pub closes: Vec<u64>,
    /// Files touched.
    pub files: u32,
    /// Lines added.
    pub insertions: u64,
    /// Lines removed.
    pub deletions: u64,
    /// Object ids of commits told by this item.
    pub absorbed: Vec<String>,
    /// Whether a secret was found and replaced in its texts.
    pub is_redacted: bool,
}

/// Something left out, and why.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DroppedBody {
    /// Object id of the commit.
    pub sha: String,
    /// Its subject.
    pub title: String,
    /// Why it is left out.
    pub reason: Word<DropReason>,
}

/// Where a publication stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicationStatus {
    /// The intent is recorded, the outcome is not.
    Pending,
    /// It is out.
    Published,
    /// It is not.
    Failed,
}

/// The record that a draft is, or is about to be, out at one target.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PublicationBody {
    /// Its identity; the same in every try.
    pub id: Id<PublicationId>,
    /// The revision that goes out.
    pub revision: u32,
    /// Where to.
    pub target: TargetBody,
    /// Where it stands.
    pub status: PublicationStatus,
    /// When the intent was recorded.
    pub intended_at: Instant,
    /// When its outcome was known.
    pub finished_at: Option<Instant>,
    /// The place's own name for it: a file's path, a feed entry's id.
    pub remote_id: Option<String>,
    /// Its address, when it has one.
    pub url: Option<String>,
    /// Why it is not out.
    pub reason: Option<String>,
}

impl From<dateline_actors::request::DraftDetail> for DraftDetail {
    fn from(detail: dateline_actors::request::DraftDetail) -> Self {
        let dateline_actors::request::DraftDetail { mut draft, brief, publications } = detail;
        let evidence = std::mem::take(&mut draft.evidence).into_iter().map(Into::into).collect();
        let cut = draft.cut.iter().map(|source| source.0).collect();
        Self {
            draft: draft.into(),
            evidence,
            sources: brief.items.into_iter().map(Into::into).collect(),
            cut,
            dropped: brief.dropped.into_iter().map(Into::into).collect(),
            publications: publications.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SourceItem> for SourceItemBody {
    fn from(item: SourceItem) -> Self {
        Self {
            id: item.id.0,
            kind: Word(item.kind),
            number: item.number,
            sha: item.sha,
            url: item.url,
            title: item.title,
            author: item.author.name,
            at: Instant(item.at),
            class: Word(item.class),
            closes: item.closes,
            files: item.stats.files,
            insertions: item.stats.insertions,
            deletions: item.stats.deletions,
            absorbed: item.absorbed,
            is_redacted: item.redacted,
        }
    }
}

impl From<Dropped> for DroppedBody {
    fn from(dropped: Dropped) -> Self {
        Self { sha: dropped.sha, title: dropped.title, reason: Word(dropped.reason) }
    }
}

impl From<Publication> for PublicationBody {
    fn from(publication: Publication) -> Self {
        let mut body = Self {
            id: Id(publication.id),
            revision: publication.revision,
            target: publication.target.into(),
            status: PublicationStatus::Pending,
            intended_at: Instant(publication.intended_at),
            finished_at: None,
            remote_id: None,
            url: None,
            reason: None,
        };
        match publication.outcome {
            None => {}
            Some(PublicationOutcome::Published { at, published }) => {
                body.status = PublicationStatus::Published;
                body.finished_at = Some(Instant(at));
                body.remote_id = Some(published.remote_id);
                body.url = published.url;
            }
            Some(PublicationOutcome::Failed { at, reason }) => {
                body.status = PublicationStatus::Failed;
                body.finished_at = Some(Instant(at));
                body.reason = Some(reason);
            }
        }
        body
    }
}
