//! Text from outside made harmless: invisible characters, secrets and e-mail addresses go before anything is written.

mod addresses;
mod clean;
mod entropy;
mod secrets;

pub use addresses::{first_email, remove_emails};
pub use clean::{clean_line, clean_text, first_unclean};
pub use secrets::{Redacted, redact_secrets};

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";
