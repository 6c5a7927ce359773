//! `/healthz` and `/readyz`: for whoever keeps the process running. They say nothing a stranger may not know.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::problem::{Code, Problem};

/// All is well.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// The version of the program.
    pub version: String,
}

impl Health {
    fn ok() -> Json<Self> {
        Json(Self { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into() })
    }
}

/// The part of the interface that needs no token.
pub struct Probes;

#[OpenApi(tag = "super::document::Group::Operation")]
impl Probes {
    /// Is the process alive?
    ///
    /// Answers as long as it can answer at all.
    #[oai(path = "/healthz", method = "get", operation_id = "getHealth")]
    async fn alive(&self) -> poem::Result<Json<Health>> {
        Ok(Health::ok())
    }

    /// Can it do its work?
    ///
    /// 503 while the store refuses writes and from the moment the server is asked to stop.
    #[oai(path = "/readyz", method = "get", operation_id = "getReadiness")]
    async fn ready(&self, shared: Data<&Arc<Shared>>) -> poem::Result<Json<Health>> {
        if shared.is_stopping() {
            return Err(Problem::new(Code::Unavailable, "the server is stopping").into());
        }
        if let Err(error) = shared.dateline.health().await {
            tracing::warn!(%error, "not ready");
            return Err(Problem::new(Code::Unavailable, "the store refuses writes").into());
        }
        Ok(Health::ok())
    }
}
