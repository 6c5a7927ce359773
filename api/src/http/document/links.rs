//! Says which answer names what another operation asks for: create a project, then a job, run it, read what it wrote.

use serde_json::{Map, Value, json};

use super::for_each_operation;

/// An answer's operation and status, where the id stands in it, and what takes that id.
struct Link {
    from: &'static str,
    status: &'static str,
    id: &'static str,
    to: &'static [To],
}

/// An operation, and the place of the id in its request.
struct To(&'static str, Place);

enum Place {
    Path,
    Query(&'static str),
    Body(&'static str),
}

use Place::{Body, Path, Query};

const LINKS: [Link; 6] = [
    Link {
        from: "createProject",
        status: "201",
        id: "/id",
        to: &[
            To("getProject", Path),
            To("changeProject", Path),
            To("pauseProject", Path),
            To("resumeProject", Path),
            To("createSchedule", Body("projectId")),
            To("listSchedules", Query("projectId")),
            To("listExecutions", Query("projectId")),
            To("listDrafts", Query("projectId")),
            To("removeProject", Path),
        ],
    },
    Link {
        from: "createSchedule",
        status: "201",
        id: "/id",
        to: &[
            To("getSchedule", Path),
            To("toggleSchedule", Path),
            To("pauseSchedule", Path),
            To("resumeSchedule", Path),
            To("changeSchedule", Body("id")),
            To("listOccurrences", Path),
            To("triggerSchedule", Body("jobId")),
            To("listExecutions", Query("jobId")),
            To("cancelSchedule", Path),
        ],
    },
    Link { from: "triggerSchedule", status: "202", id: "/executionId", to: EXECUTION },
    Link { from: "replayExecution", status: "202", id: "/executionId", to: EXECUTION },
    Link { from: "listExecutions", status: "200", id: "/items/0/id", to: EXECUTION },
    Link {
        from: "listDrafts",
        status: "200",
        id: "/items/0/id",
        to: &[
            To("getDraft", Path),
            To("editDraft", Path),
            To("approveDraft", Path),
            To("publishDraft", Path),
            To("rejectDraft", Path),
        ],
    },
];

const EXECUTION: &[To] = &[
    To("getExecution", Path),
    To("listExecutionLogs", Path),
    To("listDrafts", Query("executionId")),
    To("pauseExecution", Path),
    To("resumeExecution", Path),
    To("pinExecution", Path),
    To("unpinExecution", Path),
    To("answerExecution", Path),
    To("replayExecution", Path),
    To("dismissExecution", Path),
    To("cancelExecution", Path),
];

/// Adds the links to the answers they start from.
pub(super) fn add(document: &mut Value) {
    for_each_operation(document, |_, _, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for link in LINKS.iter().filter(|link| link.from == id) {
            if let Some(answer) = operation.pointer_mut(&format!("/responses/{}", link.status)) {
                answer["links"] = Value::Object(link.to.iter().map(|to| to.spelled(link.id)).collect());
            }
        }
    });
}

impl To {
    fn spelled(&self, id: &str) -> (String, Value) {
        let Self(operation, place) = self;
        let id = format!("$response.body#{id}");
        let mut link = Map::from_iter([("operationId".to_owned(), json!(operation))]);
        match place {
            Path => link.insert("parameters".into(), json!({ "id": id })),
            Query(name) => link.insert("parameters".into(), json!({ *name: id })),
            Body(name) => link.insert("requestBody".into(), json!({ *name: id })),
        };
        ((*operation).to_owned(), Value::Object(link))
    }
}
