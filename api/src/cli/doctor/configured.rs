//! What the configuration says, as this shell would start the server, and what it leads to.

mod keys;
mod mail;

use chrono::DateTime;
use dateline_core::clock::Clock;
use dateline_core::schedule::Zone;
use url::Url;

use super::Check;
use crate::cli::local_zone::local_zone;
use crate::cli::output::CommandError;
use crate::cli::server::ServerArgs;
use crate::cli::settings::SettingArgs;
use crate::config::Config;
use crate::os::OsClock;
use crate::tls::Certificates;

const FILE_OR_VARIABLE: &str = "mend that place; `dateline config show` lists every setting and who set it";

/// Returns the configuration, and what is wrong with it as a whole.
pub(super) fn read(server: &ServerArgs) -> (Option<Config>, Vec<Check>) {
    let about = "configuration";
    let sources = match server.data_args().sources(&SettingArgs::default()) {
        Ok(sources) => sources,
        Err(error) => return (None, vec![unreadable(about, &error)]),
    };
    let near = |(name, near): (String, &'static str)| {
        let name = crate::http::problem::shown(&name);
        let mend = format!("call it `{near}`, or unset it");
        Check::warning("environment", format!("`{name}` is no setting"), mend)
    };
    let mut checks: Vec<_> = sources.near_misses().into_iter().map(near).collect();
    match sources.load() {
        Err(error) => {
            checks.insert(0, unreadable(about, &error.into()));
            (None, checks)
        }
        Ok(config) => {
            let given = config.shown().iter().filter(|row| row.origin != "default").count();
            let file = config.file().map_or("no file".to_owned(), |path| format!("`{}`", path.display()));
            checks.insert(0, Check::ok(about, format!("{file}; settings that were given: {given}")));
            (Some(config), checks)
        }
    }
}

fn unreadable(about: &str, error: &CommandError) -> Check {
    Check::wrong(about, error.to_string(), FILE_OR_VARIABLE)
}

/// Looks at everything the settings of the server lead to.
pub(super) async fn look(config: &Config, server: &ServerArgs) -> Vec<Check> {
    let mut checks = listening(config);
    checks.extend(certificate(config));
    checks.push(public_url(config));
    checks.extend(mail::look(config).await);
    checks.extend(github_token(config));
    if let Ok(Some(folder)) = server.folder() {
        checks.extend(keys::look(config, &folder).await);
    }
    checks.extend(telemetry(config));
    checks.push(clock(config));
    checks
}

fn listening(config: &Config) -> Vec<Check> {
    let warnings = config.door().warnings(config.listen);
    if warnings.is_empty() {
        return vec![Check::ok("listening", config.listen.to_string())];
    }
    let mend = "set `tls.cert` and `tls.key`, name `hosts`, or let `listen` be 127.0.0.1 behind a proxy";
    warnings.into_iter().map(|warning| Check::warning("listening", warning, mend)).collect()
}

/// Whether the certificate can be shown, and is in its dates.
fn certificate(config: &Config) -> Option<Check> {
    let files = config.door().tls?;
    let shown = format!("`{}` and its key fit together", files.certificate.display());
    let mend = "set `tls.cert` to the certificate with its chain and `tls.key` to its key, both in PEM and readable \
                by the server";
    Some(match Certificates::load(files) {
        Err(error) => Check::wrong("certificate", error.to_string(), mend),
        Ok(certificates) => match certificates.date_warning(&OsClock::new()) {
            Some(warning) => {
                Check::wrong("certificate", warning, "have it renewed; the server reads it again")
            }
            None => Check::ok("certificate", shown),
        },
    })
}

/// Whether the links in mails and feeds lead here.
fn public_url(config: &Config) -> Check {
    let about = "public address";
    let Some(url) = &config.public_url else {
        let has_mail = config.mail_from.is_some();
        let detail = "not set: links in mails and feeds are left out";
        return match has_mail {
            true => Check::warning(about, detail, "set `publicUrl` to where people reach this server"),
            false => Check::ok(about, detail),
        };
    };
    let host = url.host_str().unwrap_or_default().to_lowercase();
    let is_here = is_loopback(url);
    if url.scheme() == "http" && !is_here {
        let mend = "put TLS before the server and say `https://` in `publicUrl`";
        return Check::warning(about, format!("`{url}` is not encrypted"), mend);
    }
    let is_own = is_here || host == config.listen.ip().to_string();
    if !is_own && config.hosts.iter().all(|known| known.name() != host) {
        let mend = format!("add `{host}` to `hosts`");
        return Check::warning(about, format!("the server does not answer to `{host}`"), mend);
    }
    Check::ok(about, url.to_string())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn github_token(config: &Config) -> Option<Check> {
    config.github_token.as_ref()?;
    let detail =
        "set, for projects on github.com that bring none of their own; it is tried with each of them";
    Some(Check::ok("GitHub token", detail))
}

/// Where traces and errors go. Nothing is sent there to try it.
fn telemetry(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    match (&config.otlp_endpoint, &config.otlp_headers) {
        (Some(url), _) => checks.push(Check::ok("traces", format!("go to {url}"))),
        (None, Some(_)) => {
            let mend = "set `otlp.endpoint`, or leave the headers out";
            checks.push(Check::warning("traces", "`otlp.headers` is set and nothing is sent anywhere", mend));
        }
        (None, None) => {}
    }
    let dsn = config.sentry_dsn.as_ref().and_then(|dsn| Url::parse(dsn.expose()).ok());
    if let Some(host) = dsn.as_ref().and_then(Url::host_str) {
        checks.push(Check::ok("error reports", format!("go to {host}")));
    }
    checks
}

/// What time it is here, and by which zone times are told.
fn clock(config: &Config) -> Check {
    let about = "clock";
    let named = std::env::var("TZ").ok().filter(|name| !name.is_empty());
    if let Some(name) = named.filter(|name| !is_zone(name)) {
        let name = crate::http::problem::shown(&name);
        let mend = "set TZ to an IANA name such as `Europe/Berlin`";
        return Check::warning(
            about,
            format!("TZ is `{name}`, which is no zone: times are told in UTC"),
            mend,
        );
    }
    let (zone, now) = (local_zone(), OsClock::new().now());
    let local: DateTime<_> = now.with_timezone(&zone.offset_at(now));
    let backup = config.backup_time.map_or("no nightly backup".to_owned(), |at| {
        format!("nightly backup at {} {}", at.format("%H:%M"), config.backup_timezone.name())
    });
    Check::ok(about, format!("it is {} {}; {backup}", local.format("%Y-%m-%d %H:%M"), zone.name()))
}

fn is_zone(name: &str) -> bool {
    Zone::named(name.trim_start_matches(':')).is_ok()
}
