//! Whether mail can leave: the mail server is asked in, and gets no message.

use dateline_connectors::channel::Greeting;

use super::Check;
use crate::config::Config;

/// Looks at how mail is set up, and greets the mail server.
pub(super) async fn look(config: &Config) -> Vec<Check> {
    let about = "mail";
    let mut checks = Vec::new();
    if config.mail_smtp_ca_file.is_some() && config.mail_smtp_url.is_none() {
        let mend = "set `mail.smtpUrl`, or leave the file out";
        checks.push(Check::warning(about, "`mail.smtpCaFile` is set and there is no mail server", mend));
    }
    let wrong = |error: &dyn std::error::Error| {
        let mend = "set `mail.from` and one way out, `mail.smtpUrl` or `mail.resendApiKey`; docs/notifications.md \
                    shows both";
        Check::wrong(about, error.to_string(), mend)
    };
    checks.push(match crate::mail::config(&|name| config.said(name)) {
        Err(error) => wrong(&error),
        Ok(None) => Check::ok(about, "not set up: people are told in their list alone"),
        Ok(Some(mail)) => match mail.greet().await {
            Err(error) => wrong(&error),
            Ok(Greeting::Welcome { server }) => {
                Check::ok(about, format!("{server} lets us in; `dateline notification test` sends you a mail"))
            }
            Ok(Greeting::Refused { server, reason }) => {
                let mend = "mend `mail.smtpUrl` (scheme, host, port, name, password), the firewall, or the mail server";
                Check::wrong(about, format!("{server}: {reason}"), mend)
            }
            Ok(Greeting::None) => {
                Check::ok(about, "through Resend; `dateline notification test` sends you a mail")
            }
        },
    });
    checks
}
