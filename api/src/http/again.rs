//! What is told when a request comes again under its key: the first answer, word for word.

use dateline_core::draft::Draft;
use dateline_core::execution::Execution;
use dateline_core::job::JobView;
use dateline_core::project::Project;
use dateline_core::store::{RecordedRequest, RequestKey};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::payload::Json;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{Id, Word};
use super::problem::{Code, Problem};
use super::schedules::{Job, TriggeredBody};
use super::{Shared, drafts, executions, projects};

/// Says that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers that belong to an answer rather than to the connection.
/// Signing out takes a cookie away; nothing that gives one is recorded, since who signs in has no key yet.
const KEPT: [HeaderName; 4] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::SET_COOKIE];

/// An answer as it is recorded, sealed.
#[derive(Serialize, Deserialize)]
struct Spelled {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Returns the first answer to the request that `recorded` remembers.
///
/// # Errors
/// 409 when the key names another request, or the answer is lost.
pub fn told(
    shared: &Shared,
    operation: &str,
    key: &RequestKey,
    recorded: &RecordedRequest,
) -> Result<Response, Problem> {
    if recorded.digest != key.digest {
        let detail = "the key was used for another request; take a new one for each request";
        return Err(Problem::new(Code::IdempotencyConflict, detail));
    }
    let spelled = shared.dateline.told(recorded).and_then(|text| response_of(&text));
    // What a change came to may be nothing at all.
    let effect = || from_effect(shared, operation, recorded.effect.as_ref().unwrap_or(&Value::Null));
    let mut response = spelled.or_else(effect).ok_or_else(|| {
        let detail = "this request was done, and its answer is lost: look before asking under another key";
        Problem::new(Code::IdempotencyConflict, detail)
    })?;
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Remembers an answer that follows from no change of the store.
///
/// # Errors
/// 500 when the answer cannot be read.
pub async fn remember(shared: &Shared, key: RequestKey, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let unreadable = |_| Problem::new(Code::Internal, "the request was not completed");
    let body = body.into_string().await.map_err(unreadable)?;
    let header = |name: &HeaderName| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    let headers = KEPT.iter().filter_map(header).collect();
    let spelled = Spelled { status: parts.status.as_u16(), headers, body };
    let text = serde_json::to_string(&spelled).unwrap_or_default();
    if let Err(error) = shared.dateline.remember_answer(key, &text).await {
        // It was done, and that is what counts: asked again it would be done again.
        tracing::error!(%error, "an answer could not be remembered under its idempotency key");
    }
    Ok(Response::from_parts(parts, spelled.body.into()))
}

fn response_of(text: &str) -> Option<Response> {
    let spelled: Spelled = serde_json::from_str(text).ok()?;
    let mut response = Response::builder().status(StatusCode::from_u16(spelled.status).ok()?);
    for (name, value) in spelled.headers {
        response = response.header(name, value);
    }
    Some(response.body(spelled.body))
}

/// How an answer follows from what a change came to.
#[derive(Clone, Copy)]
enum Form {
    Project(StatusCode),
    Job(StatusCode),
    Triggered,
    Execution,
    Draft,
    Nothing,
}

/// Returns how the operation's answer follows from its effect; others are recorded after they are given.
fn form(operation: &str) -> Option<Form> {
    Some(match operation {
        "createProject" => Form::Project(StatusCode::CREATED),
        "changeProject" | "pauseProject" | "resumeProject" => Form::Project(StatusCode::OK),
        "createSchedule" => Form::Job(StatusCode::CREATED),
        "changeSchedule" | "toggleSchedule" | "pauseSchedule" | "resumeSchedule" => Form::Job(StatusCode::OK),
        "triggerSchedule" | "replayExecution" => Form::Triggered,
        "cancelExecution" | "pauseExecution" | "resumeExecution" | "dismissExecution" | "pinExecution"
        | "unpinExecution" => Form::Execution,
        "editDraft" | "approveDraft" | "rejectDraft" => Form::Draft,
        "removeProject" | "cancelSchedule" => Form::Nothing,
        _ => return None,
    })
}

/// Whether the operation's answer follows from what its change is recorded to have come to.
pub fn follows_from_effect(operation: &str) -> bool {
    form(operation).is_some()
}

fn from_effect(shared: &Shared, operation: &str, effect: &Value) -> Option<Response> {
    let (status, mut response) = match form(operation)? {
        Form::Project(status) => (status, body(projects::Project::new(shared, read::<Project>(effect)?))),
        Form::Job(status) => (status, body(Job::new(shared, read::<JobView>(effect)?))),
        Form::Triggered => {
            let Execution { id, state, .. } = read(effect)?;
            let triggered = TriggeredBody { execution_id: Id(id), status: Word(state.status()) };
            (StatusCode::ACCEPTED, body(triggered))
        }
        Form::Execution => (StatusCode::OK, body(executions::Execution::from(read::<Execution>(effect)?))),
        Form::Draft => (StatusCode::OK, body(drafts::Draft::from(read::<Draft>(effect)?))),
        Form::Nothing => (StatusCode::NO_CONTENT, Response::default()),
    };
    response.set_status(status);
    Some(response)
}

fn read<T: DeserializeOwned>(effect: &Value) -> Option<T> {
    T::deserialize(effect).ok()
}

fn body(value: impl poem_openapi::types::ToJSON) -> Response {
    Json(value).into_response()
}
