//! The file of `dateline export` and `dateline apply`: the interface's own fields, jobs inside their project, and those
//! without one beside the projects.

use std::fmt;

use dateline_openapi::DOCUMENT;
use serde_json::{Map, Value, json};

use super::yaml::{Document, Place, Unreadable, read as read_yaml};
use crate::http::contract::schema_faults;
use crate::http::problem::FieldFault;

/// What every file begins with.
pub const VERSION: u64 = 1;

/// A project as the file wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedProject {
    /// Where it stands in the file.
    pub pointer: String,
    /// The project that is meant, where its name does not say.
    pub id: Option<String>,
    /// What texts call it.
    pub name: String,
    /// The interface's fields, as far as the file says them.
    pub fields: Map<String, Value>,
    /// Its jobs; `None` when the file says nothing of them.
    pub jobs: Option<Vec<WantedJob>>,
}

/// A job as the file wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedJob {
    /// Where it stands in the file.
    pub pointer: String,
    /// The job that is meant, where its name does not say.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// The interface's fields, as far as the file says them.
    pub fields: Map<String, Value>,
}

/// A file that was read and found right.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// The projects it wants.
    pub projects: Vec<WantedProject>,
    /// The jobs without a project it wants; `None` when it says nothing of them.
    pub jobs: Option<Vec<WantedJob>>,
    document: Document,
}

/// Everything that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Slips(pub Vec<Slip>);

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Where.
    pub place: Place,
    /// What, with its field.
    pub why: String,
}

impl fmt::Display for Slips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Slip { place, why }) in self.0.iter().enumerate() {
            let joint = if index == 0 { "" } else { "\n  " };
            write!(f, "{joint}line {}, column {}: {why}", place.line, place.column)?;
        }
        Ok(())
    }
}

impl From<Unreadable> for Slips {
    fn from(error: Unreadable) -> Self {
        Self(vec![Slip { place: error.place, why: error.why }])
    }
}

impl File {
    /// Returns what the server says is wrong with `pointer`, told of the file.
    pub fn slip(&self, pointer: &str, value: &str, expected: &str) -> Slip {
        slip(&self.document, &FieldFault::new(pointer, value, expected))
    }
}

/// Reads a file and checks all of it, as the interface would check each part.
///
/// # Errors
/// [`Slips`] with everything that is wrong, each with its line and its field.
pub fn read(text: &str) -> Result<File, Slips> {
    let document = read_yaml(text)?;
    let mut faults = schema_faults(&described(), "File", &document.value)
        .map_err(|error| Slips(vec![Slip { place: document.place(""), why: error.to_string() }]))?;
    faults.extend(secrets(&document.value));
    if faults.is_empty() {
        faults.extend(twins(&document.value));
    }
    if !faults.is_empty() {
        return Err(Slips(faults.iter().map(|fault| slip(&document, fault)).collect()));
    }
    let projects = entries(&document.value, "/projects").map(|(pointer, fields)| project(pointer, fields));
    let jobs = document
        .value
        .get("jobs")
        .map(|_| entries(&document.value, "/jobs").map(|(pointer, fields)| job(pointer, fields)).collect());
    Ok(File { projects: projects.collect(), jobs, document })
}

fn slip(document: &Document, fault: &FieldFault) -> Slip {
    let FieldFault { pointer, value, expected } = fault;
    let field = field(pointer);
    let why = if value.is_empty() {
        format!("{field}: expected {expected}")
    } else {
        format!("{field} is `{value}`: expected {expected}")
    };
    Slip { place: document.place(pointer), why }
}

/// Returns a pointer as people write it: `projects[0].jobs[1].timeConfig.hour`.
fn field(pointer: &str) -> String {
    let mut text = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push_str(&format!("[{part}]"));
        } else {
            let joint = if text.is_empty() { "" } else { "." };
            text.push_str(&format!("{joint}{}", crate::http::problem::shown(&part)));
        }
    }
    if text.is_empty() { "the file".into() } else { text }
}

/// Returns the published document with the file's own shape beside the interface's: what creates a project, with its
/// jobs, which then need not say whose they are.
fn described() -> Value {
    let mut document: Value = serde_json::from_str(DOCUMENT).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    let mut job = schemas["JobCreate"].clone();
    if let Some(required) = job["required"].as_array_mut() {
        required.retain(|name| name != "projectId");
    }
    if let Some(properties) = job["properties"].as_object_mut() {
        properties.remove("projectId");
        properties.insert("id".into(), schemas["Job"]["properties"]["id"].clone());
        properties.insert(
            "dependsOn".into(),
            json!({ "allOf": [{ "$ref": "#/components/schemas/FileDependencies" }], "nullable": true }),
        );
    }
    // Jobs are called by their names where they have no id yet.
    let mut depends_on = schemas["DependenciesBody"].clone();
    depends_on["properties"]["jobs"]["items"] = json!({ "type": "string", "minLength": 1, "maxLength": 250 });
    schemas["FileDependencies"] = depends_on;
    let mut project = schemas["ProjectCreate"].clone();
    // One that the server has needs no more than its name.
    project["required"] = json!(["name"]);
    project["properties"]["id"] = schemas["Project"]["properties"]["id"].clone();
    let list = |of: &str, max: u64| json!({ "type": "array", "maxItems": max, "items": { "$ref": format!("#/components/schemas/{of}") } });
    project["properties"]["jobs"] = list("FileJob", 1_000);
    schemas["FileJob"] = job;
    schemas["FileProject"] = project;
    schemas["File"] = json!({
        "type": "object",
        "required": ["version", "projects"],
        "properties": {
            "version": { "type": "integer", "minimum": VERSION, "maximum": VERSION },
            "projects": list("FileProject", 1_000),
            "jobs": list("FileJob", 1_000),
        },
        "additionalProperties": false,
    });
    document
}

