//! What the instance's people set for all of it, and can change while it runs.

use serde::{Deserialize, Serialize};

use crate::pause::Pauses;
use crate::retention::Retention;

/// The most failed credentials a minute that can be let pass: enough for a crowd behind one address, or for a test that
/// guesses all the time.
pub const SIGN_IN_FAILURES_MAX: u32 = 100_000;

/// The settings of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceSettings {
    /// Absolute paths of folders under which projects of people other than the owner may read and publish.
    pub local_roots: Vec<String>,
    /// How many failed credentials a minute an address, or an account, may show before it has to wait.
    pub sign_in_failures_max: u32,
    /// How many projects may run at once, once somebody has set it; what the program was started with until then.
    pub projects_max: Option<u32>,
    /// How long records are kept.
    pub retention: Retention,
    /// When everything was paused. Only the verbs that pause and resume change it.
    pub pauses: Pauses,
    /// Grows with every change.
    pub version: u64,
}

impl Default for InstanceSettings {
    fn default() -> Self {
        Self {
            local_roots: Vec::new(),
            sign_in_failures_max: 10,
            projects_max: None,
            retention: Retention::default(),
            pauses: Pauses::default(),
            version: 0,
        }
    }
}
