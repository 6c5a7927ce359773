//! What an execution has come to so far, and how it ends.

use dateline_core::brief::Brief;
use dateline_core::execution::{Failure, Items, Outcome, SkipReason};
use dateline_core::platform::Platform;
use dateline_core::source::RateBudget;
use dateline_core::store::CursorMove;
use dateline_core::time::rfc3339;
use serde_json::{Value, json};

use super::GivenUp;
use super::scan::Scanned;
use super::write::Written;
use crate::attempt::{Ending, Reached};

/// What the steps so far came to.
#[derive(Default)]
pub(super) struct Progress {
    windows: Vec<Value>,
    rate_limit: Option<RateBudget>,
    drafts: Vec<Value>,
    written: u32,
    failed: Vec<GivenUp>,
    /// Cursors of platforms whose activity held nothing to tell.
    quiet: Vec<CursorMove>,
}

impl Progress {
    pub(super) fn scanned(&mut self, scanned: &Scanned) {
        self.windows =
            scanned.windows.iter().map(|window| describe(&window.brief, &window.platforms)).collect();
        self.rate_limit = scanned.rate_limit;
    }

    pub(super) fn written(&mut self, platform: Platform, written: Written, cursor: CursorMove) {
        let Some(draft) = written.draft_id else { return self.quiet.push(cursor) };
        self.written += 1;
        self.drafts.push(json!({
            "platform": platform,
            "draftId": draft,
            "length": written.length,
            "errors": written.errors,
            "warnings": written.warnings,
        }));
    }

    pub(super) fn failed(&mut self, platform: Platform, failure: Failure) {
        self.failed.push(GivenUp { platform, failure });
    }

    /// Returns the failure that decides what happens next: one that another attempt can mend, else the first.
    pub(super) fn failure(&self) -> Option<&Failure> {
        let mendable = self.failed.iter().find(|given_up| given_up.failure.class.can_retry());
        mendable.or(self.failed.first()).map(|given_up| &given_up.failure)
    }

    pub(super) fn quiet(&self) -> &[CursorMove] {
        &self.quiet
    }

    pub(super) fn has_written(&self) -> bool {
        self.written > 0
    }

    pub(super) fn items(&self) -> Items {
        let failed = u32::try_from(self.failed.len()).unwrap_or(u32::MAX);
        Items { processed: self.written + failed, succeeded: self.written, failed }
    }

    pub(super) fn reached(&self) -> Reached {
        Reached { items: self.items(), output: self.output() }
    }

    /// Returns what the execution produced, as the interface shows it.
    pub(super) fn output(&self) -> Value {
        if self.windows.is_empty() && self.failed.is_empty() {
            return Value::Null;
        }
        let failed = self.failed.iter().map(|given_up| {
            json!({ "platform": given_up.platform, "class": given_up.failure.class, "error": given_up.failure.chain })
        });
        let mut output = json!({
            "windows": self.windows,
            "drafts": self.drafts,
            "failed": failed.collect::<Vec<_>>(),
            "nothingToTell": self.quiet.iter().map(|cursor| cursor.platform).collect::<Vec<_>>(),
        });
        if let Some(budget) = self.rate_limit {
            output["rateLimit"] = json!(budget);
        }
        output
    }

    /// Returns how an execution ends that has nothing left to do.
    pub(super) fn ending(&self) -> Ending {
        let outcome = match (self.written, self.failed.len()) {
            (0, 0) => Outcome::Skipped(SkipReason::NoActivity),
            (_, 0) => Outcome::Completed,
            (0, _) => Outcome::Failed,
            (_, _) => Outcome::Partial,
        };
        Ending::Done { outcome, items: self.items(), output: self.output(), failure: self.failure().cloned() }
    }
}

fn describe(brief: &Brief, platforms: &[Platform]) -> Value {
    json!({
        "platforms": platforms,
        "after": brief.window.after,
        "head": brief.window.head,
        "from": rfc3339(brief.window.from),
        "to": rfc3339(brief.window.to),
        "start": brief.window.start,
        "commits": brief.stats.commits,
        "told": brief.stats.items,
        "leftOut": brief.stats.dropped,
        "notes": brief.notes,
    })
}
