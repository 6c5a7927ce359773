//! Identities: one type each, spelled as a prefixed ULID such as `job_01J9ZC7M3W4T7Q2K5R8X1Y6B0N`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::entropy::Entropy;
use crate::time::Timestamp;

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as `{prefix}_01J9ZC7M3W4T7Q2K5R8X1Y6B0N`")]
pub struct ParseIdError {
    /// The prefix that was expected, without the underscore.
    pub prefix: &'static str,
}

fn fresh(now: Timestamp, entropy: &dyn Entropy) -> u128 {
    let mut random = [0; 16];
    entropy.fill(&mut random);
    let ms = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Ulid::from_parts(ms, u128::from_le_bytes(random)).0
}

/// Returns the bits of an id that says when, and else follows from `parts`: what a store's verb makes, since it draws no
/// randomness and may be applied twice.
pub(crate) fn derived(now: Timestamp, kind: &str, parts: &[u8]) -> u128 {
    let mut hasher = blake3::Hasher::new_derive_key("dateline 2026 derived id");
    hasher.update(kind.as_bytes()).update(&[0]).update(parts);
    let mut random = [0; 16];
    hasher.finalize_xof().fill(&mut random);
    let ms = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Ulid::from_parts(ms, u128::from_le_bytes(random)).0
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What every id of this kind begins with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Returns a fresh id: the time of `now`, then random bits.
            pub fn fresh(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(fresh(now, entropy))
            }

            /// Returns the id whose 128 bits are `bits`, as storage keeps them.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// Returns the 128 bits; their order is the order of creation.
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), Ulid(self.0))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let refused = ParseIdError { prefix: $prefix };
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(refused.clone())?;
                let ulid = Ulid::from_string(digits).map_err(|_| refused.clone())?;
                // One spelling per id: lower case and the letters ULID reads as digits are refused.
                if ulid.to_string() == digits { Ok(Self(ulid.0)) } else { Err(refused) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// Names a project.
    ProjectId, "prj"
);
id!(
    /// Names a job.
    JobId, "job"
);
id!(
    /// Names an execution, also one that records an occurrence which never ran.
    ExecutionId, "exe"
);
id!(
    /// Names a backfill: the executions that were asked for together.
    BackfillId, "bfl"
);
id!(
    /// Names an event from outside.
    ReceivedEventId, "evt"
);
id!(
    /// Names a draft through all its revisions.
    DraftId, "dft"
);
id!(
    /// Names a publication.
    PublicationId, "pub"
);
id!(
    /// Names the process that holds leases; fresh at every start.
    HolderId, "hld"
);

id!(
    /// Names a person who uses this instance.
    UserId, "usr"
);
id!(
    /// Names an access token; never the token itself.
    TokenId, "tok"
);
id!(
    /// Names a signed-in browser; never the cookie itself.
    SessionId, "ses"
);
id!(
    /// Names an invitation; never its code.
    InvitationId, "inv"
);
id!(
    /// Names a stored secret; never what it hides.
    SecretId, "sec"
);
id!(
    /// Names a notification.
    NotificationId, "ntf"
);
id!(
    /// Names one try to hand a notification to one channel.
    DeliveryId, "dlv"
);
id!(
    /// Names a line of the audit log.
    AuditId, "aud"
);

impl UserId {
    /// The owner, whom the first start creates: the same in every store.
    pub const OWNER: Self = Self::from_bits(1);
}

impl JobId {
    /// The job that cleans up, which the first start creates: the same in every store, so that one that was cancelled does
    /// not come back.
    pub const CLEANUP: Self = Self::from_bits(0xC1EA_4001);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_only_spelling() {
        let id = JobId::from_bits(0x0192_3f4c_1d00_aabb_ccdd_eeff_0011_2233);
        assert_eq!(id.to_string().parse::<JobId>(), Ok(id));
        assert!(id.to_string().to_lowercase().parse::<JobId>().is_err());
        assert!(id.to_string().parse::<ProjectId>().is_err());
        assert!("job_".parse::<JobId>().is_err());
    }
}
