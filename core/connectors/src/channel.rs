//! The ways to people: mail over SMTP, and mail through Resend.

mod email;
mod resend;
mod server;

use std::sync::Arc;

use dateline_core::channel::Channel;
use dateline_core::secret::Secret;
use lettre::message::Mailbox;

pub use email::SmtpChannel;
pub use resend::{RESEND_URL, ResendChannel};
pub use server::{Login, SmtpServer, Tls};

/// How this instance sends mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Whom mail is from: `dateline@example.org` or `Dateline <dateline@example.org>`.
    pub from: String,
    /// Who takes it.
    pub way: MailWay,
}

/// Who takes the mail.
#[derive(Debug, Clone)]
pub enum MailWay {
    /// A mail server.
    Smtp(SmtpServer),
    /// Resend's interface.
    Resend {
        /// The key of an account.
        api_key: Secret,
    },
}

/// Why mail cannot be sent as it is set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailConfigError {
    /// Nobody can be written to from there.
    #[error(
        "mail is from `{from}`: expected an address such as `dateline@example.org`, or `Dateline <dateline@example.org>`"
    )]
    From {
        /// What was set.
        from: String,
    },
    /// The server's address is not one.
    #[error("the mail server: {reason}")]
    Server {
        /// What is wrong; never the password.
        reason: String,
    },
    /// The key cannot be one.
    #[error("the Resend key is empty or holds characters no key has")]
    Key,
    /// The system refused what every connection needs.
    #[error("encrypted connections cannot be prepared: {reason}")]
    Client {
        /// What failed.
        reason: String,
    },
}

impl MailConfig {
    /// Returns the channel that sends mail this way.
    ///
    /// # Errors
    /// [`MailConfigError`] naming what is wrong; nothing is connected yet.
    pub fn channel(self) -> Result<Arc<dyn Channel>, MailConfigError> {
        let from = sender(&self.from)?;
        Ok(match self.way {
            MailWay::Smtp(server) => Arc::new(SmtpChannel::new(from, server)?),
            MailWay::Resend { api_key } => Arc::new(ResendChannel::new(from, api_key, RESEND_URL)?),
        })
    }
}

/// What came of asking a mail server in, without a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// It would take mail from us.
    Welcome {
        /// The server, as `host:port`.
        server: String,
    },
    /// It would not.
    Refused {
        /// The server, as `host:port`.
        server: String,
        /// Why, mostly in its own words.
        reason: String,
    },
    /// This way has no greeting: only a message tells.
    None,
}

impl MailConfig {
    /// Connects as for a message, encrypts, signs in and takes its leave; nothing is sent.
    ///
    /// # Errors
    /// [`MailConfigError`] as [`MailConfig::channel`].
    pub async fn greet(self) -> Result<Greeting, MailConfigError> {
        let MailWay::Smtp(server) = self.way.clone() else {
            return self.channel().map(|_| Greeting::None);
        };
        let name = format!("{}:{}", server.host, server.port);
        let greeted = SmtpChannel::new(sender(&self.from)?, server)?.greet().await;
        Ok(match greeted {
            Ok(()) => Greeting::Welcome { server: name },
            Err(reason) => Greeting::Refused { server: name, reason },
        })
    }
}

/// Returns the mailbox `text` spells. One with a control character would make the mail library panic.
fn sender(text: &str) -> Result<Mailbox, MailConfigError> {
    let refused = || MailConfigError::From { from: text.chars().filter(|char| !char.is_control()).collect() };
    if text.chars().any(char::is_control) {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

/// Returns what another program said, as it may be shown: one line, not too long.
fn said(text: &str) -> String {
    const CHARS_MAX: usize = 300;
    let line = dateline_core::hygiene::clean_line(text);
    match line.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Returns an error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in std::iter::successors(Some(error), |error| error.source()) {
        let text = cause.to_string();
        // Many libraries repeat a cause in the sentence about it.
        if !told.last().is_some_and(|last| last.contains(&text)) {
            told.push(text);
        }
    }
    said(&told.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_with_a_control_character_is_refused_before_anything_panics() {
        for bad in ["A\r\nB <a@example.org>", "A\0 <a@example.org>", "a@example.org\n", "", "nobody"] {
            assert!(matches!(sender(bad), Err(MailConfigError::From { .. })), "{bad:?}");
        }
        for good in ["a@example.org", "Dateline <a@example.org>", "Ada Ökoye <a@localhost>"] {
            assert!(sender(good).is_ok(), "{good}");
        }
    }
}
