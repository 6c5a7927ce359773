//! One Rust struct an operation: its fields are the parameters and the body.

use std::fmt::Write;

use serde_json::Value;

use super::{HEAD, Unknown, document, field_name, spelled, variant_name};

const OPENING: &str = "\
#![allow(clippy::all, reason = \"nobody reads or edits this by hand\")]

use super::types::*;
use crate::call::{Call, Method, Pages, Request};
use crate::{Instant, List};

";

/// Headers that the client sets by itself, or has no use for: it keeps no answers.
const OWN_HEADERS: [&str; 4] = ["idempotency-key", "if-none-match", "last-event-id", "authorization"];

/// Returns the file with every call, in the order of the document.
pub(super) fn file(whole: &Value) -> Result<String, Unknown> {
    let mut calls = Vec::new();
    for (path, item) in whole["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(call) = Operation::read(whole, path, method, operation)? {
                calls.push(call.text()?);
            }
        }
    }
    let calls = calls.join("\n");
    let opening = if calls.contains("Instant") {
        OPENING.to_owned()
    } else {
        OPENING.replace("{Instant, List}", "List")
    };
    Ok(format!("{HEAD}{opening}{calls}"))
}

struct Operation<'a> {
    operation: &'a Value,
    id: &'a str,
    method: &'a str,
    path: &'a str,
    parameters: Vec<Parameter<'a>>,
    /// The body's type, and whether it must be sent.
    body: Option<(String, bool)>,
    answer: String,
    /// What a page of the answer lists.
    item: Option<String>,
    is_keyed: bool,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    about: Option<&'a str>,
    of: String,
    is_required: bool,
}

