//! The contract as the gatekeeper: what the published document does not describe is not accepted.
//!
//! The rules are compiled from the very bytes that `/openapi.json` serves, so that the document cannot say one thing
//! and the server do another. A request that passed can be decoded without further questions.

mod accept;
mod json;
mod schema;

use std::collections::BTreeMap;

use poem::http::Method;
use poem::http::header::HeaderMap;
use serde_json::Value;

pub use schema::ContractError;

use self::schema::Schema;
use super::access::Needs;
use super::problem::{Code, FieldFault, Problem};

/// Every operation there is.
#[derive(Debug)]
pub struct Contract {
    paths: Vec<Path>,
}

#[derive(Debug)]
struct Path {
    segments: Vec<Segment>,
    operations: Vec<(Method, Operation)>,
}

#[derive(Debug)]
enum Segment {
    Fixed(String),
    Parameter,
}

/// What one operation takes.
#[derive(Debug)]
pub struct Operation {
    /// Its name in the document.
    pub id: String,
    /// What it asks of its callers; nothing of anybody when absent.
    pub needs: Option<Needs>,
    /// Whether it reads one thing that has a version.
    pub has_version: bool,
    /// The media types its answers may have, refusals aside.
    answers: Vec<String>,
    query: BTreeMap<String, (Schema, bool)>,
    path: Vec<Schema>,
    body: Option<(Schema, bool)>,
}

impl Contract {
    /// Returns the rules in an OpenAPI document.
    ///
    /// # Errors
    /// [`ContractError`] when the document uses what this reader does not know.
    pub fn compile(document: &str) -> Result<Self, ContractError> {
        let document: Value =
            serde_json::from_str(document).map_err(|error| ContractError { place: error.to_string() })?;
        let mut paths = Vec::new();
        for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let mut operations = Vec::new();
            for (method, operation) in item.as_object().into_iter().flatten() {
                let method = Method::from_bytes(method.to_uppercase().as_bytes())
                    .map_err(|_| ContractError { place: method.clone() })?;
                let compiled = Operation::compile(&document, &method, operation)?;
                operations.push((method, compiled));
            }
            paths.push(Path { segments: segments(path), operations });
        }
        // A fixed word wins over a parameter: `/executions/stats` is not an execution.
        paths.sort_by_key(|path| path.segments.iter().filter(|segment| segment.is_parameter()).count());
        Ok(Self { paths })
    }

    /// Returns the operation at `path`.
    ///
    /// # Errors
    /// 404 when nothing is there, 405 with the methods that are.
    pub fn operation(&self, method: &Method, path: &str) -> Result<&Operation, Problem> {
        Ok(self.found(method, path)?.0)
    }

    /// Checks the ids in `path`: one that cannot exist names nothing. A stranger is not told even that.
    ///
    /// # Errors
    /// 404, and what [`Contract::operation`] refuses.
    pub fn check_ids(&self, method: &Method, path: &str) -> Result<(), Problem> {
        let (operation, ids) = self.found(method, path)?;
        let is_possible = |(schema, text): (&Schema, &&str)| schema.check_text("", text).is_empty();
        if operation.path.iter().zip(&ids).all(is_possible) {
            Ok(())
        } else {
            Err(Problem::new(Code::NotFound, "nothing has this id"))
        }
    }

    fn found<'a>(&self, method: &Method, path: &'a str) -> Result<(&Operation, Vec<&'a str>), Problem> {
        let found = self.paths.iter().find_map(|entry| Some((entry, entry.parameters(path)?)));
        let Some((entry, ids)) = found else {
            return Err(Problem::new(Code::NotFound, "nothing is at this path"));
        };
        match entry.operations.iter().find(|(known, _)| known == method) {
            Some((_, operation)) => Ok((operation, ids)),
            None => Err(entry.refuse_method()),
        }
    }
}

