//! What an HTTP_REQUEST job asks, as flags. Values that are secret come in through `--with -`, past the list of processes.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::output::CommandError;

#[derive(Debug, Args)]
pub(super) struct RequestArgs {
    /// http-request: ask this address
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// http-request: what is done there [default: GET]
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// http-request: send this beside the body, as `Name: value`; may be given again
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// http-request: send this
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// http-request: the statuses of a right answer [default: 200 to 299]
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    expect: Vec<u16>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl RequestArgs {
    /// Returns the payload these flags say, when they say one, over what is stored.
    ///
    /// # Errors
    /// [`CommandError::Usage`] for a header without a colon.
    pub(super) fn json(&self, stored: Option<Value>) -> Result<Option<Value>, CommandError> {
        let is_silent = self.url.is_none() && self.method.is_none() && self.body.is_none();
        if is_silent && self.headers.is_empty() && self.expect.is_empty() {
            return Ok(None);
        }
        let mut fields = stored.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(url) = &self.url {
            fields.insert("url".to_owned(), json!(url));
        }
        let secrets = fields.get_mut("secretHeaders").and_then(Value::as_array_mut);
        for header in secrets.into_iter().flatten().filter_map(Value::as_object_mut) {
            header.shift_remove("hint");
        }
        if let Some(method) = self.method.and_then(|method| method.to_possible_value()) {
            fields.insert("method".to_owned(), json!(method.get_name()));
        }
        let mut headers = Vec::new();
        for header in &self.headers {
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| CommandError::argument("--header", header, "`Name: value`"))?;
            headers.push(json!({ "name": name.trim(), "value": value.trim() }));
        }
        if !headers.is_empty() {
            fields.insert("headers".to_owned(), json!(headers));
        }
        if let Some(body) = &self.body {
            fields.insert("body".to_owned(), json!(body));
        }
        if !self.expect.is_empty() {
            fields.insert("expectedStatuses".to_owned(), json!(self.expect));
        }
        Ok(Some(Value::Object(fields)))
    }
}
