//! A server that jobs ask: it answers what a test tells it, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use dateline_core::http_call::{HttpAnswer, HttpCall, HttpCaller, HttpFailure};
use tokio::sync::Notify;

/// What it was asked: method, address, headers, secret ones among them, and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What it does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Reaction {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: &'static str,
    },
    Fail(HttpFailure),
    /// It never answers.
    Hang,
}

impl Reaction {
    pub(crate) fn of(status: u16, body: &'static str) -> Self {
        Self::Answer { status, headers: Vec::new(), body }
    }
}

#[derive(Default)]
pub(crate) struct FakeServer {
    asked: Mutex<Vec<Asked>>,
    reactions: Mutex<VecDeque<Reaction>>,
    /// Told whenever it is asked.
    pub(crate) was_asked: Notify,
}

impl FakeServer {
    /// It does this next, once; what is not said is a 200.
    pub(crate) fn next(&self, reaction: Reaction) {
        self.reactions.lock().unwrap_or_else(PoisonError::into_inner).push_back(reaction);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl HttpCaller for FakeServer {
    async fn send(&self, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        let mut headers = call.headers.clone();
        headers
            .extend(call.own_headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())));
        let asked = Asked { method: call.method.name(), url: call.url.clone(), headers, body: call.body };
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        self.was_asked.notify_one();
        let reaction = self.reactions.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match reaction.unwrap_or(Reaction::of(200, "fine")) {
            Reaction::Answer { status, headers, body } => Ok(HttpAnswer {
                status,
                url: call.url,
                redirects: 0,
                headers,
                body: body.as_bytes().to_vec(),
            }),
            Reaction::Fail(failure) => Err(failure),
            Reaction::Hang => std::future::pending().await,
        }
    }
}
