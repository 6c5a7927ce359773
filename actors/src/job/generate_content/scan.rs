//! The step `scan`: one brief for each distinct cursor.
//!
//! The step records briefs, not raw activity: a brief is what every later step needs, and 20,000 commits fit into a few
//! megabytes of it. After a crash the texts are written from the record, without reading the source again.

use std::sync::Arc;

use dateline_core::brief::{Brief, BriefSetting, build};
use dateline_core::execution::FailureClass;
use dateline_core::platform::Platform;
use dateline_core::schedule::Zone;
use dateline_core::source::{FileDetail, ScanFrom, ScanProgress, ScanRequest};
use serde::{Deserialize, Serialize};

use super::fetch_project::{Fetched, Wanted, source_fault};
use crate::attempt::{Done, Fault, Run};

/// Authors' prose is kept up to this much, weightiest items first; texts quote a few sentences of it at most.
const PROSE_BYTES_MAX: usize = 1 << 20;
/// Says how far a long scan has come every so many commits.
const PROGRESS_EVERY: usize = 5_000;

/// What the step records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scanned {
    pub(super) stream: String,
    pub(super) windows: Vec<ScannedWindow>,
}

/// What lies between one cursor and the head.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScannedWindow {
    /// The platforms that stood at this cursor.
    pub(super) platforms: Vec<Platform>,
    /// What may be told; absent when nothing happened.
    pub(super) brief: Option<Arc<Brief>>,
}

impl Scanned {
    /// Whether nothing happened in any window.
    pub(super) fn is_empty(&self) -> bool {
        self.windows.iter().all(|window| window.brief.is_none())
    }

    /// Returns what may be told on a platform.
    pub(super) fn brief(&self, platform: Platform) -> Option<&Arc<Brief>> {
        let window = self.windows.iter().find(|window| window.platforms.contains(&platform))?;
        window.brief.as_ref()
    }
}

pub(super) async fn scan(
    run: &Arc<Run>,
    fetched: &Fetched,
    wanted: &[Wanted],
) -> Result<Done<Scanned>, Fault> {
    let mut windows: Vec<(Option<&str>, ScanFrom, Vec<Platform>)> = Vec::new();
    for Wanted { platform, .. } in wanted {
        let cursor = fetched.cursor(*platform);
        let sha = cursor.map(|cursor| cursor.sha.as_str());
        match windows.iter_mut().find(|(known, _, _)| *known == sha) {
            Some((_, _, platforms)) => platforms.push(*platform),
            None => {
                let from = cursor.map_or(ScanFrom::First, |cursor| ScanFrom::Cursor {
                    sha: cursor.sha.clone(),
                    at: cursor.at,
                });
                windows.push((sha, from, vec![*platform]));
            }
        }
    }
    let prose_max = PROSE_BYTES_MAX / windows.len().max(1);
    let mut scanned = Scanned { stream: fetched.head.stream.clone(), windows: Vec::new() };
    for (_, from, platforms) in windows {
        let brief = read(run, fetched, from, prose_max).await?;
        say(run, &platforms, brief.as_deref());
        scanned.windows.push(ScannedWindow { platforms, brief });
    }
    Ok(Done::of(scanned))
}

async fn read(
    run: &Arc<Run>,
    fetched: &Fetched,
    from: ScanFrom,
    prose_max: usize,
) -> Result<Option<Arc<Brief>>, Fault> {
    let request = ScanRequest { from, until: None, now: run.now(), files: FileDetail::Counted };
    let progress = Arc::new(Progress(run.clone()));
    let project = &fetched.project;
    let scanned = run.shared.parts.source.scan(&project.source, request, progress).await;
    let Some(activity) = scanned.map_err(|error| source_fault(&error))? else { return Ok(None) };
    let zone = Zone::named(&project.timezone).map_err(|error| Fault::new(FailureClass::Permanent, &error))?;
    let (name, style) = (project.name.clone(), project.style.clone());
    let building = tokio::task::spawn_blocking(move || {
        let offset_at = |at| zone.offset_at(at);
        let setting = BriefSetting { project: &name, offset_at: &offset_at, style: &style };
        let mut brief = build(&activity, &setting);
        shorten(&mut brief, prose_max);
        Arc::new(brief)
    });
    match building.await {
        Ok(brief) => Ok(Some(brief)),
        Err(error) => Err(Fault::new(FailureClass::Panic, &error)),
    }
}

/// Drops the prose of the lightest items, so that a record of any history stays small.
fn shorten(brief: &mut Brief, prose_max: usize) {
    let mut kept = 0;
    for item in &mut brief.items {
        kept += item.body.len() + item.reason.as_ref().map_or(0, String::len);
        if kept > prose_max {
            item.body = String::new();
            item.reason = None;
        }
    }
}

fn say(run: &Run, platforms: &[Platform], brief: Option<&Brief>) {
    let names = platforms.iter().map(|platform| platform.name()).collect::<Vec<_>>().join(", ");
    match brief {
        None => run.info(&format!("{names}: nothing happened since the last run")),
        Some(brief) => {
            let stats = &brief.stats;
            run.info(&format!(
                "{names}: {} commits, {} worth telling, {} left out",
                stats.commits, stats.items, stats.dropped
            ));
        }
    }
}

/// Tells the log how far a scan has come, and the scan when to end.
struct Progress(Arc<Run>);

impl ScanProgress for Progress {
    fn commits_read(&self, read: usize) {
        if read > 0 && read % PROGRESS_EVERY == 0 {
            self.0.info(&format!("{read} commits read"));
        }
    }

    fn is_stopped(&self) -> bool {
        self.0.is_stopped()
    }
}
