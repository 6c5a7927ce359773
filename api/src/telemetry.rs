//! What leaves the program for those who watch it: the log, and, when asked for, traces and reports of errors.
//!
//! Both are off by default. They are sent from the background out of bounded queues: when the other side is slow or
//! gone, spans and reports are dropped and nobody waits.

pub mod errors;
pub mod traces;

use std::time::Duration;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Config;
use crate::config::value::LogFormat;
use crate::log::{Log, redact};

/// How long what still waits may take to be sent once the program ends.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(2);

/// How long the other side may take for what it is sent.
const SEND_TIME_MAX: Duration = Duration::from_secs(5);

/// Why what was asked for cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The collector of traces cannot be used.
    #[error("otlp.endpoint: {0}")]
    Traces(String),
    /// The address of the error collector cannot be used.
    #[error("sentry.dsn cannot be used: expected a URL such as `https://KEY@errors.example.org/1`")]
    Errors,
}

/// What is being sent; ends with the value, after a moment for what still waits.
#[derive(Default)]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    errors: Option<sentry::ClientInitGuard>,
}

impl Telemetry {
    /// Starts the log, and traces and reports when `config` asks for them. Traces are sent by the runtime of `handle`.
    ///
    /// # Errors
    /// [`TelemetryError`] naming the setting that cannot be used.
    pub fn start(config: &Config, handle: &Handle) -> Result<Self, TelemetryError> {
        redact::hide(config.secrets());
        let endpoint = config.otlp_endpoint.as_ref();
        let traces =
            endpoint.map(|to| traces::provider(to, config.otlp_headers.as_ref(), handle)).transpose()?;
        let errors = config.sentry_dsn.as_ref().map(errors::client).transpose()?;
        let log = Log::to_stderr(config.log_format).with_filter(EnvFilter::new(&config.log_level));
        let tracer = traces.as_ref().map(|provider| traces::layer(provider).with_filter(own_spans()));
        let reporter = errors.as_ref().map(|_| errors::Reporter.with_filter(LevelFilter::ERROR));
        // A second log in the same process keeps the first: only tests start several commands.
        let _ = tracing_subscriber::registry().with(log).with(tracer).with(reporter).try_init();
        tell_panics();
        Ok(Self { traces, errors })
    }

    /// Sends what still waits, for two seconds at most. Must not be called on a thread of the runtime that sends.
    pub fn close(self) {
        let Self { traces, errors } = self;
        if traces.is_none() && errors.is_none() {
            return;
        }
        let (done, all_sent) = std::sync::mpsc::channel();
        // On threads of their own: both join the threads that send, which may wait for the other side. What does not
        // arrive in time is lost, as it would be at any other moment.
        let both: [Box<dyn FnOnce() + Send>; 2] = [
            Box::new(move || drop(traces.map(|traces| traces.shutdown_with_timeout(CLOSE_TIME_MAX)))),
            Box::new(move || drop(errors)),
        ];
        for close in both {
            let done = done.clone();
            std::thread::spawn(move || {
                close();
                drop(done);
            });
        }
        drop(done);
        // Ends when both have let go, or with the time.
        let _: Result<(), _> = all_sent.recv_timeout(CLOSE_TIME_MAX);
    }
}

/// Starts a log for people, for commands that read no configuration.
pub fn start_plain_log(level: &str) {
    let log = Log::to_stderr(LogFormat::Text).with_filter(EnvFilter::new(level));
    let _ = tracing_subscriber::registry().with(log).try_init();
    tell_panics();
}

/// Spans of this program alone: those of libraries, the sender's own among them, would be sent for ever.
fn own_spans() -> Targets {
    let own = ["dateline_api", "dateline_actors", "dateline_store", "dateline_connectors"];
    Targets::new().with_targets(own.map(|target| (target, LevelFilter::INFO)))
}

fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a part of the program panicked: {panic}");
    }));
}
