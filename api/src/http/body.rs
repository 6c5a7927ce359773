//! Reading a body: bounded in size and in time, whoever sends it and however it is framed.

use std::time::Duration;

use poem::Request;
use poem::error::ReadBodyError;
use poem::http::header::CONTENT_LENGTH;

use super::problem::{Code, Problem};

/// The longest body that is read.
pub const BYTES_MAX: usize = 1024 * 1024;

/// Takes the body out of `request`; nothing of one that declares itself too long is read.
///
/// # Errors
/// 413 when it is too long, 408 when it comes too slowly, 400 when it breaks off.
pub async fn read(request: &mut Request, time_max: Duration) -> Result<Vec<u8>, Problem> {
    let declared =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: u64| length > BYTES_MAX as u64) {
        return Err(too_large());
    }
    let reading = request.take_body().into_bytes_limit(BYTES_MAX);
    match tokio::time::timeout(time_max, reading).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(Code::Malformed, "the body broke off")),
        Err(_) => {
            Err(Problem::new(Code::Timeout, format!("the body took longer than {} s", time_max.as_secs())))
        }
    }
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge, format!("the body has more than {BYTES_MAX} bytes"))
}
