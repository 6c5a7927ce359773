//! What SYNC_GITHUB is told: nothing.

use serde::{Deserialize, Serialize};

use crate::project::Project;
use crate::schedule::{Fault, FaultCode};
use crate::source::Source;

/// Nothing: the project says what is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncGithub {}

impl SyncGithub {
    pub(super) const FIELDS: &[&str] = &[];

    /// Returns what does not fit: the project must read a repository on GitHub.
    pub(super) fn faults(self, project: &Project) -> Vec<Fault> {
        match project.source {
            Source::Github { .. } => Vec::new(),
            Source::Git { .. } => {
                let expected = "GENERATE_CONTENT: the project reads a local folder";
                vec![Fault::at("/type", FaultCode::InvalidField, "SYNC_GITHUB", expected)]
            }
        }
    }
}
