//! Every setting there is, once: the file's names, the environment's, the defaults, and what may be said.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;
use dateline_core::schedule::zone::Zone;
use dateline_core::secret::Secret;
use url::Url;

use super::ConfigError;
use super::setting::{Given, Setting, Shape};
use super::value::{self, KeySource, LogFormat, maybe};
use crate::http::hosts::PublicHost;
use crate::http::peer::Network;

/// Makes the typed configuration and its table of one list.
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])+
        $field:ident: $type:ty {
            key: $key:literal, env: $env:literal, $(flag: $flag:literal,)? $(secret: $secret:literal,)?
            default: $default:literal, shape: $shape:ident, takes: $takes:literal, parse: $parse:expr,
        }
    )*) => {
        /// Everything an operator can set.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $about])+ pub $field: $type,)*
            pub(super) given: Given,
        }

        /// Every setting, in the order in which people are shown them.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            env: $env,
            flag: concat!($($flag)?),
            default: $default,
            shape: Shape::$shape,
            takes: $takes,
            about: concat!($($about),+),
            is_secret: [$($secret,)? false][0],
            check: |text| { let parse: fn(&str) -> Option<$type> = $parse; parse(text).is_some() },
        }),*];

        impl Config {
            /// Returns the configuration that was given, or its first fault.
            pub(super) fn of(given: Given) -> Result<Self, ConfigError> {
                let mut table = SETTINGS.iter();
                let mut next = || table.next().unwrap_or(&SETTINGS[0]);
                Ok(Self {
                    $($field: given.parsed(next(), $parse)?,)*
                    given,
                })
            }
        }
    };
}

