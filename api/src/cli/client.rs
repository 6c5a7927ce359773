//! Asking a running server, which alone may open its store.

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::output::CommandError;
use crate::folder::{DataFolder, ServerNote};
use crate::token::OwnerToken;

/// Sends a POST without a body to the server of `folder`; `None` when no server runs there.
///
/// # Errors
/// [`CommandError::Failed`] when the server refuses.
pub(super) async fn post(
    folder: &DataFolder,
    token: &OwnerToken,
    path: &str,
) -> Result<Option<Value>, CommandError> {
    let Some(ServerNote { address, .. }) = folder.note() else { return Ok(None) };
    let authority = address.trim_start_matches("http://");
    // A note can outlive its server.
    let Ok(stream) = TcpStream::connect(authority).await else { return Ok(None) };
    let failed =
        |error: &dyn std::error::Error| CommandError::Failed(format!("the server at {address}: {error}"));
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    let driving = tokio::spawn(connection);
    let request = hyper::Request::post(path)
        .header("host", authority)
        .header("authorization", format!("Bearer {}", token.text()))
        .body(Empty::<Bytes>::new())
        .map_err(|error| failed(&error))?;
    sender.ready().await.map_err(|error| failed(&error))?;
    let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
    let status = response.status();
    let bytes = response.into_body().collect().await.map_err(|error| failed(&error))?.to_bytes();
    driving.abort();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(Some(answer));
    }
    let detail = answer["detail"].as_str().unwrap_or("no reason given").to_owned();
    Err(CommandError::Failed(format!("the server at {address} answers {status}: {detail}")))
}
