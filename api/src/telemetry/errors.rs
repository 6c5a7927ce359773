//! Errors and panics, reported to a server that speaks Sentry's protocol: what the log says, and nothing else.

use std::sync::Arc;

use dateline_core::secret::Secret;
use sentry::protocol::Event as Report;
use sentry::transports::ReqwestHttpTransportOptions;
use sentry::{ClientInitGuard, ClientOptions, Level, Transport, TransportFactory, TransportOptions};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::{CLOSE_TIME_MAX, SEND_TIME_MAX, TelemetryError};
use crate::log::Fields;

/// Returns the client that reports to `dsn`. It adds nothing of its own: no machine's name, no user, no request.
///
/// # Errors
/// [`TelemetryError::Errors`] when `dsn` is no such address.
pub fn client(dsn: &Secret) -> Result<ClientInitGuard, TelemetryError> {
    let mut options = ClientOptions::new();
    options.dsn = Some(dsn.expose().parse().map_err(|_| TelemetryError::Errors)?);
    options.release = Some(concat!("dateline@", env!("CARGO_PKG_VERSION")).into());
    options.default_integrations = false;
    options.attach_stacktrace = false;
    options.send_default_pii = false;
    options.max_breadcrumbs = 0;
    options.auto_session_tracking = false;
    options.shutdown_timeout = CLOSE_TIME_MAX;
    let client =
        reqwest::Client::builder().timeout(SEND_TIME_MAX).redirect(reqwest::redirect::Policy::none());
    options.transport = Some(Arc::new(Impatient(client.build().map_err(|_| TelemetryError::Errors)?)));
    Ok(sentry::init(options))
}

/// Sends with a client that waits for no server for ever: the library's own would.
struct Impatient(reqwest::Client);

impl TransportFactory for Impatient {
    fn create_transport_with_options(&self, options: TransportOptions) -> Arc<dyn Transport> {
        Arc::new(ReqwestHttpTransportOptions::from(options).with_client(self.0.clone()).build())
    }
}

/// Makes a report of every event it hears.
pub struct Reporter;

impl<S: Subscriber> Layer<S> for Reporter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Fields { message, rest } = Fields::of(event);
        let report = Report {
            level: Level::Error,
            message: Some(message),
            logger: Some(event.metadata().target().to_owned()),
            extra: rest.into_iter().collect(),
            ..Report::default()
        };
        sentry::capture_event(report);
    }
}