impl Path {
    fn parameters<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let mut parameters = Vec::new();
        let mut parts = path.strip_prefix('/')?.split('/');
        for segment in &self.segments {
            match (segment, parts.next()?) {
                (Segment::Fixed(word), part) if word == part => {}
                (Segment::Parameter, part) => parameters.push(part),
                (Segment::Fixed(_), _) => return None,
            }
        }
        parts.next().is_none().then_some(parameters)
    }

    fn refuse_method(&self) -> Problem {
        let mut methods: Vec<_> = self.operations.iter().map(|(method, _)| method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        let allow = methods.join(", ");
        let detail = format!("this resource takes {allow}");
        Problem { allow: Some(allow), ..Problem::new(Code::MethodNotAllowed, detail) }
    }
}

impl Segment {
    fn is_parameter(&self) -> bool {
        matches!(self, Self::Parameter)
    }
}

impl Operation {
    fn compile(document: &Value, method: &Method, operation: &Value) -> Result<Self, ContractError> {
        let mut query = BTreeMap::new();
        let mut path = Vec::new();
        for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            let schema = Schema::compile(document, &parameter["schema"])?;
            match (parameter["in"].as_str(), parameter["name"].as_str()) {
                (Some("query"), Some(name)) => {
                    query.insert(name.to_owned(), (schema, parameter["required"] == Value::Bool(true)));
                }
                (Some("path"), _) => path.push(schema),
                // Headers are read where they matter.
                (Some("header"), Some(_)) => {}
                (place, _) => return Err(ContractError { place: format!("{place:?}") }),
            }
        }
        let body = match operation.get("requestBody") {
            None => None,
            Some(body) => {
                let schema = Schema::compile(document, &body["content"]["application/json"]["schema"])?;
                Some((schema, body["required"] == Value::Bool(true)))
            }
        };
        let has_version = method == Method::GET && shows_version(document, operation);
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let answers = answers(operation);
        Ok(Self { id, needs: needs(operation)?, has_version, answers, query, path, body })
    }

    /// Whether it reads a body.
    pub fn takes_body(&self) -> bool {
        self.body.is_some()
    }

    /// Refuses who takes none of the forms it answers in. A refusal itself is always a problem document.
    ///
    /// # Errors
    /// 406.
    pub fn check_accept(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let said: Vec<_> =
            headers.get_all("accept").iter().map(|value| value.to_str().unwrap_or("")).collect();
        if said.is_empty() || self.answers.is_empty() || accept::takes_any(&said.join(","), &self.answers) {
            return Ok(());
        }
        let detail = format!("this resource answers in {}", self.answers.join(", "));
        Err(Problem::new(Code::NotAcceptable, detail))
    }

    /// Checks the query, and returns what a cursor belongs to: the operation and its filters.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn check_query(&self, query: Option<&str>) -> Result<String, Problem> {
        let mut seen = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, text) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let pointer = format!("/{}", json::escaped(&name));
            match self.query.get(&*name) {
                None => faults.push(FieldFault::new(&pointer, &text, self.no_such_parameter())),
                Some(_) if seen.contains_key(&*name) => {
                    faults.push(FieldFault::new(&pointer, &text, "the parameter only once"));
                }
                Some((schema, _)) => faults.extend(schema.check_text(&pointer, &text)),
            }
            seen.insert(name.into_owned(), text.into_owned());
        }
        for (name, _) in
            self.query.iter().filter(|(name, (_, required))| *required && !seen.contains_key(*name))
        {
            faults.push(FieldFault::new(&format!("/{name}"), "", "a value for this parameter"));
        }
        if !faults.is_empty() {
            faults.truncate(20);
            return Err(Problem::invalid(faults));
        }
        seen.retain(|name, _| name != "limit" && name != "cursor");
        Ok(format!("{} {seen:?}", self.id))
    }

    fn no_such_parameter(&self) -> String {
        if self.query.is_empty() {
            return "no query here".into();
        }
        let names: Vec<_> = self.query.keys().map(String::as_str).collect();
        format!("no such parameter; the parameters are {}", names.join(", "))
    }

    /// Checks a body, and returns its bytes as they may be decoded: an absent optional body reads as `{}`.
    ///
    /// # Errors
    /// 415 when it is not declared as plain JSON, 400 when it is none, 422 with every fault of its fields.
    pub fn check_body(&self, headers: &HeaderMap, bytes: &[u8]) -> Result<Option<Value>, Problem> {
        let Some((schema, is_required)) = &self.body else { return Ok(None) };
        if bytes.is_empty() && !is_required && !headers.contains_key("content-type") {
            return Ok(Some(Value::Object(serde_json::Map::new())));
        }
        check_media_type(headers)?;
        let value = json::parse(bytes)?;
        let faults = schema.check("", &value);
        if faults.is_empty() { Ok(Some(value)) } else { Err(Problem::invalid(faults)) }
    }
}

