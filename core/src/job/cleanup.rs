//! What CLEANUP is told: nothing.

use serde::{Deserialize, Serialize};

use crate::project::Project;
use crate::schedule::{Fault, FaultCode};

/// Nothing: how long records are kept is set for the whole instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cleanup {}

impl Cleanup {
    pub(super) const FIELDS: &[&str] = &[];

    /// Returns what does not fit: it works for no project.
    pub(super) fn faults(self, project: &Project) -> Vec<Fault> {
        let expected = "no project: CLEANUP works for the whole instance";
        vec![Fault::at("/projectId", FaultCode::InvalidField, &project.id.to_string(), expected)]
    }
}
