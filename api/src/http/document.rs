//! The OpenAPI document: what poem-openapi derives from the handlers, made exact.
//!
//! `cargo run -p dateline-api --example write_openapi` writes it to `openapi/dateline.json`, which is what the server
//! serves and checks requests against; a test holds the two together.

mod access;
mod answers;
mod exact;
mod examples;
mod headers;
mod links;

use poem_openapi::{LicenseObject, OpenApiService, Tags};
use serde_json::Value;

use super::backups::Backups;
use super::dead_letters::DeadLetters;
use super::drafts::Drafts;
use super::events::Events;
use super::executions::Executions;
use super::health::Probes;
use super::instance::Instance;
use super::joining::{Invitations, PasswordResets};
use super::keys::Keys;
use super::members::Members;
use super::metrics::MetricsApi;
use super::notifications::Notifications;
use super::pauses::EngineApi;
use super::projects::Projects;
use super::schedules::Schedules;
use super::sessions::Sessions;
use super::storage::StorageApi;
use super::timezones::TimezonesApi;
use super::tokens::Tokens;
use super::users::Users;

const ABOUT: &str = "Dateline turns what happens in your repositories into published writing, on schedule.\n\n\
    Ids are prefixed ULIDs, instants RFC 3339 in UTC with milliseconds, durations whole milliseconds. Lists take \
    `limit` and `cursor`. Refusals are `application/problem+json` with a stable `code`; 422 names every fault with \
    `pointer`, `value` and `expected`. Unknown fields and parameters are refused. Writes take `Idempotency-Key`, single \
    resources have an `ETag`, and every GET may be asked as HEAD.\n\n\
    The owner's first token is the content of `owner.token` in the data folder. What a token may do is the smaller of \
    its scopes (`x-scope` of the operation) and of what its user may do (`x-role`, and their say in the project). What \
    a caller does not see answers 404, as what is not there.";

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
    /// What the caller is told, and what they want to be told.
    Notifications,
    /// What changes, as it happens, and what happened elsewhere.
    Events,
    /// Who uses this instance, and what they show to be let in.
    People,
    /// Backups and health.
    Operation,
}

type People = (Users, Sessions, Tokens, Invitations, PasswordResets, Members);
/// What keeps the store: copies of it, and its size.
type Upkeep = (Backups, StorageApi);
type Everything = (
    Projects,
    Schedules,
    (Executions, DeadLetters),
    Drafts,
    Notifications,
    Events,
    TimezonesApi,
    People,
    Instance,
    EngineApi,
    Upkeep,
    Keys,
    MetricsApi,
    Probes,
);

/// Returns the handlers of every operation.
pub fn service() -> OpenApiService<Everything, ()> {
    let people = (Users, Sessions, Tokens, Invitations, PasswordResets, Members);
    let all = (
        Projects,
        Schedules,
        (Executions, DeadLetters),
        Drafts,
        Notifications,
        Events,
        TimezonesApi,
        people,
        Instance,
        EngineApi,
        (Backups, StorageApi),
        Keys,
        MetricsApi,
        Probes,
    );
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
    access::add(&mut document);
    answers::add_refusals(&mut document);
    headers::add(&mut document);
    examples::add(&mut document);
    links::add(&mut document);
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
