//! The OpenAPI document: what poem-openapi derives from the handlers, made exact.
//!
//! `cargo run -p dateline-api --example write_openapi` writes it to `openapi/dateline.json`, which is what the server
//! serves and checks requests against; a test holds the two together.

mod answers;
mod exact;
mod examples;

use poem_openapi::{LicenseObject, OpenApiService, Tags};
use serde_json::Value;

use super::backups::Backups;
use super::drafts::Drafts;
use super::executions::Executions;
use super::health::Probes;
use super::projects::Projects;
use super::schedules::Schedules;
use super::timezones::TimezonesApi;

const ABOUT: &str = "Dateline turns what happens in your repositories into published writing, on schedule.\n\n\
    Ids are prefixed ULIDs, instants RFC 3339 in UTC with milliseconds, durations whole milliseconds. Lists take \
    `limit` and `cursor`. Refusals are `application/problem+json` with a stable `code`; 422 names every fault with \
    `pointer`, `value` and `expected`. Unknown fields and parameters are refused. The bearer token is the content of \
    `owner.token` in the data folder.";

/// The groups of operations.
#[derive(Tags)]
pub enum Group {
    /// What is written about, and for which platforms.
    Projects,
    /// Jobs and when they run.
    Schedules,
    /// What ran, what it did, and control over what still runs.
    Executions,
    /// Texts under review, and their way out.
    Drafts,
    /// Backups and health.
    Operation,
}

type Everything = (Projects, Schedules, Executions, Drafts, TimezonesApi, Backups, Probes);

/// Returns the handlers of every operation.
pub fn service() -> OpenApiService<Everything, ()> {
    let all = (Projects, Schedules, Executions, Drafts, TimezonesApi, Backups, Probes);
    OpenApiService::new(all, "Dateline", env!("CARGO_PKG_VERSION"))
        .description(ABOUT)
        .license(LicenseObject::new("MIT OR Apache-2.0"))
}

/// Returns the document as it is published.
pub fn published() -> String {
    let derived = service().spec();
    // What a library has just written is JSON; an empty document fails every test.
    let mut document: Value = serde_json::from_str(&derived).unwrap_or_default();
    exact::refine(&mut document);
    answers::add_refusals(&mut document);
    examples::add(&mut document);
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text + "\n"
}

/// Calls `visit` for each operation with its path and its method.
fn for_each_operation(document: &mut Value, mut visit: impl FnMut(&str, &str, &mut Value)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            visit(path, method, operation);
        }
    }
}

#[cfg(test)]
#[path = "document/document_tests.rs"]
mod tests;
