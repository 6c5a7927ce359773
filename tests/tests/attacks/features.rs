//! What is not there to be attacked yet, and how its coming shows.

use super::Feature;

pub(crate) const SHELL_JOBS: Feature =
    Feature { name: "shell jobs", sign: ("openapi/dateline.json", "\"COMMAND\"") };
pub(crate) const MODEL: Feature =
    Feature { name: "a writer that asks a model", sign: ("core/connectors/src/writer/model.rs", "") };
pub(crate) const WEBHOOKS: Feature =
    Feature { name: "webhooks", sign: ("openapi/dateline.json", "\"/api/webhooks") };
pub(crate) const DESKTOP: Feature =
    Feature { name: "the desktop application", sign: ("desktop/Cargo.toml", "") };
pub(crate) const UPDATES: Feature =
    Feature { name: "updates of the desktop application", sign: ("desktop/Cargo.toml", "") };
pub(crate) const POSTGRES: Feature =
    Feature { name: "the PostgreSQL store", sign: ("Cargo.toml", "postgres") };
pub(crate) const QUOTAS: Feature =
    Feature { name: "quotas of accounts", sign: ("openapi/dateline.json", "QUOTA") };
