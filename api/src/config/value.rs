//! How a value is read from its text; `None` is no value of the kind.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::NaiveTime;
use dateline_core::schedule::zone::Zone;
use dateline_core::secret::Secret;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the key that seals secrets is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// In the data folder's `secret.key`.
    File,
    /// In the operating system's keyring.
    Keyring,
}

/// Reads a value that may be absent.
pub(super) fn maybe<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { parse(text).map(Some) }
}

pub(super) fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    text.chars().all(|letter| !letter.is_control()).then(|| PathBuf::from(text))
}

pub(super) fn switch(text: &str) -> Option<bool> {
    text.parse().ok()
}

pub(super) fn whole<N: FromStr + PartialOrd>(text: &str, least: N, most: N) -> Option<N> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

pub(super) fn millis(text: &str, least: u64, most: u64) -> Option<Duration> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.map(Duration::from_millis)
}

/// Reads words between commas; the parser of one decides.
pub(super) fn list<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(|item| parse(item.trim())).collect()
}

/// Reads a host with or without a port, as `Host` and URLs spell it.
pub(super) fn host(text: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{text}/")).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_whole = is_bare && url.username().is_empty() && url.password().is_none();
    (is_whole && !text.contains(['/', '?', '#', '@', ' '])).then(|| text.to_lowercase())
}

/// Reads a URL of the web without a user: what it says may be shown.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = url_of(text, &["http", "https"])?;
    (url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// Reads a URL of a mail server. It holds a password.
pub(super) fn smtp_url(text: &str) -> Option<Secret> {
    url_of(text, &["smtp", "smtps"]).map(|_| Secret::new(text))
}

/// Reads the address of an error collector: `https://KEY@HOST/PROJECT`. The key is a secret.
pub(super) fn dsn(text: &str) -> Option<Secret> {
    text.parse::<sentry::types::Dsn>().ok().map(|_| Secret::new(text))
}

fn url_of(text: &str, schemes: &[&str]) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (schemes.contains(&url.scheme()) && url.has_host()).then_some(url)
}

/// Reads a secret of one line.
pub(super) fn secret(text: &str) -> Option<Secret> {
    text.chars().all(|letter| !letter.is_control()).then(|| Secret::new(text))
}

/// Reads headers as `name=value,name=value`. Their values are secrets.
pub(super) fn headers(text: &str) -> Option<Secret> {
    let is_header = |part: &str| {
        let (name, value) = part.split_once('=')?;
        http::HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        http::HeaderValue::from_str(value.trim()).ok()
    };
    text.split(',').all(|part| is_header(part).is_some()).then(|| Secret::new(text))
}

/// Returns what else is secret in a secret: the user and password of a URL, the values of headers.
pub(super) fn parts_of_secret(text: &str) -> Vec<String> {
    let url = Url::parse(text).ok();
    let of_url = url.iter().flat_map(|url| [url.username(), url.password().unwrap_or_default()]);
    let headers = text.split(',').filter_map(|pair| Some(pair.split_once('=')?.1.trim()));
    let parts = of_url.chain(headers.filter(|_| url.is_none()));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Reads a key of 64 hexadecimal digits.
pub(super) fn key(text: &str) -> Option<Secret> {
    (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| Secret::new(text))
}

/// Reads a sender: `news@example.org`, or `Dateline <news@example.org>`.
pub(super) fn sender(text: &str) -> Option<String> {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>')?,
        None => text,
    };
    let (user, domain) = address.trim().split_once('@')?;
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['@', '<', '>', ' ', '"', ',']);
    let is_whole = is_plain(user) && is_plain(domain) && text.chars().all(|letter| !letter.is_control());
    is_whole.then(|| text.to_owned())
}

/// Reads a time of day as `03:30`; `off` is none.
pub(super) fn time_of_day(text: &str) -> Option<Option<NaiveTime>> {
    match text {
        "off" => Some(None),
        text if text.len() == 5 => NaiveTime::parse_from_str(text, "%H:%M").ok().map(Some),
        _ => None,
    }
}

pub(super) fn zone(text: &str) -> Option<Zone> {
    Zone::named(text).ok()
}

pub(super) fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

pub(super) fn key_source(text: &str) -> Option<KeySource> {
    match text {
        "file" => Some(KeySource::File),
        "keyring" => Some(KeySource::Keyring),
        _ => None,
    }
}

/// Reads a level, or a list such as `info,dateline_store=debug`.
pub(super) fn log_level(text: &str) -> Option<String> {
    let is_level =
        |word: &str| word.parse::<LevelFilter>().is_ok() && !word.bytes().all(|b| b.is_ascii_digit());
    let is_target = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:-".contains(&byte))
    };
    let is_directive = |part: &str| match part.split_once('=') {
        Some((target, level)) => is_target(target) && is_level(level),
        None => is_level(part),
    };
    text.split(',').all(|part| is_directive(part.trim())).then(|| text.to_owned())
}