impl<'a> Operation<'a> {
    /// Returns an operation, `None` when its answer is no JSON: streams and texts are read by hand.
    fn read(
        whole: &Value,
        path: &'a str,
        method: &'a str,
        operation: &'a Value,
    ) -> Result<Option<Self>, Unknown> {
        let id = operation["operationId"]
            .as_str()
            .ok_or_else(|| Unknown(format!("{method} {path} without an id")))?;
        let Some((answer, item)) = answer_of(whole, operation, id)? else { return Ok(None) };
        let mut parameters = Vec::new();
        let mut is_keyed = false;
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let place = parameter["in"].as_str().unwrap_or_default();
            let is_own = place == "header" && OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
            is_keyed |= is_own && name.eq_ignore_ascii_case("idempotency-key");
            match place {
                "header" if is_own => continue,
                "path" | "query" | "header" => {}
                "cookie" => continue,
                other => return Err(Unknown(format!("a parameter in {other} of {id}"))),
            }
            parameters.push(Parameter {
                name,
                place,
                about: parameter["description"].as_str(),
                of: spelled(&parameter["schema"], id)?,
                is_required: parameter["required"] == true,
            });
        }
        let body = match operation.pointer("/requestBody/content/application~1json/schema") {
            None if operation.get("requestBody").is_some() => {
                return Err(Unknown(format!("the body of {id}")));
            }
            None => None,
            Some(schema) => Some((spelled(schema, id)?, operation["requestBody"]["required"] == true)),
        };
        Ok(Some(Self { operation, id, method, path, parameters, body, answer, item, is_keyed }))
    }

    fn text(&self) -> Result<String, Unknown> {
        let name = variant_name(&capital(self.id));
        let fields = self.fields();
        let about = ["summary", "description"]
            .map(|key| self.operation[key].as_str().unwrap_or_default())
            .join("\n\n");
        let mut out = String::new();
        document(&mut out, "", Some(about.trim()), self.id);
        let is_default =
            self.parameters.iter().all(|it| !it.is_required) && self.body.as_ref().is_none_or(|it| !it.1);
        let default = if is_default { ", Default" } else { "" };
        let _ = writeln!(out, "#[derive(Debug, Clone, PartialEq{default})]");
        let _ = if fields.is_empty() {
            writeln!(out, "pub struct {name};\n")
        } else {
            writeln!(out, "pub struct {name} {{\n{fields}}}\n")
        };
        if !is_default {
            out.push_str(&self.constructor(&name));
        }
        let _ = writeln!(out, "impl Call for {name} {{\n    type Answer = {};", self.answer);
        let _ = writeln!(out, "    const ID: &'static str = \"{}\";\n", self.id);
        let _ = writeln!(out, "    fn request(&self) -> Request {{\n{}    }}\n}}", self.request()?);
        let is_paged = self.parameters.iter().any(|it| it.name == "cursor" && it.place == "query");
        if let Some(item) = self.item.as_ref().filter(|_| is_paged) {
            let _ = writeln!(out, "\nimpl Pages for {name} {{\n    type Item = {item};\n");
            let _ = writeln!(
                out,
                "    fn go_on_at(&mut self, cursor: String) {{\n        self.cursor = Some(cursor);\n    }}\n}}"
            );
        }
        Ok(out)
    }

    /// Returns the function that takes what is needed and leaves out the rest, which may grow.
    fn constructor(&self, name: &str) -> String {
        let mut takes = Vec::new();
        let mut sets = Vec::new();
        for parameter in &self.parameters {
            let field = field_name(parameter.name);
            match (parameter.is_required, parameter.of.as_str()) {
                (true, "String") => {
                    takes.push(format!("{field}: impl Into<String>"));
                    sets.push(format!("{field}: {field}.into()"));
                }
                (true, of) => {
                    takes.push(format!("{field}: {of}"));
                    sets.push(field);
                }
                (false, _) => sets.push(format!("{field}: None")),
            }
        }
        match &self.body {
            Some((of, true)) => {
                takes.push(format!("body: {of}"));
                sets.push("body".into());
            }
            Some((_, false)) => sets.push("body: None".into()),
            None => {}
        }
        let (takes, sets) = (takes.join(", "), sets.join(", "));
        let about = "    /// Returns the call with what it needs.";
        format!(
            "impl {name} {{\n{about}\n    pub fn new({takes}) -> Self {{\n        Self {{ {sets} }}\n    }}\n}}\n\n"
        )
    }

    fn fields(&self) -> String {
        let mut fields = String::new();
        for parameter in &self.parameters {
            document(&mut fields, "    ", parameter.about, parameter.name);
            let of = if parameter.is_required {
                parameter.of.clone()
            } else {
                format!("Option<{}>", parameter.of)
            };
            let _ = writeln!(fields, "    pub {}: {of},", field_name(parameter.name));
        }
        if let Some((of, is_required)) = &self.body {
            let of = if *is_required { of.clone() } else { format!("Option<{of}>") };
            let _ = writeln!(fields, "    /// What is sent.\n    pub body: {of},");
        }
        fields
    }

    fn request(&self) -> Result<String, Unknown> {
        let method = variant_name(&self.method.to_uppercase());
        let mut segments = Vec::new();
        for part in self.path.trim_start_matches('/').split('/') {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let is_known =
                |name: &str| self.parameters.iter().any(|it| it.name == name && it.place == "path");
            segments.push(match name {
                None => format!("\"{part}\""),
                Some(name) if is_known(name) => format!("&self.{}", field_name(name)),
                Some(name) => return Err(Unknown(format!("the parameter {name} of {}", self.id))),
            });
        }
        let mut out = format!("        Request::new(Method::{method}, &[{}])", segments.join(", "));
        for parameter in self.parameters.iter().filter(|it| it.place != "path") {
            let _ = write!(
                out,
                "\n            .{}(\"{}\", &self.{})",
                parameter.place,
                parameter.name,
                field_name(parameter.name)
            );
        }
        if self.body.is_some() {
            out.push_str("\n            .body(&self.body)");
        }
        if self.is_keyed {
            out.push_str("\n            .keyed()");
        }
        Ok(out + "\n")
    }
}

/// Returns the type of the answer that means success, and what it lists.
fn answer_of(
    whole: &Value,
    operation: &Value,
    id: &str,
) -> Result<Option<(String, Option<String>)>, Unknown> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    let mut found: Option<(String, Option<String>)> = None;
    for (status, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
        let this = match answer["content"].as_object().filter(|content| !content.is_empty()) {
            None => ("()".to_owned(), None),
            Some(content) => match content.get("application/json") {
                None => return Ok(None),
                Some(json) => (spelled(&json["schema"], id)?, listed(whole, &json["schema"])?),
            },
        };
        match &found {
            Some(before) if *before != this => {
                return Err(Unknown(format!("the second answer {status} of {id}")));
            }
            _ => found = Some(this),
        }
    }
    found.map(Some).ok_or_else(|| Unknown(format!("{id} without a success")))
}

fn listed(whole: &Value, schema: &Value) -> Result<Option<String>, Unknown> {
    let target = schema["$ref"].as_str().and_then(|it| whole.pointer(it.strip_prefix('#')?));
    let properties = target.map(|target| &target["properties"]);
    match properties.filter(|it| it.get("nextCursor").is_some()) {
        None => Ok(None),
        Some(properties) => spelled(&properties["items"]["items"], "items").map(Some),
    }
}

fn capital(id: &str) -> String {
    let mut chars = id.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