/// Returns the media types of what the operation answers when it does what it is asked, without parameters.
fn answers(operation: &Value) -> Vec<String> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let successes = responses.filter(|(status, _)| status.starts_with('2'));
    let media = successes.flat_map(|(_, answer)| answer["content"].as_object().into_iter().flatten());
    media.filter_map(|(media, _)| Some(media.split(';').next()?.trim().to_ascii_lowercase())).collect()
}

/// Whether the operation answers with one thing that has a version.
fn shows_version(document: &Value, operation: &Value) -> bool {
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let schema = reference.and_then(|it| document.pointer(it)).unwrap_or(schema);
    schema["properties"]["version"]["type"] == "integer"
}

/// Returns what is wrong with an answer that an OpenAPI document should describe; for tests.
///
/// # Errors
/// [`ContractError`] when the document does not describe such an answer, or uses what this reader does not know.
pub fn answer_faults(
    document: &Value,
    operation: &Value,
    status: u16,
    media: &str,
    answer: &Value,
) -> Result<Vec<FieldFault>, ContractError> {
    let mut described = &operation["responses"][status.to_string()];
    if let Some(reference) = described["$ref"].as_str().and_then(|it| it.strip_prefix('#')) {
        described = document.pointer(reference).unwrap_or(&Value::Null);
    }
    let schema = described["content"][media].get("schema");
    let schema = schema.ok_or_else(|| ContractError { place: format!("{status} {media}") })?;
    Ok(Schema::compile(document, schema)?.check("", answer))
}

/// Returns what is wrong with a value that the schema called `name` should describe.
///
/// # Errors
/// [`ContractError`] when the document has no such schema, or uses what this reader does not know.
pub fn schema_faults(document: &Value, name: &str, value: &Value) -> Result<Vec<FieldFault>, ContractError> {
    let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
    Ok(Schema::compile(document, &reference)?.check("", value))
}

/// Refuses a body that does not say it is plain JSON: a form or `text/plain` is what a foreign page can send.
///
/// # Errors
/// 415.
pub fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let encoding = headers.get("content-encoding").map(|value| value.as_bytes());
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::new(Code::MediaType, "compressed bodies are refused"));
    }
    let mut types = headers.get_all("content-type").iter();
    let (first, second) = (types.next().and_then(|value| value.to_str().ok()), types.next());
    let is_json = first.is_some_and(|text| {
        let mut parts = text.split(';').map(str::trim);
        let is_json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
        is_json && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
    });
    if is_json && second.is_none() {
        return Ok(());
    }
    Err(Problem::new(Code::MediaType, "expected the header `Content-Type: application/json`"))
}

/// An operation with security and without what it needs is one nobody has thought about.
fn needs(operation: &Value) -> Result<Option<Needs>, ContractError> {
    if operation.get("security").is_none() {
        return Ok(None);
    }
    let scope = serde_json::from_value(operation["x-scope"].clone());
    let role = serde_json::from_value(operation["x-role"].clone());
    match (scope, role) {
        (Ok(scope), Ok(role)) => Ok(Some(Needs { scope, role })),
        _ => Err(ContractError { place: format!("what {} needs", operation["operationId"]) }),
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let parts = path.trim_start_matches('/').split('/');
    parts
        .map(|part| if part.starts_with('{') { Segment::Parameter } else { Segment::Fixed(part.into()) })
        .collect()
}

#[cfg(test)]
#[path = "contract/contract_tests.rs"]
mod tests;
