//! What every job that reads a source shares: its access, its refusals, and what it is told while reading.

use std::sync::{Arc, Mutex, PoisonError};

use dateline_core::execution::FailureClass;
use dateline_core::project::Project;
use dateline_core::source::{RateBudget, ScanProgress, SourceAccess, SourceError};

use crate::attempt::{Fault, Run};
use crate::local_paths::{NOT_ALLOWED, Roots};
use crate::source_access::{self, AccessError};

/// Opens what the run's project may use, as the project is now.
pub(super) async fn access(run: &Run, project: &Project) -> Result<SourceAccess, Fault> {
    source_access::of_project(&run.shared, project).await.map_err(|error| match error {
        AccessError::Store(error) => Fault::from(error),
        AccessError::Open(_) => Fault::new(FailureClass::Auth, &error),
    })
}

/// Refuses a source that leads out of the roots its project is confined to.
pub(super) async fn refuse_outside(run: &Run, project: &Project) -> Result<(), Fault> {
    if !project.is_confined || Roots::of(&run.shared).await?.hold_source(&run.shared, &project.source).await {
        return Ok(());
    }
    Err(Fault::said(FailureClass::Permanent, NOT_ALLOWED))
}

/// Describes a source's refusal, and when its server takes requests again if it said so.
pub(super) fn source_fault(error: &SourceError) -> Fault {
    let fault = Fault::new(error.class(), error);
    match error {
        SourceError::RateLimited { until, .. } | SourceError::Unreachable { until, .. } => {
            Fault { asked_until: *until, ..fault }
        }
        _ => fault,
    }
}

/// Tells the run how far a scan has come, and notes what the server still takes.
pub(super) struct Watched {
    run: Arc<Run>,
    budget: Mutex<Option<RateBudget>>,
}

impl Watched {
    pub(super) fn new(run: &Arc<Run>) -> Arc<Self> {
        Arc::new(Self { run: run.clone(), budget: Mutex::default() })
    }

    /// Returns what the server said last of how many requests it still takes.
    pub(super) fn budget(&self) -> Option<RateBudget> {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScanProgress for Watched {
    fn commits_read(&self, read: usize) {
        self.run.beat();
        if read.is_multiple_of(5_000) && read > 0 {
            self.run.info(&format!("{read} commits read"));
        }
    }

    fn is_stopped(&self) -> bool {
        self.run.beat();
        self.run.is_stopped()
    }

    fn budget_left(&self, budget: RateBudget) {
        self.run.beat();
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner) = Some(budget);
    }
}
