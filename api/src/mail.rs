//! How this instance sends mail, as its environment says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use dateline_connectors::channel::{MailConfig, MailConfigError, MailWay, SmtpServer};
use dateline_core::channel::{Channel, ChannelKind};
use dateline_core::notification::Links;
use dateline_core::secret::Secret;
use url::Url;

/// What mail needs.
pub struct Mail {
    /// The ways to people: none while mail is not set up.
    pub channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
    /// Where mail points to.
    pub links: Links,
}

/// What is wrong with the settings of mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// One of them is not what it should be.
    #[error(transparent)]
    Config(#[from] MailConfigError),
    /// There is a way and nobody mail is from, or the other way round.
    #[error("{0}")]
    Incomplete(&'static str),
    /// The public address is none.
    #[error("DATELINE_PUBLIC_URL is `{url}`: expected an address such as `https://dateline.example.org`")]
    PublicUrl {
        /// What was set.
        url: String,
    },
    /// A certificate file cannot be read.
    #[error("DATELINE_SMTP_CA_FILE: `{path}`: {source}")]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Returns what the variables say that `variable` looks up: `DATELINE_MAIL_FROM`, `DATELINE_SMTP_URL` with
/// `DATELINE_SMTP_CA_FILE`, or `RESEND_API_KEY`, and `DATELINE_PUBLIC_URL`. An empty one is an absent one.
///
/// # Errors
/// [`MailError`] naming what must be mended.
pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Mail, MailError> {
    let links = match variable("DATELINE_PUBLIC_URL").filter(|value| !value.is_empty()) {
        Some(url) => Links::below(Some(&public_url(&url)?)),
        None => Links::default(),
    };
    let mut channels = BTreeMap::new();
    if let Some(config) = config(variable)? {
        channels.insert(ChannelKind::Email, config.channel()?);
    }
    Ok(Mail { channels, links })
}

/// Returns how the variables say mail is sent; `None` when they say nothing.
///
/// # Errors
/// [`MailError`] naming what must be mended.
pub fn config(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<MailConfig>, MailError> {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    let way = match (variable("DATELINE_SMTP_URL"), variable("RESEND_API_KEY")) {
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(MailError::Incomplete("set DATELINE_SMTP_URL or RESEND_API_KEY, not both"));
        }
        (Some(url), None) => Some(MailWay::Smtp(server(&url, variable("DATELINE_SMTP_CA_FILE"))?)),
        (None, Some(key)) => Some(MailWay::Resend { api_key: Secret::new(key) }),
    };
    match (variable("DATELINE_MAIL_FROM"), way) {
        (Some(from), Some(way)) => Ok(Some(MailConfig { from, way })),
        (None, Some(_)) => Err(MailError::Incomplete("set DATELINE_MAIL_FROM: whom mail is from")),
        (Some(_), None) => Err(MailError::Incomplete(
            "DATELINE_MAIL_FROM alone sends nothing: set DATELINE_SMTP_URL or RESEND_API_KEY",
        )),
        (None, None) => Ok(None),
    }
}

fn server(url: &str, authorities: Option<String>) -> Result<SmtpServer, MailError> {
    let server = SmtpServer::at(url)?;
    let Some(path) = authorities.map(PathBuf::from) else { return Ok(server) };
    match std::fs::read(&path) {
        Ok(pem) => Ok(server.trusting(pem)),
        Err(source) => Err(MailError::Authorities { path, source }),
    }
}

/// Returns the address links begin with: no query, no name or password in it.
fn public_url(text: &str) -> Result<String, MailError> {
    let refused = || MailError::PublicUrl { url: text.chars().filter(|char| !char.is_control()).collect() };
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if is_web && is_plain && url.password().is_none() { Ok(url.to_string()) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &[(&str, &str)]) -> Result<Mail, MailError> {
        let find =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
        from_environment(&find)
    }

    #[test]
    fn mail_is_set_up_whole_or_not_at_all() {
        let (from, smtp) =
            (("DATELINE_MAIL_FROM", "d@example.org"), ("DATELINE_SMTP_URL", "smtp://localhost"));
        let resend = ("RESEND_API_KEY", "re_123");
        for (variables, channels) in [(vec![], 0), (vec![from, smtp], 1), (vec![from, resend], 1)] {
            assert_eq!(set(&variables).expect("fine").channels.len(), channels, "{variables:?}");
        }
        for variables in [vec![from], vec![smtp], vec![resend], vec![from, smtp, resend]] {
            assert!(matches!(set(&variables), Err(MailError::Incomplete(_))), "{variables:?}");
        }
        let nowhere = ("DATELINE_SMTP_CA_FILE", "/nowhere/ca.pem");
        assert!(matches!(set(&[from, smtp, nowhere]), Err(MailError::Authorities { .. })));
    }

    #[test]
    fn links_begin_with_a_plain_web_address_or_are_left_out() {
        for good in ["https://d.example.org", "http://localhost:8377", "https://example.org/dateline/"] {
            assert!(set(&[("DATELINE_PUBLIC_URL", good)]).is_ok(), "{good}");
        }
        for bad in
            ["d.example.org", "javascript:alert(1)", "https://a:b@x", "https://x?y", "https://x#y", "ftp://x"]
        {
            assert!(
                matches!(set(&[("DATELINE_PUBLIC_URL", bad)]), Err(MailError::PublicUrl { .. })),
                "{bad}"
            );
        }
    }
}
