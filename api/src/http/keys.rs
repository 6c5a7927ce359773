//! `/api/keys`: the key that seals stored secrets.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::access::Signed;
use super::problem::{Code, Problem};
use crate::keys::KeyError;
use crate::os::OsEntropy;

/// A key that took another's place.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct RotatedKey {
    /// The new key's name: it tells keys apart and says nothing about them.
    pub key: String,
    /// How many secrets were sealed anew.
    pub resealed: u64,
    /// How many secrets no key opens; they must be set again.
    pub damaged: u64,
}

/// The keys' part of the interface.
pub struct Keys;

#[OpenApi(prefix_path = "/api/keys", tag = "super::document::Group::Operation")]
impl Keys {
    /// Replace the key
    ///
    /// Makes a new key, seals every stored secret anew, and lets the old key go. Cut off, the next start ends it. 409
    /// when the key is a setting of the server: then only who sets it can replace it.
    #[oai(path = "/rotate", method = "post", operation_id = "rotateKey")]
    async fn rotate(&self, shared: Data<&Arc<Shared>>, _caller: Signed) -> poem::Result<Json<RotatedKey>> {
        let rotated =
            shared.keys.rotate(&shared.dateline, &OsEntropy).await.map_err(|error| match error {
                KeyError::IsASetting => Problem::new(Code::InvalidState, error.to_string()),
                KeyError::Store(error) => Problem::from(error),
                error => {
                    tracing::error!(%error, "the key was not replaced");
                    Problem::new(Code::Unavailable, "the place that keeps the key cannot be used")
                }
            })?;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (resealed, damaged) = (count(rotated.resealed.count), count(rotated.resealed.damaged));
        Ok(Json(RotatedKey { key: rotated.key, resealed, damaged }))
    }
}
