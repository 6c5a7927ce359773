//! `/metrics`: what is counted and measured, for Prometheus; never without a token.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiResponse, OpenApi};

use super::Shared;
use super::access::Signed;
use super::problem::{Code, Problem};

/// The metrics.
#[derive(ApiResponse)]
pub enum MetricsText {
    /// Every metric, in the text format of OpenMetrics.
    #[oai(status = 200, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    Text(PlainText<String>),
}

/// The metrics' part of the interface.
pub struct MetricsApi;

#[OpenApi(tag = "super::document::Group::Operation")]
impl MetricsApi {
    /// Read the metrics
    ///
    /// 503 when the setting `metrics` is off.
    #[oai(path = "/metrics", method = "get", operation_id = "getMetrics")]
    async fn read(&self, shared: Data<&Arc<Shared>>, _caller: Signed) -> poem::Result<MetricsText> {
        let metrics = shared.metrics.as_ref();
        let metrics = metrics.ok_or_else(|| Problem::new(Code::Unavailable, "metrics are switched off"))?;
        Ok(MetricsText::Text(PlainText(metrics.text(&shared.dateline, &shared.folder).await)))
    }
}
