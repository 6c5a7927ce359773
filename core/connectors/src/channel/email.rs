//! Mail over SMTP.
//!
//! Each message has a connection of its own: mail is rare, and a pooled connection that went stale fails a message
//! that nothing is wrong with. The steps are taken one by one, so that it is always known whether the server can have
//! the message: before its content is sent it cannot, and once it said 250 it does. In between lies the only doubt.

use std::time::Duration;

use async_trait::async_trait;
use dateline_core::channel::{Channel, ChannelError, Message, Sent};
use dateline_core::hygiene::clean_line;
use dateline_core::notification::EmailAddress;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};

use super::server::{SmtpServer, Tls};
use super::{MailConfigError, chain, said};

/// From the first packet to the server's leave to send the content.
const OPENING_MAX: Duration = Duration::from_secs(15);
/// From the content's first byte to the server's answer.
const CONTENT_MAX: Duration = Duration::from_secs(15);
/// Courtesy after the fact.
const LEAVING_MAX: Duration = Duration::from_secs(1);

/// Sends mail through one server.
pub struct SmtpChannel {
    from: Mailbox,
    server: SmtpServer,
    tls: TlsParameters,
}

impl SmtpChannel {
    /// Returns the channel that sends mail of `from` through `server`.
    ///
    /// # Errors
    /// [`MailConfigError::Server`] when its certificates cannot be read.
    pub fn new(from: Mailbox, server: SmtpServer) -> Result<Self, MailConfigError> {
        let refuse = |error: Error| MailConfigError::Server { reason: chain(&error) };
        let mut tls = TlsParameters::builder(server.host.clone());
        if let Some(authorities) = &server.authorities {
            tls = tls.add_root_certificate(Certificate::from_pem(authorities).map_err(refuse)?);
        }
        Ok(Self { from, tls: tls.build_rustls().map_err(refuse)?, server })
    }

    /// Returns the mail that `message` is.
    fn mail(&self, message: &Message) -> Result<lettre::Message, ChannelError> {
        let refuse = |reason: String| ChannelError::Permanent { reason };
        // Checked again here, where the damage would be done.
        let to: EmailAddress =
            message.to.parse().map_err(|error| refuse(format!("`{}`: {error}", said(&message.to))))?;
        let address = to.as_str().parse().map_err(|_| refuse(format!("{to} is not an address")))?;
        let mut mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(clean_line(&message.subject))
            .message_id(Some(message_id(&message.key, self.from.email.domain())))
            // Answering machines leave such mail alone.
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(address) = message.unsubscribe.as_deref().filter(|address| is_header_safe(address)) {
            mail = mail
                .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        mail.multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
            .map_err(|error| refuse(chain(&error)))
    }

    /// Connects, encrypts, signs in and takes its leave, or says why that is not possible.
    pub(super) async fn greet(&self) -> Result<(), String> {
        let mut connection = tokio::time::timeout(OPENING_MAX, self.connect())
            .await
            .map_err(|_| "it did not answer in time".to_owned())?
            .map_err(|error| chain(&error))?;
        let _ = tokio::time::timeout(LEAVING_MAX, connection.quit()).await;
        Ok(())
    }

    /// Connects, encrypts and signs in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let name = ClientId::Domain(self.from.email.domain().to_owned());
        let place = (self.server.host.as_str(), self.server.port);
        let first_tls = (self.server.tls == Tls::Implicit).then(|| self.tls.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(place, None, &name, first_tls, None).await?;
        if self.server.tls == Tls::StartTls {
            // Refuses to go on when the server, or somebody in between, does not offer it.
            connection.starttls(self.tls.clone(), &name).await?;
        }
        if let Some(login) = &self.server.login {
            let credentials = Credentials::new(login.user.clone(), login.password.expose().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    /// Goes as far as the server's leave to send the content.
    async fn open(&self, envelope: &Envelope) -> Result<AsyncSmtpConnection, ChannelError> {
        // Whatever is refused here is refused to us, not to this message: an operator can mend it.
        let mut connection = self.connect().await.map_err(|error| ChannelError::transient(chain(&error)))?;
        let about_message = |error: Error| refusal(&error).unwrap_or(ChannelError::transient(chain(&error)));
        connection.command(Mail::new(envelope.from().cloned(), vec![])).await.map_err(about_message)?;
        for to in envelope.to() {
            connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(about_message)?;
        }
        connection.command(Data).await.map_err(about_message)?;
        Ok(connection)
    }
}

#[async_trait]
impl Channel for SmtpChannel {
    async fn send(&self, message: &Message) -> Result<Sent, ChannelError> {
        let mail = self.mail(message)?;
        let (envelope, content) = (mail.envelope().clone(), mail.formatted());
        let opening = tokio::time::timeout(OPENING_MAX, self.open(&envelope)).await;
        let silent = || ChannelError::transient("the mail server did not answer in time");
        let mut connection = opening.map_err(|_| silent())??;
        let taken = tokio::time::timeout(CONTENT_MAX, connection.message(&content)).await;
        match taken {
            Ok(Ok(response)) => {
                let reference = reference(&response);
                // The message is out; how the server takes its leave changes nothing.
                let _ = tokio::time::timeout(LEAVING_MAX, connection.quit()).await;
                Ok(Sent { reference })
            }
            Ok(Err(error)) => Err(refusal(&error).unwrap_or_else(|| {
                let reason =
                    format!("the connection was cut after the message was handed over: {}", chain(&error));
                ChannelError::Unknown { reason }
            })),
            Err(_) => {
                let reason = "the mail server did not say in time whether it took the message".to_owned();
                Err(ChannelError::Unknown { reason })
            }
        }
    }
}

/// Returns the server's own no, if this is one: for ever (5xx) or for now (4xx).
fn refusal(error: &Error) -> Option<ChannelError> {
    let reason = format!("the mail server refused: {}", chain(error));
    if error.is_permanent() {
        Some(ChannelError::Permanent { reason })
    } else {
        error.is_transient().then(|| ChannelError::transient(reason))
    }
}

fn reference(response: &Response) -> Option<String> {
    response.first_line().map(said).filter(|line| !line.is_empty())
}

/// Returns the name of a message: the same in every try.
fn message_id(key: &str, domain: &str) -> String {
    format!("<{}@{domain}>", key.replace('/', "."))
}

/// Returns a header of ours. Its value is plain ASCII, so it needs no encoding and is not folded.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
        value.to_owned(),
    )
}

fn is_header_safe(address: &str) -> bool {
    address.len() < 900 && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\",".contains(&byte))
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;
