//! Traces by OTLP over HTTP: request, execution, attempt, step.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::secret::Secret;
use opentelemetry::trace::{Status, TracerProvider};
use opentelemetry::{KeyValue, Value};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, Tracer};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use super::{SEND_TIME_MAX, TelemetryError};
use crate::log::redact::clean;

/// Returns what sends spans to the collector at `endpoint`, in batches, from a bounded queue.
///
/// # Errors
/// [`TelemetryError::Traces`] when the client cannot be made.
pub fn provider(
    endpoint: &Url,
    headers: Option<&Secret>,
    handle: &Handle,
) -> Result<SdkTracerProvider, TelemetryError> {
    let failed = |error: &dyn std::fmt::Display| TelemetryError::Traces(error.to_string());
    let client =
        reqwest::Client::builder().timeout(SEND_TIME_MAX).redirect(reqwest::redirect::Policy::none());
    let client = client.build().map_err(|error| failed(&error))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(OnRuntime { client, handle: handle.clone() })
        .with_endpoint(of_traces(endpoint))
        .with_timeout(SEND_TIME_MAX)
        .with_headers(headers.map(split).unwrap_or_default())
        .build()
        .map_err(|error| failed(&error))?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty().with_service_name("dateline").with_attribute(version).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(Cleaning(exporter));
    Ok(provider.with_resource(resource).build())
}

/// Returns the layer that makes spans of ours spans of the collector's.
pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(
    provider: &SdkTracerProvider,
) -> OpenTelemetryLayer<S, Tracer> {
    let layer = tracing_opentelemetry::layer().with_location(false).with_threads(false);
    layer.with_tracer(provider.tracer("dateline"))
}

/// Returns where the collector takes traces: the endpoint itself when it says so, else the path they all share.
fn of_traces(endpoint: &Url) -> String {
    let text = endpoint.as_str().trim_end_matches('/');
    if text.ends_with("/v1/traces") { text.to_owned() } else { format!("{text}/v1/traces") }
}

fn split(headers: &Secret) -> HashMap<String, String> {
    let pairs = headers.expose().split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Sends on the program's runtime: batches are made on a thread that has none.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    handle: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.handle.spawn(async move { client.send_bytes(request).await }).await?
    }
}

/// Cleans spans of secrets before they leave.
#[derive(Debug)]
struct Cleaning<E>(E);

impl<E: opentelemetry_sdk::trace::SpanExporter> opentelemetry_sdk::trace::SpanExporter for Cleaning<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        for span in &mut batch {
            clean_all(&mut span.attributes);
            if let Status::Error { description } = &mut span.status {
                *description = clean(description).into();
            }
            for event in &mut span.events.events {
                event.name = clean(&event.name).into();
                clean_all(&mut event.attributes);
            }
        }
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn clean_all(attributes: &mut [KeyValue]) {
    for attribute in attributes {
        if let Value::String(text) = &attribute.value {
            attribute.value = Value::String(clean(text.as_str()).into());
        }
    }
}
