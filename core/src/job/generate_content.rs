//! What GENERATE_CONTENT is told.

use serde::{Deserialize, Serialize};

use crate::platform::Platform;
use crate::project::Project;
use crate::schedule::{Fault, FaultCode};

/// For which platforms to write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenerateContent {
    /// Write for these platforms only; all the project has enabled when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<Platform>>,
}

impl GenerateContent {
    pub(super) const FIELDS: &[&str] = &["platforms"];

    /// Returns the platforms this asks for and `earlier` did not.
    pub(super) fn beyond(&self, earlier: &Self) -> Vec<Fault> {
        let Some(asked) = &earlier.platforms else { return Vec::new() };
        let expected =
            "platforms the earlier execution was asked to write for, since steps of it are taken over";
        let fault = |pointer: String, value| Fault::at(pointer, FaultCode::InvalidField, value, expected);
        match &self.platforms {
            None => vec![fault("/payload/platforms".to_owned(), "")],
            Some(platforms) => {
                let others = platforms.iter().enumerate().filter(|(_, platform)| !asked.contains(platform));
                others.map(|(at, it)| fault(format!("/payload/platforms/{at}"), it.name())).collect()
            }
        }
    }

    /// Returns what does not fit: it may name only platforms of its project, each once.
    pub(super) fn faults(&self, project: &Project) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut add = |pointer: String, value: &str, expected: &str| {
            faults.push(Fault::at(pointer, FaultCode::InvalidField, value, expected));
        };
        let Some(platforms) = &self.platforms else { return faults };
        if platforms.is_empty() {
            let expected = "at least one platform, or no such field for all of them";
            add("/payload/platforms".to_owned(), "[]", expected);
        }
        for (index, platform) in platforms.iter().enumerate() {
            let pointer = format!("/payload/platforms/{index}");
            if platforms.iter().take(index).any(|earlier| earlier == platform) {
                add(pointer, platform.name(), "each platform at most once");
            } else if !project.platforms.iter().any(|entry| entry.platform == *platform) {
                add(pointer, platform.name(), "a platform of the project");
            }
        }
        faults
    }
}
