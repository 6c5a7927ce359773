//! Says of each operation what it asks of its callers: `x-scope` of their credential, and `x-role` of themselves.

use serde_json::{Value, json};

use super::for_each_operation;

/// What is for admins and owners, by the beginning of the path.
const FOR_ADMINS: [&str; 9] = [
    "/api/users",
    "/api/invitations",
    "/api/password-resets",
    "/api/settings",
    "/api/audit",
    "/api/backups",
    "/api/keys",
    "/api/engine",
    "/api/storage",
];

/// What explains to everybody why nothing runs.
const EXPLAINING: &str = "getEngine";

/// What everybody may do about themselves.
const ONESELF: &str = "/api/users/me";

/// What admins and owners may read, with a token that only reads: for whoever watches the server.
const READ_BY_ADMINS: [&str; 3] = ["getMetrics", "getNightlyBackups", "getStorage"];

/// Adds what each operation needs.
pub(super) fn add(document: &mut Value) {
    for_each_operation(document, |path, method, operation| {
        if operation.get("security").is_none() {
            return;
        }
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_for_admins = FOR_ADMINS.iter().any(|begin| path.starts_with(begin))
            && !path.starts_with(ONESELF)
            && id != EXPLAINING;
        // Changing what concerns people and credentials takes all that a credential can allow.
        let is_about_people = [ONESELF, "/api/tokens", "/api/sessions"].iter().any(|it| path.starts_with(it))
            || path.contains("/members");
        let is_watching = READ_BY_ADMINS.contains(&id);
        let scope = match (id, method) {
            ("triggerSchedule" | "sendEvent", _) => "TRIGGER",
            _ if is_watching => "READ",
            _ if is_for_admins => "ADMIN",
            (_, "get") => "READ",
            _ if is_about_people => "ADMIN",
            _ => "WRITE",
        };
        let role = if is_for_admins || is_watching { "ADMIN" } else { "MEMBER" };
        operation["x-scope"] = json!(scope);
        operation["x-role"] = json!(role);
    });
}
