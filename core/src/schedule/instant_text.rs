//! Instants in JSON: RFC 3339, UTC, milliseconds.

use chrono::SecondsFormat;
use serde::{Deserialize, Deserializer, Serializer};

use super::Timestamp;

pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

/// The same for a field that may be absent.
pub(super) mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::schedule::Timestamp;

    pub(in crate::schedule) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::serialize(at, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::schedule) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}

/// The same for a list that may be absent.
pub(super) mod list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::schedule::Timestamp;

    #[derive(Serialize)]
    struct Item<'a>(#[serde(serialize_with = "super::serialize")] &'a Timestamp);

    pub(in crate::schedule) fn serialize<S: Serializer>(
        instants: &Option<Vec<Timestamp>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let items = instants.as_ref().map(|instants| instants.iter().map(Item).collect::<Vec<_>>());
        items.serialize(serializer)
    }

    pub(in crate::schedule) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<Timestamp>>, D::Error> {
        Option::deserialize(deserializer)
    }
}
