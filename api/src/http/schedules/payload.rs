//! What executions are told, as JSON spells it: the fields of all job types side by side.

use dateline_actors::request::{Secrets, Told};
use dateline_core::http_call::Method;
use dateline_core::job::{HttpRequest, Payload};
use dateline_core::platform::Platform;
use poem_openapi::Object;
use poem_openapi::types::ToJSON;
use serde_json::{Value, json};

use crate::http::fields::{Millis, SecretText, Word, words};

words!(Method as HttpMethod ("What is done with what an address names."): Get, Head, Post, Put, Patch, Delete);

/// What an execution is told. Which fields count is the job type's to say.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PayloadBody {
    /// GENERATE_CONTENT: write for these platforms only; all the project has enabled when absent.
    #[oai(validator(min_items = 1, max_items = 8, unique_items))]
    pub platforms: Option<Vec<Word<Platform>>>,
    /// HTTP_REQUEST: what is done; GET when absent.
    pub method: Option<Word<Method>>,
    /// HTTP_REQUEST: the address, http or https, of a public server, or of one inside that the operator allows.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub url: Option<String>,
    /// HTTP_REQUEST: what is sent beside the body.
    #[oai(validator(max_items = 50))]
    pub headers: Option<Vec<HeaderBody>>,
    /// HTTP_REQUEST: headers whose values are stored sealed and never shown, and never sent to another server.
    #[oai(validator(max_items = 50))]
    pub secret_headers: Option<Vec<SecretFieldBody>>,
    /// HTTP_REQUEST: the body, at most 256 KiB; not with GET and HEAD.
    #[oai(validator(max_length = 262144))]
    pub body: Option<String>,
    /// HTTP_REQUEST: the statuses of a right answer; 200 to 299 when absent.
    #[oai(validator(min_items = 1, max_items = 50, unique_items))]
    pub expected_statuses: Option<Vec<u16>>,
    /// HTTP_REQUEST: how long all of it may take, 100 to 30,000; 30 s when absent.
    pub timeout_ms: Option<Millis>,
}

/// Something that is sent beside the body.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct HeaderBody {
    /// Its name.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Its value.
    #[oai(validator(min_length = 1, max_length = 8192))]
    pub value: String,
}

/// A field whose value is secret.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct SecretFieldBody {
    /// Its name.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Its value. It is never shown again; an absent one keeps what is stored under the name.
    #[oai(write_only)]
    pub value: Option<SecretText<1, 8192>>,
}

/// What an execution is told, as it is shown: without what is secret.
#[derive(Debug, Default, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PayloadView {
    /// GENERATE_CONTENT: write for these platforms only; all the project has enabled when absent.
    pub platforms: Option<Vec<Word<Platform>>>,
    /// HTTP_REQUEST: what is done.
    pub method: Option<Word<Method>>,
    /// HTTP_REQUEST: the address.
    pub url: Option<String>,
    /// HTTP_REQUEST: what is sent beside the body.
    pub headers: Option<Vec<HeaderBody>>,
    /// HTTP_REQUEST: headers whose values are not shown.
    pub secret_headers: Option<Vec<SecretFieldView>>,
    /// HTTP_REQUEST: the body.
    pub body: Option<String>,
    /// HTTP_REQUEST: the statuses of a right answer; 200 to 299 when absent.
    pub expected_statuses: Option<Vec<u16>>,
    /// HTTP_REQUEST: how long all of it may take.
    pub timeout_ms: Option<Millis>,
}

/// A field whose value is not shown.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct SecretFieldView {
    /// Its name.
    pub name: String,
    /// The value's last four characters, when it is long enough not to be given away by them.
    pub hint: Option<String>,
}

impl PayloadBody {
    /// Returns its fields as far as they are said, without what is secret.
    pub(in crate::http) fn told(&self) -> Told {
        let mut told = match self.to_json() {
            Some(Value::Object(fields)) => fields,
            Some(_) | None => Told::new(),
        };
        if let Some(headers) = &self.secret_headers {
            let names = headers.iter().map(|header| json!({ "name": header.name }));
            told.insert("secretHeaders".to_owned(), names.collect());
        }
        told
    }

    /// Returns the values of its secrets that are said.
    pub(in crate::http) fn secrets(&self) -> Secrets {
        let headers = self.secret_headers.iter().flatten();
        headers.filter_map(|it| Some((it.name.clone(), it.value.as_ref()?.0.clone()))).collect()
    }
}

impl From<Payload> for PayloadView {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::GenerateContent(told) => {
                let platforms = told.platforms.map(|platforms| platforms.into_iter().map(Word).collect());
                Self { platforms, ..Self::default() }
            }
            Payload::SyncGithub(_) | Payload::Cleanup(_) => Self::default(),
            Payload::HttpRequest(told) => told.into(),
        }
    }
}

impl From<HttpRequest> for PayloadView {
    fn from(told: HttpRequest) -> Self {
        let headers = told.headers.into_iter().map(|it| HeaderBody { name: it.name, value: it.value });
        let headers: Vec<_> = headers.collect();
        let secret = told.secret_headers.into_iter();
        let secret: Vec<_> = secret.map(|it| SecretFieldView { name: it.name, hint: it.hint }).collect();
        Self {
            method: Some(Word(told.method)),
            url: Some(told.url),
            headers: (!headers.is_empty()).then_some(headers),
            secret_headers: (!secret.is_empty()).then_some(secret),
            body: told.body,
            expected_statuses: told.expected_statuses,
            timeout_ms: Some(Millis(told.timeout)),
            ..Self::default()
        }
    }
}
