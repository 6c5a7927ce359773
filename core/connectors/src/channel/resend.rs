//! Mail through Resend's interface. Its `Idempotency-Key` lets a request that was cut off be sent again for a day.

use std::time::Duration;

use async_trait::async_trait;
use dateline_core::channel::{Channel, ChannelError, Message, Sent};
use dateline_core::hygiene::clean_line;
use dateline_core::secret::Secret;
use lettre::message::Mailbox;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MailConfigError, chain, said};

/// Where Resend listens.
pub const RESEND_URL: &str = "https://api.resend.com";

const REQUEST_MAX: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Sends mail through Resend.
pub struct ResendChannel {
    from: String,
    authorization: HeaderValue,
    url: String,
    client: Client,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    name: String,
    #[serde(default)]
    message: String,
}

impl ResendChannel {
    /// Returns the channel that sends mail of `from` with an account's key, to the interface below `url`.
    ///
    /// # Errors
    /// [`MailConfigError`] for a key no header can hold, or when the system lacks what encryption needs.
    pub fn new(from: Mailbox, api_key: Secret, url: &str) -> Result<Self, MailConfigError> {
        // Whoever came first has installed the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = api_key.expose();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(MailConfigError::Key);
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| MailConfigError::Key)?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(REQUEST_MAX)
            .connect_timeout(REQUEST_MAX / 3)
            .build()
            .map_err(|error| MailConfigError::Client { reason: chain(&error) })?;
        let url = format!("{}/emails", url.trim_end_matches('/'));
        Ok(Self { from: from.to_string(), authorization, url, client })
    }

    fn body(&self, message: &Message) -> Value {
        let mut headers = json!({ "Auto-Submitted": "auto-generated" });
        if let Some(address) = &message.unsubscribe {
            headers["List-Unsubscribe"] = json!(format!("<{address}>"));
            headers["List-Unsubscribe-Post"] = json!("List-Unsubscribe=One-Click");
        }
        json!({
            "from": self.from,
            "to": [message.to],
            "subject": clean_line(&message.subject),
            "html": message.html,
            "text": message.text,
            "headers": headers,
        })
    }
}

#[async_trait]
impl Channel for ResendChannel {
    async fn send(&self, message: &Message) -> Result<Sent, ChannelError> {
        let request = self
            .client
            .post(&self.url)
            .header("authorization", self.authorization.clone())
            .header("idempotency-key", &message.key)
            .json(&self.body(message));
        // Whatever broke, the same name makes the next try harmless.
        let answer = request.send().await.map_err(|error| ChannelError::transient(broken(error)))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = body_of(answer).await.map_err(ChannelError::transient)?;
        if status.is_success() {
            let reference = serde_json::from_slice(&body).ok().map(|accepted: Accepted| said(&accepted.id));
            return Ok(Sent { reference });
        }
        Err(refusal(status, &headers, &serde_json::from_slice(&body).unwrap_or_default()))
    }
}

fn broken(error: reqwest::Error) -> String {
    chain(&error.without_url())
}

async fn body_of(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err("Resend's answer is too long".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn refusal(status: StatusCode, headers: &HeaderMap, refused: &Refused) -> ChannelError {
    let reason =
        format!("Resend refused ({}): {} {}", status.as_u16(), said(&refused.name), said(&refused.message));
    match status.as_u16() {
        // An earlier try under this name was taken with other words: the person has that mail.
        409 if refused.name == "invalid_idempotent_request" => ChannelError::Unknown { reason },
        429 => ChannelError::Transient { reason, retry_after: wait(headers) },
        // Refused to us, not to this message (401, 403): an operator can mend it. 409 is another try under way.
        401 | 403 | 408 | 409 | 425 => ChannelError::transient(reason),
        400..=499 => ChannelError::Permanent { reason },
        _ => ChannelError::Transient { reason, retry_after: wait(headers) },
    }
}

/// Returns how long the other side asks us to wait: `retry-after` in seconds, else `ratelimit-reset`.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let seconds = |value: &HeaderValue| value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs);
    let named = |name: &str| headers.get(name).and_then(seconds);
    named(RETRY_AFTER.as_str()).or_else(|| named("ratelimit-reset"))
}