settings! {
    /// The address to listen on; port 0 takes any free one.
    listen: SocketAddr {
        key: "listen", env: "DATELINE_LISTEN", flag: "listen ADDRESS",
        default: "127.0.0.1:8377", shape: Text, takes: "an address with a port such as `127.0.0.1:8377`",
        parse: value::address,
    }
    /// The data folder. Without it `$XDG_DATA_HOME/dateline`, else `~/.local/share/dateline`.
    data: Option<PathBuf> {
        key: "data", env: "DATELINE_DATA", flag: "data DIR",
        default: "", shape: Text, takes: "a folder's path", parse: |text| maybe(text, value::path),
    }
    /// What the log tells: a level, or a list with levels for parts.
    log_level: String {
        key: "log.level", env: "DATELINE_LOG", flag: "log-level LEVEL",
        default: "info", shape: Text,
        takes: "`error`, `warn`, `info`, `debug`, `trace`, `off`, or a list such as `info,dateline_store=debug`",
        parse: value::log_level,
    }
    /// How the log is written: for people, or one JSON object a line.
    log_format: LogFormat {
        key: "log.format", env: "DATELINE_LOG_FORMAT", flag: "log-format FORMAT",
        default: "text", shape: Text, takes: "`text` or `json`", parse: value::log_format,
    }
    /// A name others reach this server by, besides its own address.
    hosts: Vec<PublicHost> {
        key: "hosts", env: "DATELINE_HOST", flag: "host NAME",
        default: "", shape: List, takes: "names such as `news.example` or `news.example:8443`, without a scheme",
        parse: |text| value::list(text, |name| name.parse().ok()),
    }
    /// A network of proxies whose `X-Forwarded-For`, `-Host` and `-Proto` count.
    trusted_proxies: Vec<Network> {
        key: "trustedProxies", env: "DATELINE_TRUSTED_PROXY", flag: "trusted-proxy CIDR",
        default: "", shape: List, takes: "addresses or networks such as `10.0.0.0/8`",
        parse: |text| value::list(text, |network| network.parse().ok()),
    }
    /// The certificate and its chain, as PEM: speak TLS. Read again when it changes, and at SIGHUP.
    tls_cert: Option<PathBuf> {
        key: "tls.cert", env: "DATELINE_TLS_CERT", flag: "tls-cert FILE",
        default: "", shape: Text, takes: "a file's path", parse: |text| maybe(text, value::path),
    }
    /// The certificate's private key, as PEM.
    tls_key: Option<PathBuf> {
        key: "tls.key", env: "DATELINE_TLS_KEY", flag: "tls-key FILE",
        default: "", shape: Text, takes: "a file's path", parse: |text| maybe(text, value::path),
    }
    /// At most this many projects run at once, until `dateline settings set --projects-max` says otherwise.
    projects_max: u32 {
        key: "projectsMax", env: "DATELINE_PROJECTS_MAX",
        default: "5", shape: Number, takes: "a whole number from 1 to 1000",
        parse: |text| value::whole(text, 1, 1000),
    }
    /// Runs that come late after downtime start one per this time.
    misfire_pace: Duration {
        key: "misfirePaceMs", env: "DATELINE_MISFIRE_PACE_MS",
        default: "1000", shape: Number, takes: "milliseconds from 0 to 3600000",
        parse: |text| value::millis(text, 0, 3_600_000),
    }
    /// The shortest time between two occurrences of a new schedule.
    density_min: Duration {
        key: "densityMinMs", env: "DATELINE_DENSITY_MIN_MS",
        default: "60000", shape: Number, takes: "milliseconds from 1000 to 86400000",
        parse: |text| value::millis(text, 1000, 86_400_000),
    }
    /// A host inside private networks that HTTP_REQUEST jobs may ask; public ones need no leave.
    http_private_hosts: Vec<String> {
        key: "http.privateHosts", env: "DATELINE_HTTP_PRIVATE_HOSTS",
        default: "", shape: List, takes: "hosts such as `hooks.intern.example` or `10.0.0.7:8080`",
        parse: |text| value::list(text, value::host),
    }
    /// Where people reach this server: links in mails and feeds begin with it.
    public_url: Option<Url> {
        key: "publicUrl", env: "DATELINE_PUBLIC_URL",
        default: "", shape: Text, takes: "a URL such as `https://dateline.example.org`, without a user",
        parse: |text| maybe(text, value::web_url),
    }
    /// Who mails come from.
    mail_from: Option<String> {
        key: "mail.from", env: "DATELINE_MAIL_FROM",
        default: "", shape: Text, takes: "a sender such as `Dateline <news@example.org>`",
        parse: |text| maybe(text, value::sender),
    }
    /// The mail server, with user and password when it wants them.
    mail_smtp_url: Option<Secret> {
        key: "mail.smtpUrl", env: "DATELINE_SMTP_URL", secret: true,
        default: "", shape: Text, takes: "a URL such as `smtps://user:password@mail.example.org`",
        parse: |text| maybe(text, value::smtp_url),
    }
    /// Authorities the mail server's certificate may come from besides the usual ones, as PEM.
    mail_smtp_ca_file: Option<PathBuf> {
        key: "mail.smtpCaFile", env: "DATELINE_SMTP_CA_FILE",
        default: "", shape: Text, takes: "a file's path", parse: |text| maybe(text, value::path),
    }
    /// The key to Resend's HTTP interface, instead of a mail server.
    mail_resend_api_key: Option<Secret> {
        key: "mail.resendApiKey", env: "RESEND_API_KEY", secret: true,
        default: "", shape: Text, takes: "a key on one line", parse: |text| maybe(text, value::secret),
    }
    /// The token for GitHub projects that bring none of their own.
    github_token: Option<Secret> {
        key: "github.token", env: "GITHUB_TOKEN", secret: true,
        default: "", shape: Text, takes: "a token on one line", parse: |text| maybe(text, value::secret),
    }
    /// Hosts of GitHub Enterprise that may resolve to private addresses.
    github_private_hosts: Vec<String> {
        key: "github.privateHosts", env: "DATELINE_GITHUB_PRIVATE_HOSTS",
        default: "", shape: List, takes: "hosts such as `github.example.internal`",
        parse: |text| value::list(text, value::host),
    }
    /// When the nightly backup is made.
    backup_time: Option<NaiveTime> {
        key: "backup.time", env: "DATELINE_BACKUP_TIME",
        default: "03:30", shape: Text, takes: "a time of day such as `03:30`, or `off`",
        parse: value::time_of_day,
    }
    /// The zone of that time.
    backup_timezone: Zone {
        key: "backup.timezone", env: "DATELINE_BACKUP_TIMEZONE",
        default: "UTC", shape: Text, takes: "a zone of the IANA database such as `Europe/Berlin`",
        parse: value::zone,
    }
    /// How many nightly backups are kept.
    backup_keep: usize {
        key: "backup.keep", env: "DATELINE_BACKUP_KEEP",
        default: "7", shape: Number, takes: "a whole number from 1 to 365",
        parse: |text| value::whole(text, 1, 365),
    }
    /// When what is over is removed, in the zone of the backups. It counts for a store that has no cleanup yet: from then on
    /// it is a job, to be changed as any.
    cleanup_time: Option<NaiveTime> {
        key: "cleanup.time", env: "DATELINE_CLEANUP_TIME",
        default: "02:30", shape: Text, takes: "a time of day such as `02:30`, or `off`",
        parse: value::time_of_day,
    }
    /// Whether `/metrics` is served.
    metrics: bool {
        key: "metrics", env: "DATELINE_METRICS",
        default: "true", shape: Switch, takes: "`true` or `false`", parse: value::switch,
    }
    /// Where traces go: a collector that speaks OTLP over HTTP. Without it none are made.
    otlp_endpoint: Option<Url> {
        key: "otlp.endpoint", env: "DATELINE_OTLP_ENDPOINT",
        default: "", shape: Text, takes: "a URL such as `http://localhost:4318`, without a user",
        parse: |text| maybe(text, value::web_url),
    }
    /// Headers the collector asks for.
    otlp_headers: Option<Secret> {
        key: "otlp.headers", env: "DATELINE_OTLP_HEADERS", secret: true,
        default: "", shape: Text, takes: "`name=value`, more of them after commas",
        parse: |text| maybe(text, value::headers),
    }
    /// Where errors are reported: a server that speaks Sentry's protocol. Without it none are.
    sentry_dsn: Option<Secret> {
        key: "sentry.dsn", env: "DATELINE_SENTRY_DSN", secret: true,
        default: "", shape: Text, takes: "a URL such as `https://KEY@errors.example.org/1`",
        parse: |text| maybe(text, value::dsn),
    }
    /// Where the key that seals stored secrets is kept, unless it is given here.
    secret_key_source: KeySource {
        key: "secretKey.source", env: "DATELINE_SECRET_KEY_SOURCE",
        default: "file", shape: Text, takes: "`file` or `keyring`", parse: value::key_source,
    }
    /// The key that seals stored secrets. It wins over the key file and the keyring.
    secret_key: Option<Secret> {
        key: "secretKey.value", env: "DATELINE_SECRET_KEY", secret: true,
        default: "", shape: Text, takes: "64 hexadecimal digits", parse: |text| maybe(text, value::key),
    }
    /// The key it replaces, until everything is sealed anew.
    secret_key_earlier: Option<Secret> {
        key: "secretKey.earlier", env: "DATELINE_SECRET_KEY_EARLIER", secret: true,
        default: "", shape: Text, takes: "64 hexadecimal digits", parse: |text| maybe(text, value::key),
    }
}