fn entries<'a>(value: &'a Value, pointer: &'a str) -> impl Iterator<Item = (String, &'a Map<String, Value>)> {
    let items = value.pointer(pointer).and_then(Value::as_array).into_iter().flatten().enumerate();
    items.filter_map(move |(index, item)| Some((format!("{pointer}/{index}"), item.as_object()?)))
}

fn project(pointer: String, fields: &Map<String, Value>) -> WantedProject {
    let mut fields = fields.clone();
    let jobs = fields.shift_remove("jobs").map(|jobs| {
        let whole = json!({ "jobs": jobs });
        let found = entries(&whole, "/jobs").map(|(below, fields)| job(format!("{pointer}{below}"), fields));
        found.collect()
    });
    let (id, name) = (id(&mut fields), name(&fields));
    WantedProject { pointer, id, name, fields, jobs }
}

fn job(pointer: String, fields: &Map<String, Value>) -> WantedJob {
    let mut fields = fields.clone();
    let (id, name) = (id(&mut fields), name(&fields));
    WantedJob { pointer, id, name, fields }
}

fn id(fields: &mut Map<String, Value>) -> Option<String> {
    fields.shift_remove("id").and_then(|id| id.as_str().map(str::to_owned))
}

fn name(fields: &Map<String, Value>) -> String {
    fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A token in a file that is kept, copied and looked at is a token lost.
fn secrets(value: &Value) -> Vec<FieldFault> {
    let expected = "no token in a file; the server keeps the one it has, and `dateline project edit NAME --with -` sets one";
    let found = entries(value, "/projects")
        .filter(|(_, fields)| fields.get("source").and_then(|source| source.get("token")).is_some());
    let mut faults: Vec<FieldFault> =
        found.map(|(pointer, _)| FieldFault::new(&format!("{pointer}/source/token"), "", expected)).collect();
    let mut lists = vec!["/jobs".to_owned()];
    lists.extend(entries(value, "/projects").map(|(pointer, _)| format!("{pointer}/jobs")));
    let expected =
        "no value in a file; the server keeps the one it has, and `dateline job edit NAME --with -` sets one";
    for list in &lists {
        for (job, _) in entries(value, list) {
            let headers = format!("{job}/payload/secretHeaders");
            let valued = entries(value, &headers).filter(|(_, fields)| fields.contains_key("value"));
            faults.extend(valued.map(|(it, _)| FieldFault::new(&format!("{it}/value"), "", expected)));
        }
    }
    faults
}

/// Returns what is called the same as something before it: a name says which one is meant.
fn twins(value: &Value) -> Vec<FieldFault> {
    let mut faults = twins_in(value, "/projects");
    faults.extend(twins_in(value, "/jobs"));
    for (pointer, _) in entries(value, "/projects") {
        faults.extend(twins_in(value, &format!("{pointer}/jobs")));
    }
    faults
}

fn twins_in(value: &Value, list: &str) -> Vec<FieldFault> {
    let all: Vec<_> = entries(value, list).collect();
    let is_same =
        |one: &Map<String, Value>, other: &Map<String, Value>| match (one.get("id"), other.get("id")) {
            (Some(one), Some(other)) => one == other,
            _ => one.get("name") == other.get("name"),
        };
    let mut faults = Vec::new();
    for (index, (pointer, fields)) in all.iter().enumerate() {
        if all[..index].iter().any(|(_, before)| is_same(before, fields)) {
            let expected = "a name of its own, or an `id` on both that says which is meant";
            faults.push(FieldFault::new(&format!("{pointer}/name"), &name(fields), expected));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "\
version: 1
projects:
  - name: App
    source: {kind: GIT, path: /src/app}
    platforms:
      - platform: MARKDOWN
    jobs:
      - name: Friday
        type: GENERATE_CONTENT
        frequency: WEEKLY
        timeConfig: {dayOfWeek: 5, hour: 17, minute: 0, timezone: Europe/Berlin}
";

    /// Checks what `text` with one line changed is told.
    #[track_caller]
    fn check(old: &str, new: &str, told: &str) {
        let text = WHOLE.replace(old, new);
        assert_ne!(text, WHOLE, "{old}");
        let slips = read(&text).expect_err(new).to_string();
        assert!(slips.starts_with(told), "{slips}\n  wanted: {told}");
    }

    #[test]
    fn a_file_says_projects_with_their_jobs() {
        let file = read(WHOLE).expect("it is right");
        let [project] = &file.projects[..] else { panic!("{file:?}") };
        assert_eq!((project.name.as_str(), project.id.as_ref()), ("App", None));
        let [job] = &project.jobs.as_ref().expect("jobs")[..] else { panic!("{project:?}") };
        assert_eq!((job.name.as_str(), job.pointer.as_str()), ("Friday", "/projects/0/jobs/0"));
        assert_eq!(job.fields["timeConfig"]["hour"], 17);
        let none = read("version: 1\nprojects: []\n").expect("an empty one");
        assert!(none.projects.is_empty() && none.jobs.is_none());
        let own = WHOLE.replace("    jobs:", "jobs:").replace("      - name: F", "  - name: F");
        let own = own.replace("        type", "    type").replace("        freq", "    freq");
        let own = read(&own.replace("        time", "    time")).expect("a job without a project");
        let job = &own.jobs.expect("jobs")[0];
        assert_eq!((job.name.as_str(), job.pointer.as_str()), ("Friday", "/jobs/0"));
    }

    #[test]
    fn a_slip_names_its_line_and_its_field() {
        check(
            "hour: 17",
            "hour: 24",
            "line 11, column 36: projects[0].jobs[0].timeConfig.hour is `24`: expected",
        );
        check(
            "hour: 17",
            "huor: 17",
            "line 11, column 36: projects[0].jobs[0].timeConfig.huor is `17`: expected no such field",
        );
        check("  - name: App", "  - nmae: App", "line 3, column 5: projects[0].name: expected a text");
        check(
            "WEEKLY",
            "SOMETIMES",
            "line 10, column 9: projects[0].jobs[0].frequency is `SOMETIMES`: expected one of DAILY",
        );
        check("version: 1", "version: 2", "line 1, column 1: version is `2`");
        check("    jobs:", "    jobz:", "line 7, column 5: projects[0].jobz");
        check("kind: GIT", "kind: SVN", "line 4, column 14: projects[0].source.kind is `SVN`");
        check(
            "type: GENERATE_CONTENT",
            "projectId: prj_1",
            "line 8, column 9: projects[0].jobs[0].type: expected",
        );
        check(
            "name: Friday",
            "name: 12",
            "line 8, column 9: projects[0].jobs[0].name is `12`: expected a text",
        );
        check("version: 1\n", "", "line 1, column 1: version: expected");
    }

    #[test]
    fn a_token_is_refused_and_not_repeated() {
        let github = "kind: GITHUB, owner: o, repo: r, token: ghp_secret";
        let slips =
            read(&WHOLE.replace("kind: GIT, path: /src/app", github)).expect_err("a token").to_string();
        assert!(slips.contains("projects[0].source.token") && !slips.contains("ghp_secret"), "{slips}");
        let header = "secretHeaders: [{name: A, value: canary}]";
        let asking = WHOLE.replace(
            "type: GENERATE_CONTENT",
            &format!("type: HTTP_REQUEST\n        payload: {{url: 'https://example.com', {header}}}"),
        );
        let slips = read(&asking).expect_err("a value").to_string();
        assert!(
            slips.contains("projects[0].jobs[0].payload.secretHeaders[0].value") && !slips.contains("canary"),
            "{slips}"
        );
        let mistyped = github.replace("token", "tokne");
        let slips =
            read(&WHOLE.replace("kind: GIT, path: /src/app", &mistyped)).expect_err("a slip").to_string();
        assert!(slips.contains("tokne") && !slips.contains("ghp_secret"), "{slips}");
    }

    #[test]
    fn a_name_says_which_one_is_meant() {
        let job = WHOLE.lines().skip(7).collect::<Vec<_>>().join("\n");
        let twice = format!("{WHOLE}{job}\n");
        let slips = read(&twice).expect_err("two of one name").to_string();
        assert!(slips.starts_with("line 12, column 9: projects[0].jobs[1].name is `Friday`"), "{slips}");
        let apart = |text: &str, id: &str| {
            text.replacen(
                "name: Friday",
                &format!("name: Friday\n        id: job_01KAR6V8G0M3N9T5X7Y2B4C6{id}"),
                1,
            )
        };
        let both = format!("{}{}\n", apart(WHOLE, "D8"), apart(&job, "D9"));
        assert!(read(&both).is_ok(), "{:?}", read(&both));
    }

    #[test]
    fn what_is_no_file_of_ours_is_told_so() {
        for (text, told) in [
            ("", "line 1, column 1: the file is `null`: expected an object with jobs, projects, version"),
            ("just words", "line 1, column 1: the file is `just words`"),
            ("version: 1\nprojects: {}", "line 2, column 1: projects is `{}`"),
            ("version: 1\nprojects: [3]", "line 2, column 12: projects[0] is `3`"),
        ] {
            let slips = read(text).expect_err(text).to_string();
            assert!(slips.starts_with(told), "{slips}");
        }
    }
}
