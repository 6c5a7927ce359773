//! Instants: one type, one precision, one spelling.

use chrono::{DateTime, SubsecRound, Utc};

/// A point on the time line, UTC. Stored and shown with milliseconds.
pub type Timestamp = DateTime<Utc>;

/// Returns `at` cut to whole milliseconds, the precision every record keeps.
pub fn to_millis(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(3)
}

/// Returns the instant `ms` milliseconds after the epoch, clamped to the range chrono can hold.
pub fn from_unix_ms(ms: i64) -> Timestamp {
    DateTime::from_timestamp_millis(ms).unwrap_or(if ms < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}

/// Returns `at` as RFC 3339 with milliseconds and `Z`: `2026-11-23T17:00:00.000Z`.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Durations as whole milliseconds.
pub mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes whole milliseconds.
    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    /// Reads whole milliseconds.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_spelled_with_milliseconds_and_z() {
        assert_eq!(rfc3339(from_unix_ms(1_795_453_200_000)), "2026-11-23T17:00:00.000Z");
    }
}
