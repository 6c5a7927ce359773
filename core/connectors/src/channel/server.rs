//! A mail server's address: `smtps://user:password@host:465`, `smtp://host:587`.

use std::net::IpAddr;

use dateline_core::secret::Secret;
use url::{Host, Url};

use super::MailConfigError;

/// Where mail is handed over, and how.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// The host's name, which its certificate must bear.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who we are to it.
    pub login: Option<Login>,
    /// Certificates (PEM) that are trusted beside the well-known ones.
    pub authorities: Option<Vec<u8>>,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// By STARTTLS, without which nothing is sent.
    StartTls,
    /// Not at all: only to this very machine.
    None,
}

/// A name and a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl SmtpServer {
    /// Returns the server at `address`: `smtps://` encrypts from the first byte, `smtp://` by STARTTLS, and without
    /// encryption to this machine unless it says `?tls=starttls`.
    ///
    /// # Errors
    /// [`MailConfigError::Server`] saying what is wrong.
    pub fn at(address: &str) -> Result<Self, MailConfigError> {
        let refuse = |reason: &str| MailConfigError::Server { reason: reason.to_owned() };
        let url = Url::parse(address)
            .map_err(|_| refuse("expected an address such as `smtps://user:password@host:465`"))?;
        let host = url.host().ok_or_else(|| refuse("its address names no host"))?;
        let is_loopback = is_loopback(&host);
        let wish = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let tls = match (url.scheme(), wish.as_deref()) {
            ("smtps", None) => Tls::Implicit,
            ("smtp", Some("starttls")) => Tls::StartTls,
            ("smtp", None) if !is_loopback => Tls::StartTls,
            ("smtp", None | Some("none")) if is_loopback => Tls::None,
            ("smtp", Some("none")) => return Err(refuse("mail leaves this machine only encrypted")),
            ("smtp" | "smtps", _) => return Err(refuse("`tls` is `starttls`, or `none` to this machine")),
            _ => return Err(refuse("expected `smtp://` or `smtps://`")),
        };
        if url.query_pairs().any(|(name, _)| name != "tls") || !matches!(url.path(), "" | "/") {
            return Err(refuse("after host and port nothing but `?tls=` may stand"));
        }
        let default_port = match tls {
            Tls::Implicit => 465,
            Tls::StartTls => 587,
            Tls::None => 25,
        };
        let login = match (plain(url.username()), url.password().map(plain)) {
            (Some(user), None) if user.is_empty() => None,
            (Some(user), Some(Some(password))) if !user.is_empty() => {
                Some(Login { user, password: Secret::new(password) })
            }
            _ => return Err(refuse("expected `user:password@`, special characters as %XX, or neither")),
        };
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self { host, port, tls, login, authorities: None })
    }

    /// Also trusts these certificates (PEM): those of one's own authority.
    #[must_use]
    pub fn trusting(self, authorities: Vec<u8>) -> Self {
        Self { authorities: Some(authorities), ..self }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        // Addresses in URLs of this kind are told as names.
        Host::Domain(name) => *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        Host::Ipv4(ip) => IpAddr::from(*ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::from(*ip).is_loopback(),
    }
}

/// Returns a percent-encoded part in plain text; `None` when it is not UTF-8 or holds controls.
fn plain(encoded: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_it_is_encrypted() {
        let check = |address: &str, host: &str, port: u16, tls: Tls| {
            let server = SmtpServer::at(address).expect(address);
            assert_eq!((server.host.as_str(), server.port, server.tls), (host, port, tls), "{address}");
        };
        check("smtps://mail.example.org", "mail.example.org", 465, Tls::Implicit);
        check("smtp://mail.example.org", "mail.example.org", 587, Tls::StartTls);
        check("smtp://mail.example.org:2525?tls=starttls", "mail.example.org", 2525, Tls::StartTls);
        check("smtp://localhost", "localhost", 25, Tls::None);
        check("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Tls::None);
        check("smtp://[::1]:1025", "::1", 1025, Tls::None);
        check("smtp://localhost:587?tls=starttls", "localhost", 587, Tls::StartTls);
    }

    #[test]
    fn a_password_may_hold_anything_and_is_never_shown() {
        let server =
            SmtpServer::at("smtps://ada%40example.org:p%3A%2F%40ss@mail.example.org").expect("a server");
        assert!(!format!("{server:?}").contains("ss@"));
        let login = server.login.expect("a login");
        assert_eq!((login.user.as_str(), login.password.expose()), ("ada@example.org", "p:/@ss"));
    }

    #[test]
    fn what_would_leave_unencrypted_or_is_no_address_is_refused() {
        for bad in [
            "smtp://mail.example.org?tls=none",
            "smtp://192.0.2.1?tls=none",
            "smtp://localhost.example.org?tls=none",
            "smtps://mail.example.org?tls=none",
            "smtp://mail.example.org?tls=maybe",
            "smtp://mail.example.org?verify=no",
            "smtp://mail.example.org/inbox",
            "https://mail.example.org",
            "mail.example.org:25",
            "smtps://ada@mail.example.org",
            "smtps://ada:%0d%0aQUIT@mail.example.org",
            "smtps://ada:%ff@mail.example.org",
            "",
        ] {
            assert!(matches!(SmtpServer::at(bad), Err(MailConfigError::Server { .. })), "{bad}");
        }
    }
}
